"""BM25 over passages, with English stems and CJK bigrams; kept on disk beside the ledger.

bm25s keeps a matrix that opens by memory map in a millisecond. It cannot be changed in place, so it is built anew at
the end of a sync that changed something (about a second for 10,000 units).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Container, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import StoreError
from rag.ledger import Ledger

_VERSION = "4"
# The customary values; k1 1.5, b 0.75 were also the ones measured in bench/README.md.
_K1, _B = 1.5, 0.75

_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+|(?:[A-Za-z]\.){2,}|[^\W_]+(?:[.,]\d+)*(?:['’][a-z]+)?", re.UNICODE
)
_WORD = re.compile(r"[A-Za-zÀ-ž]{4,}")
# Shorter words have too many neighbours to guess from.
_SHORTEST_MISSPELT = 5
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")

# Kana endings and particles, and the question words of Chinese and Japanese: they hold a sentence together.
_CJK_GRAMMAR = re.compile(
    r"[\u3041-\u309f]|什么|什麼|是什|么是|麼是|哪[个個里裡些]|[为為]什|怎[么麼]|何[で]?$|^何|[谁誰]|多少|是否"
)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def tokenize(text: str) -> list[str]:
    """Stems of English words, figures, and CJK text as bigrams (single characters stand alone), in order."""
    import unicodedata

    return [part for token in _TOKEN.findall(unicodedata.normalize("NFKC", text)) for part in _stems(token)]


# A corpus has some ten thousand different words, and a question's candidates bring the same few hundred again and again.
@lru_cache(maxsize=2**15)
def _stems(token: str) -> tuple[str, ...]:
    import unicodedata

    if _CJK.match(token):
        return (token,) if len(token) == 1 else tuple(token[i : i + 2] for i in range(len(token) - 1))
    if re.fullmatch(r"U\.?S\.?(?:A\.?)?", token):  # else the country would be lost as the pronoun
        return ("usa",)
    token = re.sub(r"['’][a-z]+$", "", token.lower()).replace(".", "" if token[-1] == "." else ".")
    folded = "".join(c for c in unicodedata.normalize("NFKD", token) if not unicodedata.combining(c))
    return (_stemmer().stemWord(folded),)


def content_tokens(text: str) -> list[str]:
    """The tokens that name what a text is about: `tokenize` without stop words (bm25s brings them)."""
    stems = _stop_stems()
    return [token for token in tokenize(text) if token not in stems and not _CJK_GRAMMAR.search(token)]


@lru_cache(maxsize=1)
def _stop_stems() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    # Cut at their apostrophe, "ma'am" and "won't" are a name and a verb: who won, and what Ma said.
    return frozenset(_stemmer().stemWords(sorted(set(STOPWORDS_EN_PLUS) - {"ma", "won"})))


class Scores:
    """BM25 scores of the passages for one query. Only scores above 0 count: BM25 never says "nothing"."""

    def __init__(self, places: dict[str, int], values: Any) -> None:
        """`places` are the passages' ids with their places in `values` (None: no score)."""
        self._places = places
        self._values = values

    def best(self, k: int) -> dict[str, float]:
        """The `k` ids with the highest score, best first, with the score."""
        import numpy as np

        if self._values is None:
            return {}
        ids = list(self._places)
        k = min(k, len(ids))
        top = np.argpartition(-self._values, k - 1)[:k]
        order = sorted((int(i) for i in top if self._values[i] > 0), key=lambda i: (-float(self._values[i]), i))
        return {ids[i]: float(self._values[i]) for i in order}

    def of(self, ids: Sequence[str]) -> dict[str, float]:
        """The scores of these ids; 0 for one that is not in the index (a sync that failed has not come to it)."""
        if self._values is None:
            return dict.fromkeys(ids, 0.0)
        return {id_: float(self._values[self._places[id_]]) if id_ in self._places else 0.0 for id_ in ids}


