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
from rag.answer import AnswerBuilder, refusal
from rag.corpus import Listing, list_documents
from rag.errors import InputError, StoreError
from rag.extract import THRESHOLD, Draft
from rag.generate import MODEL_FOUND_NONE, Outcome, Writer, complete, condense
from rag.index import Embedder, Index, Progress, SyncReport
from rag.llm import LanguageModel
from rag.models import embedding_model
from rag.questions import check_question
from rag.reading import ReadingText, read
from rag.rerank import bundled_scorer
from rag.retrieve import Candidate, HybridRetriever, Searched, to_nodes
from rag.scope import select
from rag.settings import RagSettings
from rag.synthesize import ExtractiveSynthesizer, GenerativeSynthesizer
from rag.types import Answer, CitedClaim, CorpusState, Entry, Exchange, Passage, Scope, SourceDoc, Status
from rag.verify import Verifier

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
        try:
            return self._index.sync(self.listing(), lambda: Embedder(self.settings.embedding_model), progress, rebuild=rebuild)
        finally:
            self._read.cache_clear()  # also after a failure: some documents may have been done

    def ensure_synced(self, progress: Progress = no_progress) -> SyncReport | None:
        """Bring the index up to date if the corpus changed; None when there was nothing to do."""
        self._index.check_signature()
        return None if self._index.up_to_date(self.listing()) else self.sync(progress)

    @property
    def state(self) -> CorpusState:
        """What is indexed."""
        return self._index.state()

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
    def _writer(self) -> Writer:
        return Writer(LanguageModel(self.settings), Verifier.bundled())

    def _entry(self, path: str) -> Entry:
        return self.document(path)[0].entry

    @cached_property
    def query_engine(self) -> RetrieverQueryEngine:
        """The assistant as a LlamaIndex query engine, for use in any LlamaIndex program."""
        synthesizer = self._synthesizer
        if self.settings.answers == "generative":
            synthesizer = GenerativeSynthesizer(THRESHOLD, self._writer, self._entry)
        return RetrieverQueryEngine(self._retriever, synthesizer, callback_manager=CallbackManager([]))

    def within(self, scope: Scope) -> tuple[str, ...] | None:
        """The indexed documents that a scope names, in order of path; None for an empty scope. Raises InputError."""
        return select(scope, (stamp.entry for stamp in self._index.ledger.stamps().values())) if scope else None

    def ask(
        self, question: str, history: Sequence[Exchange] = (), scope: Scope = EVERYTHING, top_k: int | None = None
    ) -> Answer:
        """Answer a question. `history` is the conversation before it, oldest first; `scope` names the documents searched;
        `top_k` is how many passages the answer lists (None: as the settings say).

        Raises InputError for an empty or overlong question and for a scope that names no document, StoreError when
        nothing is indexed.
        """
        *_, answer = self.stream(question, history, scope, top_k)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, history: Sequence[Exchange] = (), scope: Scope = EVERYTHING, top_k: int | None = None
    ) -> Iterator[CitedClaim | Answer]:
        """The claims of an answer, each once it is verified, with its citations; the whole answer is the last item.

        Closing the iterator stops the work. Raises what `ask` raises.
        """
        question = check_question(question)
        started = time.perf_counter()
        self._refresh()
        documents = self.within(scope)
        writer = self._writer if self.settings.answers == "generative" else None
        standalone = conversation.standalone(question, history)
        if writer is not None and history:
            standalone = condense(writer.model, question, history) or standalone
        searched = self._searched(standalone or question, documents)
        retrieved = time.perf_counter()
        draft = self._draft(standalone or question, searched)
        outcome, built = Outcome(), AnswerBuilder(self.document)
        if writer is not None and draft.statements:
            for shown in writer.write(standalone or question, searched.candidates, draft, self._entry, outcome):
                yield built.show(shown)
        written = [claim.text for claim in built.claims]
        for statement in complete(searched.question, draft, outcome, written, built.cites):
            if (claim := built.state(statement)) is not None:
                yield claim
        done = time.perf_counter()
        generative = writer is not None and (outcome.kept > 0 or outcome.refused or not draft.statements)
        message, status = self._judgement(built, outcome, standalone or question, searched, documents)
        yield Answer(
            question=question,
            standalone_question=standalone,
            mode="generative" if generative else "extractive",
            model=writer.model.name if writer is not None and generative else None,
            status=status,
            message=message,
            claims=tuple(built.claims),
            withheld=(*outcome.withheld, *built.withheld),
            citations=tuple(built.citations),
            conflicts=built.conflicts(draft.differences),
            passages=self._passages(searched.candidates, top_k or self.settings.top_k),
            corpus=self.state,
            timings_ms={
                "retrieve": round((retrieved - started) * 1000),
                "answer": round((done - retrieved - outcome.own_seconds) * 1000),
                "verify": round(outcome.own_seconds * 1000),
                "total": round((time.perf_counter() - started) * 1000),
            },
            scope=documents,
        )

    def _judgement(
        self, built: AnswerBuilder, outcome: Outcome, question: str, searched: Searched, documents: tuple[str, ...] | None
    ) -> tuple[str | None, Status]:
        """What a person reads when the answer is missing or partial, and which of the three it is."""
        if built.claims:
            return (MODEL_FOUND_NONE, "partial") if outcome.refused else (None, "answered")
        lexical, characters = self._index.lexical_of(documents), self._index.ledger.characters(documents)
        return refusal(question, searched.candidates, lexical, self.state.documents, documents, characters), "not_in_corpus"

    def search(self, query: str, top_k: int | None = None, scope: Scope = EVERYTHING) -> tuple[Passage, ...]:
        """The passages nearest to a query, best first, of the documents that `scope` names.

        Raises InputError for an empty or overlong query and for a scope that names no document.
        """
        query = check_question(query)
        self._refresh()
        return self._passages(self._searched(query, self.within(scope)).candidates, top_k or self.settings.top_k)

    def can_answer(self, question: str) -> bool:
        """Whether the sources' own sentences answer a question; no language model is asked. Raises what `ask` raises."""
        question = check_question(question)
        self._refresh()
        return bool(self._draft(question, self._searched(question, None)).statements)

    def _refresh(self) -> None:
        """Work with the index as it is now, which another process may have changed."""
        if self._index.refresh():
            self._read.cache_clear()

    def _draft(self, question: str, searched: Searched) -> Draft:
        """The extractive answer."""
        response = self._synthesizer.synthesize(question, to_nodes(searched))
        assert response.metadata is not None
        draft: Draft = response.metadata["draft"]
        return draft

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
        return {
            "documents": len(ledger.stamps()),
            "characters": ledger.characters(),
            "units": ledger.count(),
            "fingerprint": self.state.fingerprint,
            "embedding_model": self.settings.embedding_model,
            "unreadable": self._index.unreadable(),
            "mode": self.settings.answers,
            "model": self.settings.llm_model if self.settings.answers == "generative" else None,
        }
