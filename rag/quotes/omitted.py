"""What an ellipsis left out, read for what it may not hide.

A negation, a hedge, a condition, whose view it is; a subject of its own for the words that follow; the beginning of another
sentence. An aside between commas, dashes or in brackets keeps its negations to itself.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.quotes import languages, lexicon, names
from rag.quotes.tokens import Token, tokens
from rag.quotes.types import Difference, DifferenceClass

_SENTENCE_END = re.compile(
    r"(?<![A-Z]\.[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.!?。！？][”\"’')\]]*(?:\s+(?=[A-Z“\"‘'(\[\d])|(?<=[。！？])|\s*$)"
)
_ASIDE = re.compile(
    r"\([^()]*\)|—[^—;.]*—|,\s+(?:which|who|whose|whom|where|when|including|such as|like)\b[^,;.]*,|"
    r",\s+(?:which|who|whose|whom|where|including|such as)\b[^;.]*$"
)
_REPORT = re.compile(r"\baccording to\b|\bin (?:the )?words of\b|\bin (?:his|her|their|its) (?:view|opinion)\b", re.IGNORECASE)


_REFUSING = lexicon.words(
    "fail fails failed failing refuse refuses refused refusing decline declines declined declining reject rejects rejected rejecting "
    "deny denies denied denying oppose opposes opposed opposing cease ceases ceased stop stops stopped avoid avoids avoided prevent "
    "prevents prevented preventing prohibit prohibits prohibited forbid forbids forbade forbidden doubt doubts doubted doubting"
)
# Words that say how, and without which it is another deed.
_LIMITING = lexicon.words(
    "falsely wrongly mistakenly erroneously unsuccessfully reluctantly forcibly involuntarily unwillingly cautiously "
    "temporarily conditionally provisionally theoretically duress coerced secretly jokingly sarcastically ironically"
)
_LIMITING_PHRASE = re.compile(
    r"\b(?:in vain|in theory|in principle|on paper|so far|at least|at most|at best|under protest|by mistake|in jest)\b",
    re.IGNORECASE,
)
# Words right before a noun without which it is another person or thing: the former president, the second largest partner.
_IDENTITY = lexicon.words(
    "first second third fourth fifth sixth seventh eighth ninth tenth least former future potential possible proposed would "
    "acting deputy vice assistant honorary self half quarter non anti ex quasi pseudo fake failed attempted unofficial"
)
# "less likely", "too late": without the word before it the next one says more, or the opposite.
_GRADING = lexicon.words("less little least fewer too")
_THRESHOLDS = lexicon.words("over under above below than beyond exceeding")
_QUANTIFYING = lexicon.words("some few many most several certain about around only least")
INTENDING = lexicon.words(
    "plan plans planned planning seek seeks sought seeking hope hopes hoped hoping want wants wanted intend intends intended aim aims "
    "aimed aiming try tries tried trying attempt attempts attempted attempting consider considers considered considering threaten "
    "threatens threatened promise promises promised expected likely supposed considered believed thought alleged said wish wishes"
)


def hidden(omitted: str, after: list[Token], closed: bool, spoken: str | None) -> list[Difference]:
    """What an ellipsis that left out `omitted`, just before words `after`, may not hide, in language `spoken`.

    `closed` says that the quote itself ends its sentence before the ellipsis.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(omitted)]
    pieces = [omitted] if not ends else [omitted[: ends[0]], omitted[ends[-1] :]]
    found: list[Difference] = []
    if len(pieces) == 2 and re.search(r"\w", pieces[1]) and (not closed or re.search(r"\w", pieces[0])):
        # The beginning of another sentence is gone: two halves that were never one statement.
        found.append(_hiding(omitted, "word"))
    if re.match(r"[’']s\b", omitted):
        found.append(_hiding(omitted, "word"))  # "Taiwan …" for "Taiwan’s independence"
    if re.search(r"\w[-\u2010\u2011]$", omitted):
        found.append(_hiding(omitted, "word"))  # "… largest" for "fourth-largest"
    if after and _new_subject(pieces[-1], after[0]):
        found.append(_hiding(pieces[-1], "name"))
    for number, piece in enumerate(pieces):
        before_words = number == len(pieces) - 1 and bool(piece.strip())
        if kind := _turns(piece, after if before_words else [], spoken):
            found.append(_hiding(piece, kind))
    return found


