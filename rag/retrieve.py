"""Hybrid retrieval: dense and BM25, on sentences and passages, brought together by measured signals.

Four searches (two levels, two arms) propose passages; every sentence of a proposed passage becomes a candidate and is
measured: how near it is to the question by meaning and by words, how near its passage and its neighbours are, how much
of what the question is about it names, and whether it holds the kind of thing that is asked for. The raw signals stay
beside the score: a rank cannot say that nothing fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.index import Index
from rag.ledger import Unit
from rag.lexical import LexicalIndex, Scores, content_tokens, tokenize
from rag.questions import Question, offers, parse
from rag.rerank import AnswerScorer

# How many hits each search brings. More than this changed no answer on SQuAD or the tune questions.
_SENTENCES, _PASSAGES = 50, 30
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{3,}")
# How many candidates the answer scorer reads: the answer is hardly ever further down, and each costs some 10 ms.
_READ = 24


class Signals(NamedTuple):
    """What was measured of a candidate sentence. Cosines in [-1, 1]; `words` signals relative to the best possible or
    the best of this query, in [0, 1]; shares weigh the question's terms by rarity."""

    cosine: float
    words: float
    passage_cosine: float
    passage_words: float
    neighbour_cosine: float
    share: float
    window_share: float
    passage_share: float
    offers: float
    heading: float
    short: float
    answers: float


class Candidate(NamedTuple):
    """A sentence that may answer, with its neighbours in the document, its signals and its score (higher is better)."""

    unit: Unit
    previous: Unit | None
    following: Unit | None
    signals: Signals
    score: float


# The weights of a listwise logistic regression ("which of these sentences answers"), fitted on SQuAD 2, QED, CLAPNQ, the
# chunking evaluation and the tune questions, each set counting by the root of its size; that of `answers`, the scorer's
# logit, was chosen on the tune questions, which the scorer never saw (bench/README.md has the figures).
WEIGHTS = Signals(
    cosine=3.6,
    words=0.95,
    passage_cosine=4.83,
    passage_words=1.76,
    neighbour_cosine=1.07,
    share=1.68,
    window_share=1.8,
    passage_share=3.09,
    offers=1.88,
    heading=-0.98,
    short=-0.81,
    answers=2.0,
)


class Searched(NamedTuple):
    """A question taken apart (spelt as the corpus spells), its candidates, best first, and the names and figures in it
    that no document mentions."""

    question: Question
    candidates: list[Candidate]
    unknown: tuple[str, ...]


def respelt(question: str, lexical: LexicalIndex) -> str:
    """The question with misspelt words put right, where the corpus shows what was meant."""

    def right(match: re.Match[str]) -> str:
        word = lexical.spelling(match.group())
        return match.group() if word is None else word.title() if match.group()[0].isupper() else word

    return re.sub(r"[A-Za-zÀ-ž]+", right, question)


def search(index: Index, question: str, vector: Sequence[float], documents: Sequence[str] | None = None) -> Searched:
    """Candidate sentences for a question whose embedding is `vector`, from all documents or from `documents` alone."""
    asked = parse(question)
    lexical = index.lexical_of(documents)
    rarity = {term: lexical.rarity(term) for term in asked.terms}
    unknown = tuple(name for name in asked.names if not any(map(lexical.knows, tokenize(name))))
    word_scores = {level: lexical.scores(content_tokens(question), level) for level in ("sentence", "passage")}
    hits = {
        level: [*index.nearest(vector, level, k, documents), *word_scores[level].best(k)]
        for level, k in (("sentence", _SENTENCES), ("passage", _PASSAGES))
    }
    found = index.ledger.units(sorted({*hits["sentence"], *hits["passage"]}))
    places = sorted({(unit.path, unit.passage) for unit in found.values()})  # in reading order: neighbours stand together
    sentences = index.ledger.of_passages(places)
    if not sentences:
        return Searched(asked, [], unknown)
    passages = {(p.path, p.ordinal): p for path, n in places for p in index.ledger.range(path, "passage", n, n)}
    around = _neighbourhood(index, sentences)
    return Searched(asked, _measure(asked, vector, sentences, around, passages, word_scores, rarity), unknown)


def _cosines(units: Sequence[Unit], vector: Sequence[float]) -> Any:
    matrix = np.frombuffer(b"".join(unit.vector for unit in units), dtype=np.float32).reshape(len(units), -1)
    return matrix @ np.asarray(vector, dtype=np.float32)


def _neighbourhood(index: Index, sentences: Sequence[Unit]) -> dict[tuple[str, int], Unit]:
    """The sentences and those just before and after them, by document and ordinal."""
    known = {(unit.path, unit.ordinal): unit for unit in sentences}
    for path, ordinal in list(known):
        for beside in (ordinal - 1, ordinal + 1):
            if beside >= 0 and (path, beside) not in known:
                known.update(((path, beside), unit) for unit in index.ledger.range(path, "sentence", beside, beside))
    return known


