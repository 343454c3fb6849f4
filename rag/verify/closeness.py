"""How close a statement keeps to the words of its passage, and whether one sentence of it says the whole.

What weak and strong models wrote in words of their own, or put together from several sentences, was judged by hand
(eval/judged): that is where the unsupported ones were, and the support model did not tell them from the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.quotes import lexicon, names
from rag.reading import leans
from rag.verify.figures import equal, values
from rag.verify.text import Word, content, holds, stems, words

# A sentence with this share of a clause's words and figures says the clause.
_SAYS_IT = 0.75
# A statement with this share of words of its own, or this many, is not the passage's any more.
_MOST_OWN, _MOST_OWN_WORDS = 0.25, 2
_CLAUSES = re.compile(r";\s+|,\s+(?:and|but|while)\s+")
# Words that speak of the source and not of its matter, and verbs that say nothing by themselves; as stems.
_SAY_NOTHING = lexicon.words(
    "study articl article author paper report passag passage text document mention discuss list describ state explain sourc source "
    "mak make tak take giv give hold get put go com come becom become remain includ"
)


_HELPING = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|may|might|will|would|shall|should|must|[a-z]+ed)\b"
)
_SHORTEST = 4


def is_sentence(statement: str) -> bool:
    """Whether a statement may say something: "The Wilson Center, 2021" does not. A rough look: some words, and a helping verb
    or two words in small letters that mean something, of which one may be the verb."""
    small = [word for word in content(statement) if word.text[:1].islower()]
    return len(words(statement)) >= _SHORTEST and (bool(_HELPING.search(statement)) or len(small) > 1)


def cut_out(statement: str, sentences: Sequence[str]) -> bool:
    """Whether a statement is the end of a passage's sentence without the head that it belongs to: "the Act … seems unlikely" of
    "passing the Act … seems unlikely"."""
    wanted = _flat(statement)
    for sentence in sentences:
        before = _flat(sentence).removesuffix(wanted)
        if before and before != _flat(sentence):
            return not re.search(r"(?:[,;:)—–”\"]|\b(?:and|but|that|because|while|although|though|whereas|so|as))\s*$", before)
    return False


def _flat(text: str) -> str:
    return re.sub(r"[’‘]", "'", " ".join(text.split())).strip(" .").casefold()


def own_words(statement: str, text: str) -> list[Word]:
    """The content words of a statement that the text has in no form; figures are looked at elsewhere."""
    have, figures, named = stems(text), values(statement), names.capitalised(text)
    return [
        word
        for word in content(statement)
        if not holds(have, word.stem)
        and word.stem not in _SAY_NOTHING
        and word.fold not in lexicon.UNITS
        and not (word.text[:1].isupper() and any(names.same(word.text, name) == "same" for name in named))
        and not any(figure.start <= word.start < figure.end for figure in figures)
    ]


def too_many(own: Sequence[Word], statement: str) -> bool:
    """Whether a statement has too many words of its own to be verified."""
    return len(own) > _MOST_OWN_WORDS or len(own) > _MOST_OWN * len(content(statement))


def joined(statement: str, sentences: Sequence[str]) -> str | None:
    """How a statement puts sentences together: "pointed" where the one that says most points back to another one, "loose"
    where none says the whole; None where each clause is said by one sentence."""
    found = None
    for clause in _CLAUSES.split(statement):
        if not content(clause):
            continue
        share, best = max(((_said(clause, sentence), sentence) for sentence in sentences), key=lambda one: one[0])
        if share < _SAYS_IT:
            if not leans(best):
                return "loose"
            found = "pointed"
    return found


def _said(clause: str, sentence: str) -> float:
    ours, figures = content(clause), values(clause)
    have, theirs = stems(sentence), values(sentence)
    held = sum(holds(have, word.stem) for word in ours) + sum(any(equal(f, other) for other in theirs) for f in figures)
    return held / (len(ours) + len(figures)) if ours or figures else 1.0
