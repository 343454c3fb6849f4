"""Who speaks at a place: the author, or somebody the text quotes or reports.

Rules on words, in this order. Inside quotation marks the nearest cue counts: a verb of saying right behind the closing mark
("…," said Kishi), "according to", "in the words of", else the nearest verb of saying before the opening mark that has a
subject of its own ("Kishi expressed … , noted that …" has one subject for both verbs). Outside of quotation marks only a
clause that plainly depends on a verb of saying ("said that …", "According to …", "…, he said") is somebody else's. A
subject must look like one: a name, a title, a body, a pronoun. What is quoted without any cue is *unsure*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from rag.quotes import lexicon, nouns
from rag.quotes.denial import denied
from rag.quotes.passages import Passage, interviewed, passage
from rag.quotes.people import resolve
from rag.quotes.subjects import NOUN_CUES, SUBJECT_BEFORE, subject_after, subject_before
from rag.quotes.verbs import SPEECH, WITH_THAT
from rag.reading import ReadingText

Kind = Literal["author", "direct", "indirect", "unsure"]


@dataclass(frozen=True)
class Voice:
    """Who speaks: `speaker` by name or as the text describes them; None for the author, or when the text does not say.

    `cue` is the stretch of the text that says so, for people to read; `denied` the words by which it says that they were
    not said.
    """

    kind: Kind
    speaker: str | None = None
    cue: str = ""
    denied: str = ""


# Labels that say how somebody speaks, not who.
_ROLES = ("Q", "A")
_PASSIVE = re.compile(r"\b(?:is|was|are|were|been|being|be)\s+(?:\w+ly\s+|often\s+|also\s+|once\s+)?$")
_VERB = re.compile(r"[^\W\d_]+")
_AFTER_GAP = re.compile(r"^[\s,.!?;:—–-]{0,4}")
_ACCORDING = re.compile(r"\b(?:[Aa]ccording to|[Ii]n the (?:words|view|opinion) of|[Tt]o (?:quote|paraphrase)|[Aa]s per)\s+")
# ",” the minister, Kishi Nobuo, said": what stands before the name describes it.
_DESCRIBED_FIRST = re.compile(r"(?:the|a|an|his|her|their|its)\s[^“”;:.,]{2,60},\s*", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:\w[’']s|s[’'])\s+$")
_OWN_CLAUSE = re.compile(r":\s+(?:it|they|this|that|he|she|these|those)\b")
_AS_SAID_BY = re.compile(
    r"^[\s,(]*as\s+(?:\w+\s+)?(?:described|noted|quoted|reported|stated|explained|put|argued|observed|recalled|cited|said|called|"
    r"recounted|written|termed)\s+(?:\w+\s+)?by\s+"
)
# "The mayor said the town would not …": these verbs take a clause without "that".
_BARE_CLAUSE = lexicon.words("say says said saying think thinks thought believe believes believed")
_FINITE = re.compile(
    r"^\s*(?:[\w’'-]+\s+){1,8}?(?:is|are|was|were|has|have|had|does|did|will|would|can|could|may|might|must|shall|should|\w{2,}ed)\b"
)
_THAT = re.compile(r"^(?:,?\s+(?!that\b)[\w’'().-]+){0,16},?\s+that\b")


def voice(reading: ReadingText, start: int, end: int) -> Voice:
    """Who speaks in reading range [start, end) of `reading`."""
    here = passage(reading, start)
    if here is None:
        return Voice("author")
    around = _around(here, start, end)
    turn = reading.turn_at(start, end)
    if turn is not None and not around:
        if turn.speaker in _ROLES:
            return Voice("unsure", None, f"the label says only “{turn.speaker}”")
        name = re.sub(r"\s*\([^()]*\)$", "", turn.speaker)  # "Bill Rammell (The Minister of State)"
        return Voice("direct", name, reading.text[turn.start : turn.words].strip())
    for depth, stretch in enumerate(around):
        found = _direct(reading, here, stretch, around[depth + 1] if depth + 1 < len(around) else None)
        if found is not None:
            return replace(found, denied=denied(here, stretch))
    if around:
        return Voice("unsure", denied=denied(here, around[0]))
    if interviewed(reading, start):
        return Voice("unsure", None, "questions and answers take turns there, without names")
    if end > here.end:
        return Voice("author")
    return _indirect(reading, here, start, end) or Voice("author")


def _around(here: Passage, start: int, end: int) -> list[tuple[int, int]]:
    """The quoted stretches that hold the whole range, the innermost first."""
    return sorted((s for s in here.quoted if s[0] <= start and end <= s[1]), key=lambda s: s[1] - s[0])


def _direct(reading: ReadingText, here: Passage, stretch: tuple[int, int], outer: tuple[int, int] | None) -> Voice | None:
    text, masked, shift = here.text, here.masked, here.start
    if outer is not None:
        # Words quoted inside a quotation: only a cue inside the outer one makes them a third person's.
        inner_left = reading.text[max(outer[0] + 1, here.start) : stretch[0]]
        return _before(reading, here, inner_left, max(outer[0] + 1, here.start))
    left, right = masked[: max(0, stretch[0] - shift)], masked[stretch[1] - shift :] if stretch[1] < here.end else ""
    quoted = reading.text[stretch[0] : stretch[1]]
    after = _behind(reading, here, quoted, right, stretch[1])
    if after:
        return after
    before = (
        _begins_with_verb(reading, here, left, quoted)
        or _owner(reading, here, nouns.named_owner(left))
        or _before(reading, here, left, here.start)
    )
    if before:
        return before
    passive = re.match(r"[\s,]*by\s+", right)
    if passive and re.search(
        r"\b(?:[Dd]eemed|[Dd]ubbed|[Cc]alled|[Ll]abell?ed|[Dd]escribed|[Kk]nown|[Nn]amed|[Tt]ermed|[Bb]randed|[Hh]ailed)\b",
        left,
    ):
        phrase = subject_after(right[passive.end() :])
        if phrase:
            return Voice("direct", resolve(reading, phrase, here.start), f"by {phrase}")
    if not re.search(r"\w", left):
        earlier = passage(reading, here.start - 1 if here.start > here.block_start else here.start, 0)
        if earlier is not None and earlier.start < here.start and earlier.quoted:
            return _direct(reading, earlier, earlier.quoted[-1], None)
    if text and left.rstrip().endswith(":"):
        phrase = _clause_subject(left)
        if phrase:
            return Voice("direct", resolve(reading, phrase, here.start), left.strip()[-80:])
    return _owner(reading, here, nouns.cue(left, right, _clause_subject(left)))


def _owner(reading: ReadingText, here: Passage, noun: nouns.Cue | None) -> Voice | None:
    if noun is None:
        return None
    return Voice("direct", resolve(reading, noun.phrase, here.start, here.start + noun.start), noun.said[-120:])


def _begins_with_verb(reading: ReadingText, here: Passage, left: str, quoted: str) -> Voice | None:
    """The statement “underscored the importance of …”: the quoted words begin with the verb whose subject stands before."""
    verb = re.match(r"\W*([^\W\d_]+)", quoted)
    if not verb or verb.group(1) not in SPEECH or verb.group(1).endswith("ing"):
        return None
    subject = subject_before(re.sub(r"(?:—|,)\s*(?:which|who)\b(?:,[^,]*,)?\s*$", " ", left), verb.group(1))
    if subject is None:
        return None
    return Voice(
        "direct", resolve(reading, subject.text, here.start, here.start + subject.start), f"{subject.text} {verb.group(1)}"
    )


def _behind(reading: ReadingText, here: Passage, quoted: str, right: str, offset: int) -> Voice | None:
    """A cue right behind the closing mark: ,” said Kishi — ,” Kishi said — …, according to Kishi."""
    gap = _AFTER_GAP.match(right)
    rest = right[gap.end() :] if gap else right
    verb = _VERB.match(rest)
    if verb and verb.group() in SPEECH and not verb.group().endswith("ing"):
        phrase = subject_after(rest[verb.end() :])
        if phrase:
            return Voice("direct", resolve(reading, phrase, here.start), rest[:80].strip())
    if re.search(r"[,?!.…][”\"’']*$", quoted.strip()) and "," not in rest[:2]:
        for match in list(_VERB.finditer(rest))[:12]:
            if match.group() in SPEECH:
                subject = subject_before(rest[: match.start()])
                if subject and (subject.start <= 1 or _DESCRIBED_FIRST.fullmatch(rest[: subject.start])):
                    return Voice("direct", resolve(reading, subject.text, here.start, offset), rest[: match.end()].strip())
                break
    said_by = _AS_SAID_BY.match(right)
    if said_by and (phrase := subject_after(right[said_by.end() :])):
        return Voice("direct", resolve(reading, phrase, here.start), said_by.group().strip(" ,(") + f" {phrase}")
    according = _ACCORDING.search(rest)
    if according and not re.search(r"[;.]", rest[: according.start()]):
        phrase = subject_after(rest[according.end() :])
        if phrase:
            return Voice("direct", resolve(reading, phrase, here.start), according.group() + phrase)
    return None


def _before(reading: ReadingText, here: Passage, left: str, shift: int) -> Voice | None:
    """The nearest cue before the opening mark that has a subject of its own."""
    according = list(_ACCORDING.finditer(left))
    verbs = [
        m
        for m in _VERB.finditer(left)
        if m.group() in SPEECH or (m.group() in WITH_THAT and re.match(r"\s+that\b|\s*[,:]?\s*$", left[m.end() :]))
    ]
    for match in reversed(verbs):
        if _OWN_CLAUSE.search(left[match.end() :]) or _POSSESSIVE.search(left[: match.start()]):
            continue  # "the claim that Belgians would believe it failed: it would “…”"
        interrupted = _interrupted(left, match)
        if interrupted:
            return Voice("direct", resolve(reading, interrupted, here.start), f"{match.group()} {interrupted}")
        if _PASSIVE.search(left[: match.start()]) and not match.group().endswith("ing"):
            # "is described by the foundation as …": who describes stands behind the verb, if anywhere.
            agent = re.match(r"\s+(?:\w+\s+)?by\s+", left[match.end() :])
            named = subject_after(left[match.end() + agent.end() :]) if agent else None
            if named:
                return Voice("direct", resolve(reading, named, here.start), f"{match.group()} by {named}")
            continue
        if according and according[-1].start() > match.start():
            break
        phrase = subject_before(left[: match.start()], match.group())
        if phrase:
            return Voice(
                "direct",
                resolve(reading, phrase.text, here.start, shift + phrase.start),
                left[phrase.start : match.end()].strip(),
            )
    if verbs and not according and verbs[-1].group().endswith("ing") and verbs[-1].group() in lexicon.REPORTING:
        # "Ma prioritized relations, stating that …": the participle's subject is that of the sentence.
        main = _clause_subject(left[: verbs[-1].start()])
        if main:
            return Voice("direct", resolve(reading, main, here.start), f"{main} … {verbs[-1].group()}")
    if according:
        phrase_text = subject_after(left[according[-1].end() :])
        if phrase_text:
            phrase_text = (
                _with_quoted_name(here, left, according[-1].end(), phrase_text) if shift == here.start else phrase_text
            )
            return Voice("direct", resolve(reading, phrase_text, here.start), according[-1].group() + phrase_text)
    return None


def _with_quoted_name(here: Passage, left: str, start: int, phrase: str) -> str:
    """To quote the recent “Quad Leaders’” statement: a name in quotation marks belongs to the phrase when its noun follows."""
    end = left.find(phrase, start) + len(phrase)
    quoted = re.match(r"\s*([“\"][^”\"]{1,60}[”\"])\s+(\w+)", left[end:])
    if not quoted or not subject_after("the " + quoted.group(2)):
        return phrase
    return re.sub(r"[“”\"]", "", here.text[start : end + quoted.end()]).strip()


def _interrupted(left: str, verb: re.Match[str]) -> str | None:
    """Who interrupts with ",” said Kishi, “" the words that go on behind."""
    if verb.group().endswith("ing") or not re.search(r"[,?!….—][”\"’']\s*$", left[: verb.start()]):
        return None
    phrase = subject_after(left[verb.end() :])
    rest = left[verb.end() + left[verb.end() :].find(phrase) + len(phrase) :] if phrase else ""
    return phrase if re.fullmatch(r"[\s,;:.—–-]*(?:(?:[\w’'-]+\s+){0,6}[\w’'-]*)?[\s,;:.—–-]*", rest) else None


def _clause_subject(left: str) -> str | None:
    """The subject of the clause that ends in a colon: what stands before its first verb."""
    for match in SUBJECT_BEFORE.finditer(left):
        phrase = subject_before(left[: match.start()], match.group())
        if phrase:
            return phrase.text
    return None


def _indirect(reading: ReadingText, here: Passage, start: int, end: int) -> Voice | None:
    left, right = here.masked[: start - here.start], here.masked[end - here.start :]
    according = list(_ACCORDING.finditer(left))
    if according and not re.search(r"[;:]", left[according[-1].end() :]):
        phrase = subject_after(left[according[-1].end() :])
        if phrase:
            return Voice("indirect", resolve(reading, phrase, here.start), according[-1].group() + phrase)
    for match in reversed([m for m in _VERB.finditer(left) if m.group() in lexicon.REPORTING | WITH_THAT]):
        if _POSSESSIVE.search(left[: match.start()]):
            continue  # "Kono’s tweet" is no verb
        if _PASSIVE.search(left[: match.start()]) and not match.group().endswith("ing"):
            continue
        between = left[match.end() :]
        if re.search(r";|:|\bbut\b|—", between):
            break
        subject = subject_before(left[: match.start()], match.group())
        as_clause = bool(subject and re.search(r"\b[Aa]s\s+$", left[: subject.start]))
        bare = match.group() in _BARE_CLAUSE and subject is not None and not re.search(r"[,“”]", between)
        if not (_THAT.match(between) or as_clause or (bare and _FINITE.search(between + reading.text[start:end]))):
            continue
        if subject is None and match.group().endswith("ing"):
            main = _clause_subject(left[: match.start()])
            if main:
                return Voice("indirect", resolve(reading, main, here.start), f"{main} … {match.group()}")
        if subject is None:
            continue
        return Voice(
            "indirect",
            resolve(reading, subject.text, here.start, here.start + subject.start),
            left[subject.start : match.end()].strip(),
        )
    noun = NOUN_CUES.search(left)
    if noun and not re.search(r"[;:]", left[noun.end() :]):
        phrase_text = _clause_subject(left)
        if phrase_text:
            return Voice("indirect", resolve(reading, phrase_text, here.start), noun.group().strip())
    behind = re.search(
        r",\s+([^,;]{2,60}?)\s+(said|says|argued|argues|wrote|writes|noted|notes|added|adds|told|explained|claimed|"
        r"claims|warned|warns|stated|states|insisted|insists|recalled)\b(?!\s+that)",
        right,
    )
    if behind:
        subject = subject_before(behind.group(1) + " ", behind.group(2))
        if subject and subject.start == 0:
            return Voice("indirect", resolve(reading, subject.text, here.start), behind.group().strip(" ,"))
    later = _ACCORDING.search(right)
    if later and re.search(r",\s*$", right[: later.start()]) and not re.search(r"[;:]", right[: later.start()]):
        phrase = subject_after(right[later.end() :])
        if phrase:
            return Voice("indirect", resolve(reading, phrase, here.start), later.group() + phrase)
    return None
