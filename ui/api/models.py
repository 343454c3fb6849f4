"""What requests may say. Limits are here, once: the HTTP API and the MCP tools check and publish the same schemas."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rag.corpus import DATE
from rag.questions import LONGEST_QUESTION

# An article as long as a book, and an upload with pictures in it: what the page takes.
LONGEST_ARTICLE = 1_000_000
LARGEST_UPLOAD = 10_000_000
# Longer than any quotation that a person checks.
LONGEST_QUOTE = 100_000
MOST_QUOTES = 200
_MOST_TURNS, _MOST_NAMES, _LONGEST_NAME = 50, 100, 500
_DATE = f"^{DATE.pattern}$"

Name = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
Date = Annotated[str, Field(pattern=_DATE, examples=["2021-03"])]
TopK = Annotated[int, Field(ge=1, le=1000)]


class Request(BaseModel):
    """A JSON object whose every field is known and of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Scoped(Request):
    """Which documents are searched; without any of these all are."""

    documents: list[Name] = Field(
        default=[], max_length=_MOST_NAMES, description="Only these: paths below the corpus folder, file names, or patterns."
    )
    authors: list[Name] = Field(default=[], max_length=_MOST_NAMES, description="Only documents of these authors.")
    since: Date | None = Field(None, description="Only documents of this date or later; undated ones are left out.")
    until: Date | None = Field(None, description="Only documents of this date or earlier; undated ones are left out.")


class Turn(Request):
    """An earlier question and what was answered."""

    question: str = Field(max_length=LONGEST_QUESTION)
    answer: str = Field(max_length=LONGEST_QUOTE)


class AskRequest(Scoped):
    """A question to the documents."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "When did Japan and Taiwan negotiate a fisheries agreement?"}]}
    )

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="The question, in words.")
    history: list[Turn] = Field(
        default=[], max_length=_MOST_TURNS, description="The conversation before it, oldest first, for follow-up questions."
    )
    top_k: TopK | None = Field(None, description="How many passages the answer lists beside its citations; 20 unless set.")


class SearchRequest(Scoped):
    """Words to find passages for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "fisheries agreement", "top_k": 5}]})

    query: str = Field(min_length=1, max_length=LONGEST_QUESTION, description="What to look for.")
    top_k: TopK | None = Field(None, description="How many passages; 20 unless set.")


class QuoteRequest(Request):
    """A quotation to compare with the documents, word by word."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"quote": "peace and stability across the Taiwan Strait are critical interests", "speaker": "Joe Biden"}
            ]
        }
    )

    quote: str = Field(min_length=1, max_length=LONGEST_QUOTE, description="The words quoted, with or without quotation marks.")
    speaker: Name | None = Field(None, description="Who is said to have said or written them.")
    document: Name | None = Field(None, description="The document said to hold them: its path below the corpus folder.")


class QuoteItem(QuoteRequest):
    """One quotation of many."""

    id: str | int | None = Field(None, description="Given back with the verdict.")


class QuotesRequest(Request):
    """Quotations to check at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"quotes": [{"id": "a", "quote": "critical interests"}, {"id": "b", "quote": "grave concern"}]}]
        }
    )

    quotes: list[QuoteItem] = Field(min_length=1, max_length=MOST_QUOTES)


class DraftRequest(Request):
    """An article whose quotations are to be checked."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "The ministry spoke of “critical interests” in the strait."}]}
    )

    text: str = Field(min_length=1, max_length=LONGEST_ARTICLE, description="The article as plain text or Markdown.")


class Spot(Request):
    """A place within a document: characters, a line, or neither for all of it."""

    start: Annotated[int, Field(ge=0)] | None = Field(None, description="First character, from 0; needs `end`.")
    end: Annotated[int, Field(ge=1)] | None = Field(None, description="The character after the last; needs `start`.")
    line: Annotated[int, Field(ge=1)] | None = Field(None, description="A line, from 1, instead of characters.")


class SpotQuery(Spot):
    """The same in a URL, where every value is text."""

    model_config = ConfigDict(strict=False)


class ShowRequest(Spot):
    """A place in a document: characters, a line, or neither for the whole document."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "documents/2025-japan-taiwan-ties-and-the-strait.txt", "line": 14}]}
    )

    document: Name = Field(description="Its path below the corpus folder; the file's name is enough when only one has it.")
