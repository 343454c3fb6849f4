"""A small corpus with known answers, for the tests of the evaluation: an oracle that answers it, and cases over it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from eval.casefile import load, read_library
from eval.cases import Cases, ConflictCase, Conversation, Question, Unanswerable
from eval.places import Library, Place
from rag.cite import cite
from rag.types import Answer, Citation, Claim, Conflict, CorpusState, Exchange, Passage

HARBOUR = (
    "The harbour opened in 1923. It was not built for warships. The breakwater is 4.9 million tonnes of stone.\n\n"
    "In 1950 the harbour handled 12 ships a day. The mayor said it would never close.\n"
)
TOWN = "The town has 3,000 people. In 1950 the harbour handled 20 ships a day. 港町 means harbour town.\n"


def write_corpus(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "town.txt").write_text(TOWN, encoding="utf-8")
    return folder


def span(document: str, words: str, group: int | None = None) -> dict[str, object]:
    text = {"harbour.txt": HARBOUR, "town.txt": TOWN}[document]
    start = text.index(words)
    found: dict[str, object] = {"document": document, "char_start": start, "char_end": start + len(words), "text": words}
    return found if group is None else {**found, "group": group}


OPENED = "The harbour opened in 1923."
QUESTIONS = [
    {
        "id": "q1",
        "split": "tune",
        "kind": "fact",
        "question": "When did the harbour open?",
        "gold": [span("harbour.txt", OPENED, 0)],
        "facts": [["1923"]],
    },
    {
        "id": "q2",
        "split": "report",
        "kind": "fact",
        "question": "How many people live in the town?",
        "gold": [span("town.txt", "The town has 3,000 people.", 0)],
        "facts": [["3,000", "3000"]],
    },
    {
        "id": "q3",
        "split": "tune",
        "kind": "two_passage",
        "question": "What was it not built for, and how heavy is the breakwater?",
        "gold": [
            span("harbour.txt", "It was not built for warships.", 0),
            span("harbour.txt", "The breakwater is 4.9 million tonnes of stone.", 1),
        ],
        "facts": [["warships"], ["4.9 million"]],
    },
]
UNANSWERABLE = [
    {
        "id": "u1",
        "split": "tune",
        "kind": "near_miss",
        "question": "When did the harbour close?",
        "why": "it is only said never to",
    },
    {"id": "u2", "split": "report", "kind": "unrelated", "question": "Who won the cup?", "why": "no sports"},
]
CONVERSATIONS = [
    {
        "id": "c1",
        "split": "tune",
        "turns": [
            {
                "question": QUESTIONS[0]["question"],
                "standalone": QUESTIONS[0]["question"],
                "gold": QUESTIONS[0]["gold"],
                "facts": [["1923"]],
            },
            {
                "question": "And how many ships a day did it handle?",
                "standalone": "How many ships a day did the harbour handle?",
                "gold": [span("harbour.txt", "In 1950 the harbour handled 12 ships a day.", 0)],
                "facts": [["12 ships"]],
            },
        ],
    },
]
CONFLICTS = [
    {
        "id": "x1",
        "split": "tune",
        "kind": "conflict",
        "question": "How many ships a day did the harbour handle in 1950?",
        "about": "ships a day in 1950",
        "why": "12 and 20",
        "sides": [
            span("harbour.txt", "In 1950 the harbour handled 12 ships a day."),
            span("town.txt", "In 1950 the harbour handled 20 ships a day."),
        ],
    },
]
SUITES = {"questions": QUESTIONS, "unanswerable": UNANSWERABLE, "conversations": CONVERSATIONS, "conflicts": CONFLICTS}


def write_cases(folder: Path, suites: dict[str, list[dict[str, object]]] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in (suites or SUITES).items():
        lines = (json.dumps(case, ensure_ascii=False) for case in cases)
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def small_world(folder: Path) -> tuple[Library, Cases]:
    library = read_library(write_corpus(folder / "corpus"))
    return library, load(write_cases(folder / "cases"), library)


def citation(library: Library, place: Place, number: int) -> Citation:
    source = library[place.document]
    return cite(source.doc, source.reading, place.start, place.end, number=number)


def answer_from(library: Library, question: str, places: Sequence[Place], conflict: str = "") -> Answer:
    """An answer whose claims are the places' words, one citation each; without places, a refusal."""
    cited = tuple(citation(library, place, number) for number, place in enumerate(places, start=1))
    claims = tuple(Claim(one.reading_text, (one.number or 0,), "verbatim") for one in cited)
    passages = tuple(Passage(place.document, place.start, place.end, 1.0 / rank) for rank, place in enumerate(places, start=1))
    conflicts = (Conflict(conflict, tuple(one.number or 0 for one in cited)),) if conflict else ()
    nearest = (Passage(next(iter(library)), 0, 10, 0.1),)
    return Answer(
        question,
        None,
        "extractive",
        None,
        "answered" if claims else "not_in_corpus",
        None if claims else "Not in the corpus.",
        claims,
        (),
        cited,
        conflicts,
        passages or nearest,
        CorpusState("f" * 64, len(library)),
        {"retrieve": 3, "total": 5},
    )


class Oracle:
    """Answers every case from its gold: what a perfect system would be scored."""

    def __init__(self, library: Library, cases: Cases) -> None:
        self.library = library
        self.known: dict[str, Answer] = {}
        for conversation in cases.conversations:
            for turn, standalone in zip(conversation.turns, conversation.standalone, strict=True):
                self.known[turn.question] = self._gold(turn)
                if standalone != turn.question:
                    self.known[turn.question] = _standing(self.known[turn.question], standalone)
        for case in (*cases.questions, *cases.unanswerable, *cases.conflicts):
            self.known[case.question] = self._gold(case)

    def _gold(self, case: Question | Unanswerable | ConflictCase | Conversation) -> Answer:
        if isinstance(case, Question):
            return answer_from(self.library, case.question, [group[0].place for group in case.groups])
        if isinstance(case, ConflictCase):
            about = case.about if case.kind == "conflict" else ""
            return answer_from(self.library, case.question, case.sides, about)
        assert isinstance(case, Unanswerable)
        return answer_from(self.library, case.question, [])

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        plain = question.removeprefix("Please tell me: ").rstrip("?").lower()
        found = next((answer for known, answer in self.known.items() if known.rstrip("?").lower() == plain), None)
        return found or answer_from(self.library, question, [])


def _standing(answer: Answer, standalone: str) -> Answer:
    from dataclasses import replace

    return replace(answer, standalone_question=standalone)
