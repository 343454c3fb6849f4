"""Names of persons and bodies: the same across order, accents, titles, parts and acronyms; a surname alone proves nothing.

`Abe Shinzō` is `Shinzo Abe` and `Prime Minister Abe`; `Kishi` is `Kishi Nobuo`; `George Bush` is not `Richard Bush`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from rag.quotes import lexicon
from rag.quotes.countries import COUNTRY

Likeness = Literal["same", "different", "unsure"]

TITLES = lexicon.words(
    "president prime minister premier defense defence foreign state deputy vice secretary admiral general gen adm col lt "
    "sgt capt captain major colonel lieutenant commander fm pm mp dr mr mrs ms miss mx prof professor sen senator rep "
    "representative chairman chairwoman chairperson chair chief cabinet director former then retired late acting ambassador "
    "envoy king queen prince princess pope sir lord lady dame chancellor mayor governor gov judge justice spokesman "
    "spokeswoman spokesperson candidate lawmaker congressman congresswoman councillor councilor elect ceo cfo officer "
    "executive manager head leader founder author analyst scholar expert economist historian journalist reporter editor "
    "current then-candidate president-elect chairmanship minister's"
)
_SMALL = lexicon.words("of for and the a an in on at to by with de du la le von van der den da di bin al el y s")
# Words in names of places and bodies: a run with one of them is no person.
_BODIES = lexicon.words(
    "ministry department office agency committee commission council institute foundation center centre university college "
    "school association bureau party government administration congress senate house parliament diet court bank fund union "
    "organization organisation army navy force forces corps command group company corporation inc ltd times post news "
    "journal press strait sea island islands ocean river city county state states republic kingdom province prefecture "
    "region alliance treaty act law statement agreement communique report study strategy policy bluebook forum summit "
    "conference exercise project team working cabinet embassy league nations security global cooperation framework "
    "partnership indo-pacific pacific asia asian east west south north western eastern southern northern first second world "
    "war section article china chinese japan japanese taiwan taiwanese america american u us uk eu prc roc hong kong korea "
    "korean russia russian india indian australia australian canada canadian britain british france french germany german "
    "europe european beijing tokyo taipei washington moscow london paris brussels"
)
# Short forms under which newspapers know people; only beside another part of the name.
_NICKNAMES = {
    short: full
    for full, shorts in {
        "robert": "bob rob bobby", "stephen": "steve steven", "joseph": "joe", "william": "bill will billy", "richard": "dick rick",
        "michael": "mike", "antony": "tony anthony", "philip": "phil phillip", "james": "jim jimmy jamie", "thomas": "tom tommy",
        "edward": "ed ted eddie", "daniel": "dan danny", "david": "dave", "christopher": "chris", "matthew": "matt", "andrew": "andy",
        "kenneth": "ken", "ronald": "ron", "donald": "don", "charles": "charlie chuck", "benjamin": "ben benny", "samuel": "sam",
        "alexander": "alex", "nicholas": "nick", "gregory": "greg", "jeffrey": "jeff geoffrey", "lawrence": "larry", "gerald": "gerry jerry",
        "elizabeth": "liz beth betty", "katherine": "kate kathy catherine", "margaret": "maggie meg peggy", "jennifer": "jen jenny",
        "susan": "sue", "deborah": "debbie deb", "patricia": "pat patty", "rebecca": "becky", "timothy": "tim", "frederick": "fred",
        "walter": "walt", "albert": "al bert", "peter": "pete", "raymond": "ray", "douglas": "doug", "leonard": "leo len",
    }.items()
    for short in shorts.split()
}  # fmt: skip
MONTHS = lexicon.words(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday"
)
# Words that open sentences with a capital and are no names.
OPENERS = lexicon.words(
    "the a an this that these those it its he she they we i you his her their our my in on at for from by with as to of and "
    "but or if when while although though since after before however moreover furthermore meanwhile indeed additionally "
    "finally also despite during given over under between among both all some many most few several such there here what "
    "who why how according last instead thus therefore nevertheless yet still once then now today beyond within without "
    "through until unless because so not no one two three four five more less other another each every any only even just "
    "recently importantly specifically consistent"
)
_RUN = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞŌŪĀĪĒŠŽČ][\w’'.-]*[\w]|[A-Z](?:\.[A-Z])*\.?)(?:[ \u00a0](?:(?:of|de|von|van|bin|al)[ \u00a0])?"
    r"(?:[A-ZÀ-ÖØ-ÞŌŪĀĪĒŠŽČ][\w’'.-]*[\w]|[A-Z](?:\.[A-Z])*\.?))*"
)


@lru_cache(maxsize=16384)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name without accents, case, possessives and titles, in order."""
    bare = unicodedata.normalize("NFKD", name)
    bare = "".join(char for char in bare if not unicodedata.combining(char)).casefold()
    bare = re.sub(r"[’']s\b", "", bare)
    # Ing-wen and Chih-chung are one given name however they are written.
    words = re.findall(r"[^\W_]+(?:[-‐][^\W_]+)*", bare)
    return tuple(re.sub(r"[-‐]", "", w) for w in words if w not in TITLES and w not in _SMALL)


