"""Words of scope, ranks and opposites: what holds for some, for the second or before may not be told of all, of the first, after."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quotes import lexicon
from rag.verify.figures import values
from rag.verify.governing import folds, negated
from rag.verify.text import holds, is_content, stems, words
from rag.verify.types import Finding

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
_RANKED = re.compile(
    r"\b(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|\d+(?:nd|rd|th))[\s-](most \w+|\w{3,}est|best|worst)\b",
    re.IGNORECASE,
)


def scopes(statement: str, window: str) -> Iterator[Finding]:
    theirs = folds(window)
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
        if holds(have, following.stem) and not folds(statement) & _SOME and re.search(
            rf"\b(?:all|every|the|both)\s+(?:\w+\s+)?{re.escape(following.text)}\b", statement, re.IGNORECASE
        ) and not re.search(rf"\bthe\s+(?:\w+\s+)?{re.escape(following.text)}\b", window, re.IGNORECASE):  # fmt: skip
            yield Finding("scope", f"the cited passage says “{window[word.start : following.end]}”")
            return
    one_of = re.search(
        r"\bone of (?:the|its|their|his|her) ((?:\w+ ){0,2}\w+est|most|main|leading|first|top|few|major|key|\w+)\b", window
    )
    if one_of and re.search(rf"(?<!one of )\bthe (?:\w+ )?{re.escape(one_of.group(1))}\b", statement) and not re.search(r"\bone of|among\b|\ba (?:key|major|leading)", statement):  # fmt: skip
        yield Finding("scope", f"the cited passage says “{one_of.group()}”")


def opposites(statement: str, window: str) -> Iterator[Finding]:
    ours, theirs = folds(statement), folds(window)
    for one, other in _OPPOSITES:
        for side, against in ((one, other), (other, one)):
            used = ours & side
            if (
                used
                and not theirs & side
                and theirs & against
                and not ours & against
                and not negated(window)
                and not negated(statement)
            ):
                written = sorted(used)[0]
                if holds(stems(window), next(w.stem for w in words(statement) if w.fold == written)):
                    continue
                yield Finding("opposite", f"“{written}” where the cited passage says “{sorted(theirs & against)[0]}”")
                return
