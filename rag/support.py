"""Do these sentences carry this statement? First the check by form, then the evidence model."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import ModelError
from rag.models import Window, bundled_evidence
from rag.models.pieces import pieces
from rag.particulars import foreign

# The least probability (0 to 1) that the sentences support a statement. High, because the source's own words stand in the place
# of what fails: of the release's drafts it lets none of 201 written by hand and six of 294 made by script through (.95: 36 of these),
# at the price of one in nine faithful ones made by script and nearly all free paraphrases.
SUPPORTED = 0.97
# Word pieces of a statement that the evidence model reads; what stands beyond them would be shown unread.
_LONGEST = 90
# Log-odds from which quoting words alone is said to mislead (figures: rag/quotes/context.py).
_MISLEADS = 0.75
_MARKS = '“”"「」『』'


def objection(statement: str, sentences: Sequence[str], title: str = "") -> str | None:
    """Why neighbouring `sentences` of one document do not carry `statement`; None when they do.

    `sentences` are reading texts, `title` what the document is called, with its date. Raises ModelError.
    """
    if not any(character.isalnum() for character in statement):
        return "it has no words"
    if missing := foreign(statement, " ".join(sentences), title):
        named = ", ".join(f"“{part.strip(_MARKS)}”" for part in missing)
        return f"{named} {'does' if len(missing) == 1 else 'do'} not stand in the cited sentences"
    if pieces().count(statement) > _LONGEST:
        return "it is too long to be verified as a whole"
    found = bundled_evidence().support([(statement, Window(title, tuple(sentences)))])[0]
    if found.supported >= SUPPORTED:
        return None
    return "the cited sentences say otherwise" if found.contradicted > found.not_said else "the cited sentences do not say this"


def misleads(quote: str, sentences: tuple[str, ...]) -> bool:
    """Whether quoting these words of neighbouring `sentences` alone gives a wrong picture of what they say.

    False where the model cannot be opened: comparing words needs none, and `rag doctor` says what is wrong with it.
    """
    try:
        return bundled_evidence().misleads([(quote, Window("", sentences))])[0] > _MISLEADS
    except ModelError:
        return False
