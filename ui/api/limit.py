"""A limit to what may be sent, counted as it comes: a header may lie or be missing."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import problem


class BodyLimit:
    """ASGI middleware: a body of more than `most` bytes is refused with 413, before it is read if its length is named."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = f"The body is larger than {self._most:,} bytes."
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isdecimal() and int(length[:20]) > self._most:
            await problem(413, said, "Send less at once.")(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413, said)  # FastAPI reads the body and answers with it
            return message

        await self._app(scope, counted, send)
