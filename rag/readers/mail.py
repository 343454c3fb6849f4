"""Mails (.eml): who wrote what to whom and when, the text, quoted replies apart, attachments by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import groupby, pairwise

from rag.errors import InputError
from rag.readers.about import Notes
from rag.readers.html import left_out, tree_of
from rag.readers.markup import Blocks
from rag.readers.parsed import Parsed, of_blocks, one_line
from rag.readers.plain import decode
from rag.types import FROM_HEADER

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
# Parts within parts; a mail that was forwarded a few times has five or six.
_DEEPEST = 30
# Another mail's head: two lines and more of a label and what it says, or an address.
_OTHER_HEAD = re.compile(r"(?:^[ \t*>]*[^\s:：][^:：\n]{0,30}[:：][ \t]+\S.*\n){2}|<[^<>\s]+@[^<>\s]+>", re.MULTILINE)
_QUOTED = re.compile(r"^(?:>[ ]?)+", re.MULTILINE)


def parse(raw: bytes, document: str) -> Parsed:
    """The head as lines, then the text; of several forms of one text the plain one, of HTML what a mail program shows."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    if not any(name in message for name in _HEADERS):
        raise InputError(f"{document}: not a mail (it has no From, To, Date or Subject).", "Save it as a text file.")
    warnings: list[str] = []
    attached: list[str] = []
    body = "\n\n".join(_texts(message, document, warnings, attached, 0))
    head = [f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))]
    if attached:
        head.append(f"Attachments: {', '.join(attached)}")
    return of_blocks(["\n".join(head), body], warnings)._replace(about=_about(message, body))


def _about(message: EmailMessage, body: str) -> Notes:
    about = Notes()
    about.add("title", "the mail's Subject header", _header(message, "Subject"))
    # What answers or forwards another mail may hold that one's words as well.
    is_alone = not any(name in message for name in ("In-Reply-To", "References")) and not (
        re.search(r"^>", body, re.MULTILINE) or _OTHER_HEAD.search(body)
    )
    where = FROM_HEADER if is_alone else f"{FROM_HEADER}; other people's words may follow"
    try:
        about.add("authors", where, *(address.display_name for address in message["From"].addresses if address.display_name))
        about.add("date", "the mail's Date header", message["Date"].datetime.date().isoformat())
    except Exception:  # one of them is missing or malformed, see `_header`
        return about
    return about


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message[name] or ""))
    except Exception:  # the header's own parser fails on some malformed addresses and dates; its words are still words
        return one_line(next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), ""))


def _texts(part: EmailMessage, document: str, warnings: list[str], attached: list[str], depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        warnings.append(f"{document}: parts nested deeper than {_DEEPEST} were left out")
        return
    kind = part.get_content_type()
    name = _name(part)
    if part.is_attachment() or (name and not part.is_multipart() and part.get_content_maintype() != "text"):
        attached.append(name or kind)
    elif kind == "multipart/alternative":
        forms = [form for form in part.iter_parts() if isinstance(form, EmailMessage)]
        plain = [form for form in forms if form.get_content_type() == "text/plain" and _decoded(form, document)[0].strip()]
        for form in plain[:1] or forms[-1:]:
            yield from _texts(form, document, warnings, attached, depth + 1)
    elif part.is_multipart():
        for inner in part.iter_parts():
            if isinstance(inner, EmailMessage):
                if kind == "message/rfc822":  # a mail that was forwarded whole, with its own head
                    yield "\n".join(f"{header}: {value}" for header in _HEADERS if (value := _header(inner, header)))
                yield from _texts(inner, document, warnings, attached, depth + 1)
    elif kind in ("text/plain", "text/html"):
        text, warning = _decoded(part, document)
        warnings += [warning] if warning else []
        if kind == "text/html":
            blocks = Blocks()
            blocks.walk(tree_of(text.encode(), document)[0])
            warnings += left_out(blocks, document)
            yield "\n\n".join(block.text for block in blocks.found)
        else:
            yield _replies_apart(_unflowed(text) if part.get_param("format") == "flowed" else text)
    else:
        attached.append(name or kind)


def _name(part: EmailMessage) -> str | None:
    try:
        name = part.get_filename()
    except Exception:  # a malformed parameter
        return None
    return one_line(name) if name else None


def _decoded(part: EmailMessage, document: str) -> tuple[str, str | None]:
    content = part.get_payload(decode=True)
    declared = part.get_param("charset")
    text, warning = decode(content if isinstance(content, bytes) else b"", document, str(declared or ""))
    return text.replace("\r\n", "\n").lstrip("\ufeff"), warning


def _unflowed(text: str) -> str:
    """Lines that end in a space run on (RFC 3676), but for the mark of a signature."""
    return re.sub(r"(?m)(?<!^--) \n(?![>\n])", " ", text)


def _replies_apart(text: str) -> str:
    """The text with blank lines around what it quotes, whose lines are joined to paragraphs, each behind its `> `.

    So no sentence runs from the one into the other, and none is broken by the marks.
    """
    blocks: list[str] = []
    for depth, lines in groupby(text.split("\n"), key=_depth):
        inner = "\n".join(line.rstrip() for line in lines)
        if depth:
            inner = _joined(_QUOTED.sub("", inner), "> " * depth)
        blocks.append(inner.strip("\n"))
    return "\n\n".join(blocks)


def _depth(line: str) -> int:
    match = _QUOTED.match(line)
    return min(match.group().count(">"), _DEEPEST) if match else 0


def _joined(text: str, mark: str) -> str:
    """Paragraphs of wrapped lines as one line each; a line ends where the next one's first word would have fitted on it."""
    lines = text.split("\n")
    width = max(map(len, lines))
    joined = ""
    for line, after in pairwise([*lines, ""]):
        first = after.split(" ", 1)[0]
        runs_on = bool(line and after) and len(line) + len(first) >= width
        joined += line + (" " if runs_on else "\n")
    return "\n".join(mark + line if line else "" for line in joined.strip("\n").split("\n"))
