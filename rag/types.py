"""The vocabulary of the project: frozen values that pass between its rooms.

Two texts run through everything. The *text of record* is what was read from a file, once, never edited. The
*reading text* is the same words as a person would read them (see `rag.reading`). Offsets are half-open code-point
offsets, and a name says which text they belong to: `char_start`/`char_end` count in the text of record.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

About = Mapping[str, tuple[tuple[str, ...], str]]
"""What a file says about itself: a field of `Entry`, its values (one, but for authors), and where they were read."""

FILE_NAME = "the file's name"
FROM_HEADER = "the mail's From header"
"""Where something was read: what the name says gives way to what the file says; a mail's words are its sender's."""


class Span(NamedTuple):
    """A half-open range of code points; which text it counts in is said where it is used."""

    start: int
    end: int


def titled(title: str, date: str | None) -> str:
    """What a document is called, with its date where both are known."""
    return f"{title} ({date})" if title and date else title


@dataclass(frozen=True)
class Entry:
    """What is known about a document: who, when, where from; given in a manifest, or read from the file.

    `document` is the path below the corpus folder with forward slashes. `date` is as exact as known ("2021",
    "2016-10", "2024-09-25") or None. `inferred` maps a field's name to the words it was inferred from, for fields
    the document does not print. `read_from` maps the name of each field that was not given but read to where it was read.
    """

    document: str
    title: str
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    inferred: Mapping[str, str] = field(default_factory=dict)
    read_from: Mapping[str, str] = field(default_factory=dict)

    @property
    def not_printed(self) -> tuple[str, ...]:
        """Names of the fields that the document does not print: inferred by somebody, or a date of the file's name."""
        named = [name for name, where in self.read_from.items() if where == FILE_NAME and name != "title"]
        return (*self.inferred, *(name for name in named if name not in self.inferred))

    @property
    def writers(self) -> tuple[str, ...]:
        """The authors, if all words that nobody is quoted with are surely theirs: those given, and who sent a mail."""
        return self.authors if self.read_from.get("authors", FROM_HEADER) == FROM_HEADER else ()


@dataclass(frozen=True)
class SourceDoc:
    """A document that was read.

    `text` is the text of record. `page_starts` holds the offset at which each page begins, first page first, and is
    empty where the format has no pages. `sha256` is of the file's bytes, `reader` names the parser and its version.
    `about` is what the file says about itself, known when it was just read; `entry` has of it what was not given.
    """

    entry: Entry
    text: str
    sha256: str
    reader: str
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    about: About = field(default_factory=dict)

    @property
    def document(self) -> str:
        return self.entry.document

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        position = self.text.find("\n")
        while position != -1:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return starts

    @property
    def line_count(self) -> int:
        return len(self._line_starts)

    def line_of(self, char: int) -> int:
        """The line, counted from 1, on which the character at offset `char` stands."""
        return bisect_right(self._line_starts, char)

    def line_span(self, line: int) -> Span:
        """Offsets of line `line` (from 1), without its line end. Raises IndexError when there is no such line."""
        if not 1 <= line <= len(self._line_starts):
            raise IndexError(line)
        start = self._line_starts[line - 1]
        end = self._line_starts[line] - 1 if line < len(self._line_starts) else len(self.text)
        return Span(start, end)

    def page_of(self, char: int) -> int | None:
        """The page, counted from 1, or None where the format has no pages."""
        return bisect_right(self.page_starts, char) or None if self.page_starts else None


@dataclass(frozen=True)
class Citation:
    """An exact place in a document. `number` is what an answer's claims point at; None where there is no answer."""

    document: str
    title: str
    authors: tuple[str, ...]
    publisher: str | None
    date: str | None
    url: str | None
    page: int | None
    line_start: int
    line_end: int
    char_start: int
    char_end: int
    source_text: str
    reading_text: str
    speaker: str | None = None
    number: int | None = None


SupportKind = Literal["verbatim", "elided", "verified"]
"""How a citation carries a claim: word for word; with words left out, marked and fairly; in a language model's own words."""


@dataclass(frozen=True)
class Claim:
    """One statement of an answer and the numbers of the citations that carry it.

    `words` are half-open ranges of `text`: the words that answer.
    """

    text: str
    citations: tuple[int, ...]
    support: SupportKind
    words: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Key:
    """The answer in one line, from the sources' own words."""

    text: str
    citations: tuple[int, ...]
    support: SupportKind


@dataclass(frozen=True)
class CitedClaim:
    """A verified claim with the citations it points at, on its way to a reader before the whole answer is done."""

    claim: Claim
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Withheld:
    """A statement that was not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Conflict:
    """Citations that say different things about the same matter."""

    about: str
    citations: tuple[int, ...]


@dataclass(frozen=True)
class Passage:
    """A retrieved place. `score` orders passages of one answer; it is no probability and no cosine."""

    document: str
    char_start: int
    char_end: int
    score: float


@dataclass(frozen=True)
class CorpusState:
    """Which corpus answered: a fingerprint over its documents and how many there are."""

    fingerprint: str
    documents: int


@dataclass(frozen=True)
class Scope:
    """Which documents a question is put to; a field that is empty does not narrow, and a scope of empty fields is false.

    `documents` are paths below the corpus folder, file names, or patterns of either; `authors` words of names. `since`
    and `until` are dates as exact as wanted ("2021", "2016-10", "2024-09-25"), both included. See `rag.scope`.
    """

    documents: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return bool(self.documents or self.authors or self.since or self.until)


@dataclass(frozen=True)
class Exchange:
    """One earlier turn of a conversation."""

    question: str
    answer: str


Status = Literal["answered", "partial", "not_in_corpus"]


@dataclass(frozen=True)
class Answer:
    """What `rag ask` returns; the fields are those of the contract.

    `scope` lists the documents that were searched where a scope named them, else it is None: all of `corpus` were.
    `missing` names what of the question is not answered; it is empty unless `status` is "partial". `kind` is which kind of answer
    the question was taken to want (`rag.models.evidence.KINDS`).
    """

    question: str
    standalone_question: str | None
    mode: Literal["extractive", "generative"]
    model: str | None
    status: Status
    message: str | None
    claims: tuple[Claim, ...]
    withheld: tuple[Withheld, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    passages: tuple[Passage, ...]
    corpus: CorpusState
    timings_ms: Mapping[str, int]
    scope: tuple[str, ...] | None = None
    key: Key | None = None
    missing: tuple[str, ...] = ()
    kind: str = "fact"