def _measure(
    asked: Question,
    vector: Sequence[float],
    sentences: list[Unit],
    around: dict[tuple[str, int], Unit],
    passages: dict[tuple[str, int], Unit],
    word_scores: dict[str, Scores],
    rarity: dict[str, float],
) -> list[Candidate]:
    cosine = dict(zip(around, _cosines(list(around.values()), vector), strict=True))
    passage_cosine = dict(zip(passages, _cosines(list(passages.values()), vector), strict=True))
    words = word_scores["sentence"].of([unit.id for unit in sentences])
    passage_words = word_scores["passage"].of([unit.id for unit in passages.values()])
    top_words = max(words.values(), default=0.0) or 1.0
    top_passage = max(passage_words.values(), default=0.0) or 1.0
    total = sum(rarity.values()) or 1.0
    stems = {key: set(content_tokens(unit.text)) for key, unit in around.items()}
    passage_stems = {key: set(content_tokens(f"{unit.context}\n{unit.text}")) for key, unit in passages.items()}

    def share(held: set[str]) -> float:
        return sum(rarity[term] for term in rarity if term in held) / total  # in the question's order: the same sum each time

    candidates = []
    for unit in sentences:
        here, passage = (unit.path, unit.ordinal), (unit.path, unit.passage)
        beside = [key for key in ((unit.path, unit.ordinal - 1), (unit.path, unit.ordinal + 1)) if key in around]
        window = stems[here].union(*(stems[key] for key in beside))
        signals = Signals(
            cosine=float(cosine[here]),
            words=words[unit.id] / top_words,
            passage_cosine=float(passage_cosine[passage]),
            passage_words=passage_words[passages[passage].id] / top_passage,
            neighbour_cosine=max((float(cosine[key]) for key in beside), default=0.0),
            share=share(stems[here]),
            window_share=share(window),
            passage_share=share(passage_stems[passage]),
            offers=float(offers(unit.text, asked)),
            heading=float(unit.role == "heading"),
            short=float(len(unit.text) < 40),
            answers=0.0,
        )
        previous, following = (around.get((unit.path, unit.ordinal + step)) for step in (-1, 1))
        candidates.append(Candidate(unit, previous, following, signals, _score(signals)))
    return sorted(candidates, key=_order)


def _score(signals: Signals) -> float:
    return sum(weight * value for weight, value in zip(WEIGHTS, signals, strict=True))


def _order(candidate: Candidate) -> tuple[float, str, int]:
    return -candidate.score, candidate.unit.path, candidate.unit.ordinal


def reranked(searched: Searched, scorer: AnswerScorer) -> Searched:
    """The best candidates read closely together with the question; the others stay behind them in their order."""
    if _CJK.search(searched.question.text):  # the scorer reads English only: the signals decide alone
        return searched
    read, rest = searched.candidates[:_READ], searched.candidates[_READ:]
    texts = [(c.previous.text if c.previous else "", c.unit.text, c.following.text if c.following else "") for c in read]
    logits = scorer.score(searched.question.text, texts)
    best = []
    for candidate, logit in zip(read, logits, strict=True):
        signals = candidate.signals._replace(answers=logit)
        best.append(candidate._replace(signals=signals, score=_score(signals)))
    floor = min(logits, default=0.0)
    for candidate in rest:
        signals = candidate.signals._replace(answers=floor)
        best.append(candidate._replace(signals=signals, score=_score(signals)))
    return searched._replace(candidates=sorted(best, key=_order))


class HybridRetriever(BaseRetriever):
    """The search as a LlamaIndex retriever: nodes are sentences, best first; each carries its candidate."""

    def __init__(self, index: Index, model: BaseEmbedding, scorer: AnswerScorer) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._index = index
        self._model = model
        self._scorer = scorer

    def search(self, question: str, documents: Sequence[str] | None = None) -> Searched:
        """Search for a question, spelt as the corpus spells, in all documents or in `documents` alone."""
        question = respelt(question, self._index.lexical)
        vector = self._model.get_query_embedding(question)
        return reranked(search(self._index, question, vector, documents), self._scorer)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return to_nodes(self.search(query_bundle.query_str))


class SentenceNode(TextNode):
    """A candidate sentence on its way through LlamaIndex; `question` and `unknown` are those of the whole search."""

    candidate: Any
    question: Any
    unknown: Any

    @classmethod
    def class_name(cls) -> str:
        return "SentenceNode"


def to_nodes(searched: Searched) -> list[NodeWithScore]:
    """What was found as LlamaIndex nodes, best first."""
    nodes = []
    for candidate in searched.candidates:
        unit = candidate.unit
        metadata = {"document": unit.path, "char_start": unit.char_start, "char_end": unit.char_end, "role": unit.role}
        node = SentenceNode(
            id_=unit.id,
            text=unit.text,
            start_char_idx=unit.char_start,
            end_char_idx=unit.char_end,
            metadata=metadata,
            excluded_embed_metadata_keys=list(metadata),
            excluded_llm_metadata_keys=list(metadata),
            candidate=candidate,
            unknown=searched.unknown,
            question=searched.question,
        )
        nodes.append(NodeWithScore(node=node, score=candidate.score))
    return nodes
