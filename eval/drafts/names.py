"""Names in running text that may be exchanged for another of the same sort: persons and countries.

Conservative: a person is who is named after a title or by a common given name; countries are a closed list whose other
names (capitals, adjectives stand apart) are one group, so that “Beijing” never becomes “China”.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_TITLES = (
    r"(?:President|Prime Minister|Foreign Minister|Defense Minister|Minister|Secretary|Chief Cabinet Secretary|Admiral|Senator|"
    r"King|Queen|Emperor|Pope|Sir|Dr\.|General|Professor|Justice|Judge|Chancellor|Commissioner|Representative|Governor|"
    r"Director|Bishop|Archbishop|Prince|Princess|journalist|scholar|historian|economist|author|architect|scientist|"
    r"engineer|philosopher|politician|mathematician)"
)
_GIVEN = (
    "Adam|Akihisa|Albert|Alexander|Alfred|Andrew|Anna|Anne|Anthony|Antony|Arthur|Benjamin|Brian|Carl|Charles|Christopher|"
    "Daniel|David|Donald|Edward|Elizabeth|Emma|Eric|Francis|Frank|Franklin|Frederick|Geoffrey|George|Guglielmo|Hans|Harold|"
    "Harry|Hassan|Henry|Herbert|Howard|Hugh|Isaac|Jack|Jacques|James|Jane|Jean|Jimmy|John|Johann|Joseph|Juan|Karl|Kate|"
    "Larry|Lawrence|Leonard|Lloyd|Louis|Margaret|Maria|Mark|Martin|Mary|Matthew|Max|Michael|Muhammad|Nicholas|Nikola|Oliver|"
    "Otto|Patrick|Paul|Peter|Phil|Philip|Ralph|Raymond|Richard|Robert|Roger|Ronald|Ryan|Samuel|Sanae|Sarah|Sigmund|Simon|"
    "Stephen|Steven|Shigeru|Shinzo|Taro|Thomas|Tony|Victor|Vincent|Walter|Wilhelm|William|Winston|Yoshihide"
)
# Surnames first, as in Japan and China; and given names that are written with a hyphen.
_LATER = (
    "Nobuo|Keisuke|Akihisa|Tomohisa|Toshimitsu|Shinz[oō]|Tar[oō]|Hiroshi|Kenji|Takeshi|Yoshihide|Junichir[oō]|Fumio|Ichir[oō]|"
    "Makoto|K[oō]ichi|Yoshir[oō]|Yukio|Naoto|(?!Anti|Non|Post|Pre|Pro|Self|Multi)[A-Z][a-z]{1,5}-[a-z]{1,5}"
)
_NAME = r"[A-Z][\w’'-]*[a-z](?:[ -](?:de |van |von )?[A-Z][\w’'-]*[a-z]){0,2}"
_PERSON = re.compile(
    rf"\b{_TITLES} (?P<titled>{_NAME})|\b(?P<given>(?:{_GIVEN})(?: [A-Z]\.)? [A-Z][\w’'-]*[a-z]|[A-Z][a-z]+ (?:{_LATER}))\b"
)
_SUFFIX = re.compile(r"[’']s?$")
_NO_PERSON = re.compile(r"\b(?:University|College|School|Street|Church|Hall|Award|Prize|State|House|Office|Act|Party|Of|The)\b")

_BODY = re.compile(
    r"\b(?:University|College|Party|Parliament|Commission|Council|Institute|Committee|Association|Society|Company|Corporation|Army|"
    r"Navy|League|Union|Ministry|Agency|Foundation|[A-Z]{3,})$"
)

# One item a country, with what may stand for it after its name.
_COUNTRIES = re.findall(
    r"\S+",
    """
    Australia Argentina Austria Belgium Brazil Canada Chile Cuba Denmark Egypt Finland Greece Hungary India Indonesia Iran Iraq
    Ireland Israel Italy Kenya Malaysia Mexico Morocco Nigeria Norway Pakistan Peru Poland Portugal Romania Singapore Spain
    Sweden Switzerland Thailand Turkey Ukraine Vietnam Germany/Berlin/Prussia France/Paris/Normandy Japan/Tokyo/Japanese
    China/Beijing/PRC/Chinese Taiwan/Taipei/China Russia/Moscow/Soviet England/London/Britain/British/UK
    """,
)
_GROUPS = {item.split("/")[0]: tuple(item.split("/")) for item in _COUNTRIES}


def persons(sentences: Iterable[str]) -> list[str]:
    """The persons named in `sentences`, in the order of their first mention."""
    found: dict[str, None] = {}
    for sentence in sentences:
        for match in _PERSON.finditer(sentence):
            name = _SUFFIX.sub("", match["titled"] or match["given"])
            if not _NO_PERSON.search(name):
                found.setdefault(name)
    return list(found)


def sort(name: str, people: Collection[str]) -> str | None:
    """What sort of name it is: "person" (a part of one of `people` too), "country", "body", or None where that is not sure."""
    if persons([name]) or name in people or any(name in _tokens(person) for person in people):
        return "person"
    if name in _GROUPS:
        return "country"
    return "body" if _BODY.search(name) else None


def other_persons(name: str, sentences: Iterable[str], pool: Iterable[str]) -> list[str]:
    """Those of `pool` who are surely not `name` and whom none of `sentences` names."""
    text = " ".join(sentences)
    mine = _tokens(name)
    return [other for other in pool if not _tokens(other) & mine and not any(token in text for token in _tokens(other))]


def _tokens(name: str) -> set[str]:
    return {token for token in re.split(r"[ -]", name) if len(token) > 2}


def countries(sentence: str) -> list[re.Match[str]]:
    """Where a country stands alone: no part of a longer name, no adjective."""
    found = []
    for match in re.finditer(r"\b(?:" + "|".join(_GROUPS) + r")\b", sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        if re.search(r"(?:[A-Z]\w* (?:of )?|-|–|/|and |or )$", before) or re.match(r" ?[-–—/A-Z(]| and | or |, [A-Z]", after):
            continue
        found.append(match)
    return found


def other_countries(name: str, sentence: str) -> list[str]:
    """Countries that neither are `name` by another name nor stand in `sentence` by any."""
    return [other for other, group in _GROUPS.items() if name not in group and not any(word in sentence for word in group)]
