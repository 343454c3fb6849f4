"""Cases load only when their gold is what the text of record holds."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from eval_world import QUESTIONS, SUITES, write_cases, write_corpus

from eval.casefile import bundled_cases, load, read_library
from rag.corpus import bundled
from rag.errors import InputError


def refuse(tmp_path: Path, change: Any) -> str:
    """The message for a first question that `change` has spoilt."""
    question = deepcopy(QUESTIONS[0])
    change(question)
    library = read_library(write_corpus(tmp_path / "corpus"))
    with pytest.raises(InputError) as caught:
        load(write_cases(tmp_path / "cases", {"questions": [question]}), library)
    return str(caught.value)


def test_the_bundled_cases_load_and_are_as_many_as_promised() -> None:
    cases = load(bundled_cases(), read_library(bundled()))
    assert len(cases.questions) >= 150
    assert len(cases.unanswerable) >= 60
    assert len(cases.conversations) >= 15
    assert len(cases.conflicts) >= 40
    for suite in (cases.questions, cases.unanswerable, cases.conversations, cases.conflicts):
        halves = [case.split for case in suite]
        assert abs(halves.count("tune") - halves.count("report")) <= 2


def test_a_good_case_loads(tmp_path: Path) -> None:
    cases = load(write_cases(tmp_path / "cases"), read_library(write_corpus(tmp_path / "corpus")))
    assert [len(group) for group in cases.questions[2].groups] == [1, 1]
    assert cases.conversations[0].turns[1].id == "c1.2"


def test_gold_that_is_not_the_text_is_refused_by_name(tmp_path: Path) -> None:
    message = refuse(tmp_path, lambda q: q["gold"][0].update(char_start=1))
    assert "questions.jsonl, line 1 (q1)" in message
    assert "'he harbour opened in 1923.'" in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda q: q.update(colour="blue"), "unknown key 'colour'"),
        (lambda q: q["gold"][0].update(note="x"), "unknown key 'note'"),
        (lambda q: q.update(question="  "), "`question` is missing"),
        (lambda q: q.update(split="test"), "`split` is 'test', not one of tune, report"),
        (lambda q: q["gold"][0].update(document="no.txt"), "the corpus holds no no.txt"),
        (lambda q: q["gold"][0].update(char_end="9"), "`char_end` is missing or no whole number"),
        (lambda q: q.update(facts=["1923"]), "`facts` is no list of lists"),
        (lambda q: q.update(gold=[]), "`gold` is missing"),
    ],
)
def test_a_spoilt_case_is_refused(tmp_path: Path, change: Any, expected: str) -> None:
    assert expected in refuse(tmp_path, change)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    suites = {**SUITES, "questions": [QUESTIONS[0], QUESTIONS[0]]}
    library = read_library(write_corpus(tmp_path / "corpus"))
    with pytest.raises(InputError, match="this id is used twice"):
        load(write_cases(tmp_path / "cases", suites), library)


def test_no_cases_and_bad_json_are_refused(tmp_path: Path) -> None:
    library = read_library(write_corpus(tmp_path / "corpus"))
    with pytest.raises(InputError, match="holds no cases"):
        load(tmp_path, library)
    (tmp_path / "questions.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"questions\.jsonl, line 1: not JSON"):
        load(tmp_path, library)