def _hiding(piece: str, kind: DifferenceClass) -> Difference:
    shown = " ".join(piece.split())
    return Difference("…", shown if len(shown) <= 240 else shown[:239] + "…", kind)


# "Tokyo doubts … expressed interest" for "Tokyo doubts that China—which also expressed interest".
_OWN_RELATIVE = re.compile(r"[,;—–]\s*(?:which|who)(?:\s+(?:\w+ly|also|then|now|once|still))*\s*$")
_DETERMINERS = lexicon.words("the a an our its their his her my your this that these those some many most all every each no")
_CLAUSE_SUBJECT = re.compile(
    r"(?:[,;—]\s*(?:and|but|or|while|whereas|as|so)?|\b(?:and|but|that|while|because|since|whereas|although|though|when|as))\s+"
    r"((?:[\w’'.-]+\s+){0,4}[\w’'.-]+)\s*$"
)
_FINITE = (
    lexicon.words("is are was were has have had will would can could may might must should shall does did") | lexicon.MODALS
)


def _new_subject(piece: str, after: Token) -> bool:
    """Whether left-out words end in a subject of their own for the verb that follows: "China … and Taiwan] would …"."""
    if after.fold not in _FINITE and not re.fullmatch(r"[a-z]{2,}ed", after.text):
        return False
    relative = _OWN_RELATIVE.search(piece)
    if relative and names.capitalised(piece[: relative.start()]):
        return True
    match = _CLAUSE_SUBJECT.search(piece)
    if match is None:
        return False
    words = list(tokens(match.group(1)))
    # "… revenue surpassed ten, our net income] exceeded …": a noun of its own, once what is kept has had its verb.
    if (
        words
        and words[0].fold in _DETERMINERS
        and re.search(r"\b(?:[a-z]{2,}ed|is|are|was|were|has|have|had)\b", piece[: match.start()])
    ):
        return True
    return any(t.text[0].isupper() for t in words) or any(
        t.fold in ("he", "she", "they", "it", "we", "i", "you") for t in words
    )


def _turns(piece: str, after: list[Token], spoken: str | None) -> Literal["negation", "hedge"] | None:
    """Whether left-out words of one sentence turn the meaning of what is kept: by a negation, or by anything weaker."""
    for aside in re.findall(r"\(([^()]*)\)", piece):
        words = [t.fold for t in tokens(aside)]
        if len(words) <= 3 and set(words) & (lexicon.STRICT_HEDGES | lexicon.STRICT_NEGATIONS):
            return "hedge"
    kept = _ASIDE.sub(" , ", piece)
    words = [t.fold for t in tokens(kept)]
    if languages.denies(words, spoken) or re.search(r"n['’]t\b", kept) or lexicon.CJK_NEGATION.search(kept):
        return "negation"
    if lexicon.CJK_HEDGE.search(kept):
        return "hedge"
    conditions = set(words) & lexicon.CONDITIONS
    if conditions <= {"provided", "providing"} and not re.search(r"\bprovid(?:ed|ing) that\b", kept):
        conditions = set()
    if (
        set(words) & (lexicon.STRICT_HEDGES | _LIMITING)
        or _LIMITING_PHRASE.search(kept)
        or conditions
        or _REPORT.search(kept)
        or lexicon.HEARSAY.search(kept)
    ):
        return "hedge"
    said = rf"\b(?:{'|'.join(sorted(lexicon.REPORTING))})\b(?:\s+\w+){{0,3}}\s+that\b"
    if re.search(said, kept, re.IGNORECASE):
        return "hedge"
    # ", in the second year,": a whole aside says nothing of the words behind it.
    if not after or re.fullmatch(r"\s*,[^,]*,\s*", piece):
        return None
    tail = words[-3:]
    if set(words[-4:]) & _REFUSING or re.search(r"\b(?:rather than|instead of|far from)\b[^,;]*$", kept):
        return "negation"
    if set(words[-4:]) & INTENDING:
        return "hedge"
    if set(tail) & lexicon.MODALS or (words and words[-1] in lexicon.REPORTING):
        return "hedge"
    if words and words[-1] in _GRADING:
        return "hedge"
    if words and words[-1] in _THRESHOLDS and (lexicon.has_figure(after[0].fold) or after[0].fold in ("a", "the")):
        return "hedge"
    if set(words[-2:]) & _IDENTITY:
        return "hedge"
    quantified = bool(words) and (words[-1] in _QUANTIFYING or words[-2:] == ["up", "to"])
    return "hedge" if quantified else None
