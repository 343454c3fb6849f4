"""Do these sentences carry this statement? The check by form, and that the evidence model is heard."""

from __future__ import annotations

from typing import Any

import pytest

import rag.support
from rag.models import Support, Window
from rag.particulars import figures, foreign
from rag.support import SUPPORTED, objection

HARBOUR = (
    "The harbour of Ostia was opened on 5 March 1912 by Marco Bellini (馬可), the city’s engineer.",
    "It cost about $4 million, and 12 workers died; the UN gave 30 per cent.",
    "Japan’s ships called it “the finest harbour of the south”.",
)
TEXT = " ".join(HARBOUR)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1,234", "", 1234),
        ("three", "", 3),
        ("two hundred and fifty", "", 250),
        ("twenty-first", "", 21),
        ("3rd", "", 3),
        ("two dozen", "", 24),
        ("1.6 million", "", 1_600_000),
        ("€4m", "€", 4_000_000),
        ("4bn", "", 4e9),
        ("300m long", "", 300),
        ("-5", "", -5),
        ("30 per cent", "%", 30),
        ("30%", "%", 30),
        ("1990s", "decade", 1990),
        ("5 May 2020", "day", 505),
        ("May 5th, 2020", "day", 505),
        ("2020-05-05", "day", 505),
        ("May 2020", "month", 5),
        ("May 2020", "", 2020),
        ("Sept. 25", "day", 925),
        ("１２", "", 12),
    ],
)
def test_a_figure_is_read_however_it_is_written(text: str, kind: str, value: float) -> None:
    found = [(one.kind, one.value) for one in figures(f"It was {text} then.")]
    assert (kind, value) in found


@pytest.mark.parametrize("text", ["It may be so.", "The G7 met.", "They march on.", "between two and three"])
def test_what_is_no_figure_is_none(text: str) -> None:
    assert [one.value for one in figures(text)] == ([2, 3] if "two" in text else [])


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("The harbour was opened on 5 March 1913.", "1913"),
        ("The harbour was opened on 6 March 1912.", "6 March"),
        ("The harbour was opened on March 6, 1912.", "March 6"),
        ("The harbour was opened in May 1912.", "May"),
        ("The harbour cost $5 million.", "$5 million"),
        ("The harbour cost €4 million.", "€4 million"),
        ("Thirteen workers died.", "Thirteen"),
        ("30 workers died.", "30"),  # 30 per cent is another figure
        ("Five workers died.", "Five"),  # a day is no number
        ("Giulia Conti opened the harbour.", "Conti"),
        ("Genoa has a harbour.", "Genoa"),
        ("The NATO gave some.", "NATO"),
        ("It gave US the harbour.", "US"),
        ("The harbour was opened by 貝里尼.", "貝里尼"),
        ("Japan’s ships called it “the best harbour of the south”.", "“the best harbour of the south”"),
    ],
)
def test_what_does_not_stand_there_is_named(statement: str, part: str) -> None:
    assert part in foreign(statement, TEXT)


@pytest.mark.parametrize(
    "statement",
    [
        "On March 5th, 1912, Bellini opened the harbour of Ostia.",
        "The harbour was opened in March 1912.",
        "The harbour’s cost was $4,000,000, and twelve workers died.",
        "30% of the cost was the U.N.'s.",
        'The Japanese ships called it "the finest harbour".',
        "Marco Bellini (馬可) was one of the engineers.",
    ],
)
def test_what_stands_there_in_another_form_is_not(statement: str) -> None:
    assert foreign(statement, TEXT) == []


def test_names_may_stand_in_the_title_and_figures_not() -> None:
    assert foreign("The harbour of Naples is old.", TEXT, "Harbours of Naples (2016)") == []
    assert foreign("The harbour was closed in 2016.", TEXT, "Harbours of Naples (2016)") == ["2016"]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a model in the evidence model's place that says what it is told; gives what it was asked."""

    def say(*found: float) -> list[tuple[str, Window]]:
        asked: list[tuple[str, Window]] = []

        class Model:
            def support(self, pairs: list[tuple[str, Window]]) -> list[Support]:
                asked.extend(pairs)
                return [Support(*found)]

        monkeypatch.setattr(rag.support, "bundled_evidence", Model)
        return asked

    return say


def test_the_evidence_model_decides_what_the_form_lets_through(reads: Any) -> None:
    said = "Bellini opened the harbour of Ostia."
    asked = reads(SUPPORTED, 0.03, 0.02)
    assert objection(said, HARBOUR, "Harbours (2016)") is None
    assert asked == [(said, Window("Harbours (2016)", HARBOUR))]
    reads(SUPPORTED - 0.5, 0.5, 0.05)
    assert objection(said, HARBOUR) == "the cited sentences say otherwise"
    reads(SUPPORTED - 0.5, 0.05, 0.5)
    assert objection(said, HARBOUR) == "the cited sentences do not say this"


def test_the_form_decides_first(reads: Any) -> None:
    asked = reads(1.0, 0.0, 0.0)
    assert objection("Bellini opened the harbour of Ostia in 1913.", HARBOUR) == "“1913” does not stand in the cited sentences"
    assert objection("Conti and Bellini opened 13.", HARBOUR) == "“13”, “Conti” do not stand in the cited sentences"
    assert objection("…", HARBOUR) == "it has no words"
    assert objection("The harbour " + "was old and " * 60, HARBOUR) == "it is too long to be verified as a whole"
    assert asked == []


def test_the_bundled_model_is_asked() -> None:
    assert objection("Bananas are yellow and sweet.", HARBOUR) is not None
