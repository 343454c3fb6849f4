"""Words just outside a quotation that would turn its meaning, although what is quoted stands there word for word.

Looked at: the same sentence before and after the quote, and the first word of the next. A warning shows the words that were
left out. What does not reach the quoted clause (behind a semicolon, in another clause, inside an aside) is left alone: a
warning on every quote would be read by nobody.
"""

from __future__ import annotations

import re

from rag.quotes import lexicon
from rag.quotes.compare import Run
from rag.quotes.passages import Passage, passage
from rag.quotes.speech import Voice
from rag.quotes.tokens import tokens
from rag.quotes.types import Risk
from rag.reading import ReadingText

# Words shown of what was left out.
_LONGEST = 220
# How many words before the cut a negation or hedge still governs what follows.
_REACH = 9

_CLAUSE = re.compile(r";|:|—|–\s|,\s+(?:and|but|while|whereas|although|though|which|who|so)\b|\bbut\b|[“”]")
_CONDITION_BEFORE = re.compile(
    r"\b(?:if|unless|provided that|as long as|until|in case|in the event(?: that)?|assuming|only if|even if|should)\b",
    re.IGNORECASE,
)
_CONDITION_AFTER = re.compile(
    r"^[\s,]*(?:\w+\s+){0,5}?(?:if|unless|provided(?: that)|as long as|so long as|until|only if|only when|except|insofar as|in the event)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"^[”\"’']?\s*(?:is|was|are|were|has been|have been|had been|would be|will be|seems?|remains?)?\s*"
    r"(?:not|never|no longer|hardly|unlikely|false|untrue|wrong|denied|rejected|refuted|disputed|unclear|doubtful)\b",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"^[”\"’')\]]*[\s,;—–]*(?:,?\s*)(but|however|although|though|except|yet|nevertheless|nonetheless|albeit|whereas)\b",
    re.IGNORECASE,
)
_OPENING_CONDITION = re.compile(r"\s*(?:If|Unless|Provided|Assuming|Should|Only if|Even if|Until|As long as)\b[^;]*")
_REFUSALS = lexicon.words(
    "deny denies denied denying doubt doubts doubted refute refuted refutes reject rejects rejected rejecting"
)
_APPROXIMATE = lexicon.words("some few about around only least approximately nearly almost part")
_SAID = re.compile(r"\b(?:that|whether)\s*$", re.IGNORECASE)


def risks(place: tuple[Run, ...], said: Voice, speaker: str | None, confirmed: bool) -> tuple[Risk, ...]:
    """Warnings about the words around `place`; who speaks is `said`, and `confirmed` that the quote names them."""
    first, last = place[0], place[-1]
    source = first.source
    found: list[Risk] = [risk for run in place for risk in run.risks]
    here = passage(source.reading, first.start)
    end = passage(source.reading, last.end - 1)
    if here is None or end is None:
        return tuple(dict.fromkeys(found))
    before = here.text[: max(0, first.start - here.start)]
    after = end.text[last.end - end.start :]
    # Inside a quotation only its own words belong to the speaker's sentence.
    before, after = _own(before), _own_after(after)
    found += _before(before)
    found += _after(after)
    if not re.search(r"\w", after):
        found += _next(source.reading, end)
    if (said.kind in ("direct", "indirect") and speaker is None and said.cue) or (
        said.kind in ("direct", "indirect") and not confirmed and said.cue
    ):
        found.append(Risk("reported_speech", _cut(said.cue)))
    return tuple(dict.fromkeys(found))


def _own(before: str) -> str:
    """What of the sentence before the quote belongs with it: inside quotation marks, only what is inside."""
    opened = max(before.rfind("“"), before.rfind("「"))
    closed = max(before.rfind("”"), before.rfind("」"))
    return before[opened + 1 :] if opened > closed else before


def _own_after(after: str) -> str:
    closed = min((i for i in (after.find("”"), after.find("」")) if i != -1), default=-1)
    opened = min((i for i in (after.find("“"), after.find("「")) if i != -1), default=len(after))
    return after[:closed] if -1 < closed < opened else after


def _before(before: str) -> list[Risk]:
    if not re.search(r"\w", before):
        return []
    if match := lexicon.CJK_NEGATION_BEFORE.search(before):
        return [Risk("negation", _cut(match.group(), tail=True))]
    borders = [match.end() for match in _CLAUSE.finditer(before)]
    clause = before[borders[-1] :] if borders else before
    words = [t.fold for t in tokens(clause)]
    found: list[Risk] = []
    shown = _cut(clause.strip(" ,;:"), tail=True)
    if words and _negated(clause, words):
        found.append(Risk("negation", shown))
    if words and _hedged(clause, words):
        found.append(Risk("hedge", shown))
    opening = _OPENING_CONDITION.match(before)
    if any(_conditional(clause, match) for match in _CONDITION_BEFORE.finditer(clause)):
        found.append(Risk("conditional", shown))
    elif opening and "," in before:
        found.append(Risk("conditional", _cut(before.strip())))
    return found


def _negated(clause: str, words: list[str]) -> bool:
    """Whether a negation in the clause before the cut reaches over it."""
    if set(words[-4:]) & _REFUSALS:
        return True
    # "We do not believe that …" reaches over the cut however long it is.
    scope = words if _SAID.search(clause) else words[-_REACH:]
    written = clause if _SAID.search(clause) else " ".join(clause.split()[-_REACH:])
    negated = set(scope) & lexicon.STRICT_NEGATIONS or re.search(r"n[’']t\b", written)
    return bool(negated) and not _not_only(clause)


def _hedged(clause: str, words: list[str]) -> bool:
    """Whether a hedge in the clause before the cut reaches over it."""
    if words[-1] in _APPROXIMATE or re.search(rf"{lexicon.HEARSAY.pattern}(?:\s+\w+){{0,3}}\s*$", clause):
        return True
    if _SAID.search(clause) and set(words) & lexicon.STRICT_HEDGES:
        return True
    hedges = set(words[-5:]) & lexicon.STRICT_HEDGES
    return bool(hedges) and (not hedges <= lexicon.MODALS or _governs(words[-5:]))


def _governs(words: list[str]) -> bool:
    """Whether a modal among the last `words` still has no verb: only small words and adverbs follow it."""
    at = max(index for index, word in enumerate(words) if word in lexicon.MODALS)
    return all(
        word in lexicon.STOP or word.endswith("ly") or word in ("fact", "indeed", "well", "even", "now")
        for word in words[at + 1 :]
    )


def _conditional(clause: str, match: re.Match[str]) -> bool:
    """Whether a condition is a clause of its own, not an aside like ", if unofficial,"; "should" only when inverted."""
    if match.group().lower() == "should":
        return not clause[: match.start()].strip()
    upto, comma, _ = clause[match.end() :].partition(",")
    return not comma or len(upto.split()) > 2


def _not_only(clause: str) -> bool:
    """ "not only … but also" and "not just" negate nothing."""
    return bool(re.search(r"\bnot (?:only|just|merely|simply)\b", clause)) and not re.search(
        r"n[’']t\b|\bno\b|\bnever\b|\bwithout\b", clause
    )


def _after(after: str) -> list[Risk]:
    found: list[Risk] = []
    stop = re.search(r";", after)
    rest = after[: stop.start()] if stop else after
    if match := lexicon.CJK_NEGATION_AFTER.match(rest):
        found.append(Risk("negation", match.group()))
    if _DENIED.match(rest):
        found.append(Risk("negation", _cut(rest.strip())))
    elif _TURN.match(rest) and re.search(r"\w", rest):
        found.append(Risk("cut_off", _cut(rest.strip(" ,"))))
    if _CONDITION_AFTER.match(rest) and not re.match(r"[\s,]*(?:and|or)\b", rest):
        found.append(Risk("conditional", _cut(rest.strip(" ,"))))
    if re.match(
        r"[\s,]*(?:reportedly|allegedly|apparently|supposedly|purportedly|perhaps|maybe|possibly|probably|in theory)\b",
        rest,
        re.IGNORECASE,
    ):
        found.append(Risk("hedge", _cut(rest.strip(" ,"))))
    if re.match(r"[”\"’')\]]*\?", after):
        found.append(Risk("cut_off", "?"))
    return found


def _next(reading: ReadingText, end: Passage) -> list[Risk]:
    following = passage(reading, end.end - 1, 1)
    if following is None:
        return []
    opening = re.match(
        r"\W*(However|But|Nevertheless|Nonetheless|Yet|Conversely|Instead|Still|In fact|On the contrary|That said)\b",
        following.text,
    )
    early = re.match(r"(?:\W*\w+){1,8}?,\s+however,", following.text)
    if opening or early:
        return [Risk("cut_off", _cut(following.text.strip()))]
    return []


def _cut(text: str, tail: bool = False) -> str:
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    return "…" + text[-_LONGEST + 1 :].split(" ", 1)[-1] if tail else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
