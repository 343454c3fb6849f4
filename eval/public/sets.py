"""Adapters: a public set's files into tasks over documents, with gold as spans of the documents that are written.

| folder | where to get the original | licence |
| --- | --- | --- |
| squad2 | rajpurkar/SQuAD-explorer, dataset/dev-v2.0.json as dev.json | CC BY-SA 4.0 |
| chunking | brandonstarxel/chunking_evaluation: corpora/*.md, questions as JSON Lines | MIT |
| qed | google-research-datasets/QED, dev.jsonl | text CC BY-SA |
| clapnq | primeqa/clapnq, answerable.jsonl and unanswerable.jsonl | Apache-2.0 |
| nomiracl | project-miracl/nomiracl, relevant.jsonl and non_relevant.jsonl | Apache-2.0 |
| mtrag | IBM/mt-rag-benchmark, the RAG tasks as tasks.jsonl | Apache-2.0 |

Samples are drawn with a seed: the same folder gives the same tasks.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from eval.cases import Gold, Question, Unanswerable
from eval.places import Place
from eval.stats import SEED
from rag.errors import InputError
from rag.types import Exchange

Item = TypeVar("Item")


@dataclass(frozen=True)
class Task:
    case: Question | Unanswerable
    history: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class World:
    """Documents by name, and what is asked of them and nothing else."""

    documents: dict[str, str]
    tasks: tuple[Task, ...] = field(default=())


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "See docs/evaluation.md for what the folder must hold.") from error


def _sample(items: Sequence[Item], count: int) -> list[Item]:
    """`count` of `items` in their order, drawn with the seed."""
    chosen = random.Random(SEED).sample(range(len(items)), min(count, len(items)))
    return [items[at] for at in sorted(chosen)]


def _question(
    name: str, question: str, gold: Iterable[tuple[str, int, int]], facts: Iterable[str], text: dict[str, str]
) -> Task:
    """An answerable task. Every gold span is a group of its own; `facts` are alternatives of one fact."""
    spans = tuple(
        Gold(Place(document, start, end), text[document][start:end], group) for group, (document, start, end) in enumerate(gold)
    )
    known = tuple(dict.fromkeys(facts))
    return Task(Question(name, "report", "answerable", question, spans, (known,) if known else ()))


def _none(name: str, question: str) -> Task:
    return Task(Unanswerable(name, "report", "unanswerable", question, "marked unanswerable in the set"))


def squad2(folder: Path) -> Iterator[World]:
    """All paragraphs as one corpus, one document an article. Gold is the paragraph, the answers' spellings are the fact."""
    path = folder / "dev.json"
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "It is SQuAD 2's dev-v2.0.json.") from error
    documents: dict[str, str] = {}
    good: list[Task] = []
    bad: list[Task] = []
    for article in articles:
        name = f"{re.sub(r'[^A-Za-z0-9]+', '-', article['title'])}.txt"
        documents[name] = "\n\n".join(" ".join(paragraph["context"].split()) for paragraph in article["paragraphs"]) + "\n"
        start = 0
        for paragraph in article["paragraphs"]:
            end = start + len(" ".join(paragraph["context"].split()))
            for asked in paragraph["qas"]:
                if asked["is_impossible"]:
                    bad.append(_none(asked["id"], asked["question"]))
                else:
                    answers = [answer["text"] for answer in asked["answers"]]
                    good.append(_question(asked["id"], asked["question"], [(name, start, end)], answers, documents))
            start = end + 2
    yield World(documents, (*_sample(good, 150), *_sample(bad, 150)))


def chunking(folder: Path) -> Iterator[World]:
    """All corpora as one collection, as their authors measure it. Every reference is needed."""
    documents = {path.name: path.read_bytes().decode("utf-8") for path in sorted((folder / "corpora").glob("*.md"))}
    tasks = [
        _question(
            f"{number}",
            raw["question"],
            [(f"{raw['corpus']}.md", one["start_index"], one["end_index"]) for one in raw["references"]],
            (),
            documents,
        )
        for number, raw in enumerate(_lines(folder / "questions.jsonl"), start=1)
        if f"{raw['corpus']}.md" in documents
    ]
    yield World(documents, tuple(_sample(tasks, 100)))


