"""Hedges, plans, questions and conditions: what is less than said may not be told as said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quotes import lexicon
from rag.verify.governing import NEGATED, folds, marked, near, plainly_elsewhere, share
from rag.verify.text import alike, holds, is_content, stems, words
from rag.verify.types import Finding

# Hedges by what they say. One of the same kind must stay, or a verb of saying for the first kind.
_EVIDENTIAL = lexicon.words(
    "reportedly allegedly apparently supposedly purportedly ostensibly seemingly presumably rumored rumoured alleged purported supposed unconfirmed"
)
_POSSIBLE = lexicon.words(
    "may might could perhaps maybe possibly probably likely potentially conceivably arguably seem seems seemed seemingly appear appears appeared "
    "suggest suggests suggested suggesting potential possible probable possibility apparent tend tends tended likelihood chance risk risks would "
    "should unlikely believed thought considered expected"
)
_PROSPECTIVE = lexicon.words(
    "plan plans planned planning propose proposes proposed proposal proposals intend intends intended aim aims aimed hope hopes hoped seek seeks sought "
    "seeking consider considers considering considered discuss discussed discussing interest interested bid want wants wanted wish wishes desire urge "
    "urges urged call calls called advocate advocates advocated pledge pledged promise promised expected possibility try tries tried attempt attempts "
    "attempted consideration draft notional entertaining ask asks asked order orders ordered told invited required decision decisions decide decides decided deciding agreed vowed threatened offered"
)
_FUTURE = lexicon.words("will would shall could may might should if potential possible possibly future")
_DEGREE = lexicon.words("nearly almost roughly approximately partly partially largely mostly nominally tentatively")
_KINDS: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (_EVIDENTIAL, _EVIDENTIAL | _POSSIBLE | lexicon.REPORTING),
    (
        _POSSIBLE - lexicon.words("would should risk risks chance believed thought considered expected unlikely"),
        _POSSIBLE | _EVIDENTIAL | _PROSPECTIVE | _FUTURE | lexicon.REPORTING,
    ),
    (_DEGREE, _DEGREE | lexicon.words("about around some most much majority close just not only part degree")),
)
_MODAL = lexicon.words("may might could would should can")
_CONDITION = re.compile(
    r"\b(?:if|unless|provided that|as long as|so long as|insofar as|in so far as|to the extent that|depending on|in the event|should .{3,40} (?:occur|happen|arise|fail)|only when|until)\b",
    re.IGNORECASE,
)
_TOLD_LATER = re.compile(
    r"\b(?:plan|aim|intend|propos|hope|seek|potential|possib|hypothetic|scenario|notional|idea|call\w* for|push)", re.IGNORECASE
)


def hedges(statement: str, window: str) -> Iterator[Finding]:
    have, ours = stems(statement), folds(statement)
    for kind, keeping in _KINDS:
        if ours & keeping or (kind is not _DEGREE and re.search(r"\b(?:according to|set to|yet to|plausib\w*|uncertain\w*|hint\w*)\b", statement, re.IGNORECASE)):  # fmt: skip
            continue
        for word, governed in marked(window, kind):
            held = [w for w in governed if holds(have, w.stem)]
            if (held and held[0] is governed[0]) or len(held) == 2 or (held and word.fold in _MODAL):
                if any(plainly_elsewhere(window, w, kind) for w in held):
                    continue
                yield Finding("hedge", f"the cited passage says “{window[word.start : governed[-1].end]}”")
                return
    if not ours & (_PROSPECTIVE | _FUTURE | _POSSIBLE) and not re.search(
        r"\b(?:call|bid|plan|push|appeal)\w* for\b|\bnot\b|n[’']t\b", statement
    ):
        for word, governed in marked(window, _PROSPECTIVE, 4):
            verb = next(
                (w for w in governed if re.match(r"\s+(?:in|to|for|on|at|that|the|a|of|\w+)?\s*$", window[word.end : w.start])),
                None,
            )
            if verb is not None and re.search(rf"\bto\s+{re.escape(verb.stem)}", statement):
                continue
            if verb is None or not re.search(
                r"\b(?:to|in|at|of|on|for|establishing|joining|\w+ing)\s*$|^\s*$", window[word.end : verb.start]
            ):
                continue
            if not re.search(r"\bto\s+$", window[: verb.start]) and not verb.fold.endswith("ing"):
                continue
            if any(w.stem == verb.stem and w.fold.endswith("ed") for w in words(statement)) and not plainly_elsewhere(
                window, verb, _PROSPECTIVE
            ):
                yield Finding("hedge", f"the cited passage says “{window[word.start : verb.end]}”")
                break
    yield from _unconditional(statement, window)
    if not ours & (_EVIDENTIAL | _POSSIBLE | lexicon.REPORTING):
        for match in lexicon.HEARSAY.finditer(window):
            behind = [w for w in words(window) if w.start >= match.end() and is_content(w)][:2]
            if behind and all(holds(have, w.stem) for w in behind):
                yield Finding("hedge", f"the cited passage says “{window[match.start() : behind[-1].end]}”")
                return


def _unconditional(statement: str, window: str) -> Iterator[Finding]:
    """What would be, or could be, told as what is or will be."""
    ours = folds(statement)
    if (
        ours & (_POSSIBLE - lexicon.words("risk risks"))
        or ours & lexicon.words("could can if unless")
        or _TOLD_LATER.search(statement)
    ):
        return
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", window):
        for word, governed in marked(sentence, lexicon.words("would could may might")):
            if not governed or (word.fold == "would" and {w.fold for w in words(sentence[: word.start])} & lexicon.REPORTING):
                continue  # "announced that it would" is the future of then
            if sentence[word.end :].startswith((" not ", "n’t", "n't")) and ours & NEGATED:
                continue  # "would not" is a refusal
            verb = governed[0]
            said = [w for w in words(statement) if alike(w.stem, verb.stem)]
            if said and not plainly_elsewhere(window, verb, lexicon.words("would could may might")):
                yield Finding("hedge", f"the cited passage says “{sentence[word.start : verb.end]}”")
                return
    for word, governed in marked(statement, lexicon.words("will")):
        if (
            "will" not in folds(window)
            and governed
            and near(window, governed[0], lexicon.words("would could may might"), back=5, ahead=0)
        ):
            yield Finding("hedge", f"the cited passage does not say “{statement[word.start : governed[0].end]}”")
            return


def conditions(statement: str, window: str) -> Iterator[Finding]:
    if _CONDITION.search(statement) or folds(statement) & (_MODAL | lexicon.words("in event case were when once risk contingency scenario depend depends depending conditional")):  # fmt: skip
        return
    have = stems(statement)
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", window):
        match = re.search(
            r"\b(?:[Ii]f|[Uu]nless|[Pp]rovided that|[Oo]nly when|[Ii]nsofar as|[Tt]o the extent that|[Ss]o long as)\b", sentence
        )
        if match is None or re.match(r"\s+(?:not|any|only|ever|unofficial|anything)\b", sentence[match.end() :]) or re.search(r"\b(?:as|even|ask\w*|wonder\w*|question\w*|whether|, and|; and)\s+$", sentence[: match.start()]):  # fmt: skip
            continue
        stop = sentence.find(",", match.end()) if match.start() == 0 else -1
        main = sentence[stop + 1 :] if stop != -1 else sentence[: match.start()]
        condition = sentence[match.end() : stop if stop != -1 else None]
        main_words = [w for w in words(main) if is_content(w)]
        own = [w for w in words(condition) if is_content(w)]
        shared = sum(holds(have, w.stem) for w in main_words)
        if (
            len(main_words) >= 2
            and shared >= max(2, 0.6 * len(main_words))
            and sum(holds(have, w.stem) for w in own) < 0.5 * max(1, len(own))
        ):
            yield Finding(
                "condition", f"the cited passage says it only on the condition “{match.group()}{condition.rstrip(' .')}”"
            )
            return


def restrictions(statement: str, window: str) -> Iterator[Finding]:
    """ "Only on feast days": what holds within a limit told without it."""
    have = stems(statement)
    for match in re.finditer(r"\bonly\s+(?:on|in|if|when|for|during|with|after|before|at|under|by|to)\s+([^,;.]+)", window):
        limit = [w for w in words(match[1]) if is_content(w)]
        main = [w for w in words(re.split(r"[.;!?]\s", window[: match.start()])[-1]) if is_content(w)]
        if limit and len(main) >= 2 and share(main, have) >= 0.75 and not any(holds(have, w.stem) for w in limit):
            yield Finding("condition", f"the cited passage says “{match.group()}”")
            return


def whether(statement: str, window: str) -> Iterator[Finding]:
    """What the passage only asks ("whether …") told as found."""
    if re.search(
        r"\b(?:whether|if|ask|question|uncertain|unclear|wonder|debate|consider|discuss|examin|decid)\w*",
        statement,
        re.IGNORECASE,
    ):
        return
    have = stems(statement)
    for match in re.finditer(r"\bwhether\s+(?!or\b)([^,;.]+)", window):
        asked = [w for w in words(match[1]) if is_content(w)]
        if len(asked) >= 2 and sum(holds(have, w.stem) for w in asked) >= 0.75 * len(asked):
            yield Finding("hedge", f"the cited passage only asks “{match.group()}”")
            return
