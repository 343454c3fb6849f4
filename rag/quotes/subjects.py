"""The noun phrase that says something: found beside its verb without a grammar, and refused when it is not plainly one."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.quotes import lexicon, names

# Words that can be the head of a subject that speaks, beside names and titles.
_AGENTS = lexicon.words(
    "government ministry minister ministers official officials expert experts critic critics observer observers leader "
    "leaders source sources analyst analysts study report statement party spokesman spokeswoman spokesperson diplomat "
    "diplomats president chairman commander admiral general secretary envoy ambassador author authors scholar scholars "
    "researchers researcher scientist scientists media newspaper press agency commission committee council court company "
    "firm bank group organization organisation institute university team board office department administration authorities "
    "authority police army military allies ally governments lawmaker lawmakers politician politicians candidate "
    "representative representatives director manager executive head chief professor teacher student witness witnesses "
    "lawyer judge doctor editor journalist reporter writer historian economist people bluebook communique memo letter "
    "document paper article speech testimony survey poll polls law treaty constitution others some many few mother father "
    "brother sister wife husband son daughter friend colleague neighbor resident residents voter voters activist activists "
    "adviser advisor aide aides insider insiders veteran veterans proponents opponents supporters pundits economists "
    "colleagues teachers doctors parents workers farmers both either former latter man woman king queen pope mayor governor "
    "senator congressman premier strategist strategists director's team's publication brochure intelligence manifesto charter "
    "resolution ruling judgment judgement verdict book magazine website blog column columnist novelist poet theologian philosopher "
    "engineer commissioner tribunal regulator watchdog coalition union association federation society club church bishop archbishop "
    "cardinal priest rabbi imam monk nun soldier general's officer officers captain survivor victim victims neighbour neighbours "
    "investigator investigators prosecutor prosecutors attorney attorneys defendant plaintiff physician nurse psychologist "
    "sociologist anthropologist biographer critic's playwright singer actor actress director coach player owner founder investor "
    "investors banker trader analysts' consultant consultants panel taskforce inquiry audit review memorandum dispatch cable "
    "telegram e-mail email diary memoir autobiography obituary novel poem song inscription plaque encyclopedia dictionary textbook "
    "handbook manual guide almanac chronicle annals documentary film broadcast programme program station network channel outlet"
)
_DOCUMENTS = lexicon.words(
    "statement report speech letter document paper article study bluebook communique memo testimony declaration memorandum "
    "tweet post interview op-ed editorial treaty agreement strategy"
)
_PRONOUNS = lexicon.words("he she they it we i who both")
_AUXILIARY = lexicon.words(
    "has have had also then recently subtly explicitly publicly repeatedly now openly will would could may might should can "
    "must did does do is was were are been be being just once still already often always never not even further clearly "
    "similarly reportedly allegedly famously once first later again simply merely only quickly strongly previously "
    "frequently long has recently continues continued continue began begins begin went seeks sought to and or have "
    "sometimes privately officially formally rightly correctly wrongly generally consistently pointedly bluntly succinctly "
    "aptly finally ultimately thus therefore increasingly largely"
)
_OPENING = lexicon.words("and or but also now yet still")
_BREAKS = lexicon.words(
    "that which what whom whose when while as if because although though where since after before than whereas until unless "
    "once so how why whether but nor"
)
_PREPOSITIONS = lexicon.words(
    "in at on by from with to into under during over through about against between among upon toward towards"
)
_NOUNLIKE = lexicon.words(
    "calls claims notes states reports estimates answers quotes hopes fears call claim note state report estimate answer "
    "quote hope fear demand demands views view sees terms term reads read put puts voice label brand finds find plans "
    "praise repeated expected believed supposed"
)
_DETERMINERS = lexicon.words(
    "the a an its their his her this that these those my our your of repeated recent several many some no more such public"
)

# Words in -ing that stand before a noun, where others begin a clause of their own.
_ADJECTIVES = lexicon.words(
    "leading acting ruling governing managing serving sitting outgoing incoming standing founding visiting retiring"
)

_WORD = re.compile(r"[^\W_]+(?:[.’'-][^\W_]+)*\.?|\([^()]*\)|[^\w\s]")
# A finite verb by its look, to find where a clause's subject ends.
SUBJECT_BEFORE = re.compile(
    r"\b(?:[a-z]{2,}ed|is|was|were|are|has|have|had|made|makes|took|takes|gave|gives|holds|held|said|says|wrote|puts|put|set|sets|read|reads|adopts|presents)\b"
)
NOUN_CUES = re.compile(
    r"\b(?:claim|statement|assertion|argument|suggestion|warning|belief|allegation|announcement|contention|reference|admission|"
    r"complaint|rumou?rs?|notion)\s+that\b"
)


class Phrase(NamedTuple):
    """A noun phrase and where it begins in the text it was found in."""

    text: str
    start: int


def subject_before(left: str, verb: str = "") -> Phrase | None:
    """The subject right before a verb: `left` is the sentence up to the verb. None when there is none to be sure of."""
    words = list(_WORD.finditer(left))
    index = len(words)
    skipped_link = False
    while index and words[index - 1].group().casefold() in _AUXILIARY:
        skipped_link = skipped_link or words[index - 1].group() in ("and", "or")
        index -= 1
    if not index or skipped_link:
        return None
    if index < len(words) and words[index].group() == "to":
        return None  # "a desire to call": the infinitive says nothing of whose desire
    last = words[index - 1].group()
    if last.casefold() == "who":
        # "Ryan Hass, who says": the subject is whom the relative clause hangs on.
        index -= 2 if index > 1 and words[index - 2].group() == "," else 1
        return _accept(left, words, _extend(words, index), index, "") if index else None
    if last == ",":
        return _before_apposition(left, words, index - 1)
    if verb.endswith("ing") and last.casefold() not in _DOCUMENTS:
        return None
    if last in ";:—–" or last in '“”"':
        return None
    first = _extend(words, index)
    return _accept(left, words, first, index, verb)


def _extend(words: list[re.Match[str]], end: int) -> int:
    """The index of the first word of the phrase that ends before `end`."""
    first = end
    while first:
        word = words[first - 1].group()
        low = word.casefold()
        if low in _BREAKS or word in ',;:—–“”"‘.!?…' or low == "there":
            break
        if low.isdigit() and first < end and not (first > 1 and _determines(words[first - 2].group())):
            break  # "in 2016 Kishi said", but "the 2019 agreement says"
        if low.endswith("ing") and word.islower() and low not in _ADJECTIVES:
            break
        if low in ("the", "a", "an"):
            first -= 1
            if first and words[first - 1].group().casefold() in ("of", "for", "at", "in", "on") and _head(words, first - 1):
                continue
            break
        if low in ("and", "or"):
            # Tokyo and Washington; but "… and Kishi said" begins anew.
            earlier = words[first - 2].group() if first > 1 else ""
            both = earlier[:1].isupper() and first < end and words[first].group()[:1].isupper()
            if not both and not _listed(words, first - 1):
                break
        # "experts on Taiwan" stays; "in 2016 Kishi said" does not.
        if low in _PREPOSITIONS and (low not in ("in", "on", "at", "to") or not _head(words, first - 1)):
            break
        first -= 1
    return first


def _determines(word: str) -> bool:
    return word.casefold() in _DETERMINERS or bool(re.search(r"[’']s?$", word))


def _head(words: list[re.Match[str]], end: int) -> bool:
    """Whether the word before `end` can be a head that a preposition hangs on ("experts on", "institute in")."""
    low = words[end - 1].group().casefold() if end else ""
    return low in _AGENTS or low in names.TITLES


def _listed(words: list[re.Match[str]], link: int) -> bool:
    """Green, Glaser, and Bush: names between commas before a link."""
    return link > 1 and words[link - 1].group() == "," and words[link - 2].group()[:1].isupper()


def _before_apposition(left: str, words: list[re.Match[str]], comma: int) -> Phrase | None:
    """Kishi, the minister, said: the phrase before the comma that opens what stands between."""
    opening = comma - 1
    while opening >= 0 and words[opening].group() != ",":
        if words[opening].group() in ';:—–“”"':
            return None
        opening -= 1
    if opening <= 0 or comma - opening > 22:
        return None
    inside = [w.group().casefold() for w in words[opening + 1 : comma]]
    if any(SUBJECT_BEFORE.fullmatch(w) for w in inside) and inside[0] not in ("who", "which"):
        return None
    if inside[0] in _PREPOSITIONS | _BREAKS and inside[0] not in ("who", "which", "in", "at", "on", "after", "during"):
        return None
    aside = left[words[opening + 1].start() : words[comma - 1].end()]
    if names.person(aside) and aside[:1].isupper() and not words[opening - 1].group()[:1].isupper():
        # "the defense minister, Kishi Nobuo, said": the name is what stands between.
        return Phrase(aside, words[opening + 1].start())
    first = _extend(words, opening)
    return _accept(left, words, first, opening, "")


def _accept(left: str, words: list[re.Match[str]], first: int, end: int, verb: str) -> Phrase | None:
    while first < end and words[first].group().casefold() in _OPENING:
        first += 1
    chosen = words[first:end]
    chosen = _cut_adverbial(chosen)
    if not chosen:
        return None
    if first and words[first - 1].group() in ("and", "&") and chosen[0].group()[:1].isupper():
        chosen = words[_list_start(words, first) : end]
    plain = [w for w in chosen if not w.group().startswith("(")]
    if not plain:
        return None
    head = plain[-1].group()
    low = head.casefold()
    if verb.casefold() in _NOUNLIKE and len(plain) and plain[-1].group().casefold() in _DETERMINERS:
        return None
    body = any(w.group().casefold() in _AGENTS or w.group().casefold() in names.TITLES for w in plain)
    capital = head[:1].isupper() or not head[:1].isascii()
    if not (
        capital or low in _PRONOUNS or low in _AGENTS or low in names.TITLES or (body and verb.casefold() not in _NOUNLIKE)
    ):
        return None
    if verb.casefold() in _NOUNLIKE and not (capital or low in _PRONOUNS or low in _AGENTS):
        return None
    if len(plain) == 1 and re.fullmatch(r"\d+\W?", head):
        return None
    if low in names.MONTHS:
        return None
    begin, stop = chosen[0].start(), chosen[-1].end()
    return Phrase(left[begin:stop].strip(), begin)


def _list_start(words: list[re.Match[str]], first: int) -> int:
    """Where a list of names begins that ends at `first`: Green, Glaser, and Bush."""
    start = first
    while True:
        at = start
        while at and words[at - 1].group() in (",", "and", "&"):
            at -= 1
        end = at
        while at and words[at - 1].group()[:1].isupper() and words[at - 1].group().casefold() not in names.OPENERS:
            at -= 1
        before = words[at - 1].group().casefold() if at else ""
        if at == end or end == start or before in _PREPOSITIONS or end - at > 4:
            return start
        start = at


def _cut_adverbial(words: list[re.Match[str]]) -> list[re.Match[str]]:
    """Without what stands before the subject proper: "its most recent Bluebook Japan’s government" → "Japan’s government"."""
    for index in range(len(words) - 1, 0, -1):
        word = words[index].group()
        if re.search(r"[’']s$", word) and word[:1].isupper():
            before = words[index - 1].group()
            if (
                before[:1].isupper()
                and not re.search(r"[’']s$", before)
                and before.casefold() not in names.TITLES
                and any(
                    w.group()[:1].islower() and w.group() not in ("the", "a", "an", "then", "former", "of")
                    for w in words[:index]
                )
            ):
                return words[index:]
    return words[1:] if len(words) > 1 and words[0].group().casefold() == "then" else words


def subject_after(right: str) -> str | None:
    """The noun phrase at the beginning of `right`, up to a comma, a verb or a stop."""
    words = list(_WORD.finditer(right))
    chosen: list[re.Match[str]] = []
    for index, match in enumerate(words[:14]):
        word, low = match.group(), match.group().casefold()
        if word in ',;:.!?…—–“”"' or low in _BREAKS | (_PREPOSITIONS - {"in", "on", "for", "at"}):
            break
        if low in ("in", "on", "at", "for") and not (chosen and (low == "for" or chosen[-1].group().casefold() in _AGENTS)):
            break
        if chosen and SUBJECT_BEFORE.fullmatch(low):
            break
        if low == "and" and not (index + 1 < len(words) and words[index + 1].group()[:1].isupper()):
            break
        if low in ("last", "this", "yesterday", "today", "earlier", "recently") and chosen:
            break
        chosen.append(match)
    if not chosen:
        return None
    plain = [w.group() for w in chosen if not w.group().startswith("(")]
    alone = len(plain) == 1 and plain[0].casefold() in _PRONOUNS
    if not alone and not any(w[:1].isupper() or w.casefold() in _AGENTS or w.casefold() in names.TITLES for w in plain):
        return None
    return right[chosen[0].start() : chosen[-1].end()].strip()
