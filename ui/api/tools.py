"""The MCP server: what the API can do, as tools that a language model can call. Their schemas are the API's own.

The official SDK's low-level server is used, so that the schemas on the wire are exactly those of `models` and `results`
and an error is exactly what the API would say. Every request stands alone: there is no session to lose.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple

from mcp.server import Server, ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.api import calls, results
from ui.api.models import AskRequest, QuoteRequest, Request, SearchRequest, ShowRequest
from ui.api.problems import problem, said
from ui.api.workers import Workers
from ui.desk import Desk

_INSTRUCTIONS = """Answers from a fixed corpus of documents. Every claim of an answer carries citations; `source_text` of a
citation is the document's text word for word, with its lines and characters. When the status is `not_in_corpus`, the
documents do not say it: tell the user so. Use check_quote before you present words as a quotation."""

_LARGEST_MESSAGE = 1_000_000
# A client may call as soon as it has started the server: so many seconds the call waits for the assistant.
_PATIENCE = 60
_LOOKS_AT_ONCE = 4


class _Tool(NamedTuple):
    title: str
    description: str
    request: type[Request]
    result: type[results.Result]
    call: Callable[[Desk, Any], calls.Json]
    asks: bool


_TOOLS = {
    "ask": _Tool(
        "Ask the documents",
        "Answer a question from the documents: in one line (key) where that can be, and in claims, each with its exact place. "
        "An answer of status partial says what is missing; what the documents do not hold gets the status not_in_corpus.",
        AskRequest,
        results.Answer,
        calls.ask,
        asks=True,
    ),
    "check_quote": _Tool(
        "Check a quotation",
        "Compare a quotation with the documents, word by word: exact, normalized, elided, altered, spliced, misattributed "
        "or not found, with every place, every difference, and words left out that would turn its meaning.",
        QuoteRequest,
        results.QuoteVerdict,
        calls.quote,
        asks=False,
    ),
    "search": _Tool(
        "Search the documents",
        "Find the passages nearest to a query, best first, each with its exact place and its words. Makes no answer.",
        SearchRequest,
        results.SearchResult,
        calls.search,
        asks=True,
    ),
    "show": _Tool(
        "Show a place in a document",
        "The words of a document at a range of characters or a line, or the whole document: to read around a citation.",
        ShowRequest,
        results.ShownPlace,
        lambda desk, request: calls.show(desk, request.document, request),
        asks=False,
    ),
}


def mcp_server(desk: Desk) -> Server[Any]:
    """The tools over a desk, on any transport."""
    asking, looking = Workers(desk.at_once), Workers(_LOOKS_AT_ONCE)

    async def list_tools(context: ServerRequestContext[Any], params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_described(name, tool) for name, tool in _TOOLS.items()])

    async def call_tool(context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        tool = _TOOLS.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}; there are {', '.join(_TOOLS)}.")
        try:
            request = tool.request.model_validate(params.arguments or {})
        except ValidationError as error:
            return _failed(_first(error))
        try:
            if tool.asks:
                await asking.run(partial(desk.wait, _PATIENCE))
            result = await (asking if tool.asks else looking).run(partial(tool.call, desk, request))
        except Exception as error:  # a model reads what is wrong and asks better
            told = said(error)["error"]
            return _failed(f"{told['message']} {told['remedy']}".strip())
        return CallToolResult(content=[_text(json.dumps(result, ensure_ascii=False))], structured_content=result)

    return Server(
        "chapter-and-verse",
        version=version("chapter-and-verse"),
        title="Chapter & Verse",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def mcp_sessions(desk: Desk) -> StreamableHTTPSessionManager:
    """The server on streamable HTTP. Its `run()` has to be entered once, in the lifespan of the whole application."""
    return StreamableHTTPSessionManager(
        mcp_server(desk),
        json_response=True,
        stateless=True,
        # ui.server checks host, origin and token of every request, these included.
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        max_request_body_size=_LARGEST_MESSAGE,
    )


class PostOnly:
    """Requests stand alone, so nothing would ever come through the stream that a GET opens."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            await self._app(scope, receive, send)
            return
        refusal = problem(405, "Method Not Allowed.", "Send MCP messages with POST.")
        refusal.headers["Allow"] = "POST"
        await refusal(scope, receive, send)


def _described(name: str, tool: _Tool) -> Tool:
    return Tool(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.request.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(
            title=tool.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _failed(message: str) -> CallToolResult:
    return CallToolResult(content=[_text(message)], is_error=True)


def _text(text: str) -> TextContent:
    return TextContent(type="text", text=text)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."