def same(claimed: str, found: str) -> Likeness:
    """Whether two names are of one person or body."""
    ours, theirs = parts(claimed), parts(found)
    if not ours or not theirs:
        return "same" if _plain(claimed) == _plain(found) and _plain(found) else "unsure"
    if set(ours) == set(theirs) or "".join(ours) == "".join(theirs):
        return "same"
    if _acronym(claimed, found) or _acronym(found, claimed):
        return "same"
    short, long = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    if all(_has(word, long) or (len(short) > 1 and _has(_NICKNAMES.get(word, word), _called(long))) for word in short):
        # "China" is part of "China Brief", but one word of a body's name is not the body.
        if len(short) == 1 and set(long) & _BODIES and short[0] in _BODIES:
            return "unsure"
        return "same"
    return "unsure" if _misspelt(ours, theirs) else "different"


def _called(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name with short forms of given names written out."""
    return tuple(_NICKNAMES.get(word, word) for word in words)


def _misspelt(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two names of as many words share all but one, and the words left are alike: Nobou and Nobuo."""
    left, right = set(ours) - set(theirs), set(theirs) - set(ours)
    if len(ours) != len(theirs) or len(ours) < 2 or len(left) != 1 or len(right) != 1:
        return False
    a, b = left.pop(), right.pop()
    return min(len(a), len(b)) > 3 and OSA.distance(a, b) <= 1


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"[’']s\b", "", name.casefold())))


def _has(word: str, words: tuple[str, ...]) -> bool:
    return (
        word in words
        or (len(word) == 1 and any(other.startswith(word) for other in words))
        or any(len(other) == 1 and word.startswith(other) for other in words)
    )


def _acronym(short: str, long: str) -> bool:
    letters = re.sub(r"[.\s]", "", short.strip())
    if not (2 <= len(letters) <= 8 and letters.isupper()):
        return False
    words = [w for w in re.findall(r"[^\W\d_]+", long) if w.casefold() not in _SMALL]
    if "".join(w[0] for w in words).upper() == letters or letters in re.findall(r"\b[A-Z]{2,8}\b", long):
        return True
    # "a recent Congressional Research Service report" holds the body's name among other words.
    initials = ["".join(w[0] for w in run.split() if w.casefold() not in _SMALL) for run in capitalised(long)]
    return len(letters) > 2 and letters in (run.upper() for run in initials)


def share(a: str, b: str) -> bool:
    """Whether one name may stand for the other where both are used in one passage."""
    return same(a, b) == "same" or bool(stems(a) & stems(b) and (len(parts(a)) == 1 or len(parts(b)) == 1))


def stems(text: str) -> set[str]:
    """The first letters of capitalised words: Chinese and China meet."""
    return {word[:4] for name in capitalised(text) for word in parts(name)}


def capitalised(text: str) -> list[str]:
    """Runs of capitalised words, in order, sentence openers left out."""
    found = []
    for match in _RUN.finditer(text):
        words = match.group().split()
        while words and words[0].casefold().strip(".") in OPENERS:
            words = words[1:]
        if words and not (len(words) == 1 and words[0].casefold() in MONTHS):
            found.append(re.sub(r"[’']s$", "", " ".join(words)))
    return found


def is_person(name: str) -> bool:
    """Whether a capitalised run may be a person: no word of it belongs to places and bodies, and it is no acronym."""
    words = parts(name)
    return (
        bool(words)
        and not set(words) & (_BODIES | MONTHS)
        and not all(word in COUNTRY for word in words)
        and not re.fullmatch(r"[A-Z.]{2,}", name.strip())
        and not any(w.isdigit() for w in words)
    )


def person(phrase: str) -> str | None:
    """The personal name at the end of a phrase, without titles; None when it ends in none."""
    words = phrase.split()
    at = len(words)
    while (
        at
        and (words[at - 1][:1].isupper() or not words[at - 1].isascii())
        and words[at - 1].casefold().strip(".,") not in TITLES
    ):
        if re.search(r"[’']s$", words[at - 1]) and at < len(words):
            break
        at -= 1
    if at > 1 and words[at - 1] in ("of", "for") and words[at - 2][:1].isupper() and words[at - 2].casefold() not in TITLES:
        return None  # the Chamber of Commerce
    name = " ".join(words[at:]).strip(" ,")
    if not name or not is_person(name) or len(words) - at > 5:
        return None
    return re.sub(r"[’']s?$", "", name)


def antecedents(before: str, *, persons_only: bool) -> list[str]:
    """Whom a pronoun right after `before` may mean: the last one named, and the first one named in its two sentences."""
    sentences = re.split(r"(?<=[.!?])[”\"’')\]]*\s+(?=[A-Z“\"])", before)
    found: list[str] = []
    for sentence in reversed(sentences[-2:] if persons_only else sentences[-3:]):
        runs = capitalised(sentence)
        if persons_only:
            runs = [name for name in (person(run) for run in runs) if name]
        if runs:
            found += [runs[-1], runs[0]] if not found else [runs[0]]
        if persons_only and found:
            break
    return list(dict.fromkeys(found))
