"""What a file says about itself (title, authors, publisher, date, address), each with where it was read.

It is found by how a format marks it, never by words of a language. A wrong value is worse than none: what a program wrote
into a file's properties counts only where its words stand in the text as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from rag.readers.parsed import one_line
from rag.types import FILE_NAME, About, Entry

# Longer ones are sentences, or lists of key words.
_LONGEST = {"title": 300, "authors": 100, "publisher": 150, "date": 10, "url": 500}
_MOST_AUTHORS = 20
# Words a title needs that only a file's properties call one: of two or three words ("Annual report") it is often a part.
_FULL_TITLE = 4
# How much of a text without pages is its head.
HEAD = 1500
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?=$|[T\s])")
_IN_NAME = re.compile(r"(?<![^\W_])(?:(\d{4})-(\d\d)(?:-(\d\d))?)(?![^\W_]|-\d)|\A(\d{4})(\d\d)(\d\d)(?![^\W_])")
_END = re.compile(r"[.!?。！？…][\"'”’)\]»]*$")
_NOTE_MARK = re.compile(r"[\u2060⁰¹²³⁴-⁹]+")
_LABEL = re.compile(r"(?:[^\s:：]+[ ]?){1,3}[:：]")


class Notes(dict[str, tuple[tuple[str, ...], str]]):
    """What was found, by field; of several places the one that was noted first."""

    def add(self, field: str, where: str, *values: Any) -> None:
        """Note the values of a field that are texts, on one line each and without what cannot be seen."""
        shown = (one_line(value) for value in values if isinstance(value, str))
        clean = ("".join(c for c in text if c.isprintable() or c in "\u200c\u200d") for text in shown)
        found = tuple(dict.fromkeys(text for text in clean if re.search(r"[^\W_]", text)))
        if found and field not in self and len(found) <= _MOST_AUTHORS and max(map(len, found)) <= _LONGEST[field]:
            self[field] = (found, where)

    def add_date(self, where: str, value: Any) -> None:
        """Note the day (or month, or year) that an ISO date or time begins with."""
        match = _DATE.match(value.strip()) if isinstance(value, str) else None
        self.add("date", where, match and valid_date(*match.groups()))

    def add_properties(self, title: str | None, author: str | None, head: str) -> None:
        """Note the title and author of a file's properties, if their words stand in `head`."""
        if title and word_count(title) >= _FULL_TITLE and stands_in(title, head):
            self.add("title", "the file's properties, and its text", title)
        if author and word_count(author) > 1 and stands_in(author, head):
            self.add("authors", "the file's properties, and its text", *re.split(r"\s*;\s*", author))

    def add_styled(self, styled: Iterable[tuple[int, str]], text: str) -> None:
        """Note as title the first paragraphs in Title style that follow each other; each comes with its number.

        Those of tables are not among them: there the style is used for looks."""
        found: list[tuple[int, str]] = []
        for number, paragraph in styled:
            if found and number != found[-1][0] + 1:
                break
            found.append((number, _NOTE_MARK.sub("", paragraph)))
        title = " ".join(paragraph for _, paragraph in found)
        if word_count(title) > 1 and stands_in(found[0][1], text[:HEAD]):
            self.add("title", "the paragraph in Title style", title)


def completed(entry: Entry, about: About) -> Entry:
    """`entry` with what the file says about itself where nothing better than the file's name was known."""
    found = {field: note for field, note in about.items() if field in entry.read_from or not getattr(entry, field)}
    values: dict[str, Any] = {field: values if field == "authors" else values[0] for field, (values, _) in found.items()}
    return replace(entry, **values, read_from={**entry.read_from, **{field: where for field, (_, where) in found.items()}})


def by_name(document: str) -> Entry:
    """What a file's name says: its words as a title, and a date that it begins with or holds."""
    stem = document.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    dates = {valid_date(*(match.groups()[:3] if match[1] else match.groups()[3:])) for match in _IN_NAME.finditer(stem)}
    day = dates.pop() if len(dates) == 1 else None
    if day and len(day) == 7 and int(day[5:]) == (int(day[:4]) + 1) % 100:
        day = None  # "2011-12" may be a year that ends in the next one
    read_from = {"title": FILE_NAME, **({"date": FILE_NAME} if day else {})}
    return Entry(document, re.sub(r"[-_]+", " ", stem).strip() or document, date=day, read_from=read_from)


def as_listed(entry: Entry) -> Entry:
    """A completed entry as it was before the file was read."""
    named = by_name(entry.document)
    back: dict[str, Any] = {field: getattr(named, field) for field in entry.read_from}
    return replace(entry, **back, read_from={k: where for k, where in named.read_from.items() if k in entry.read_from})


def valid_date(year: str, month: str | None, day: str | None) -> str | None:
    """An ISO date as exact as given, if there is such a day and its year is plausible."""
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(filter(None, (year, month, day))) if 1900 <= int(year) <= 2100 else None


def first_line_title(text: str) -> str | None:
    """A short line that stands alone above a paragraph at the top of a plain text; a label's line and a date are none."""
    first, _, rest = re.sub(r"\r\n?", "\n", text[: 2 * HEAD]).lstrip("\ufeff \t\n\f").partition("\n\n")
    first, second = first.strip(), one_line(rest.lstrip().partition("\n\n")[0])
    count = word_count(first)
    if "\n" in first or not 2 <= count <= 20 or len(first) > 120 or _END.search(first) or _LABEL.match(first):
        return None
    if len(re.findall(r"\d+", first)) > 1 and count < 6:
        return None
    # Where more short lines follow, none of them is the title for sure.
    return first if len(second) > 120 or (len(second) > 40 and _END.search(second)) else None


def word_count(text: str) -> int:
    """Words of letters; of Chinese, Japanese and Korean writing two characters count as one."""
    return len(re.findall(r"[^\W\d_]+", _CJK.sub(" ", text))) + (len(_CJK.findall(text)) + 1) // 2


def letters(text: str) -> str:
    """Letters and figures alone, for finding words whatever stands between them."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def stands_in(words: str, text: str) -> bool:
    """Whether `words` stand in `text`, however they are broken and written."""
    return bool(wanted := letters(words)) and wanted in letters(text)
