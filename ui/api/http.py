"""The HTTP API: a FastAPI application that is mounted at /api, with its OpenAPI description at /api/openapi.json.

What is sent is the library's own JSON, not a copy of it; the response models describe it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Depends, FastAPI, File, HTTPException, Query, Request, UploadFile
from fastapi import Path as PathParameter
from fastapi.security import HTTPBearer
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import HTMLResponse, JSONResponse

from ui.api import calls, problems, results
from ui.api.limit import BodyLimit
from ui.api.models import (
    LARGEST_UPLOAD,
    AskRequest,
    DraftRequest,
    QuoteRequest,
    QuotesRequest,
    SearchRequest,
    SpotQuery,
)
from ui.api.page import described
from ui.api.workers import Workers
from ui.desk import Desk

Events = tuple[tuple[str, calls.Json], Generator[tuple[str, calls.Json]]]

_DESCRIPTION = """Answers from your documents, every sentence with its exact place; quotations checked word by word.

The JSON is that of the commands (`rag ask --json` and so on). Offsets are half-open ranges of Unicode code points in the
text of record, lines count from 1. Every error is `{"error": {"message", "remedy", "where"}}`."""

# Quotations are compared in Python, which runs one thread at a time: two let a short check pass a long draft.
_CHECKS_AT_ONCE = 2
_LOOKS_AT_ONCE = 4
# What a multipart form adds to the file in it.
_LARGEST_BODY = LARGEST_UPLOAD + 100_000

_MEANINGS = {
    400: "The body cannot be parsed.",
    401: "The token is missing or wrong.",
    403: "The request names another host, or comes from another site's page.",
    404: "There is no such document.",
    413: "The body is too large.",
    415: "The body is of another kind.",
    422: "The request cannot be used; `where` names the field.",
    503: "The assistant is not ready, too many requests wait, or the index cannot be used. Try again later.",
}
_EVENTS = """A `claim` event for every verified claim, as soon as it is ready; its data is a `ClaimEvent`. An `answer` event
ends the stream; its data is an `Answer`. An `error` event ends it instead when something fails on the way; its data is a
`ProblemResult`. All data are JSON on one line."""


def http_api(desk: Desk, *, token: bool) -> FastAPI:
    """The API over a desk. `token`: the server asks for one (ui.server checks it; here it is described)."""
    api = FastAPI(
        title="Chapter & Verse",
        version=version("chapter-and-verse"),
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(HTTPBearer(auto_error=False, description="The token of rag serve."))] if token else [],
        responses=_documented(403, *([401] if token else [])),
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(api)
    api.add_middleware(BodyLimit, most=_LARGEST_BODY)
    _asking(api, desk, Workers(desk.at_once))
    _checking(api, desk, Workers(_CHECKS_AT_ONCE))
    _corpus(api, desk, Workers(_LOOKS_AT_ONCE))

    @api.get("/", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(described(api.openapi()))

    _describe_events(api.openapi())
    return api


def _describe_events(openapi: dict[str, Any]) -> None:
    """Say what the events of a stream hold, and that what refuses one is JSON: FastAPI cannot know either."""
    schemas, where = openapi["components"]["schemas"], "#/components/schemas/"
    schemas["ClaimEvent"] = results.ClaimEvent.model_json_schema(ref_template=where + "{model}")
    schemas["ClaimEvent"].pop("$defs")  # they are among the components
    responses = openapi["paths"]["/ask/stream"]["post"]["responses"]
    for status, response in responses.items():
        if status != "200":
            response["content"] = {"application/json": response["content"]["text/event-stream"]}
    names = {"claim": "ClaimEvent", "answer": "Answer", "error": "ProblemResult"}
    responses["200"]["x-events"] = {event: {"$ref": where + name} for event, name in names.items()}


def _asking(api: FastAPI, desk: Desk, workers: Workers) -> None:
    @api.post("/ask", **_operation("Ask a question", results.Answer, body="application/json"))
    async def ask(request: AskRequest) -> JSONResponse:
        """The answer, as `rag ask --json` prints it. A question that the documents do not answer is an answer too:
        its status is `not_in_corpus`."""
        return JSONResponse(await workers.run(partial(calls.ask, desk, request)))

    async def begun(request: AskRequest) -> Events:
        """The first event and those that follow: what cannot be asked is refused before the stream begins."""
        events = calls.stream(desk, request)
        return await workers.run(partial(next, events)), events

    beginning = Depends(begun)

    @api.post(
        "/ask/stream",
        summary="Ask a question and get the answer claim by claim",
        response_class=EventSourceResponse,
        responses={200: {"description": _EVENTS}, **_documented(400, 413, 415, 422, 503)},
        dependencies=[Depends(_of_type("application/json"))],
    )
    async def ask_stream(events: Events = beginning) -> AsyncIterator[ServerSentEvent]:
        """The same answer as server-sent events."""
        event: tuple[str, calls.Json] | None
        event, following = events
        try:
            while event is not None:
                yield ServerSentEvent(event=event[0], data=event[1])
                event = await run_sync(next, following, None)
        except Exception as error:  # the status has been sent: what is wrong is said in the stream
            yield ServerSentEvent(event="error", data=problems.said(error))
        finally:
            following.close()

    @api.post("/search", **_operation("Find passages", results.SearchResult, body="application/json"))
    async def search(request: SearchRequest) -> JSONResponse:
        """The nearest passages, best first, as `rag search --json` prints them; no answer is made."""
        return JSONResponse(await workers.run(partial(calls.search, desk, request)))


def _checking(api: FastAPI, desk: Desk, workers: Workers) -> None:
    @api.post("/quote", **_operation("Check a quotation", results.QuoteVerdict, body="application/json"))
    async def quote(request: QuoteRequest) -> JSONResponse:
        """The verdict, as `rag quote --json` prints it. It is there before the assistant is ready."""
        return JSONResponse(await workers.run(partial(calls.quote, desk, request)))

    @api.post("/quotes", **_operation("Check several quotations", results.QuoteVerdicts, body="application/json"))
    async def quotes(request: QuotesRequest) -> JSONResponse:
        """The verdicts in the order of the quotes, each with its `id`."""
        return JSONResponse(await workers.run(partial(calls.quotes, desk, request)))

    @api.post("/draft", **_operation("Check the quotations of a text", results.DraftReport, body="application/json"))
    async def draft(request: DraftRequest) -> JSONResponse:
        """Every quotation of the article, worst first, as `rag draft --json` prints it."""
        return JSONResponse(await workers.run(partial(calls.draft, desk, "article.txt", request.text.encode())))

    @api.post("/draft/file", **_operation("Check the quotations of a file", results.DraftReport, body="multipart/form-data"))
    async def draft_file(
        file: Annotated[UploadFile, File(description="The article: .txt, .md, .docx or .html, at most 10 MB.")],
    ) -> JSONResponse:
        """The same for an uploaded file."""
        if (file.size or 0) > LARGEST_UPLOAD:
            raise HTTPException(413, f"The file is larger than {LARGEST_UPLOAD // 10**6} MB.")
        name, content = file.filename or "", await file.read()
        return JSONResponse(await workers.run(partial(calls.draft, desk, name, content)))


def _corpus(api: FastAPI, desk: Desk, workers: Workers) -> None:
    @api.get("/show", **_operation("List the documents", results.Documents))
    async def documents() -> JSONResponse:
        """What is in the corpus, as `rag show --json` prints it."""
        return JSONResponse(await workers.run(partial(calls.documents, desk)))

    @api.get("/show/{document:path}", **_operation("Show a place of a document", results.ShownPlace, 404))
    async def show(
        document: Annotated[str, PathParameter(examples=["2025-japan-taiwan-ties-and-the-strait.txt"])],
        spot: Annotated[SpotQuery, Query()],
    ) -> JSONResponse:
        """The words at a place, or the whole document without one, as `rag show --json` prints them. `document` is the
        path below the corpus folder; the file's name is enough when only one has it."""
        return JSONResponse(await workers.run(partial(calls.show, desk, document, spot)))

    @api.post("/sync", **_operation("Read the corpus folder again", results.SyncResult))
    async def sync() -> JSONResponse:
        """Brings the index up to date and waits until it is, as `rag sync --json` does."""
        return JSONResponse(await workers.run(partial(calls.sync, desk)))

    @api.get("/status", **_operation("Where the server stands", results.Status))
    async def status() -> JSONResponse:
        """Whether the assistant is ready, and what is indexed."""
        return JSONResponse(await workers.run(partial(calls.status, desk)))


def _operation(summary: str, result: type[results.Result], *statuses: int, body: str | None = None) -> dict[str, Any]:
    """What a route says about itself: its result, its errors, and the type of its body, which is checked."""
    of_body = (400, 413, 415) if body else ()
    return {
        "summary": summary,
        "response_model": result,
        "responses": _documented(*of_body, *statuses, 422, 503),
        "dependencies": [Depends(_of_type(body))] if body else [],
    }


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": results.ProblemResult, "description": _MEANINGS[status]} for status in statuses}


def _of_type(wanted: str) -> Any:
    def check(request: Request) -> None:
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given != wanted:
            raise HTTPException(415, f"The body is {given or 'of no named type'}, not {wanted}.")

    return check
