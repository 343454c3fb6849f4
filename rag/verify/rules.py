"""Words that turn a sentence: negations, hedges, conditions, causes, scope, opposites. None may get lost or come in.

A rule compares a statement with the sentences it leans on, word for word: which words they share, and what governs those
words in each. What the rules cannot see (a paraphrase that says something else) is for the support model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.quotes import lexicon
from rag.quotes.align import opposite_prefix
from rag.verify.figures import values
from rag.verify.text import Word, alike, fold, holds, is_content, stem, stems, words
from rag.verify.types import Finding

# How many words a negation, a hedge or a modal reaches forward.
_REACH = 5
_NEGATED = lexicon.STRICT_NEGATIONS | lexicon.words(
    "lack lacks lacked lacking fail fails failed refuse refuses refused refusing deny denies denied denying reject rejects rejected "
    "rejecting stop stops stopped avoid avoids avoided absence absent prevent prevents prevented oppose opposes opposed exclude excludes "
    "excluded excluding prohibit prohibits prohibited ban banned bans forbid forbidden abandon abandoned halt halted stall stalled cancel "
    "cancelled canceled cease ceased doubt doubts doubted nt little few insufficient unclear uncertain yet"
)
# Words between a marker and what it governs.
_LIGHT = (
    lexicon.STOP
    | lexicon.PRONOUNS
    | lexicon.MODALS
    | lexicon.words("either any even ever yet also further so very quite rather still been being fully")
)
_CONTRACTION = re.compile(r"\b\w+n[’']t\b")
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
    "attempted consideration draft notional entertaining ask asks asked order orders ordered told invited required"
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
_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|thanks to|caus(?:e|es|ed|ing)|led to|lead(?:s|ing)? to|result(?:s|ed|ing)? (?:in|from)|as a result|resulted|"
    r"therefore|thereby|consequently|in response to|prompt(?:s|ed|ing)|trigger(?:s|ed|ing)?|driven by|stem(?:s|med|ming)? from|attribut(?:ed|able) to|"
    r"so that|in order to|on account of|as a consequence|which is why|the reason|brought about|sparked|forced|hence|thus)\b",
    re.IGNORECASE,
)
_CAUSE_LOOSE = re.compile(
    r"\b(?:as|since|given|for|after|following|amid|in light of|in view of|with|under|to|by|so|over|why|reason\w*|explain\w*|mean\w*|make\w*|made|"
    r"response|influence\w*|effect\w*|impact\w*|motivat\w*|driv\w*|push\w*|spur\w*|compel\w*|provok\w*|concern\w*)\b",
    re.IGNORECASE,
)
_SCOPE = lexicon.words(
    "all every always never only first last most none no sole solely entirely completely fully exclusively unanimously everyone "
    "everything entire whole largest biggest smallest highest lowest greatest best worst oldest youngest main primary leading"
)
_SCOPE_SAME = {
    "all": "all every each both entire whole everyone everything always", "every": "all every each", "always": "always every all consistently",
    "only": "only sole solely just merely exclusively alone single but", "sole": "only sole solely single", "solely": "only sole solely exclusively",
    "first": "first 1st initial debut earliest original maiden inaugural unprecedented begin began start started", "last": "last latest final recent previous past",
    "most": "most majority largest greatest bulk mainly mostly largely primarily", "main": "main primary chief principal key major central largest mainly primarily most",
    "primary": "main primary chief principal key primarily first", "leading": "leading top lead leads main major", "largest": "largest biggest most top greatest no.1",
    "biggest": "largest biggest most top greatest", "greatest": "largest biggest most greatest", "never": "never no not without none ever", "no": "no not none without never neither nor cannot lack lacks",
    "none": "none no not neither nobody nothing", "entire": "entire whole all", "whole": "entire whole all", "fully": "fully full completely entirely wholly all",
    "completely": "fully completely entirely wholly total totally", "entirely": "fully completely entirely wholly total totally all",
    "everyone": "all every everyone everybody", "everything": "all every everything", "exclusively": "only solely exclusively alone",
    "highest": "highest top most record peak", "lowest": "lowest least bottom", "smallest": "smallest least", "unanimously": "unanimously unanimous all",
}  # fmt: skip
_SOME = lexicon.words(
    "some many several few most often sometimes usually generally occasionally partly partially mostly largely one"
)
_OPPOSITES = [
    tuple(lexicon.words(side) for side in pair.split("/"))
    for pair in (
        "increase increases increased increasing rise rises rose risen rising grow grows grew grown growing growth climbed surged/decrease decreases decreased decreasing fall falls fell fallen falling decline declines declined declining drop drops dropped shrink shrank shrunk",
        "more greater higher larger bigger stronger/less fewer lower smaller weaker", "before prior/after following since", "support supports supported supporting backed backs favor favors favored welcomed endorsed/oppose opposes opposed opposing rejected rejects condemned criticized",
        "accept accepts accepted agree agreed approve approved/reject rejects rejected refuse refused declined denied", "begin begins began begun start starts started launched opened/end ends ended finish finished stop stopped closed concluded suspended",
        "north northern/south southern", "east eastern/west western", "import imports imported/export exports exported", "above over exceeded exceeds/below under", "win won wins/lose lost loses", "early earlier/late later",
        "public/private", "strengthen strengthened strengthening strengthens deepen deepened improve improved improves/weaken weakened weakening weakens worsen worsened deteriorate deteriorated",
        "allow allows allowed permit permits permitted lift lifts lifted/ban bans banned prohibit prohibits prohibited forbid forbids restrict restricted impose imposed", "include includes included including/exclude excludes excluded excluding",
        "buy buys bought purchase purchased/sell sells sold", "upper/lower", "official officially formal formally/unofficial unofficially informal informally nongovernmental", "bilateral/multilateral trilateral",
        "domestic/foreign", "former/current incumbent", "minority/majority", "maximum/minimum", "success successful successfully/failure failed unsuccessful", "positive/negative", "gain gains gained/lose lost losing", "democratic/authoritarian", "junior/senior",
        "possible/impossible", "likely/unlikely", "able/unable", "willing/unwilling reluctant", "arrive arrived arrives/depart departed leave left", "expand expanded expanding expands/reduce reduced reduces reducing cut", "optimistic/pessimistic", "safe/dangerous",
    )
]  # fmt: skip
_CONDITION = re.compile(
    r"\b(?:if|unless|provided that|as long as|so long as|insofar as|in so far as|to the extent that|depending on|in the event|should .{3,40} (?:occur|happen|arise|fail)|only when|until)\b",
    re.IGNORECASE,
)


_RANKED = re.compile(
    r"\b(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|\d+(?:nd|rd|th))[\s-](most \w+|\w{3,}est|best|worst)\b",
    re.IGNORECASE,
)


def findings(statement: str, window: str) -> list[Finding]:
    """All that the rules on single words object to."""
    return [
        *_negations(statement, window),
        *_hedges(statement, window),
        *_conditions(statement, window),
        *_causes(statement, window),
        *_scopes(statement, window),
        *_opposites(statement, window),
        *_contrasts(statement, window),
        *_prefixes(statement, window),
        *_denied(statement, window),
        *_restrictions(statement, window),
        *_whether(statement, window),
    ]


def _governed(text: str, markers: frozenset[str], reach: int = _REACH) -> list[tuple[Word, list[Word]]]:
    """Each word of `text` that is a marker, with the content words behind it that it governs."""
    found = words(text)
    result = []
    for at, word in enumerate(found):
        if word.fold in markers or ("nt" in markers and _CONTRACTION.fullmatch(word.text)):
            behind = []
            for other in found[at + 1 : at + 1 + reach]:
                if re.search(r"[;:.!?]|, (?:but|and|while)", text[word.end : other.start]):
                    break
                if other.fold not in _LIGHT and len(other.fold) > 1:
                    behind.append(other)
            result.append((word, behind[:2]))
    return result


def _near(text: str, target: Word, markers: frozenset[str], back: int = 6, ahead: int = 2) -> bool:
    """Whether a marker stands near a form of `target` in `text`."""
    found = words(text)
    for at, word in enumerate(found):
        if alike(word.stem, target.stem):
            around = found[max(0, at - back) : at + 1 + ahead]
            if any(w.fold in markers or ("nt" in markers and _CONTRACTION.fullmatch(w.text)) for w in around):
                return True
    return False


def _negated(text: str) -> bool:
    return bool(
        stems_of(text) & _NEGATED
        or _CONTRACTION.search(text)
        or re.search(r"\b(?:un|non-|in|im)(?:able|possible|willing|likely|clear|official)", text)
    )


def stems_of(text: str) -> frozenset[str]:
    return frozenset(word.fold for word in words(text))


def _not_only(text: str, word: Word) -> bool:
    return bool(re.match(r"\s+(?:only|just|merely|simply|least)\b", text[word.end :])) or bool(
        re.match(r"(?:no|not)\s+(?:doubt|longer than|more than|later than|fewer than|less than)\b", text[word.start :])
    )


def _negations(statement: str, window: str) -> Iterator[Finding]:
    strict = lexicon.STRICT_NEGATIONS | {"nt"}
    have = stems(statement)
    for word, governed in _governed(window, strict):
        if _not_only(window, word) or not governed:
            continue
        # A negation governs what stands behind it: what the statement takes over of that must stay negated.
        target = governed[0]
        if not holds(have, target.stem) or _near(statement, target, _NEGATED | {"nt"}, back=8, ahead=6):
            continue
        if _plainly_elsewhere(window, target, strict):
            continue
        if len(governed) > 1 and not holds(have, governed[1].stem) and len(target.stem) < 5:
            continue
        yield Finding("negation", f"the cited passage says “{window[word.start : governed[-1].end]}”")
        return
    theirs = stems(window)
    for word, governed in _governed(statement, strict):
        if _not_only(statement, word):
            continue
        if governed and holds(theirs, governed[0].stem):
            if not _near(window, governed[0], _NEGATED | {"nt"}, back=8, ahead=6):
                yield Finding("negation", f"the cited passage does not say “{statement[word.start : governed[-1].end]}”")
                return
        elif not _negated(window) and not (
            governed and any(opposite_prefix([governed[-1].fold], [other]) for other in stems_of(window))
        ):
            yield Finding("negation", f"the cited passage does not say “{word.text}”")
            return


def _plainly_elsewhere(text: str, target: Word, markers: frozenset[str]) -> bool:
    """Whether the text also has this word free of any marker."""
    found = words(text)
    for at, word in enumerate(found):
        if alike(word.stem, target.stem):
            before = found[max(0, at - _REACH) : at]
            if not any(w.fold in markers or _CONTRACTION.fullmatch(w.text) for w in before):
                return True
    return False


def _hedges(statement: str, window: str) -> Iterator[Finding]:
    have, ours = stems(statement), stems_of(statement)
    for kind, keeping in _KINDS:
        if ours & keeping or (kind is not _DEGREE and re.search(r"\b(?:according to|set to|yet to|is to|are to|plausib\w*|uncertain\w*|hint\w*)\b", statement, re.IGNORECASE)):  # fmt: skip
            continue
        for word, governed in _governed(window, kind):
            held = [w for w in governed if holds(have, w.stem)]
            if (held and held[0] is governed[0]) or len(held) == 2 or (held and word.fold in _MODAL):
                if any(_plainly_elsewhere(window, w, kind) for w in held):
                    continue
                yield Finding("hedge", f"the cited passage says “{window[word.start : governed[-1].end]}”")
                return
    if not ours & (_PROSPECTIVE | _FUTURE | _POSSIBLE) and not re.search(
        r"\bto [a-z]+|\b(?:call|bid|plan|push|appeal)\w* for\b|\bnot\b|n[’']t\b", statement
    ):
        for word, governed in _governed(window, _PROSPECTIVE, 4):
            verb = next(
                (w for w in governed if re.match(r"\s+(?:in|to|for|on|at|that|the|a|of|\w+)?\s*$", window[word.end : w.start])),
                None,
            )
            if verb is None or not re.search(
                r"\b(?:to|in|at|of|on|for|establishing|joining|\w+ing)\s*$|^\s*$", window[word.end : verb.start]
            ):
                continue
            if not re.search(r"\bto\s+$", window[: verb.start]) and not verb.fold.endswith("ing"):
                continue
            if any(w.stem == verb.stem and w.fold.endswith("ed") for w in words(statement)) and not _plainly_elsewhere(
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
    ours = stems_of(statement)
    if (
        ours & (_POSSIBLE - lexicon.words("risk risks"))
        or ours & lexicon.words("could can if unless")
        or _TOLD_LATER.search(statement)
    ):
        return
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", window):
        for word, governed in _governed(sentence, lexicon.words("would could may might")):
            if not governed or (word.fold == "would" and {w.fold for w in words(sentence[: word.start])} & lexicon.REPORTING):
                continue  # "announced that it would" is the future of then
            if sentence[word.end :].startswith((" not ", "n’t", "n't")) and ours & _NEGATED:
                continue  # "would not" is a refusal
            verb = governed[0]
            said = [w for w in words(statement) if alike(w.stem, verb.stem)]
            if said and not _plainly_elsewhere(window, verb, lexicon.words("would could may might")):
                yield Finding("hedge", f"the cited passage says “{sentence[word.start : verb.end]}”")
                return
    for word, governed in _governed(statement, lexicon.words("will")):
        if (
            "will" not in stems_of(window)
            and governed
            and _near(window, governed[0], lexicon.words("would could may might"), back=5, ahead=0)
        ):
            yield Finding("hedge", f"the cited passage does not say “{statement[word.start : governed[0].end]}”")
            return


_TOLD_LATER = re.compile(
    r"\b(?:plan|aim|intend|propos|hope|seek|potential|possib|hypothetic|scenario|notional|idea|call\w* for|push)", re.IGNORECASE
)


def _conditions(statement: str, window: str) -> Iterator[Finding]:
    if _CONDITION.search(statement) or stems_of(statement) & (_MODAL | lexicon.words("in event case were when once risk contingency scenario depend depends depending conditional")):  # fmt: skip
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


def _causes(statement: str, window: str) -> Iterator[Finding]:
    match = _CAUSE.search(statement)
    if match is None or _CAUSE.search(window):
        return
    # Sentences of purpose and time are near causes: the words of both sides must stand in one sentence at least.
    before = [w for w in words(statement[: match.start()]) if is_content(w)]
    after = [w for w in words(statement[match.end() :]) if is_content(w)]
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", window):
        have = stems(sentence)
        if _share(before, have) >= 0.5 and _share(after, have) >= 0.5 and _CAUSE_LOOSE.search(sentence):
            return
    yield Finding("cause", f"the cited passage gives no cause (“{match.group()}”)")


def _share(some: Iterable[Word], have: frozenset[str]) -> float:
    listed = list(some)
    return sum(holds(have, w.stem) for w in listed) / len(listed) if listed else 1.0


def _scopes(statement: str, window: str) -> Iterator[Finding]:
    theirs = stems_of(window)
    ours = words(statement)
    for at, word in enumerate(ours):
        if word.fold not in _SCOPE or word.fold in theirs:
            continue
        if any(value.start <= word.start < value.end and value.kind == "ordinal" for value in values(statement)):
            continue  # the first of "twenty-first"
        if word.fold == "no" and re.match(r"\.?\s*\d", statement[word.end :]):
            continue
        if (
            word.fold in ("most", "last")
            and at + 1 < len(ours)
            and ours[at + 1].fold in ("recent", "recently", "year", "month", "week", "importantly", "notably")
        ):
            continue
        if theirs & lexicon.words(_SCOPE_SAME.get(word.fold, "")):
            continue
        if re.search(r"\b\w+est\b", window) and word.fold.endswith("est"):
            yield Finding("scope", f"“{word.text}” is not in the cited passage")
            return
        yield Finding("scope", f"“{word.text}” is not in the cited passage")
        return
    for rank in _RANKED.finditer(window):
        best = rank[2].lower()
        if re.search(rf"\b{re.escape(best)}\b", statement, re.IGNORECASE) and not any(
            own[2].lower() == best for own in _RANKED.finditer(statement)
        ) and not re.search(rf"(?<!{re.escape(rank[1])})[\s-]{re.escape(best)}\b", window.replace(rank.group(), ""), re.IGNORECASE):  # fmt: skip
            yield Finding("scope", f"the cited passage says “{rank.group()}”")
            return
    found = words(window)
    have = stems(statement)
    for at, word in enumerate(found[:-1]):
        following = next((w for w in found[at + 1 : at + 4] if is_content(w)), None)
        if word.fold not in ("some", "many", "several", "few", "most", "partly", "partially") or following is None:
            continue
        if holds(have, following.stem) and not stems_of(statement) & _SOME and re.search(
            rf"\b(?:all|every|the|both)\s+(?:\w+\s+)?{re.escape(following.text)}\b", statement, re.IGNORECASE
        ) and not re.search(rf"\bthe\s+(?:\w+\s+)?{re.escape(following.text)}\b", window, re.IGNORECASE):  # fmt: skip
            yield Finding("scope", f"the cited passage says “{window[word.start : following.end]}”")
            return
    one_of = re.search(
        r"\bone of (?:the|its|their|his|her) ((?:\w+ ){0,2}\w+est|most|main|leading|first|top|few|major|key|\w+)\b", window
    )
    if one_of and re.search(rf"(?<!one of )\bthe (?:\w+ )?{re.escape(one_of.group(1))}\b", statement) and not re.search(r"\bone of|among\b|\ba (?:key|major|leading)", statement):  # fmt: skip
        yield Finding("scope", f"the cited passage says “{one_of.group()}”")


def _opposites(statement: str, window: str) -> Iterator[Finding]:
    ours, theirs = stems_of(statement), stems_of(window)
    for one, other in _OPPOSITES:
        for side, against in ((one, other), (other, one)):
            used = ours & side
            if (
                used
                and not theirs & side
                and theirs & against
                and not ours & against
                and not _negated(window)
                and not _negated(statement)
            ):
                written = sorted(used)[0]
                if holds(stems(window), next(w.stem for w in words(statement) if w.fold == written)):
                    continue
                yield Finding("opposite", f"“{written}” where the cited passage says “{sorted(theirs & against)[0]}”")
                return


_CONTRAST = re.compile(
    r"\b(?:but |and )?(?:not|instead of|rather than) (?:(?:the|in|by|from|to|for|on|at|with|a|an) )*([A-Z][\w-]+)"
)


_FALSE = re.compile(
    r"\b(?:a myth|false|untrue|a misconception|wrong|a rumou?r|a hoax|a lie|not true|no evidence|not the case)\s+(?:to \w+\s+)?that\b",
    re.IGNORECASE,
)


def _denied(statement: str, window: str) -> Iterator[Finding]:
    """ "It is a myth that …" told as fact."""
    match = _FALSE.search(window)
    if (
        match is None
        or _negated(statement)
        or stems_of(statement) & lexicon.words("myth false untrue misconception wrong rumor rumour hoax lie evidence")
    ):
        return
    denied = [w for w in words(re.split(r"[.;]\s", window[match.end() :])[0]) if is_content(w)]
    if denied and sum(holds(stems(statement), w.stem) for w in denied) >= 0.6 * len(denied):
        yield Finding("negation", f"the cited passage says “{match.group()}”")


def _restrictions(statement: str, window: str) -> Iterator[Finding]:
    """ "Only on feast days": what holds within a limit told without it."""
    have = stems(statement)
    for match in re.finditer(r"\bonly\s+(?:on|in|if|when|for|during|with|after|before|at|under|by|to)\s+([^,;.]+)", window):
        limit = [w for w in words(match[1]) if is_content(w)]
        main = [w for w in words(re.split(r"[.;!?]\s", window[: match.start()])[-1]) if is_content(w)]
        if limit and len(main) >= 2 and _share(main, have) >= 0.75 and not any(holds(have, w.stem) for w in limit):
            yield Finding("condition", f"the cited passage says “{match.group()}”")
            return


def _prefixes(statement: str, window: str) -> Iterator[Finding]:
    """Safe where the passage has unsafe, and the other way round."""
    ours, theirs = stems_of(statement), stems_of(window)
    for word in sorted(ours - theirs):
        opposite = next((other for other in sorted(theirs - ours) if opposite_prefix([word], [other])), None)
        if opposite is not None and not (_negated(statement) or _negated(window)):
            yield Finding("negation", f"“{word}” where the cited passage says “{opposite}”")
            return


def _whether(statement: str, window: str) -> Iterator[Finding]:
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


def _contrasts(statement: str, window: str) -> Iterator[Finding]:
    """ "Hull, not Leeds": the one that is denied must be denied in both."""
    for match in _CONTRAST.finditer(statement):
        denied = [fold(found[1]) for found in _CONTRAST.finditer(window)]
        if denied and not any(alike(stem(fold(match[1])), stem(other)) for other in denied):
            yield Finding("negation", f"the cited passage does not say “{match.group().strip()}”")
            return
