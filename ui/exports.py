"""What was answered lately, kept for as long as somebody may want it as a file, and the address it is fetched from.

A file is made when it is fetched, from the documents that the answer or verdict came from: where they have changed since,
it has to be asked for again. The id in an address cannot be guessed; who may ask at all is the server's matter.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from secrets import token_urlsafe
from threading import Lock
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rag.cite import Library
from rag.errors import InputError, RagError
from rag.export import verdicts
from rag.export.formats import SUFFIXES
from rag.quotes import QuoteVerdict, Sources
from rag.types import Answer

if TYPE_CHECKING:
    from rag.assistant import Assistant

# Answers and verdicts kept; the oldest go first. A list of two hundred quotes is one visit's work.
_MOST = 1000

_TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html; charset=utf-8",
}


class Exports:
    """Answers and verdicts by id, and the files they make from the assistant, its documents and the texts as they are then."""

    def __init__(self, assistant: Callable[[], Assistant], library: Library, sources: Callable[[], Sources]) -> None:
        self._assistant, self._library, self._sources = assistant, library, sources
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[str, Callable[[str], bytes]]] = OrderedDict()

    def answer(self, answer: Answer) -> str:
        """Keep an answer; gives its id."""
        return self._keep("answer", lambda suffix: self._answer_file(answer, suffix))

    def verdict(self, verdict: QuoteVerdict, sources: Sources) -> str:
        """Keep a verdict, which was made from these sources; gives its id."""
        fingerprint = verdicts.corpus_state(sources).fingerprint
        return self._keep("verdict", lambda suffix: self._verdict_file(verdict, fingerprint, suffix))

    def file(self, id_: str, suffix: str) -> tuple[str, bytes]:
        """A file's name and content. Raises KeyError when it is not kept any more, InputError when it cannot be made."""
        if suffix not in SUFFIXES:
            raise KeyError(suffix)
        with self._lock:
            kind, make = self._kept[id_]
        return f"{kind}{suffix}", make(suffix)

    def route(self) -> Route:
        """The route below which the files lie: `exports/ID.docx`."""

        def fetch(request: Request) -> Response:
            id_, dot, ending = str(request.path_params["name"]).partition(".")
            try:
                name, content = self.file(id_, dot + ending)
            except KeyError:
                return PlainTextResponse("This is not kept any more: ask again, then export it.", 404)
            except RagError as error:
                return PlainTextResponse(str(error), 409)
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return Response(content, headers=headers, media_type=_TYPES[dot + ending])

        return Route("/exports/{name}", fetch)

    def _keep(self, kind: str, make: Callable[[str], bytes]) -> str:
        id_ = token_urlsafe(16)
        with self._lock:
            self._kept[id_] = kind, make
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return id_

    def _answer_file(self, answer: Answer, suffix: str) -> bytes:
        from rag.export import answers  # imports LlamaIndex, which is there by the time that anything was answered

        assistant = self._assistant()
        if assistant.state.fingerprint != answer.corpus.fingerprint:
            raise InputError("The documents have changed since this answer.", "Ask again, then export it.")
        return answers.export(answer, suffix, self._library, assistant.settings)

    def _verdict_file(self, verdict: QuoteVerdict, fingerprint: str, suffix: str) -> bytes:
        sources = self._sources()
        if verdicts.corpus_state(sources).fingerprint != fingerprint:
            raise InputError("The documents have changed since this verdict.", "Check the quote again, then export it.")
        return verdicts.export(verdict, suffix, sources)