class LexicalIndex:
    """BM25 of the passages, each with its title and heading, and which words the corpus writes.

    `within` narrows what is found and known to some passages; spelling stays that of the whole corpus.
    """

    def __init__(
        self, retriever: Any, places: dict[str, int], words: dict[str, int], years: frozenset[str], mask: Any = None
    ) -> None:
        """`retriever` is bm25s' (None when there is nothing in it), `places` the passages' ids with their places in it, `words`
        are counts of the written words, `years` those of the documents' dates, `mask` (None: all) the passages that count."""
        self._retriever = retriever
        self._places = places
        self._words = words
        self._years = years
        self._mask = mask

    @staticmethod
    def build(folder: Path, ledger: Ledger) -> None:
        """Write the index of everything the ledger serves; the old one stays until the new one is whole."""
        import bm25s

        target, partial = folder / "bm25", folder / "bm25.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        words: dict[str, int] = {}
        ids, corpus = [], []
        for unit in ledger.every("passage"):
            ids.append(unit.id)
            corpus.append(content_tokens(f"{unit.context}\n{unit.text}") or ["\0"])
            for word in _WORD.findall(unit.text):
                words[word.lower()] = words.get(word.lower(), 0) + 1
        if ids:
            retriever = bm25s.BM25(k1=_K1, b=_B)
            retriever.index(corpus, show_progress=False)
            retriever.save(partial / "passages")
        (partial / "words.json").write_text(json.dumps({"version": _VERSION, "ids": ids, "words": words}, ensure_ascii=False))
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)

    @classmethod
    def open(cls, folder: Path, ledger: Ledger) -> LexicalIndex:
        """Open the index; it is built anew when a kill left none. Raises StoreError when it is damaged."""
        import bm25s

        home = folder / "bm25"
        if not (home / "words.json").is_file():
            cls.build(folder, ledger)
        try:
            words = json.loads((home / "words.json").read_text())
            if words["version"] != _VERSION:  # made by another version of this module: a second's work
                cls.build(folder, ledger)
                words = json.loads((home / "words.json").read_text())
            retriever = bm25s.BM25.load(home / "passages", mmap=True) if words["ids"] else None
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"The word index in {home} is damaged: {error}.", "Run: rag sync --rebuild.") from error
        # "The 2016 article" names a document, also where its text never says the year.
        dates = (stamp.entry.date for stamp in ledger.stamps().values())
        places = {id_: place for place, id_ in enumerate(words["ids"])}
        return cls(retriever, places, words["words"], frozenset(date[:4] for date in dates if date))

    def within(self, ids: Container[str], years: frozenset[str]) -> LexicalIndex:
        """The same index with these passages in it alone; `years` are those of their documents' dates."""
        import numpy as np

        mask = np.array([id_ in ids for id_ in self._places], dtype=bool)
        return LexicalIndex(self._retriever, self._places, self._words, years, mask)

    def scores(self, tokens: Sequence[str]) -> Scores:
        """BM25 scores of all passages for a query's tokens."""
        known = [token for token in tokens if self._retriever is not None and token in self._retriever.vocab_dict]
        values = self._retriever.get_scores(known) if known else None
        return Scores(self._places, values if values is None or self._mask is None else values * self._mask)

    def spelling(self, word: str) -> str | None:
        """The corpus's word that a misspelt one was meant for, or None when it is spelt well or nothing is near.

        A word of the English dictionary is never "corrected": that the corpus does not use it says something.
        """
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        from rag.reading.words import english

        wrong = word.lower()
        if len(wrong) < _SHORTEST_MISSPELT or wrong in self._words or english(wrong):
            return None
        most = 1 if len(wrong) < 8 else 2
        near = [
            (known, distance)
            for known, distance, _ in extract(wrong, list(self._words), scorer=OSA.distance, score_cutoff=most, limit=8)
            if known[0] == wrong[0]  # hardly anybody mistypes the first letter
        ]
        return min(near, key=lambda item: (item[1], -self._words[item[0]], item[0]))[0] if near else None

    def knows(self, token: str) -> bool:
        """Whether the stem occurs in any of the documents or their titles, or is the year of one."""
        column = self._retriever.vocab_dict.get(token) if self._retriever is not None else None
        if column is None or self._mask is None:
            return column is not None or token in self._years
        first, last = self._retriever.scores["indptr"][column : column + 2]
        return token in self._years or bool(self._mask[self._retriever.scores["indices"][first:last]].any())
