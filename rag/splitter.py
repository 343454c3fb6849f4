"""A LlamaIndex node parser whose spans are exact by construction.

A document becomes nodes on two levels. *Sentences* are what an answer is made of. *Passages*, a few sentences that
stand together under one heading, are what is retrieved and shown. Nothing is searched for in the text afterwards:
every node is cut from the reading text and carries the range of the text of record that it stands for, so a document
that says the same thing twice has each place right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, Document, MetadataMode, NodeRelationship, TextNode
from llama_index.core.utils import get_tqdm_iterable
from pydantic import Field, PrivateAttr

from rag.reading import READING_VERSION, Block, ReadingText, marked_down, read, sentence_spans
from rag.types import SourceDoc, Span

# Part of the index signature: raise it when any cut changes.
SPLITTER_VERSION = f"1.{READING_VERSION}"

# Word pieces of a passage: two to five sentences, about 90 words. Small enough to be read as a citation's
# surroundings; on SQuAD and the bundled tune questions retrieval was flat between 90 and 160.
PASSAGE_TOKENS = 120

_CLAUSE_END = re.compile(r"(?<=[;:,—。、；：，!?！？])\s*|\s+")


class Sentence(NamedTuple):
    """A sentence (or a cut of a very long one): its range in the reading text, its block and the block's role."""

    span: Span
    block: int
    role: str
    tokens: int


def sentences(reading: ReadingText, count: Callable[[str], int], limit: int) -> list[Sentence]:
    """The sentences of a reading text, none longer than `limit` word pieces as `count` counts them."""
    found = []
    for index, block in enumerate(reading.blocks):
        for span in sentence_spans(reading, block):
            for piece in _pieces(reading.text, span, count, limit):
                found.append(Sentence(piece, index, block.role, count(reading.text[piece.start : piece.end])))
    return found


