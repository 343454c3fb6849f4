"""The assistant: opens an index, keeps it up to date, and answers. Everything above the library talks to this."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from types import TracebackType
from typing import Any, Self

from llama_index.core.callbacks import CallbackManager
from llama_index.core.query_engine import RetrieverQueryEngine

from rag import history as conversation
from rag.answer import to_answer
from rag.corpus import Listing, list_documents
from rag.errors import InputError, StoreError
from rag.extract import THRESHOLD
from rag.index import Embedder, Index, Progress, SyncReport
from rag.models import embedding_model
from rag.questions import check_question
from rag.reading import ReadingText, read
from rag.rerank import bundled_scorer
from rag.retrieve import Candidate, HybridRetriever, Searched, to_nodes
from rag.scope import select
from rag.settings import RagSettings
from rag.synthesize import ExtractiveSynthesizer
from rag.types import Answer, CitedClaim, CorpusState, Exchange, Passage, Scope, SourceDoc

EVERYTHING = Scope()


def no_progress(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


class Assistant:
    """An open assistant. Use `Assistant.open(settings)`, as a context manager or with `close()`."""

    def __init__(self, settings: RagSettings, index: Index) -> None:
        self.settings = settings
        self._index = index
        self._read = lru_cache(maxsize=64)(self._read_document)

    @classmethod
    def open(cls, settings: RagSettings) -> Assistant:
        """Open the index in the data folder; nothing is indexed yet. Raises StoreError."""
        return cls(settings, Index(settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._index.close()

    # -- the index ---------------------------------------------------------------------------------------------------

    def listing(self) -> Listing:
        """The corpus folder as it is now. Raises CorpusError."""
        return list_documents(self.settings.corpus)

    def sync(self, progress: Progress = no_progress, *, rebuild: bool = False) -> SyncReport:
        """Bring the index up to date with the corpus folder. Raises CorpusError, StoreError, ModelError."""
        report = self._index.sync(self.listing(), lambda: Embedder(self.settings.embedding_model), progress, rebuild=rebuild)
        self._read.cache_clear()
        return report

    def ensure_synced(self, progress: Progress = no_progress) -> SyncReport | None:
        """Bring the index up to date if the corpus changed; None when there was nothing to do."""
        self._index.check_signature()
        return None if self._index.up_to_date(self.listing()) else self.sync(progress)

    @property
    def state(self) -> CorpusState:
        """What is indexed."""
        return CorpusState(self._index.fingerprint(), len(self._index.ledger.stamps()))

    @property
    def documents(self) -> Mapping[str, SourceDoc]:
        """All indexed documents by path."""
        return {path: self.document(path)[0] for path in self._index.ledger.stamps()}

    def document(self, path: str) -> tuple[SourceDoc, ReadingText]:
        """An indexed document and its reading text. Raises InputError when there is none of that name."""
        return self._read(path)

    def _read_document(self, path: str) -> tuple[SourceDoc, ReadingText]:
        try:
            doc = self._index.ledger.document(path)
        except KeyError as error:
            raise InputError(f"There is no document {path!r}.", "See the names with: rag show.") from error
        return doc, read(doc.text, doc.page_starts)

    # -- asking ------------------------------------------------------------------------------------------------------

    @cached_property
    def _retriever(self) -> HybridRetriever:
        return HybridRetriever(self._index, embedding_model(self.settings.embedding_model)[0], bundled_scorer())

    @cached_property
    def _synthesizer(self) -> ExtractiveSynthesizer:
        return ExtractiveSynthesizer(THRESHOLD)

    @cached_property
    def query_engine(self) -> RetrieverQueryEngine:
        """The assistant as a LlamaIndex query engine, for use in any LlamaIndex program."""
        return RetrieverQueryEngine(self._retriever, self._synthesizer, callback_manager=CallbackManager([]))

    def within(self, scope: Scope) -> tuple[str, ...] | None:
        """The indexed documents that a scope names, in order of path; None for an empty scope. Raises InputError."""
        return select(scope, (stamp.entry for stamp in self._index.ledger.stamps().values()))

    def ask(
        self, question: str, history: Sequence[Exchange] = (), scope: Scope = EVERYTHING, top_k: int | None = None
    ) -> Answer:
        """Answer a question. `history` is the conversation before it, oldest first; `scope` names the documents searched;
        `top_k` is how many passages the answer lists (None: as the settings say).

        Raises InputError for an empty or overlong question and for a scope that names no document, StoreError when
        nothing is indexed.
        """
        question = check_question(question)
        started = time.perf_counter()
        self._index.refresh()
        standalone = conversation.standalone(question, history)
        documents = self.within(scope)
        searched = self._searched(standalone or question, documents)
        retrieved = time.perf_counter()
        response = self._synthesizer.synthesize(standalone or question, to_nodes(searched))
        chosen = time.perf_counter()
        draft = response.metadata["draft"] if response.metadata else None
        assert draft is not None
        timings: dict[str, int] = {}
        answer = to_answer(
            question=question,
            standalone=standalone,
            draft=draft,
            candidates=searched.candidates,
            passages=self._passages(searched.candidates, top_k or self.settings.top_k),
            library=self.document,
            lexical=self._index.lexical_of(documents),
            corpus=self.state,
            scope=documents,
            characters=self._index.ledger.characters(documents),
            timings_ms=timings,
        )
        done = time.perf_counter()
        for name, seconds in (
            ("retrieve", retrieved - started),
            ("answer", chosen - retrieved),
            ("verify", done - chosen),
            ("total", done - started),
        ):
            timings[name] = round(seconds * 1000)
        return answer

    def stream(
        self, question: str, history: Sequence[Exchange] = (), scope: Scope = EVERYTHING, top_k: int | None = None
    ) -> Iterator[CitedClaim | Answer]:
        """The claims of an answer, each once it is verified, with its citations; the whole answer is the last item.

        Closing the iterator stops the work. Raises what `ask` raises.
        """
        answer = self.ask(question, history, scope, top_k)
        numbered = {citation.number: citation for citation in answer.citations}
        for claim in answer.claims:
            yield CitedClaim(claim, tuple(numbered[number] for number in claim.citations))
        yield answer

    def search(self, query: str, top_k: int | None = None, scope: Scope = EVERYTHING) -> tuple[Passage, ...]:
        """The passages nearest to a query, best first, of the documents that `scope` names.

        Raises InputError for an empty or overlong query and for a scope that names no document.
        """
        query = check_question(query)
        self._index.refresh()
        return self._passages(self._searched(query, self.within(scope)).candidates, top_k or self.settings.top_k)

    def _searched(self, question: str, documents: Sequence[str] | None) -> Searched:
        if not self._index.ledger.count():
            raise StoreError("Nothing is indexed yet.", "Run: rag sync.")
        return self._retriever.search(question, documents)

    def _passages(self, candidates: Sequence[Candidate], k: int) -> tuple[Passage, ...]:
        """The passages that the best sentences stand in, best first."""
        best: dict[tuple[str, int], float] = {}
        for candidate in candidates:
            best.setdefault((candidate.unit.path, candidate.unit.passage), candidate.score)
        found = []
        for (path, ordinal), score in list(best.items())[:k]:
            unit = self._index.ledger.range(path, "passage", ordinal, ordinal)[0]
            found.append(Passage(path, unit.char_start, unit.char_end, round(score, 4)))
        return tuple(found)

    def status(self) -> dict[str, Any]:
        """What a person wants to know about the index: documents, characters, units, model, what could not be read."""
        ledger = self._index.ledger
        unreadable = [line.split("|")[0] for line in (ledger.get("unreadable") or "").split("\n") if line]
        return {
            "documents": len(ledger.stamps()),
            "characters": ledger.characters(),
            "units": ledger.count(),
            "fingerprint": self._index.fingerprint(),
            "embedding_model": self.settings.embedding_model,
            "unreadable": unreadable,
            "mode": "extractive",
            "model": None,
        }
