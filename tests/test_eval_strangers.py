"""Strangers' corpora: a small one of our own, asked with a scripted assistant, and what is made of its answers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from eval_world import HARBOUR, OPENED, TOWN, answer_from, write_corpus
from scripted_evidence import YES, reading
from typer.testing import CliRunner

from eval.casefile import read_library
from eval.command import register
from eval.places import Place, Source
from eval.readings import Decided, ask_decided, write_readings
from eval.strangers.cases import Evidence, Quoted, load_corpus
from eval.strangers.locate import Locator
from eval.strangers.measure import figures_of
from eval.strangers.rows import Row, asked_rows, checker, quoted_rows
from rag.assistant import Assistant
from rag.errors import InputError
from rag.quotes import open_sources
from rag.types import Entry, Exchange, SourceDoc

SHIPS, MORE = "In 1950 the harbour handled 12 ships a day.", "In 1950 the harbour handled 20 ships a day."


def gold(document: str, words: str) -> dict[str, Any]:
    start = {"harbour.txt": HARBOUR, "town.txt": TOWN}[document].index(words)
    return {"doc": document, "quote": words, "start": start, "end": start + len(words)}


QUESTIONS = [
    {
        "id": "q1",
        "kind": "lookup",
        "question": "When did the harbour open?",
        "answer": "In 1923.",
        "nuggets": [["1923"]],
        "gold_groups": [[gold("harbour.txt", OPENED)]],
    },
    {
        "id": "q2",
        "kind": "cross_document",
        "question": "How many ships came?",
        "answer": "12 or 20.",
        "nuggets": [["12 ships", "twelve ships"], ["20 ships"]],
        "gold_groups": [[gold("harbour.txt", SHIPS), gold("town.txt", MORE)]],
    },
]
UNANSWERABLE = [
    {"id": "u1", "kind": "near_miss", "question": "When did it close?", "why": "Never."},
    {"id": "u2", "kind": "false_premise", "question": "Why was it built for warships?", "why": "It was not."},
]
TURN = {"answerable": True, "nuggets": [["1923"]], "gold_groups": [[gold("harbour.txt", OPENED)]], "answer": "In 1923."}
TALKS = [
    {
        "id": "c1",
        "turns": [
            {**TURN, "user": "When did it open?"},
            {**TURN, "user": "And the harbour?"},
            {"answerable": False, "user": "And the airport?", "answer": "Not said."},
        ],
    }
]
QUOTES = [
    {"id": "k1", "quote": OPENED, "verdict": "exact", "claimed_speaker": "Ada Berg", "speaker_named": False},
    {"id": "k2", "quote": "The harbour opened in 1924.", "verdict": "altered", "accept": ["not_found"]},
    {"id": "k3", "quote": "It would never close", "verdict": "misattributed", "claimed_speaker": "Ada Berg"},
]
SUITES = {"questions": QUESTIONS, "unanswerable": UNANSWERABLE, "conversations": TALKS, "quotes": QUOTES}


def write(folder: Path, suites: dict[str, list[Any]] = SUITES) -> Path:
    write_corpus(folder / "documents")
    for name, cases in suites.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return folder


class Scripted:
    """Says what it is told to, by question; refuses all else. Keeps what was said before each question."""

    def __init__(self, corpus: Path, said: dict[str, list[Place]], sure: float = 0.9) -> None:
        self.library, self.said, self.sure = read_library(corpus / "documents"), said, sure
        self.histories: list[Sequence[Exchange]] = []

    def __call__(self, question: str, history: Sequence[Exchange]) -> Decided:
        self.histories.append(history)
        places = self.said.get(question, [])
        return Decided(answer_from(self.library, question, places), self.sure if places else 0.1)


def place(document: str, words: str) -> Place:
    found = gold(document, words)
    return Place(document, found["start"], found["end"])


def rows_by_id(corpus: Path, ask: Scripted) -> dict[str, Row]:
    rows, lost = asked_rows(load_corpus(corpus), ask.library, ask)
    assert lost == []
    return {row.id: row for row in rows}


def test_right_answers_score_full_marks(tmp_path: Path) -> None:
    corpus = write(tmp_path / "port")
    both = [place("harbour.txt", SHIPS), place("town.txt", MORE)]
    said = {
        "When did the harbour open?": [place("harbour.txt", OPENED)],
        "How many ships came?": both,
        "And the harbour?": [both[0]],
    }
    ask = Scripted(corpus, said)
    rows = rows_by_id(corpus, ask)
    right = {
        "facts": 1.0,
        "first": 1.0,
        "evidence@5": 1.0,
        "evidence@20": 1.0,
        "precision": 1.0,
        "refused": 0.0,
        "partial": 0.0,
    }
    assert rows["q1"].scores == rows["q2"].scores == right
    assert rows["u1"].scores == {"refused": 1.0, "partial": 0.0}
    assert (rows["c1.2"].suite, rows["c1.2"].missed, rows["c1.2"].scores["precision"]) == ("follow-ups", ("1923",), 0.0)
    assert rows["c1.3"].suite == "unanswerable follow-ups"
    assert [[turn.question for turn in history] for history in ask.histories[-3:]] == [
        [],
        ["When did it open?"],
        ["When did it open?", "And the harbour?"],
    ]
    assert ask.histories[-1][1].answer == SHIPS


def test_half_an_answer_is_half_a_score(tmp_path: Path) -> None:
    """One of two facts, one of two places, a citation beside the gold; and a refusal that should not be."""
    corpus = write(tmp_path / "port")
    rows = rows_by_id(
        corpus,
        Scripted(corpus, {"How many ships came?": [place("town.txt", "The town has 3,000 people."), place("town.txt", MORE)]}),
    )
    half = rows["q2"]
    assert (half.hit, half.missed) == (("20 ships",), ("12 ships",))
    assert half.scores["facts"] == half.scores["precision"] == 0.5
    assert half.scores["first"] == half.scores["evidence@5"] == 0.0
    assert rows["q1"].scores == {
        "facts": 0.0,
        "first": 0.0,
        "evidence@5": 0.0,
        "evidence@20": 0.0,
        "refused": 1.0,
        "partial": 0.0,
    }


def test_any_whole_alternative_is_evidence_enough(tmp_path: Path) -> None:
    groups = [[gold("harbour.txt", SHIPS), gold("town.txt", MORE)], [gold("harbour.txt", OPENED)]]
    corpus = write(tmp_path / "port", {"questions": [{**QUESTIONS[0], "gold_groups": groups}]})
    for words, whole in ((SHIPS, 0.0), (OPENED, 1.0)):
        row = rows_by_id(corpus, Scripted(corpus, {"When did the harbour open?": [place("harbour.txt", words)]}))["q1"]
        assert row.scores["evidence@5"] == whole
        assert row.scores["precision"] == 1.0


def test_quotations(tmp_path: Path) -> None:
    corpus = load_corpus(write(tmp_path / "port"))
    said = {"k1": ("misattributed", "different"), "k2": ("exact", "not_asked"), "k3": ("exact", "unsure")}
    wrong = quoted_rows(corpus, lambda case: said[case.id])
    assert [row.scores for row in wrong] == [
        {"right": 0.0, "accused": 1.0, "confirmed": 0.0},
        {"right": 0.0, "false_verbatim": 1.0},
        {"right": 0.0, "caught": 0.0},
    ]
    said = {"k1": ("exact", "confirmed"), "k2": ("not_found", "not_asked"), "k3": ("misattributed", "different")}
    good = quoted_rows(corpus, lambda case: said[case.id])
    assert [row.scores for row in good] == [
        {"right": 1.0, "accused": 0.0, "confirmed": 1.0},
        {"right": 1.0, "false_verbatim": 0.0},
        {"right": 1.0, "caught": 1.0},
    ]


def test_the_quote_checker_is_asked_and_an_unread_document_is_no_verdict(tmp_path: Path) -> None:
    corpus = write(tmp_path / "port")
    sources = open_sources(corpus / "documents", None)
    verdict = checker(sources)
    assert verdict(Quoted("k", OPENED, ("exact",), None, None, True)) == ("exact", "not_asked")
    assert verdict(Quoted("k", OPENED, ("exact",), None, "scan.pdf", True))[0] == "none"
    sources.close()


def test_figures_by_kind_and_the_confidence(tmp_path: Path) -> None:
    corpus = write(tmp_path / "port")
    said = {"How many ships came?": [place("town.txt", MORE)], "When did it close?": [place("harbour.txt", OPENED)]}
    ask = Scripted(corpus, said)
    rows, _ = asked_rows(load_corpus(corpus), ask.library, ask)
    quoted = quoted_rows(load_corpus(corpus), lambda _: ("exact", "unsure"))
    found = {figure.name: figure for figure in figures_of("port", [*rows, *quoted])}
    assert (found["facts in the answer"].value, found["facts in the answer"].n) == (0.25, 2)
    assert found["facts in the answer: lookup"].value == 0.0
    assert found["facts in the answer: cross_document"].value == found["first sentence right"].value == 0.5
    assert (found["answerable refused"].value, found["unanswerable refused"].value) == (0.5, 0.5)
    assert (found["unanswerable refused: near_miss"].value, found["unanswerable refused: false_premise"].value) == (0.0, 1.0)
    # Of the two answerable questions one is as sure as the near miss, one less; both are as sure as the false premise or more.
    assert found["confidence: answerable against near_miss, AUROC"].value == 0.25
    assert found["confidence: answerable against false_premise, AUROC"].value == 0.75
    assert (found["quotes: false verbatim"].value, found["quotes: right speaker accused"].value) == (1.0, 0.0)
    assert found["quotes: verdict right: misattributed"].value == 0.0
    low, high = found["facts in the answer"].low, found["facts in the answer"].high
    assert low is not None
    assert high is not None
    assert 0 <= low < 0.25 < high <= 1
    assert found["seconds a question, worst"].value >= found["seconds a question, median"].value  # type: ignore[operator]


PAGES = (
    "Port report\n\nThe crane was bought in 1931 for a con-\nsiderable sum.\n",
    "Port report\n\nCrane | 4 | 1931\n\nThe crane fell.\n",
)


def paged() -> Locator:
    doc = SourceDoc(Entry("report.pdf", "Report"), "".join(PAGES), "0" * 64, "pdf/1", (0, len(PAGES[0])))
    return Locator({"report.pdf": Source(doc)})


@pytest.mark.parametrize(
    ("readings", "pages", "found"),
    [
        (("bought in 1931 for a considerable sum.",), (1, 1), "bought in 1931 for a con-\nsiderable sum"),
        (("bought in 1931 for a considerabIe sum",), None, "bought in 1931 for a con-\nsiderable sum"),
        (("bought in 1931 for a considerable sum",), (2, 2), None),
        (("Four cranes in 1931", "Crane 4 1931"), (2, 2), "Crane | 4 | 1931"),
        (("The ship sank in a storm.",), None, None),
    ],
)
def test_words_are_found_where_offsets_say_nothing(
    readings: tuple[str, ...], pages: tuple[int, int] | None, found: str | None
) -> None:
    at = paged().place(Evidence("report.pdf", readings, None, pages))
    assert (at and "".join(PAGES)[at.start : at.end]) == found


def test_offsets_are_taken_only_where_the_words_stand_there(tmp_path: Path) -> None:
    locator = Locator(read_library(write_corpus(tmp_path)))
    start = HARBOUR.index(SHIPS)
    right = Place("harbour.txt", start, start + len(SHIPS))
    assert locator.place(Evidence("harbour.txt", (SHIPS,), (right.start, right.end))) == right
    moved = locator.place(Evidence("harbour.txt", (SHIPS,), (right.start + 9, right.end + 9)))
    assert moved == Place("harbour.txt", right.start, right.end - 1)  # the full stop is no letter
    assert locator.place(Evidence("scan.pdf", (SHIPS,))) == Place("scan.pdf", 0, 0)


@pytest.mark.parametrize(
    ("suite", "case", "message"),
    [
        ("questions", {"id": "q"}, r"questions\.jsonl, line 1: `nuggets` is missing"),
        ("questions", {**QUESTIONS[0], "gold_groups": [[{"doc": "no.txt", "quote": "x"}]]}, "documents/ holds no no.txt"),
        ("quotes", {"id": "k", "quote": "x"}, "`verdict` is missing"),
        ("conversations", {"id": "c", "turns": 3}, r"conversations\.jsonl, line 1: "),
    ],
)
def test_bad_cases_are_named(tmp_path: Path, suite: str, case: dict[str, Any], message: str) -> None:
    corpus = write(tmp_path / "port", {**SUITES, suite: [case]})
    with pytest.raises(InputError, match=message):
        load_corpus(corpus)
    with pytest.raises(InputError, match=r"holds no documents/ and questions\.jsonl"):
        load_corpus(tmp_path)


@contextmanager
def without_models(monkeypatch: pytest.MonkeyPatch, ask: Scripted) -> Any:
    """The command with the assistant scripted; `data` is where it was opened."""
    opened: list[Path] = []

    @contextmanager
    def open_(settings: Any) -> Any:
        opened.append(settings.data)
        yield SimpleNamespace(sync=lambda progress: progress("passages", 1, 1))

    monkeypatch.setattr(Assistant, "open", open_)
    monkeypatch.setattr("eval.strangers.measure.ask_decided", lambda _, question, history: ask(question, history))
    yield opened


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, second = write(tmp_path / "port"), write(tmp_path / "quay", {"questions": QUESTIONS[:1]})
    (corpus / "documents" / "scan.xyz").write_text("?", encoding="utf-8")
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    paths = ["--strangers", str(corpus), "--strangers", str(second)]
    with without_models(
        monkeypatch, Scripted(corpus, {"When did the harbour open?": [place("harbour.txt", OPENED)]})
    ) as opened:
        done = CliRunner().invoke(app, ["eval", *paths, "--data", str(tmp_path / "kept"), "--json"])
        shown = json.loads(done.stdout)
        assert opened == [tmp_path / "kept" / "port", tmp_path / "kept" / "quay"]
        assert {figure["set"] for figure in shown["figures"]} == {"port", "quay", "all"}
        assert len(shown["rows"]) == 2 + 2 + 3 + 3 + 1
        assert shown["rows"][0]["hit"] == ["1923"]
        assert shown["notes"] == ["port: not readable here: scan.xyz."]
        table = CliRunner().invoke(app, ["eval", *paths[:2], "--only", "near"]).stdout
        assert re.search(r"unanswerable refused: near_miss +1\.000   0\.207 to 1\.000 +1\n", table)
        assert "quotes" not in table
        assert not opened[-1].exists()
        twice = CliRunner().invoke(app, ["eval", *paths[:2], *paths[:2]])
        assert isinstance(twice.exception, InputError)


def test_the_confidence_and_the_readings_come_with_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write(tmp_path / "port", {"questions": QUESTIONS[:1]})
    with reading(corpus / "documents", monkeypatch, {"1923": YES}) as assistant:
        decided = ask_decided(assistant, QUESTIONS[0]["question"])  # type: ignore[arg-type]
        assert decided.answer.claims == assistant.ask(QUESTIONS[0]["question"]).claims  # type: ignore[arg-type]
        assert decided.confidence is not None
        assert decided.confidence > 0.9
        assert ask_decided(assistant, "And then?", (Exchange("When?", OPENED),)).confidence is None
        rows, _ = asked_rows(load_corpus(corpus), read_library(corpus / "documents"), lambda q, _: ask_decided(assistant, q))
    write_readings(tmp_path / "read.jsonl", [row.reading for row in rows if row.reading])
    read = json.loads((tmp_path / "read.jsonl").read_text(encoding="utf-8"))
    assert (read["set"], read["kind"], read["answerable"]) == ("port", "lookup", True)
    assert read["sentences"][0][0] == YES
    assert [one[4] for one in read["sentences"]].index(1.0) == 0
    assert sum(one[4] for one in read["sentences"]) == 1
