"""Public question sets as folders of documents with labelled questions, for fitting and measuring retrieval.

The sets are read from a path (see the README of the evaluation for where they come from); none of their sentences is kept
in the project. A label is a range of characters of a document that holds the answer; no label means unanswerable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Labelled(NamedTuple):
    """A question; `gold` are (document, char_start, char_end) ranges that each answer it, empty when unanswerable."""

    id: str
    question: str
    gold: tuple[tuple[str, int, int], ...]


class Set(NamedTuple):
    name: str
    documents: dict[str, str]
    questions: list[Labelled]


def squad(bench: Path) -> Iterator[Set]:
    """SQuAD 2: each article a document of paragraphs; the unanswerable questions beside the answerable."""
    documents: dict[str, str] = {}
    questions: list[Labelled] = []
    for article in json.loads((bench / "squad2" / "dev.json").read_text())["data"]:
        name, text = f"{article['title']}.txt", ""
        for paragraph in article["paragraphs"]:
            start = len(text)
            text += paragraph["context"].replace("\n", " ") + "\n\n"
            for qa in paragraph["qas"]:
                spans = {(name, start + a["answer_start"], start + a["answer_start"] + len(a["text"])) for a in qa["answers"]}
                questions.append(Labelled(qa["id"], qa["question"], () if qa["is_impossible"] else tuple(sorted(spans))))
        documents[name] = text
    yield Set("squad2", documents, questions)


def chunking(bench: Path) -> Iterator[Set]:
    """The chunking evaluation's corpora, a set each."""
    questions = [json.loads(line) for line in (bench / "chunking" / "questions.jsonl").read_text().splitlines()]
    for path in sorted((bench / "chunking" / "corpora").glob("*.md")):
        text = path.read_bytes().decode()
        asked = []
        for number, row in enumerate(questions):
            if row["corpus"] == path.stem:
                gold = tuple((f"{path.stem}.txt", r["start_index"], r["end_index"]) for r in row["references"])
                asked.append(Labelled(f"{path.stem}-{number}", row["question"], gold))
        yield Set(f"chunking-{path.stem}", {f"{path.stem}.txt": text}, asked)


def qed(bench: Path) -> Iterator[Set]:
    """QED: real search questions, each with a passage and the sentence that answers."""
    documents, asked = {}, []
    for line in (bench / "qed" / "dev.jsonl").read_text().splitlines():
        row = json.loads(line)
        name = re.sub(r"[^\w-]+", "_", row["title_text"])[:60] + f"-{abs(row['example_id']) % 10000}.txt"
        documents[name] = row["paragraph_text"]
        selected = row["annotation"].get("selected_sentence")
        if selected:
            asked.append(Labelled(str(row["example_id"]), row["question_text"], ((name, selected["start"], selected["end"]),)))
    yield Set("qed", documents, asked)


def clapnq(bench: Path) -> Iterator[Set]:
    """CLAPNQ: answerable and unanswerable questions, one passage each; gold are the selected sentences."""
    documents, asked = {}, []
    for part in ("answerable", "unanswerable"):
        for line in (bench / "clapnq" / f"{part}.jsonl").read_text().splitlines():
            row = json.loads(line)
            passage = row["passages"][0]
            name = re.sub(r"[^\w-]+", "_", passage["title"])[:60] + f"-{row['id'][-4:]}.txt"
            text, places = "", []
            for sentence in passage["sentences"]:
                places.append((len(text), len(text) + len(sentence)))
                text += sentence + " "
            documents[name] = text
            chosen = row["output"][0].get("selected_sentences", []) if row.get("output") else []
            gold = tuple((name, *places[passage["sentences"].index(s)]) for s in chosen if s in passage["sentences"])
            asked.append(Labelled(row["id"], row["input"], gold if part == "answerable" else ()))
    yield Set("clapnq", documents, asked)