def qed(folder: Path) -> Iterator[World]:
    """A paragraph at a time: which of its sentences answers."""
    single = [raw for raw in _lines(folder / "dev.jsonl") if raw["annotation"]["explanation_type"] == "single_sentence"]
    for raw in _sample(single, 60):
        documents = {"paragraph.txt": raw["paragraph_text"]}
        chosen = raw["annotation"]["selected_sentence"]
        answers = [span["string"] for answer in raw["original_nq_answers"] for span in answer]
        name = str(raw["example_id"])
        gold = [("paragraph.txt", chosen["start"], chosen["end"])]
        yield World(documents, (_question(name, raw["question_text"], gold, answers, documents),))


def clapnq(folder: Path) -> Iterator[World]:
    """A passage at a time: is the question answered in it, and by which sentences. All selected sentences are gold."""
    for raw in _sample(_lines(folder / "answerable.jsonl"), 50):
        documents = _passages(passage["text"] for passage in raw["passages"])
        gold = sorted({place for output in raw["output"] for place in _found(output["selected_sentences"], documents)})
        if gold:
            yield World(documents, (_question(raw["id"], raw["input"], gold, (), documents),))
    for raw in _sample(_lines(folder / "unanswerable.jsonl"), 50):
        yield World(_passages(passage["text"] for passage in raw["passages"]), (_none(raw["id"], raw["input"]),))


def nomiracl(folder: Path) -> Iterator[World]:
    """Ten retrieved passages at a time: do they hold the answer. Which passage does is not marked, so all are gold."""
    for file, answerable in (("relevant.jsonl", True), ("non_relevant.jsonl", False)):
        for raw in _sample(_lines(folder / file), 40):
            question = re.search(r"QUESTION:\n(.*?)\n\nCONTEXTS:", raw["prompt"], re.S)
            texts = re.findall(r"\[\d+\] (.*?)(?=\n\n\[\d+\] |\n\nOUTPUT:)", raw["prompt"], re.S)
            if question is None or not texts:
                raise InputError(
                    f"{folder / file}: no question and contexts in the prompt of {raw['query_id']}.", "Fetch it again."
                )
            documents = _passages(texts)
            gold = [(name, 0, len(text)) for name, text in documents.items()][:1]
            yield World(
                documents,
                (
                    _question(raw["query_id"], question[1], gold, (), documents)
                    if answerable
                    else _none(raw["query_id"], question[1]),
                ),
            )


def mtrag(folder: Path) -> Iterator[World]:
    """The last question of a conversation over the passages retrieved for it. Partial and underspecified ones are left out."""
    wanted = {"ANSWERABLE": [], "UNANSWERABLE": []}  # type: dict[str, list[dict[str, Any]]]
    for raw in _lines(folder / "tasks.jsonl"):
        label = raw["answerability"][0] if raw["answerability"] else ""
        if label in wanted and raw["contexts"]:
            wanted[label].append(raw)
    for label, tasks in wanted.items():
        for raw in _sample(tasks, 50):
            documents = _passages(context["text"] for context in raw["contexts"])
            turns = raw["input"]
            history = tuple(
                Exchange(asked["text"], said["text"]) for asked, said in zip(turns[:-1:2], turns[1:-1:2], strict=False)
            )
            gold = [(name, 0, len(text)) for name, text in documents.items()][:1]
            name, question = raw["task_id"], turns[-1]["text"]
            task = _question(name, question, gold, (), documents) if label == "ANSWERABLE" else _none(name, question)
            yield World(documents, (Task(task.case, history),))


def _passages(texts: Iterable[str]) -> dict[str, str]:
    return {f"passage-{number:02d}.txt": text.strip() + "\n" for number, text in enumerate(texts, start=1) if text.strip()}


def _found(sentences: Iterable[str], documents: dict[str, str]) -> Iterator[tuple[str, int, int]]:
    for sentence in sentences:
        for name, text in documents.items():
            start = text.find(sentence.strip())
            if sentence.strip() and start >= 0:
                yield name, start, start + len(sentence.strip())
                break


SETS: dict[str, Callable[[Path], Iterator[World]]] = {
    "squad2": squad2,
    "chunking": chunking,
    "qed": qed,
    "clapnq": clapnq,
    "nomiracl": nomiracl,
    "mtrag": mtrag,
}
