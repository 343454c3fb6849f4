"""The assistant: opens an index, keeps it up to date, and answers. Everything above the library talks to this."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from types import TracebackType
from typing import Any, Self

from llama_index.core.callbacks import CallbackManager
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore

from rag.answer import refusal
from rag.corpus import Listing, list_documents
from rag.decide import Sentence, decide, of_nodes
from rag.errors import InputError, StoreError
from rag.evidence import EvidencePostprocessor
from rag.generate import Selector, condense
from rag.index import Embedder, Index, Progress, SyncReport
from rag.llm import LanguageModel
from rag.models.encoder import embedding_model
from rag.questions import check_question
from rag.reading import ReadingText, reading_of
from rag.retrieve import AskedBundle, HybridRetriever
from rag.scope import select
from rag.settings import RagSettings
from rag.synthesize import AnswerSynthesizer, passages_of
from rag.types import Answer, CitedClaim, CorpusState, Entry, Exchange, Passage, Scope, SourceDoc

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

    def document(self, path: str) -> tuple[SourceDoc, ReadingText]:
        """An indexed document and its reading text. Raises InputError when there is none of that name."""
        return self._read(path)

    def _read_document(self, path: str) -> tuple[SourceDoc, ReadingText]:
        try:
            doc = self._index.ledger.document(path)
        except KeyError as error:
            raise InputError(f"There is no document {path!r}.", "See the names with: rag show.") from error
        return doc, reading_of(doc)

    # -- asking ------------------------------------------------------------------------------------------------------

    @cached_property
    def retriever(self) -> HybridRetriever:
        """The search as a LlamaIndex retriever: passages, best first."""
        return HybridRetriever(self._index, embedding_model(self.settings.embedding_model)[0])

    @cached_property
    def postprocessor(self) -> EvidencePostprocessor:
        """The reading as a LlamaIndex node postprocessor: sentences, best first."""
        return EvidencePostprocessor()

    @cached_property
    def synthesizer(self) -> AnswerSynthesizer:
        """The answer as a LlamaIndex synthesizer."""
        return AnswerSynthesizer(
            self.document, lambda: self.state, self._refusal, self._selector, self.settings.top_k, self._known
        )

    @cached_property
    def query_engine(self) -> RetrieverQueryEngine:
        """The assistant as a LlamaIndex query engine, for use in any LlamaIndex program: `ask` goes the same way."""
        return RetrieverQueryEngine(
            self.retriever, self.synthesizer, node_postprocessors=[self.postprocessor], callback_manager=CallbackManager([])
        )

    def _known(self) -> list[Entry]:
        return [stamp.entry for stamp in self._index.ledger.stamps().values()]

    @cached_property
    def _selector(self) -> Selector | None:
        return Selector(LanguageModel(self.settings)) if self.settings.answers == "generative" else None

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
        condensed = condense(self._selector.model, question, history) if self._selector is not None and history else None
        bundle, nodes = self._found(condensed or question, documents, () if condensed else history)
        retrieved = round((time.perf_counter() - started) * 1000)
        yield from self.synthesizer.stream(bundle, nodes, question=question, retrieve_ms=retrieved, top_k=top_k)

    def _found(
        self, question: str, documents: Sequence[str] | None, history: Sequence[Exchange] = ()
    ) -> tuple[AskedBundle, list[NodeWithScore]]:
        """A question and the sentences that were read for it, best first."""
        if not self._index.ledger.count():
            raise StoreError("Nothing is indexed yet.", "Run: rag sync.")
        bundle = AskedBundle(question, documents=documents, history=tuple(history))
        return bundle, self.query_engine.retrieve(bundle)

    def _refusal(self, question: str, nearest: Sentence | None, documents: Sequence[str] | None) -> str:
        lexical, characters = self._index.lexical_of(documents), self._index.ledger.characters(documents)
        return refusal(question, nearest, lexical, self.state.documents, documents, characters)

    def search(self, query: str, top_k: int | None = None, scope: Scope = EVERYTHING) -> tuple[Passage, ...]:
        """The passages nearest to a query, best first, of the documents that `scope` names.

        Raises InputError for an empty or overlong query and for a scope that names no document.
        """
        query = check_question(query)
        self._refresh()
        return passages_of(self._found(query, self.within(scope))[1], top_k or self.settings.top_k)

    def can_answer(self, question: str) -> bool:
        """Whether the sources' own sentences answer a question; no language model is asked. Raises what `ask` raises."""
        question = check_question(question)
        self._refresh()
        return decide(question, of_nodes(self._found(question, None)[1])).status == "answered"

    def _refresh(self) -> None:
        """Work with the index as it is now, which another process may have changed."""
        if self._index.refresh():
            self._read.cache_clear()

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
