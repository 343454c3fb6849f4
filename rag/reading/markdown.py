"""Markdown's marks, undone: headings, emphasis, code, links, quote marks, escapes, character entities and breaks of lines.

The rules are CommonMark's, a little narrower where a wrong guess would change words: a mark inside a word (2*3*4) stays,
and so do raised and struck-out text, which mean something. Nothing is undone in blocks of code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from rag.reading.mapping import Edit

_MARK, _ENTITY, _NOTE, _BREAK = "Markdown mark", "character entity", "footnote number", "line break"

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_ADDRESS = r"\((?:<[^<>\n]*>|[^\s()<]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)"
# One alternative a kind of mark; an earlier one wins, and what it takes is closed to the later ones.
_INLINE = re.compile(
    r"(?P<escape>\\(?=[!-/:-@\[-`{-~]).)"
    r"|(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)(?:[^`\n]|\n(?!\s*\n)){1,500}(?<!`)(?P=ticks)(?!`))"
    rf"|(?P<link>!?\[(?P<text>(?:[^\[\]\\\n]|\\.|\[[^\[\]\n]*\]|\n(?!\s*\n)){{0,500}})\](?:{_ADDRESS}|\[(?P<to>[^\[\]\n]{{0,100}})\]))"
    r"|(?P<note>\[\^(?P<id>[^\[\]\s]{1,60})\](?!:))"
    r"|(?P<auto><(?:https?://[^<>\s]+|[^<>\s@]+@[^<>\s]+)>)"
    r"|(?P<br>[ \t]*<br\s*/?>[ \t]*)"
    r"|(?P<tag></?(?:a|b|blockquote|center|cite|code|div|em|font|i|kbd|mark|p|small|span|strong|u)(?:\s[^<>]*)?>)"
    r"|(?P<entity>&(?:[A-Za-z][A-Za-z0-9]{1,30}|\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6});)"
)
_HEADING = re.compile(
    r"^ {0,3}(?P<mark>#{1,6}[ \t]+)(?=[^\s#])[^\n]*?(?P<close>[ \t]+#+)?[ \t]*$"
    r"|(?<![^\n]\n)^ {0,3}(?=[^\s#>|-])[^\n]+(?<![.!?;:,])(?P<under>\n {0,3}(?:={2,}|-{3,})[ \t]*)$",
    re.MULTILINE,
)
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}|~~|\n[ \t>]*\n")
_QUOTE_LINE = re.compile(r"^ {0,3}(?:>[ \t]?)+", re.MULTILINE)
# What begins a block of its own inside a block quote, and a line that is broken on purpose.
_OWN_LINE = re.compile(r"\s*(?:[-+*]\s|\d{1,3}[.)]\s|#{1,6}\s|[|—–]|```|$)")
_HARD_BREAK = re.compile(r"(?: {2}|\\)$")


def headings(record: str) -> Iterator[re.Match[str]]:
    """The headings of Markdown text `record` that stand outside of code."""
    fences = [match.span() for match in _FENCE.finditer(record)]
    for match in _HEADING.finditer(record):
        if not any(start <= match.start() < end for start, end in fences):
            yield match


def edits(record: str) -> Iterator[Edit]:
    """Edits that undo the marks of Markdown text `record`, in order, none over another."""
    taken = [match.span() for match in _FENCE.finditer(record)]
    closed = bytearray(len(record) + 1)
    for start, end in taken:
        closed[start:end] = b"\1" * (end - start)
    found = [edit for edit in _quote_lines(record) if not closed[edit.end - 1]]
    for match in headings(record):
        for name in ("mark", "close", "under"):
            if match[name] is not None:
                found.append(Edit(*match.span(name), "", _MARK))
                closed[match.start(name) : match.end(name)] = b"\1" * len(match[name])
    known = {name.lower() for name in re.findall(r"(?m)^ {0,3}\[([^\[\]\n]+)\]:", record)}
    found += _inline(record, 0, len(record), known, closed)
    found += _emphasis(record, closed)
    yield from sorted(found)


def _quote_lines(record: str) -> Iterator[Edit]:
    """The marks of block quotes; two lines of one paragraph in them are joined."""
    before = None
    for match in _QUOTE_LINE.finditer(record):
        line_end = record.find("\n", match.end())
        text = record[match.end() : line_end if line_end != -1 else len(record)]
        follows = before is not None and before[0] == match.start() - 1
        if not text.strip():
            start = match.start() - follows  # a line with the mark alone parts two paragraphs
            yield Edit(start, match.end(), "", _MARK)
        elif (
            follows
            and before is not None
            and before[1].strip()
            and not _OWN_LINE.match(text)
            and not _HARD_BREAK.search(before[1])
        ):
            yield Edit(before[0] - (len(before[1]) - len(before[1].rstrip())), match.end(), " ", _MARK)
        else:
            yield Edit(match.start(), match.end(), "", _MARK)
        before = line_end, text


def _inline(record: str, start: int, end: int, known: set[str], closed: bytearray) -> Iterator[Edit]:
    """The marks inside lines, but for emphasis; what is no text is `closed` to emphasis."""
    for match in _INLINE.finditer(record, start, end):
        at, to = match.span()
        if closed[at]:
            continue
        if match["escape"]:
            yield Edit(at, at + 1, "", _MARK)
        elif match["code"]:
            marks = len(match["ticks"])
            yield Edit(at, at + marks, "", _MARK)
            yield Edit(to - marks, to, "", _MARK)
        elif match["link"]:
            if match["to"] is not None and (match["to"] or match["text"]).lower() not in known:
                continue  # [two][brackets] of the text's own
            inside = match.span("text")
            if re.fullmatch(r"\d{1,3}", match["text"]) and record[inside[1] :].startswith("](#"):
                yield Edit(at, to, "", _NOTE)
            else:
                yield Edit(at, inside[0], "", _MARK)
                yield from _inline(record, *inside, known, closed)
                yield Edit(inside[1], to, "", _MARK)
                closed[at : inside[0]] = b"\1" * (inside[0] - at)
                at = inside[1]
        elif match["note"]:
            if f"^{match['id']}".lower() not in known:
                continue
            yield Edit(at, to, "", _NOTE)
        elif match["auto"]:
            yield Edit(at, at + 1, "", _MARK)
            yield Edit(to - 1, to, "", _MARK)
        elif match["br"]:
            yield Edit(at, to, "" if record[to : to + 1] in ("\n", "") else " ", _BREAK)
        elif match["tag"]:
            yield Edit(at, to, "", _MARK)
        else:
            plain = html.unescape(match.group()).replace("\u00a0", " ")
            if plain != match.group():
                yield Edit(at, to, plain, _ENTITY)
        closed[at:to] = b"\1" * (to - at)


def _emphasis(record: str, closed: bytearray) -> Iterator[Edit]:
    """Runs of *, _ and ~~ that open and close emphasis in one paragraph."""
    opened: list[list[int]] = []  # where a run begins, and how much of it is not closed yet
    for match in _EMPHASIS.finditer(record):
        start, end = match.span()
        if match.group().startswith("\n"):
            opened.clear()
            continue
        if closed[start]:
            continue
        before, after = record[start - 1 : start] or " ", record[end : end + 1] or " "
        if not before.isspace() and not after.isalnum():
            left = end - start
            while (
                left
                and (at := next((i for i in reversed(range(len(opened))) if record[opened[i][0]] == record[start]), None))
                is not None
            ):
                begin, open_ = opened[at]
                size = min(left, open_)
                yield Edit(begin + open_ - size, begin + open_, "", _MARK)
                yield Edit(end - left, end - left + size, "", _MARK)
                left -= size
                del opened[at:]
                if open_ > size:
                    opened.append([begin, open_ - size])
            if left < end - start:
                continue
        if not after.isspace() and not before.isalnum():
            opened.append([start, end - start])
