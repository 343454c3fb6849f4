"""Whose words they are: what the passage says in somebody's name may not be told as plain fact, nor in another's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rag.quotes import lexicon, names
from rag.quotes.speech import Voice, voice
from rag.reading import ReadingText, read
from rag.types import Entry
from rag.verify.text import Word, content, holds, stems, words
from rag.verify.types import Finding

_TOLD = re.compile(
    r"\b(?:according to|in the (?:words|view|opinion) of|so-called|what (?:\w+ ){1,3}(?:call|describe)\w*|is (?:seen|viewed|regarded|described|considered|"
    r"characterized|believed|said|reported) )",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"\b(?:the |this |one )?(?:author|article|paper|study|report|text|source|document|writer|essay|analysis|passage|analyst|scholar|observer|expert|critic)s?\b", re.IGNORECASE)  # fmt: skip
_VIEW = lexicon.REPORTING | lexicon.words(
    "express expresses expressed expressing call calls called calling describe describes described view views viewed opinion "
    "regard regards regarded consider considers considered advocate advocates advocated criticize criticized comment comments commented "
    "speech statement remarks tweet testimony voiced voices welcomed thanked demand demands demanded seek sought want wants wanted "
    "support supported supports oppose opposed agree agreed agrees joint communique"
)  # fmt: skip

_SEEING = lexicon.words(
    "say says said saying state states stated tell tells told argue argues argued arguing believe believes believed claim claims claimed think thinks thought contend contends contended warn warns warned warning "
    "suggest suggests suggested predict predicts predicted allege alleges alleged assert asserts asserted identify identifies identified describe describes "
    "described view views viewed regard regards regarded perceive perceives perceived fear fears feared hope hopes "
    "insist insists insisted speculate speculates speculated estimate estimates estimated hint hints hinted complain complains "
    "complained conclude concludes concluded advocate advocates advocated see sees saw feel feels felt deem deems deemed posit posits posited caution cautions cautioned"
)  # fmt: skip


@lru_cache(maxsize=512)
def _reading(text: str) -> ReadingText:
    return read(text, ())


def tells(statement: str) -> bool:
    """Whether a statement says that somebody says or thinks it."""
    return bool(
        {word.fold for word in words(statement)} & (_VIEW | _SEEING) or _TOLD.search(statement) or _AUTHOR.search(statement)
    )


def findings(statement: str, window: str, entry: Entry) -> Iterator[Finding]:
    """Objections to who is said to say it."""
    yield from _viewed(statement, window)
    yield from _said_by_another(statement, window)
    theirs = _voice(window, statement)
    if theirs is None:
        return
    own = _BY_THE_TEXT.sub("", statement)
    told = {word.fold for word in words(own)} & _VIEW or _TOLD.search(own) or _AUTHOR.search(own)
    named = theirs.speaker is not None and _names(statement, theirs.speaker)
    if theirs.kind in ("direct", "indirect") and not named and not told:
        who = theirs.speaker or "somebody else"
        yield Finding("attribution", f"the cited passage gives it as what {who} says")
        return
    speaker = claimed(statement)
    if speaker is None or theirs.kind == "unsure" or _AUTHOR.search(speaker):
        return
    possible = [theirs.speaker] if theirs.speaker else []
    if theirs.kind == "author":
        possible += [*entry.authors, entry.publisher or ""]
        if not entry.authors:
            return
    if not possible or any(_may_be(speaker, who) for who in possible if who):
        return
    # The passage may name the claimed speaker in a cue that the rules did not read: then they do not object.
    if _names(window, speaker) and theirs.kind == "author":
        return
    yield Finding("attribution", f"the cited passage does not say that {speaker} says so")


def _said_by_another(statement: str, window: str) -> Iterator[Finding]:
    """Words, or words in quotation marks, given to another speaker than the one before the verb of saying in the passage."""
    who = claimed(statement)
    if who is None or _AUTHOR.search(who):
        return
    ours = [word for word in content(statement) if not _names(who, word.text)]
    quoted = [match[1] for match in _INNER.finditer(statement)]
    sayings = [
        (m[1], re.split(r"[;.!?](?:\s|$)|,?\s(?:while|whereas|but)\s", window[m.end() :])[0]) for m in _SAYING.finditer(window)
    ]
    sayings += [(m[1], re.split(r"[;.!?]\s", window[: m.start()])[-1]) for m in _SAID_BY.finditer(window)]
    for speaker, said in sayings:
        have = stems(said)
        told = (
            any(quote in said for quote in quoted)
            if quoted
            else len(ours) > 1 and sum(holds(have, w.stem) for w in ours) >= 0.75 * len(ours)
        )
        if not told:
            continue
        sayers = names.capitalised(speaker)
        if sayers:
            if not any(_may_be(who, name) for name in sayers):
                yield Finding("attribution", f"in the cited passage {sayers[-1]} says so, not {who}")
            return


def _viewed(statement: str, window: str) -> Iterator[Finding]:
    """What a sentence of the window gives as somebody's view ("Suzuki has identified … as", "to warn of …") told as fact."""
    if tells(statement):
        return
    have = stems(statement)
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", window):
        said = content(sentence)
        held = [word for word in said if holds(have, word.stem)]
        if len(held) < 2 or len({w.stem for w in held}) < 0.6 * len({w.stem for w in content(statement)}):
            continue
        for word in words(sentence):
            if word.fold not in _SEEING or not word.start:
                continue
            before = [w for w in held if w.end <= word.start]
            subject = [w for w in said if w.end <= word.start][-4:]
            behind = [w for w in held if w.start >= word.end]
            if not behind or "," in sentence[word.end : behind[0].start]:
                break
            told = any(holds(have, w.stem) for w in subject[-2:])  # the statement says whose view it is
            if len(before) <= 0.25 * len(held) and subject and not told:
                yield Finding(
                    "attribution", f"the cited passage gives it as a view (“{sentence[subject[0].start : word.end]} …”)"
                )
                return
            break


