"""A plain page that says what the API can do. It is made from the OpenAPI description and loads nothing."""

from __future__ import annotations

import json
from html import escape
from typing import Any

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "pre{overflow:auto;padding:.5rem;border:1px solid;border-radius:.25rem}h2{margin-top:2rem}code{font-size:.95em}"
)


def described(openapi: dict[str, Any]) -> str:
    """The page for a description."""
    info = openapi["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(info['title'])}: for programs</title><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])}: for programs</h1><p>{_prose(info['description'])}</p>"
        "<p><a href='/api/openapi.json'>openapi.json</a> is the whole description, for clients and their generators. "
        "<code>/mcp</code> is an MCP server (streamable HTTP) with the tools ask, check_quote, search and show.</p>"
    ]
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(openapi, method.upper(), path, operation))
    return "".join(parts)


def _operation(openapi: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    said = _prose(operation.get("description") or operation["responses"]["200"]["description"])
    fields = "".join(
        f"<li><code>{escape(p['name'])}</code>: {_prose(p.get('description', 'in the path'))}</li>"
        for p in operation.get("parameters", ())
    )
    return (
        f"<h2>{escape(operation['summary'])}</h2><p><code>{method} /api{escape(path)}</code></p><p>{said}</p>"
        f"{f'<ul>{fields}</ul>' if fields else ''}{_example(openapi, operation)}"
    )


def _example(openapi: dict[str, Any], operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    schema = openapi["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    properties = "".join(
        f"<li><code>{escape(name)}</code>: {_prose(field.get('description', ''))}</li>"
        for name, field in schema["properties"].items()
    )
    example = json.dumps(schema["examples"][0], ensure_ascii=False, indent=2)
    return f"<ul>{properties}</ul><pre>{escape(example)}</pre>"


def _prose(text: str) -> str:
    """Text with `code` in backticks."""
    parts = escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
