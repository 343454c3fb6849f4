"""Adapters: a public set's files into tasks over documents, with gold as spans of the documents that are written.

Where to get the originals and their licences: docs/evaluation.md. Samples are drawn with a seed, from what no model was
trained on (`eval.public.unseen`): the same folder gives the same tasks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eval.cases import Gold, Question, Unanswerable
from eval.places import Place
from eval.public import unseen
from eval.public.files import read_lines, sample
from eval.public.scifact import read_scifact
from rag.errors import InputError
from rag.types import Exchange

# Abstracts of SciFact that are indexed.
_ABSTRACTS = 600


@dataclass(frozen=True)
class Task:
    case: Question | Unanswerable
    history: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class World:
    """Documents by name, and what is asked of them and nothing else. `passages` is how many an answer lists.

    `marked` is what the set marks as answering: sentences, a paragraph one of whose sentences says the answer, or nothing.
    """

    documents: dict[str, str]
    tasks: tuple[Task, ...] = ()
    passages: int = 20
    marked: Literal["sentences", "paragraph", "nothing"] = "sentences"


def _question(
    name: str,
    question: str,
    gold: Iterable[tuple[str, int, int]],
    facts: Iterable[str],
    text: dict[str, str],
    kind: str = "answerable",
) -> Task:
    """An answerable task. Every gold span is a group of its own; `facts` are alternatives of one fact."""
    spans = tuple(
        Gold(Place(document, start, end), text[document][start:end], group) for group, (document, start, end) in enumerate(gold)
    )
    known = tuple(dict.fromkeys(facts))
    return Task(Question(name, "report", kind, question, spans, (known,) if known else ()))


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
            for asked in paragraph["qas"] if unseen.article(article["title"]) else ():
                if asked["is_impossible"]:
                    bad.append(_none(asked["id"], asked["question"]))
                else:
                    answers = [answer["text"] for answer in asked["answers"]]
                    good.append(_question(asked["id"], asked["question"], [(name, start, end)], answers, documents))
            start = end + 2
    yield World(documents, (*sample(good, 150), *sample(bad, 150)), marked="paragraph")


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
        for number, raw in enumerate(read_lines(folder / "questions.jsonl"), start=1)
        if f"{raw['corpus']}.md" in documents and unseen.task("chunking", raw["question"])
    ]
    yield World(documents, tuple(sample(tasks, 100)))


def qed(folder: Path) -> Iterator[World]:
    """A paragraph at a time: which of its sentences answers."""
    single = (raw for raw in read_lines(folder / "dev.jsonl") if raw["annotation"]["explanation_type"] == "single_sentence")
    for raw in sample([raw for raw in single if unseen.task("qed", str(raw["example_id"]))], 100):
        documents = {"paragraph.txt": raw["paragraph_text"]}
        chosen = raw["annotation"]["selected_sentence"]
        answers = [span["string"] for answer in raw["original_nq_answers"] for span in answer]
        name = str(raw["example_id"])
        gold = [("paragraph.txt", chosen["start"], chosen["end"])]
        yield World(documents, (_question(name, raw["question_text"], gold, answers, documents),))


def clapnq(folder: Path) -> Iterator[World]:
    """A passage at a time: is the question answered in it, and by which sentences. All selected sentences are gold."""
    for raw in sample(_unseen_clapnq(folder / "answerable.jsonl"), 50):
        documents = _passages(passage["text"] for passage in raw["passages"])
        gold = sorted({place for output in raw["output"] for place in _found(output["selected_sentences"], documents)})
        if gold:
            yield World(documents, (_question(raw["id"], raw["input"], gold, (), documents),))
    for raw in sample(_unseen_clapnq(folder / "unanswerable.jsonl"), 50):
        yield World(_passages(passage["text"] for passage in raw["passages"]), (_none(raw["id"], raw["input"]),))


def _unseen_clapnq(path: Path) -> list[dict[str, Any]]:
    return [raw for raw in read_lines(path) if unseen.task("clapnq", raw["id"])]


def scifact(folder: Path) -> Iterator[World]:
    """Claims over some abstracts, which of them bear on it (kind `abstracts`); then over one that does, by which sentence
    (kind `sentences`). The abstracts are those that any claim cites, and others at random: five thousand take an hour to
    embed."""
    everything, claims = read_scifact(folder)
    cited = {one for claim in claims for one in claim.cited}
    others = sample([one for one in everything if one not in cited], max(0, _ABSTRACTS - len(cited & set(everything))))
    chosen = cited.union(others)
    abstracts = {one: abstract for one, abstract in everything.items() if one in chosen}
    documents = {abstract.name: abstract.text for abstract in abstracts.values()}
    over_all = [
        _question(
            claim.id,
            claim.claim,
            [(abstracts[one].name, 0, len(abstracts[one].text)) for one in claim.cited if one in abstracts],
            (),
            documents,
            "abstracts",
        )
        for claim in claims
        if any(one in abstracts for one in claim.cited)
    ]
    yield World(documents, tuple(sample(over_all, 100)), passages=100)  # several may be of one abstract
    judged = [(claim, one) for claim in claims for one in claim.evidence if one in abstracts]
    for claim, one in sample(judged, 100):
        abstract = abstracts[one]
        text = {abstract.name: abstract.text}
        gold = [(abstract.name, *abstract.sentences[number]) for number in sorted(claim.evidence[one])]
        yield World(text, (_question(f"{claim.id}-{one}", claim.claim, gold, (), text, "sentences"),))


def nomiracl(folder: Path) -> Iterator[World]:
    """Ten retrieved passages at a time: do they hold the answer. Which passage does is not marked, so all are gold."""
    for file, answerable in (("relevant.jsonl", True), ("non_relevant.jsonl", False)):
        for raw in sample([raw for raw in read_lines(folder / file) if unseen.task("nomiracl", raw["query_id"])], 40):
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
                marked="nothing",
            )


def mtrag(folder: Path) -> Iterator[World]:
    """The last question of a conversation over the passages retrieved for it. Partial and underspecified ones are left out."""
    wanted = {"ANSWERABLE": [], "UNANSWERABLE": []}  # type: dict[str, list[dict[str, Any]]]
    for raw in read_lines(folder / "tasks.jsonl"):
        label = raw["answerability"][0] if raw["answerability"] else ""
        if label in wanted and raw["contexts"] and unseen.task("mtrag", raw["task_id"]):
            wanted[label].append(raw)
    for label, tasks in wanted.items():
        for raw in sample(tasks, 50):
            documents = _passages(context["text"] for context in raw["contexts"])
            turns = raw["input"]
            history = tuple(
                Exchange(asked["text"], said["text"]) for asked, said in zip(turns[:-1:2], turns[1:-1:2], strict=False)
            )
            gold = [(name, 0, len(text)) for name, text in documents.items()][:1]
            name, question = raw["task_id"], turns[-1]["text"]
            task = _question(name, question, gold, (), documents) if label == "ANSWERABLE" else _none(name, question)
            yield World(documents, (Task(task.case, history),), marked="nothing")


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
    "scifact": scifact,
    "qed": qed,
    "clapnq": clapnq,
    "nomiracl": nomiracl,
    "mtrag": mtrag,
}