def _pieces(text: str, span: Span, count: Callable[[str], int], limit: int) -> list[Span]:
    """`span` whole, or cut at clause ends (else at spaces, else anywhere) into pieces of at most `limit` word pieces."""
    # No word piece is shorter than a character, so most sentences need no counting.
    if span.end - span.start <= limit or count(text[span.start : span.end]) <= limit:
        return [span]
    pieces, start = [], span.start
    while start < span.end:
        if span.end - start <= limit or count(text[start : span.end]) <= limit:
            pieces.append(Span(start, span.end))
            break
        low, high = start + 1, span.end  # the longest prefix that fits, by bisection
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if count(text[start:middle]) <= limit else (low, middle)
        cuts = [m.end() for m in _CLAUSE_END.finditer(text, start + 1, low) if m.end() > start + (low - start) // 2]
        end = cuts[-1] if cuts else low
        trimmed = start + len(text[start:end].rstrip())
        pieces.append(Span(start, max(trimmed, start + 1)))
        start = end + len(text[end : span.end]) - len(text[end : span.end].lstrip())
    return pieces


def passages(units: Sequence[Sentence], limit: int) -> list[range]:
    """Runs of neighbouring sentences that make a passage of at most `limit` word pieces; a heading begins a new one."""
    found: list[range] = []
    first, size, body = 0, 0, False
    for index, unit in enumerate(units):
        new_block = index > 0 and unit.block != units[index - 1].block
        apart = unit.role == "heading" or unit.role in ("caption", "note") or (index > 0 and units[index - 1].role == "caption")
        if index > first and (size + unit.tokens > limit or (new_block and body and (apart or size > limit // 3))):
            found.append(range(first, index))
            first, size, body = index, 0, False
        size += unit.tokens
        body = body or unit.role != "heading"
    if units:
        found.append(range(first, len(units)))
    return found


class SpanSplitter(NodeParser):
    """Documents made by `to_document` → sentence and passage nodes with exact spans and stable ids."""

    limit: int = Field(description="Most word pieces the embedding model sees.")
    passage_tokens: int = Field(PASSAGE_TOKENS, description="Most word pieces of a passage.")
    _count: Callable[[str], int] = PrivateAttr()

    def __init__(self, count: Callable[[str], int], limit: int, **kwargs: Any) -> None:
        super().__init__(limit=limit, **kwargs)
        self._count = count

    @classmethod
    def class_name(cls) -> str:
        return "SpanSplitter"

    def get_nodes_from_documents(
        self, documents: Sequence[Document], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        """The nodes of all documents. Overridden because the base class would search for the spans again, and guess."""
        return self._parse_nodes(documents, show_progress, **kwargs)

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        return [node for document in get_tqdm_iterable(nodes, show_progress, "Splitting") for node in self._split(document)]

    def _split(self, document: BaseNode) -> list[BaseNode]:
        meta = document.metadata
        reading = read(
            document.get_content(MetadataMode.NONE), tuple(json.loads(meta["page_starts"])), marked_down=meta["marked_down"]
        )
        # A passage is embedded with its title and heading before it: leave them room.
        units = sentences(reading, self._count, self.limit)
        runs = passages(units, min(self.passage_tokens, self.limit))
        headings = _sections(reading)
        nodes: list[BaseNode] = []
        for number, run in enumerate(runs):
            first, last = units[run[0]], units[run[-1]]
            section = headings[first.block]
            nodes.append(
                self._node(
                    document, reading, Span(first.span.start, last.span.end), "passage", number, number, last.role, section
                )
            )
            for index in run:
                nodes.append(
                    self._node(document, reading, units[index].span, "sentence", index, number, units[index].role, section)
                )
        return nodes

    def _node(
        self,
        document: BaseNode,
        reading: ReadingText,
        span: Span,
        level: str,
        ordinal: int,
        passage: int,
        role: str,
        section: str,
    ) -> TextNode:
        meta = document.metadata
        place = reading.to_record(span.start, span.end)
        text = reading.text[span.start : span.end]
        context = ""
        if level == "passage":
            context = " | ".join(part for part in (meta["title"], section) if part and not text.startswith(part))
            if context and self._count(context) + self._count(text) > self.limit - 2:
                context = ""
        key = f"{meta['document']}|{meta['sha256']}|{level}|{place.start}|{place.end}|{SPLITTER_VERSION}"
        node = TextNode(
            id_=sha256(key.encode()).hexdigest()[:32],
            text=text,
            start_char_idx=place.start,
            end_char_idx=place.end,
            metadata={
                "document": meta["document"],
                "sha256": meta["sha256"],
                "level": level,
                "ordinal": ordinal,
                "passage": passage,
                "role": role,
                "char_start": place.start,
                "char_end": place.end,
                "context": context,
            },
            metadata_template="{value}",
            text_template="{metadata_str}\n{content}",
        )
        shown = ["context"] if context else []
        node.excluded_embed_metadata_keys = [key for key in node.metadata if key not in shown]
        node.excluded_llm_metadata_keys = list(node.metadata)
        node.relationships = {NodeRelationship.SOURCE: document.as_related_node_info()}
        return node


def _sections(reading: ReadingText) -> list[str]:
    """For each block the heading it stands under ("" before the first), the block itself not counted."""
    found, heading = [], ""
    blocks: Sequence[Block] = reading.blocks
    for block in blocks:
        found.append(heading)
        if block.role == "heading":
            heading = reading.text[block.start : block.end]
    return found


def to_document(doc: SourceDoc) -> Document:
    """The LlamaIndex document of a source document; its text is the text of record."""
    document = Document(
        text=doc.text,
        id_=doc.document,
        metadata={
            "document": doc.document,
            "sha256": doc.sha256,
            "title": doc.entry.title.strip("[]"),
            "page_starts": json.dumps(doc.page_starts),
            "marked_down": marked_down(doc),
        },
    )
    document.excluded_embed_metadata_keys = list(document.metadata)
    return document