def _voice(window: str, statement: str) -> Voice | None:
    """Who speaks where the window says what the statement says; None when it has too little of it."""
    have = stems(statement)
    reading = _reading(window)
    found = [word for word in content(reading.text) if holds(have, word.stem)]
    if len(found) < 2:
        return None
    best = _densest(found, len(content(statement)))
    middle = best[len(best) // 2 :]
    for start, end in ((best[0].start, best[-1].end), (middle[0].start, middle[-1].end)):
        heard = voice(reading, start, end)
        if heard.kind in ("direct", "indirect"):
            return heard
    return heard


def _densest(found: list[Word], most: int) -> list[Word]:
    """The run of shared words that is closest together."""
    size = max(2, min(len(found), most))
    spans = [found[i : i + size] for i in range(len(found) - size + 1)]
    return min(spans, key=lambda run: run[-1].end - run[0].start)


def _names(text: str, who: str) -> bool:
    parts = set(names.parts(who))
    return bool(parts) and bool(parts & {part for word in words(text) for part in names.parts(word.text)})


_SAYS = lexicon.words(
    "said says say stated states told argued argues argue believes believe thinks think claimed claims claim warned warns warn announced wrote writes noted notes "
    "called calls call described describes describe dubbed labelled labeled insisted insists predicted predicts suggested suggests contends contended asserted asserts"
)
_SPEAKER = re.compile(
    rf"^(?P<first>.{{2,70}}?)\s+(?:(?:has|have|had|also|further|publicly|then|later|once|repeatedly)\s+)*"
    rf"(?:(?:{'|'.join(sorted(lexicon.REPORTING - lexicon.words('find finds found report reports expect expects expected')))})\s+that\b|(?:{'|'.join(sorted(_SAYS))})\b)"
)
_OPENING = re.compile(
    r"^(?:According to|In the (?:view|words|opinion) of|For)\s+([^,]{2,60}),|^In ([A-Z][^,]{1,50})[’']s (?:view|words|opinion|eyes),"
)
_CLOSING = re.compile(
    rf",[”\"]?\s+(?:according to\s+(?P<to>[^,]{{2,60}}?)|(?P<who>[A-Z][^,“”]{{1,60}}?)\s+(?:{'|'.join(sorted(_SAYS))})|(?:said|says)\s+(?P<after>[A-Z][^,“”]{{1,60}}?))[.”\"]*$"
)


_SAYING = re.compile(
    rf"([A-Z][\w’'.-]*(?:\s[A-Z][\w’'.-]*)*)\s(?:(?:has|had|also|then|later|once|\w+ly)\s)*(?:{'|'.join(sorted(_SAYS))})\b"
)
_SAID_BY = re.compile(
    r",[”\"]\s(?:said|says|wrote|warned|added|argued|explained|noted)\s(?:[a-z]+\s){0,3}([A-Z][\w’'.-]*(?:\s[A-Z][\w’'.-]*)*)"
)
_INNER = re.compile(r"[“\"]([^“”\"]+?)[.,]?[”\"]")


# "Wrote the report" names an author and no speaker.
_WROTE = re.compile(r"\s(?:wrote|writes)\s(?:an?|the|its|his|her|their|this)\b")
_BY_THE_TEXT = re.compile(r"^According to (?:the|this) (?:\w+ )?(?:passage|text|article|document|source)s?,\s*", re.IGNORECASE)


def claimed(statement: str) -> str | None:
    """The person or body the statement gives as its speaker, if it names one."""
    opening, closing, speaker = _OPENING.match(statement), _CLOSING.search(statement), _SPEAKER.match(statement)
    if opening:
        subject = opening[1] or opening[2]
    elif closing:
        subject = closing["to"] or closing["who"] or closing["after"]
    elif (
        speaker
        and _WROTE.search(statement, speaker.end("first")) is None
        and not re.search(r"(?:[,;]|\b(?:is|are|was|were|be|been|being))\s*$", speaker["first"])
    ):
        subject = speaker["first"]
    else:
        return None
    found = names.capitalised(subject)
    return " ".join(found[-1:]) or None


def _may_be(claimed: str, who: str) -> bool:
    return (
        names.same(claimed, who) != "different"
        or bool(set(names.parts(claimed)) & set(names.parts(who)))
        or names.share(claimed, who)
    )
