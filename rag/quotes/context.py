"""Words just outside a quotation that would turn its meaning, although what is quoted stands there word for word.

Rules look at the same sentence before and after the quote, and at the first word of the next; they say of what kind a warning is.
Where they find nothing, the evidence model reads a quote in one piece in the sentences around it, if it is at hand. On 291 quotations out of
texts that neither had seen, rules alone warned of .55 of those that mislead and of .15 of the fair ones, both together of .68 and .18
(train/cut_warnings.py). A warning shows the words that were left out. What does not reach the quoted clause (behind a
semicolon, in another clause, inside an aside) is left alone: a warning on every quote would be read by nobody.
"""

from __future__ import annotations

import re

from rag.quotes import languages, lexicon
from rag.quotes.compare import Run
from rag.quotes.omitted import INTENDING
from rag.quotes.passages import Passage, passage, sentences
from rag.quotes.speech import Voice
from rag.quotes.store import Misleads
from rag.quotes.tokens import tokens
from rag.quotes.types import Risk
from rag.reading import ReadingText, sentence_spans

# Words shown of what was left out.
_LONGEST = 220
# Sentences before and behind that are read, none further off than so many characters.
_SENTENCES, _NEAR = 3, 700
# How many words before the cut a negation or hedge still governs what follows.
_REACH = 9

