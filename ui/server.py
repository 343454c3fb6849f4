"""The web server around the page: who may ask, and what a browser is told not to do.

Every response carries a content security policy (nothing is loaded from another host), and a request is refused when
it names another host (DNS rebinding), comes from another site's page, or lacks the token where one is set.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import gradio as gr
import uvicorn
from fastapi import FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import RagError
from rag.library import LARGEST
from ui.api.http import http_api
from ui.api.problems import problem
from ui.api.tools import PostOnly, mcp_sessions
from ui.app import CSS, THEME
from ui.desk import Desk
from ui.sockets import is_local

# Gradio needs inline scripts and styles and builds functions from text; none of it may come from elsewhere.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What programs ask for; they are refused in JSON, persons with a page.
_FOR_PROGRAMS = re.compile(r"/(api|mcp)(/|$)")
_COOKIE = "chapter-and-verse"

# A document for the library; an article is held to less.
_LARGEST_UPLOAD = f"{LARGEST}b"

# A wrong token waits this long, in seconds, before it is told so.
_PAUSE = 1.0

# Bytes of the form with the token, written twice as long as any token is.
_LONGEST_FORM = 4096

_DOOR = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Chapter &amp; Verse</title><style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui;max-width:22rem;
margin:20vh auto;padding:0 1rem}
input,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin:.25rem 0}</style>
<h1>Chapter &amp; Verse</h1><form method="post" action="/token"><label>Token <input type="password" name="token" required
autofocus autocomplete="current-password"></label><button>Enter</button></form>"""


class Guard:
    """ASGI middleware: the checks before the page and the headers after it. `token` None: nobody is asked for one."""

    def __init__(self, app: ASGIApp, *, local: bool, token: str | None) -> None:
        self._app, self._local = app, local
        self._token = token
        self._pass = hashlib.sha256(f"{_COOKIE} {token}".encode()).hexdigest() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = await self._refusal(Request(scope, receive))
        await (refusal or self._app)(scope, receive, with_headers)

    async def _refusal(self, request: Request) -> Response | None:
        host, path = _host_of(request.headers.get("host", "")), request.scope["path"]
        program = bool(_FOR_PROGRAMS.match(path))
        if not host:
            return _refused(400, "The request does not name a host.", program)
        if self._local and not is_local(host):
            return _refused(403, "This server answers to localhost only.", program)
        origin = request.headers.get("origin")
        if origin is not None and origin.partition("://")[2] != request.headers["host"]:
            return _refused(403, "Another site's page may not ask here.", program)
        if self._token is None or self._pass is None:
            return None
        if request.method == "POST" and path == "/token":
            given = await _posted(request, "token")
            if given is None or not hmac.compare_digest(given.encode(), self._token.encode()):
                await asyncio.sleep(_PAUSE)
                return HTMLResponse(_DOOR + "<p role=alert>That is not the token.</p>", 401)
            response = RedirectResponse("/", 303)
            response.set_cookie(_COOKIE, self._pass, httponly=True, samesite="strict")
            return response
        if self._known(request):
            return None
        if not program:
            return HTMLResponse(_DOOR, 401)
        if "authorization" in request.headers:
            await asyncio.sleep(_PAUSE)
        return _refused(401, "The token is missing or wrong.", program)

    def _known(self, request: Request) -> bool:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(_COOKIE)
        if cookie is not None and hmac.compare_digest(cookie.value.encode(), (self._pass or "").encode()):
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        # Header values come decoded as Latin-1, whatever they were written in.
        return scheme.lower() == "bearer" and hmac.compare_digest(given.encode("latin-1"), (self._token or "").encode())


async def _posted(request: Request, name: str) -> str | None:
    """A field of a small form; who may not come in yet may not fill memory or disk either."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return None
    return next(iter(parse_qs(body.decode("utf-8", "replace")).get(name, ())), None)


def _refused(status: int, message: str, program: bool) -> Response:
    """A refusal in a person's form or a program's."""
    if not program:
        return PlainTextResponse(message, status)
    response = problem(status, message, "Send the header Authorization: Bearer TOKEN." if status == 401 else "")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _host_of(named: str) -> str:
    """The host of a header `Host`, without its port; empty when there is none in it."""
    try:
        parts = urlsplit(f"//{named}")
        return (parts.hostname or "") if parts.netloc == named else ""
    except ValueError:
        return ""


def web_app(page: gr.Blocks, desk: Desk, *, local: bool, token: str | None) -> ASGIApp:
    """The page, and beside it the HTTP API and the MCP server over the same desk, as a guarded ASGI application."""
    tools = mcp_sessions(desk)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with tools.run():  # Gradio's mount keeps this lifespan and puts its own inside
            yield

    root = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    root.mount("/api", http_api(desk, token=token is not None))
    root.router.routes.append(Route("/api", RedirectResponse("/api/", 308)))
    root.router.routes.append(Route("/mcp", PostOnly(StreamableHTTPASGIApp(tools))))
    root.router.routes.append(desk.exports.route())
    page.queue(max_size=100, default_concurrency_limit=8)
    mounted = gr.mount_gradio_app(
        root,
        page,
        path="/",
        theme=THEME,
        css=CSS,
        footer_links=[],
        ssr_mode=False,
        show_error=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        run_history=False,
        max_file_size=_LARGEST_UPLOAD,
        app_kwargs={"docs_url": None, "redoc_url": None},
    )
    return Guard(mounted, local=local, token=token)


class _Ended(logging.Filter):
    """Passes over what uvicorn says of pages that are still open when the server ends: nothing went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
        return not cancelled and "timeout graceful shutdown exceeded" not in record.getMessage()


class Server(uvicorn.Server):
    """uvicorn, which says when it is up and can be told why to stop."""

    def __init__(self, app: ASGIApp, started: Callable[[Server], None]) -> None:
        super().__init__(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        logging.getLogger("uvicorn.error").addFilter(_Ended())
        self._when_started = started
        self.failure: RagError | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_started(self)

    def fail(self, error: RagError) -> None:
        """Stop serving; `failure` says why."""
        self.failure = error
        self.should_exit = True
