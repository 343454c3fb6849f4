"""A language model server that says what it is told to, over the real wire: an OpenAI-compatible endpoint on localhost.

A script is a list of turns, one for each request in order; the last one is repeated. A turn is a text that is streamed in
small pieces, or a `Fault` as real servers show them.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Fault:
    """A failure: an HTTP status with a body, a hang of some seconds, or a text that breaks off without its end."""

    status: int = 200
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    hang: float = 0.0
    cut: str = ""
    endless: str = ""


@dataclass
class Script:
    """The turns to play, and the requests that came in."""

    turns: Sequence[str | Fault]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def next(self) -> str | Fault:
        return self.turns[min(len(self.requests) - 1, len(self.turns) - 1)]


def answer(*choices: tuple[str | None, Sequence[int]], missing: Sequence[str] = ()) -> str:
    """A reply in the structured form: for each choice its text (None: the sentence whole) and the sentence's number."""
    listed = [{"sentence": numbers[0], "text": text} for text, numbers in choices]
    return json.dumps({"answered": bool(listed), "sentences": listed, "missing": list(missing)})


@contextmanager
def playing(*turns: str | Fault) -> Iterator[Script]:
    """A running server; its address is `script.url`."""
    script = Script(turns)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._json(
                200, {"object": "list", "data": [{"id": "scripted", "object": "model", "created": 0, "owned_by": "test"}]}
            )

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            script.requests.append(body)
            script.keys.append(self.headers.get("authorization", ""))
            turn = script.next()
            if isinstance(turn, str):
                self._stream(turn)
                return
            if turn.hang:
                time.sleep(turn.hang)
            if turn.status != 200:
                self._json(turn.status, {"error": {"message": turn.body}}, turn.headers)
            elif turn.endless:
                self._endless(turn.endless)
            else:
                self._stream(turn.cut, whole=False)

        def _json(self, status: int, value: Any, headers: Sequence[tuple[str, str]] = ()) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            for name, text in headers:
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(content)

        def _begin(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True

        def _piece(self, text: str | None, reason: str | None = None) -> None:
            delta = {} if text is None else {"role": "assistant", "content": text}
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()

        def _stream(self, text: str, *, whole: bool = True) -> None:
            self._begin()
            for first in range(0, len(text), 7):
                self._piece(text[first : first + 7])
            if whole:
                self._piece(None, "stop")
                self.wfile.write(b"data: [DONE]\n\n")

        def _endless(self, text: str) -> None:
            self._begin()
            try:
                for _ in range(100_000):
                    self._piece(text)
            except (BrokenPipeError, ConnectionResetError):
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