_CLAUSE = re.compile(r";|:|—|–\s|,\s+(?:and|but|while|whereas|although|though|which|who|so)\b|\bbut\b|[“”]")
_CONDITION_BEFORE = re.compile(
    r"\b(?:if|unless|provided that|as long as|until|in case|in the event(?: that)?|assuming|only if|even if|should)\b",
    re.IGNORECASE,
)
_CONDITION_AFTER = re.compile(
    r"^[\s,]*(?:\w+\s+){0,5}?(?:if|provided(?: that)|as long as|so long as|until|unless|only if|only when|insofar as|in the event)\b",
    re.IGNORECASE,
)
_EXCEPTION_AFTER = re.compile(
    r"^[\s,(—–-]*(?:\w+\s+){0,5}?(?:except|excepting|unless|other than|apart from|save for|with the exception of)\b",
    re.IGNORECASE,
)
_HEDGE_AFTER = re.compile(
    r"[\s,]*(?:reportedly|allegedly|apparently|supposedly|purportedly|perhaps|maybe|possibly|probably|in theory)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"^[”\"’']?\s*(?:is|was|are|were|has been|have been|had been|would be|will be|seems?|remains?)?\s*"
    r"(?:not|never|no longer|hardly|unlikely|false|untrue|wrong|denied|rejected|refuted|disputed|unclear|doubtful)\b",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"^[”\"’')\]]*[\s,;—–]*(?:,?\s*)(but|however|although|though|yet|nevertheless|nonetheless|albeit|whereas)\b",
    re.IGNORECASE,
)
_OPENING_CONDITION = re.compile(r"\s*(?:If|Unless|Provided|Assuming|Should|Only if|Even if|Until|As long as)\b[^;]*")
_REFUSALS = lexicon.words(
    "deny denies denied denying doubt doubts doubted refute refuted refutes reject rejects rejected rejecting"
)
_APPROXIMATE = lexicon.words("about around least approximately nearly almost")
_PLANNING = INTENDING - lexicon.words("expected likely supposed considered believed thought alleged said")
_PARTIAL = lexicon.words("some few only part parts half many most several")
_SAID = re.compile(r"\b(?:that|whether)\s*$", re.IGNORECASE)
# A stop with its closing marks: behind it another sentence begins.
_STOP = re.compile(r"[.!?。！？][”\"’')\]»]*\s*")


def risks(
    place: tuple[Run, ...], said: Voice, speaker: str | None, confirmed: bool, misleads: Misleads | None = None
) -> tuple[Risk, ...]:
    """Warnings about the words around `place`; who speaks is `said`, and `confirmed` that the quote names them."""
    first, last = place[0], place[-1]
    reading = first.source.reading
    found: list[Risk] = [risk for run in place for risk in run.risks]
    here = passage(reading, first.start)
    end = passage(reading, last.end - 1)
    if here is None or end is None:
        return tuple(dict.fromkeys(found))
    spoken = languages.language(reading.text, first.start)
    before = _own(here, first.start)
    found += _before(before, spoken)
    rest, following = _behind(reading, end, last)
    found += _after(rest, spoken) + (_next(following) if not re.search(r"\w", rest) else [])
    if said.denied:
        found.append(Risk("negation", _cut(said.denied)))
    if said.cue and (said.kind == "indirect" or (said.kind == "direct" and (speaker is None or not confirmed))):
        found.append(Risk("reported_speech", _cut(said.cue)))
    if not found and misleads is not None and len(place) == 1:
        outside, sentences = _around(reading, first.start, last.end, before, rest)
        if outside and misleads(reading.text[first.start : last.end], sentences):
            found.append(Risk("cut_off", outside))
    return tuple(dict.fromkeys(found))


def _around(reading: ReadingText, start: int, end: int, before: str, rest: str) -> tuple[str, tuple[str, ...]]:
    """What a quotation of reading range [start, end) leaves out, "" for nothing, and the sentences that hold it, with a few before
    and behind. Left out is what its own sentence has before and behind it, else the sentence behind, else the one before."""
    spans = [
        span
        for block in reading.blocks
        if block.end > start - _NEAR and block.start < end + _NEAR
        for span in sentence_spans(reading, block)
        if span.end > start - _NEAR and span.start < end + _NEAR
    ]
    texts = [" ".join(reading.text[span.start : span.end].split()) for span in spans]
    holding = [number for number, span in enumerate(spans) if span.start < end and start < span.end]
    if not holding:
        return "", ()
    own = [_cut(part.strip(), tail=part is before) for part in (before, rest) if re.search(r"\w", part)]
    beside = [*texts[holding[-1] + 1 : holding[-1] + 2], *texts[max(0, holding[0] - 1) : holding[0]]]
    near = texts[max(0, holding[0] - _SENTENCES) : holding[-1] + _SENTENCES + 1]
    return " … ".join(own) or _cut("".join(beside[:1])), tuple(near)


def _own(here: Passage, start: int) -> str:
    """What stands before the quote in its own sentence: inside quotation marks, only what is inside."""
    begin = max([here.start, *(a + 1 for a, b in here.quoted if a < start < b)])
    text = here.text[begin - here.start : start - here.start + 1]
    return text[sentences(text)[-1][0] : -1]


def _behind(reading: ReadingText, end: Passage, last: Run) -> tuple[str, str]:
    """The rest of the quote's last sentence, and the sentence behind it."""
    close = min((b - 1 for a, b in end.quoted if a < last.end <= b), default=end.end)
    after = reading.text[last.end : max(close, last.end)]
    stop = _STOP.match(after)
    if stop is None and reading.text[last.end - 1] not in ".!?。！？":
        cuts = sentences(after)
        rest, after = (after[: cuts[0][1]], after[cuts[0][1] :]) if cuts else ("", "")
    else:
        rest, after = (after[: stop.end()], after[stop.end() :]) if stop else ("", after)
    following = passage(reading, end.end - 1, 1) if not re.search(r"\w", after) else None
    return rest, following.text if following else after


def _before(before: str, spoken: str | None) -> list[Risk]:
    if not re.search(r"\w", before):
        return []
    if match := lexicon.CJK_NEGATION_BEFORE.search(before):
        return [Risk("negation", _cut(match.group(), tail=True))]
    borders = [match.end() for match in _CLAUSE.finditer(before)]
    clause = before[borders[-1] :] if borders else before
    words = [t.fold for t in tokens(clause)]
    found: list[Risk] = []
    shown = _cut(clause.strip(" ,;:"), tail=True)
    if words and _negated(clause, words, spoken):
        found.append(Risk("negation", shown))
    if words and _hedged(clause, words):
        found.append(Risk("hedge", shown))
    if set(words[-2:-1] if words[-1:] == ["of"] else words[-1:]) & _PARTIAL:
        found.append(Risk("scope", shown))
    if words[-1:] == ["to"] and set(words[-5:]) & _PLANNING:
        found.append(Risk("plan", shown))
    opening = _OPENING_CONDITION.match(before)
    if any(_conditional(clause, match) for match in _CONDITION_BEFORE.finditer(clause)):
        found.append(Risk("conditional", shown))
    elif opening and "," in before:
        found.append(Risk("conditional", _cut(before.strip())))
    return found


def _negated(clause: str, words: list[str], spoken: str | None) -> bool:
    """Whether a negation in the clause before the cut reaches over it."""
    if set(words[-4:]) & _REFUSALS:
        return True
    # "We do not believe that …" reaches over the cut however long it is.
    scope = words if _SAID.search(clause) else words[-_REACH:]
    written = clause if _SAID.search(clause) else " ".join(clause.split()[-_REACH:])
    negated = languages.denies(scope, spoken) or re.search(r"n[’']t\b", written)
    return bool(negated) and not languages.not_only(clause)


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


def _after(after: str, spoken: str | None) -> list[Risk]:
    found: list[Risk] = []
    rest = after.split(";", 1)[0]
    shown = _cut(rest.strip(" ,"))
    if match := lexicon.CJK_NEGATION_AFTER.match(rest):
        found.append(Risk("negation", match.group()))
    if _DENIED.match(rest):
        found.append(Risk("negation", _cut(rest.strip())))
    elif denial := languages.denied_after(rest, spoken):
        found.append(Risk("negation", _cut(denial)))
    elif _TURN.match(rest):
        found.append(Risk("contrast", shown))
    if not re.match(r"[\s,]*(?:and|or)\b", rest):
        if _EXCEPTION_AFTER.match(rest):
            found.append(Risk("exception", shown))
        if _CONDITION_AFTER.match(rest):
            found.append(Risk("conditional", shown))
    if _HEDGE_AFTER.match(rest):
        found.append(Risk("hedge", shown))
    if re.search(r"[?？][”\"’')\]»]*\s*$", after):
        found.append(Risk("question", _cut(after.strip())))
    return found


def _next(following: str) -> list[Risk]:
    opening = re.match(
        r"\W*(However|But|Nevertheless|Nonetheless|Yet|Conversely|Instead|Still|In fact|On the contrary|That said)\b", following
    )
    early = re.match(r"(?:\W*\w+){1,8}?,\s+however,", following)
    return [Risk("contrast", _cut(following.strip()))] if opening or early else []


def _cut(text: str, tail: bool = False) -> str:
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    return "…" + text[-_LONGEST + 1 :].split(" ", 1)[-1] if tail else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
