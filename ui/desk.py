"""The assistant behind the page: opened in the background, so that the page is there before the model is.

The state is what the page shows while it waits. Questions are asked one at a time: the index and its SQLite
connection belong to one thread at a time, and an extractive answer takes a fraction of a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rag.errors import RagError
from ui.suggest import questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.assistant import Assistant
    from rag.reading import ReadingText
    from rag.types import Answer, Exchange, SourceDoc

Opener = Callable[[Callable[[str, int, int], None]], "Assistant"]
"""Opens an assistant whose index is up to date, telling the progress callback how far it is."""


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
            "indexing": f"Reading the documents … {self.detail}",
            "loading": "Loading the model …",
            "ready": f"{self.detail} · ready",
            "failed": str(self.error or ""),
        }[self.phase]


class Desk:
    """Holds the assistant. `start()` opens it in a thread; `opened()` waits for it."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._done = threading.Event()
        self._lock = threading.RLock()
        self._assistant: Assistant | None = None
        self.state = State("starting")
        self._suggested = False
        self.suggestions: tuple[str, ...] = ()

    def start(self, on_failure: Callable[[RagError], None] = lambda error: None) -> None:
        """Open the assistant in the background; `on_failure` is told, in that thread, when it cannot be opened."""
        threading.Thread(target=self._open, args=(on_failure,), name="desk", daemon=True).start()

    def _open(self, on_failure: Callable[[RagError], None]) -> None:
        try:
            assistant = self._opener(self._progress)
            self.state = State("loading")
            if assistant.state.documents:
                assistant.search("warm up")  # loads the model and the indexes, so that the first question is quick
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
            self.state = State("ready", f"{assistant.state.documents} documents")
        finally:
            self._done.set()
        if self._assistant is not None:
            self._suggest(self._assistant)

    def _suggest(self, assistant: Assistant) -> None:
        """Find questions that the corpus answers, after the page is ready: nobody waits for them."""
        paths = [entry.document for entry in assistant.listing().entries]
        self.suggestions = questions((self.document(path) for path in paths), lambda q: bool(self.ask(q, ()).claims))
        self._suggested = True

    def _progress(self, what: str, done: int, total: int) -> None:
        self.state = State("indexing", f"{done} of {total}" if total else what)

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
            raise self.state.error or RagError("The assistant is not ready yet.", "Try again in a moment.")
        return self._assistant

    def ask(self, question: str, history: Sequence[Exchange]) -> Answer:
        """Answer a question. Raises RagError."""
        with self._lock:
            return self.assistant.ask(question, history)

    def document(self, path: str) -> tuple[SourceDoc, ReadingText]:
        """A document and its reading text. Raises RagError when there is none of that name."""
        with self._lock:
            return self.assistant.document(path)

    def close(self) -> None:
        """Close the assistant, if it was opened."""
        with self._lock:
            if self._assistant is not None:
                self._assistant.close()
                self._assistant = None
