"""What the page works with: the assistant, opened in the background, and the texts for checking quotations.

The page is there before the model is; the state is what it shows meanwhile. A few questions are answered at once, and
none while the index changes. Quotations can be checked while the index is still being made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from rag.errors import InputError, RagError
from rag.library import Library
from rag.quotes import Sources
from rag.reading import ReadingText
from rag.types import Answer, CitedClaim, Exchange, Passage, Scope, SourceDoc
from ui.exports import Exports
from ui.suggest import questions
from ui.turns import Turns

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.brief import Brief, Section
    from rag.index import SyncReport

T = TypeVar("T")
Progress = Callable[[str, int, int], None]

EVERYTHING = Scope()
# Questions answered at once. Two keep two cores busy (bench/README.md has the figures); who waits for a language model's
# server keeps none busy, so then it is more: the server says itself when it has enough.
AT_ONCE, AT_ONCE_WAITING = 2, 8
# Who only looks something up does not wait for those who ask.
_READERS = 64


# Seconds to wait on closing for the opening to end: it stops at the next document or batch of sentences.
_PATIENCE = 15.0


class _Closing(Exception):
    """Ends the opening of a desk that is being closed."""


class NotReady(RagError):
    """The assistant is still being opened."""


@dataclass(frozen=True)
class State:
    """Where the assistant is on its way to being ready; `error` only when it failed."""

    phase: Literal["starting", "indexing", "loading", "ready", "failed"]
    detail: str = ""
    error: RagError | None = None

    @property
    def text(self) -> str:
        """What a person reads."""
        return {
            "starting": "Starting …",
            "indexing": f"Indexing: {self.detail} …",
            "loading": "Loading the model …",
            "ready": f"{self.detail} · ready",
            "failed": str(self.error or ""),
        }[self.phase]


class Desk:
    """`assistant` opens an assistant whose index is up to date, telling how far it is; `sources` opens the texts.

    `start()` begins to open the assistant, `wait()` waits for it. `library` is the folder that documents can be put into
    and taken from, where there is one; `at_once` questions are answered at a time, whoever asks them.
    """

    def __init__(
        self,
        assistant: Callable[[Progress], Assistant],
        sources: Callable[[], Sources],
        library: Library | None = None,
        *,
        at_once: int = AT_ONCE,
    ) -> None:
        self._open_assistant, self._open_sources = assistant, sources
        self.library = library
        self._done = threading.Event()
        self._turns, self._reading = Turns(_READERS), threading.RLock()
        self.at_once = at_once
        self._asking = threading.BoundedSemaphore(at_once)
        self._assistant: Assistant | None = None
        self._sources: Sources | None = None
        self._suggested = False
        self._opening: threading.Thread | None = None
        self._closing = threading.Event()
        self.exports = Exports(lambda: self.assistant, self.document, lambda: self.sources)
        self.state = State("starting")
        self.suggestions: tuple[str, ...] = ()

    def start(self, on_failure: Callable[[RagError], None] = lambda error: None) -> None:
        """Open the assistant in the background; `on_failure` is told, in that thread, when it cannot be opened."""
        self._opening = threading.Thread(target=self._open, args=(on_failure,), name="desk", daemon=True)
        self._opening.start()

    def _open(self, on_failure: Callable[[RagError], None]) -> None:
        try:
            assistant = self._open_assistant(self._progress)
            self.state = State("loading")
            if assistant.state.documents:
                assistant.search("warm up")  # loads the model and the indexes, so that the first question is quick
        except _Closing:
            return
        except RagError as error:
            self.state = State("failed", error=error)
            on_failure(error)
        except Exception as error:
            failure = RagError(f"The assistant could not be opened: {error!r}.", "This is a bug: please report it.")
            self.state = State("failed", error=failure)
            on_failure(failure)
            raise  # the traceback belongs on stderr
        else:
            self._assistant = assistant
            self._ready()
        finally:
            self._done.set()
        if self._assistant is not None:
            self._suggest()

    def _progress(self, what: str, done: int, total: int) -> None:
        if self._closing.is_set():
            raise _Closing
        # What is being done begins with the document's path; its own counts are for the bar on the terminal.
        self.state = State("indexing", what.rpartition("/")[2].partition(":")[0])

    def _ready(self) -> None:
        count = self.assistant.state.documents
        self.state = State("ready", f"{count} document{'s' if count != 1 else ''}")

    def _suggest(self) -> None:
        """Find questions that the corpus answers, after the page is ready: nobody waits for them."""
        try:
            texts = ((source.doc, source.reading) for source in self.sources.documents)
            self.suggestions = questions(texts, self._answers)
        except (RagError, _Closing):  # closed meanwhile, or the texts cannot be read: whoever asks for them is told
            return
        finally:
            self._suggested = True

    def _answers(self, question: str) -> bool:
        with self._asking, self._turns.shared():
            if self._closing.is_set():
                raise _Closing
            return self.assistant.can_answer(question)

    @property
    def settled(self) -> bool:
        """Whether nothing about the state will change any more by itself."""
        return self.state.phase == "failed" or (self.state.phase == "ready" and self._suggested)

    def wait(self, seconds: float) -> bool:
        """Wait until the assistant is open or has failed; whether it has come to that."""
        return self._done.wait(seconds)

    @property
    def assistant(self) -> Assistant:
        """The open assistant. Raises RagError when it is not open (yet)."""
        if self._assistant is None:
            raise self.state.error or NotReady("The assistant is not ready yet.", "Try again in a moment.")
        return self._assistant

    @property
    def sources(self) -> Sources:
        """The texts for checking quotations, opened on first use. Raises RagError."""
        with self._reading:
            if self._sources is None:
                self._sources = self._open_sources()
            return self._sources

    def ask(
        self, question: str, history: Sequence[Exchange] = (), scope: Scope = EVERYTHING, top_k: int | None = None
    ) -> Answer:
        """Answer a question from the documents that `scope` names. Raises RagError."""
        with self._asking, self._turns.shared():
            return self.assistant.ask(question, history, scope, top_k)

    def stream(
        self, question: str, history: Sequence[Exchange] = (), scope: Scope = EVERYTHING, top_k: int | None = None
    ) -> Iterator[CitedClaim | Answer]:
        """The claims of an answer, each as soon as it is verified, and the answer at last. Raises RagError."""
        return self._streamed(lambda: self.assistant.stream(question, history, scope, top_k))

    def brief(self, topic: str, questions: Sequence[str] = (), scope: Scope = EVERYTHING) -> Iterator[Section | Brief]:
        """The sections of a brief, each as soon as it is answered, and the whole at last. Raises RagError."""
        from rag.brief import brief

        return self._streamed(lambda: brief(self.assistant, topic, questions, scope))

    def _streamed(self, make: Callable[[], Iterator[T]]) -> Iterator[T]:
        """What `make` gives, one by one, made in a thread of its own, so that a reader who is slow keeps nobody's turn;
        closing stops it."""
        said: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()
        left = threading.Event()

        def work() -> None:
            try:
                with self._asking, self._turns.shared():
                    if left.is_set():  # while it waited for its turn
                        return
                    for item in make():
                        if left.is_set():
                            return
                        said.put((item,))
                said.put(None)
            except BaseException as error:  # raised again where it is read
                said.put(error)

        threading.Thread(target=work, name="stream", daemon=True).start()
        try:
            while (item := said.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item[0]
        finally:
            left.set()

    def search(self, query: str, scope: Scope = EVERYTHING, top_k: int | None = None) -> tuple[Passage, ...]:
        """The passages nearest to a query, best first. Raises RagError."""
        with self._asking, self._turns.shared():
            return self.assistant.search(query, top_k, scope)

    def status(self) -> dict[str, Any] | None:
        """What is indexed; None while the assistant is not open."""
        if self._assistant is None:
            return None
        with self._turns.shared():
            return self.assistant.status()

    def document(self, path: str) -> tuple[SourceDoc, ReadingText]:
        """A document as it is indexed, or before that as it was read. Raises RagError when there is none of that name."""
        if self._assistant is None:
            return self.source(path)
        with self._turns.shared():
            return self.assistant.document(path)

    def source(self, path: str) -> tuple[SourceDoc, ReadingText]:
        """A document as quotations are compared with it. Raises InputError when there is none of that name."""
        for source in self.sources.documents:
            if source.document == path:
                return source.doc, source.reading
        raise InputError(f"There is no document {path!r}.", "The view “Corpus” lists them.")

    def reread(self) -> SyncReport:
        """Bring index and texts up to date with the folder. Raises RagError."""
        with self._turns.alone(), self._reading:
            try:
                report = self.assistant.sync(self._progress)
            finally:
                self._ready()
            self._sources = None  # not closed: somebody may be comparing with them
            return report

    def close(self) -> None:
        """Close what was opened, and what is still being opened: Python must not end under a thread in native code."""
        self._closing.set()
        if self._opening is not None:
            self._opening.join(_PATIENCE)
        with self._turns.alone(), self._reading:
            if self._sources is not None:
                self._sources.close()
                self._sources = None
            if self._assistant is not None:
                self._assistant.close()
                self._assistant = None
