"""Errors as programs meet them: {"error": {"message", "remedy", "where"}} and a status that says whose turn it is.

A caller's mistake is told in the library's own words. What is wrong with this server (its disk, its index, a bug) is told
without file names, which are nobody else's business; the whole of it stands on the terminal that runs `rag serve`.
"""

from __future__ import annotations

import re
import sys
import traceback
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from rag.errors import InputError, RagError
from ui.desk import NotReady

_HERE = "The terminal that runs rag serve says more."
_BUG = "Something went wrong here. This is a bug: please report it."
_REMEDIES = {
    400: "Send a JSON object in UTF-8.",
    404: "GET /api/openapi.json lists the paths.",
    405: "GET /api/openapi.json lists the methods.",
    413: "Send less at once.",
    415: "Name the kind of what you send in the header Content-Type.",
}
RETRY_SECONDS = 5
_LONGEST = 1_000


class Busy(RagError):
    """More requests wait than will be answered soon."""


class NoSuchDocument(InputError):
    """A path names a document that is not in the corpus."""


def problem(status: int, message: str, remedy: str = "", where: str | None = None) -> JSONResponse:
    """The answer that says what is wrong."""
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
    return JSONResponse(_said(message, remedy, where), status, headers)


def said(error: Exception) -> dict[str, Any]:
    """An error as its JSON object; the traceback of a bug goes to the terminal."""
    if isinstance(error, RagError):
        return _said(*told(error))
    traceback.print_exception(error, file=sys.stderr)
    return _said(_BUG, _HERE)


def _said(message: str, remedy: str, where: str | None = None) -> dict[str, Any]:
    # A name of the caller's may come back in it, and need not be text that can be written.
    return {"error": {"message": _written(message), "remedy": remedy, "where": where and _written(where)}}


def _written(text: str) -> str:
    return text[:_LONGEST].encode(errors="replace").decode()


def status_of(error: RagError) -> int:
    """404 and 422: the caller's mistake; 503: try again later; 500: this server's."""
    match error:
        case NoSuchDocument():
            return 404
        case InputError():
            return 422
        case _ if type(error) is RagError:
            return 500
        case _:
            return 503


def told(error: RagError) -> tuple[str, str]:
    """What a caller is told: message and remedy, without the options of the command line and without file names."""
    message, remedy = (re.sub(r"(?<!\S)--(?=[a-z])", "", part) for part in (error.message, error.remedy))
    if isinstance(error, (InputError, NotReady, Busy)) or not re.search(r"[/\\]", message + remedy):
        return message, remedy
    sys.stderr.write(f"rag: {' '.join(str(error).split())}\n")
    return "The documents or their index cannot be used at the moment.", _HERE


def install(app: FastAPI) -> None:
    """Answer every error of `app` in this form."""

    @app.exception_handler(RagError)
    async def _(request: Request, error: RagError) -> JSONResponse:
        return problem(status_of(error), *told(error))

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return problem(400, f"The body is not JSON: {first['ctx']['error']}, character {first['loc'][-1]}.", _REMEDIES[400])
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, f"{where}: {first['msg']}.", "GET /api/openapi.json says what it takes.", where)

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> JSONResponse:
        answer = problem(error.status_code, f"{str(error.detail).rstrip('.')}.", _REMEDIES.get(error.status_code, ""))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> JSONResponse:
        return problem(500, _BUG, _HERE)  # the server prints the traceback on its terminal
