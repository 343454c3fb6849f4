"""Markdown: the file's own characters, as of plain text; its front matter and first heading say what it is."""

from __future__ import annotations

import re

from rag.readers import plain
from rag.readers.about import Notes
from rag.readers.parsed import Parsed

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|authors?|date)[ \t]*:[ \t]*(.*(?:\n[ \t]*-[ \t].*)*)", re.MULTILINE)
_FENCED = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.{0,400})$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")


def parse(raw: bytes, document: str) -> Parsed:
    """The characters of a Markdown file, a byte order mark included. Raises InputError when its encoding cannot be told."""
    parsed = plain.parse(raw, document)
    text = re.sub(r"\r\n?", "\n", parsed.text)
    about, front = Notes(), _FRONT.match(text)
    for match in _FIELD.finditer(front[1] if front else ""):
        between = r"," if match[2].startswith("[") else r"\n[ \t]*-"
        values = [value.strip(" \t\"'") for value in re.split(between, match[2].strip("[] \t"))]
        if match[1] == "date":
            about.add_date("the front matter", values[0])
        elif match[1] == "title":
            about.add("title", "the front matter", match[2].strip(" \t\"'"))
        else:
            about.add("authors", "the front matter", *values)
    heading = _HEADING.search(_FENCED.sub("", text[front.end() if front else 0 :]))
    if heading and len(heading[1]) == 1:
        title = _LINK.sub(r"\1", heading[2]).rstrip("# \t")
        about.add("title", "the first heading", re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", title))
    return parsed._replace(about=about)
