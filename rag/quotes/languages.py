"""The language around a quotation, told by its small words, and how each language denies.

Of the 18 made-up cuts of tests/test_quotes_languages.py all are noticed with these tables and 3 with the English words alone; of
the 6 fair ones beside them none is flagged. Japanese and Chinese, which have no spaces, are in `rag.quotes.lexicon`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.quotes import lexicon
from rag.quotes.tokens import tokens

_NEGATIONS = {
    "en": lexicon.STRICT_NEGATIONS,
    "de": lexicon.words(
        "nicht nichts nie niemals niemand niemandem niemanden kein keine keinen keinem keiner keines keinerlei weder nirgends ohne"
    ),
    "fr": lexicon.words("ne n pas jamais aucun aucune rien nul nulle ni sans"),
    "es": lexicon.words("no nunca jamás nadie nada ningún ninguno ninguna ni tampoco sin"),
    "it": lexicon.words("non mai nessun nessuno nessuna niente nulla né neanche nemmeno neppure senza"),
    "pt": lexicon.words("não nunca jamais ninguém nada nenhum nenhuma nem tampouco sem"),
    "nl": lexicon.words("niet niets nooit niemand geen nergens zonder"),
}
_SMALL = {
    "en": lexicon.words("the of and to in is that was for it with as on are be by he she his this we have"),
    "de": lexicon.words("der die das und den dem des ein eine ist mit von zu auf sich hat im wir für sie es"),
    "fr": lexicon.words("le la les des et du un une est que qui dans pour sur au ce il elle nous a dit"),
    "es": lexicon.words("el la los las y del un una es que se por con para su al lo en ha dijo"),
    "it": lexicon.words("il lo la gli di che e un una è per con del della si sono al i ha disse"),
    "pt": lexicon.words("o a os as e do da um uma é que com para por se na ao em foi disse"),
    "nl": lexicon.words("de het een en van is dat in op te zijn met voor er wij heeft aan zei"),
}
# How far around a place its language is asked, and how many small words, and what share of all words, must agree.
_AROUND, _FEWEST, _SHARE = 1500, 3, 0.15
_KANA, _UNSPACED = re.compile("[\u3041-\u30ff]"), re.compile("[\u3041-\u30ff\u3400-\u9fff]")
# "Not only … but also" denies nothing.
_NOT_ONLY = re.compile(
    r"\bnot (?:only|just|merely|simply)\b|\bnicht (?:nur|bloß|allein)\b|\bpas (?:seulement|que)\b|\bno s[oó]lo\b|\bno solamente\b|"
    r"\bnon (?:solo|soltanto)\b|\bnão (?:só|apenas)\b|\bniet (?:alleen|slechts)\b",
    re.IGNORECASE,
)
# These set the word that denies far behind what it denies: "verkauft den Kran in diesem Jahr nicht".
_DENY_LATE = ("de", "nl")


def language(text: str, place: int) -> str | None:
    """The language of `text` around offset `place`; None where its small words do not tell one."""
    return _told(text[max(0, place - _AROUND) : place + _AROUND])


@lru_cache(maxsize=256)
def _told(text: str) -> str | None:
    words = [token.fold for token in tokens(text)]
    if len(_UNSPACED.findall(text)) > len(words) / 2:
        return "ja" if _KANA.search(text) else "zh"
    count = sorted(((sum(w in _SMALL[name] | _NEGATIONS[name] for w in words), name) for name in _SMALL), reverse=True)
    return count[0][1] if count[0][0] >= max(_FEWEST, _SHARE * len(words)) and count[0][0] > count[1][0] else None


def denies(words: list[str], spoken: str | None) -> bool:
    """Whether one of `words` denies in language `spoken`; where that is not known it is read as English."""
    return not _NEGATIONS.get(spoken or "en", frozenset()).isdisjoint(words)


def denied_after(rest: str, spoken: str | None) -> str | None:
    """The words behind a cut, up to the end of their clause, if one of them denies what stands before the cut."""
    if spoken in (None, "en"):
        return None
    clause = re.split(r"[,.;:!?…“”«»]", rest.lstrip(), maxsplit=1)[0]
    words = [token.fold for token in tokens(clause)]
    if words[:1] in (["und"], ["oder"], ["en"], ["of"]) or _NOT_ONLY.search(clause):
        return None
    return clause.strip() if denies(words if spoken in _DENY_LATE else words[:2], spoken) else None


def not_only(clause: str) -> bool:
    """Whether the clause's negation is "not only" and there is no other."""
    return bool(_NOT_ONLY.search(clause)) and not re.search(r"n[’']t\b|\bno\b(?! s[oó]lo)|\bnever\b|\bwithout\b", clause)
