"""Texts that drafts are made from: paragraphs of sentences, of a corpus or of public sets below a folder.

Sentences are those of the library's own reading. Nothing of a public set is kept, and only those parts are taken that no
model of ours learned from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from eval.drafts import names
from eval.places import Library
from eval.public import unseen
from rag.reading import ReadingText, read, sentence_spans
from rag.types import Entry


@dataclass(frozen=True)
class Text:
    """A document's running text: its paragraphs, each a tuple of sentences."""

    entry: Entry
    paragraphs: tuple[tuple[str, ...], ...]
    source: str

    @cached_property
    def people(self) -> frozenset[str]:
        """The persons it names."""
        return frozenset(names.persons(sentence for sentences in self.paragraphs for sentence in sentences))


@dataclass(frozen=True)
class Answered:
    """A passage's sentences and a statement that a person wrote from them."""

    id: str
    answer: str
    sentences: tuple[str, ...]
    entry: Entry


def corpus_texts(library: Library) -> list[Text]:
    """The documents of a corpus."""
    return [Text(source.doc.entry, _paragraphs(source.reading), "corpus") for _, source in sorted(library.items())]


def public_texts(folder: Path) -> list[Text]:
    """The texts of squad2, qed and clapnq, where `folder` holds them."""
    return [*_squad(folder / "squad2" / "dev.json"), *_qed(folder / "qed" / "dev.jsonl"), *_clapnq(folder)]


def answers(folder: Path) -> Iterator[Answered]:
    """The sentences of CLAPNQ's answers, each with the sentences its writer chose and those between them."""
    for raw in _unseen(folder):
        passage = raw["passages"][0]
        sentences = [plain(sentence) for sentence in passage["sentences"]]
        for number, output in enumerate(raw["output"]):
            chosen = {plain(sentence) for sentence in output["selected_sentences"]}
            at = [index for index, sentence in enumerate(sentences) if sentence in chosen]
            if at:
                entry = Entry(f"clapnq/{raw['id']}", plain(passage["title"]))
                cited = tuple(sentences[at[0] : at[-1] + 1])
                for part, said in enumerate(re.split(r"(?<=[.!?])\s+(?=[A-Z“])", plain(output["answer"]))):
                    yield Answered(f"{raw['id']}.{number}.{part}", said, cited, entry)


def plain(text: str) -> str:
    """Text that was cut into word tokens (`` , '' , -LRB-) as it would be printed."""
    text = text.replace("-LRB-", "(").replace("-RRB-", ")").replace("``", "“").replace("''", "”").replace("` ", "‘")
    text = re.sub(r"\s+([,.;:!?%)\]”’]|'s\b|n't\b|'\s)", r"\1", text)
    text = re.sub(r"([(\[“$£])\s+", r"\1", text)
    text = re.sub(r"(?<=\w) - (?=\w)", "-", text)
    return " ".join(text.replace(" -- ", "–").split())


def _paragraphs(reading: ReadingText) -> tuple[tuple[str, ...], ...]:
    found = []
    for block in reading.blocks:
        if block.role == "paragraph":
            spans = sentence_spans(reading, block)
            found.append(tuple(" ".join(reading.text[span.start : span.end].split()) for span in spans))
    return tuple(found)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _squad(path: Path) -> Iterator[Text]:
    if not path.is_file():
        return
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    for article in (article for article in articles if unseen.article(article["title"])):
        title = article["title"].replace("_", " ")
        text = "\n\n".join(" ".join(paragraph["context"].split()) for paragraph in article["paragraphs"])
        yield Text(Entry(f"squad2/{article['title']}", title), _paragraphs(read(text)), "squad2")


def _qed(path: Path) -> Iterator[Text]:
    for raw in (raw for raw in _lines(path) if unseen.passage(raw["paragraph_text"])):
        entry = Entry(f"qed/{raw['example_id']}", plain(raw["title_text"]))
        yield Text(entry, _paragraphs(read(plain(raw["paragraph_text"]))), "qed")


def _unseen(folder: Path) -> list[dict[str, Any]]:
    return [raw for raw in _lines(folder / "clapnq" / "answerable.jsonl") if unseen.passage(raw["id"])]


def _clapnq(folder: Path) -> Iterator[Text]:
    for raw in _unseen(folder):
        passage = raw["passages"][0]
        entry = Entry(f"clapnq/{raw['id']}", plain(passage["title"]))
        yield Text(entry, _paragraphs(read(plain(passage["text"]))), "clapnq")
