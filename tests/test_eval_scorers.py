"""Each measure on answers made by hand, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from pathlib import Path

import pytest
from eval_world import HARBOUR, OPENED, answer_from, small_world

from eval.cases import Cases, probe
from eval.places import Library, Place, covered, same, union
from eval.scorers import (
    score_answer,
    score_conflict,
    score_conversation_turn,
    score_integrity,
    score_probe,
    score_refusal,
    score_retrieval,
)
from eval.scorers.answers import says, sentences
from rag.types import Claim, Key, Passage


@pytest.fixture
def world(tmp_path: Path) -> tuple[Library, Cases]:
    return small_world(tmp_path)


def place(words: str, document: str = "harbour.txt") -> Place:
    start = HARBOUR.index(words)
    return Place(document, start, start + len(words))


def passages(*places: Place) -> tuple[Passage, ...]:
    return tuple(Passage(p.document, p.start, p.end, 1.0) for p in places)


WARSHIPS, BREAKWATER = place("It was not built for warships."), place("The breakwater is 4.9 million tonnes of stone.")
MAYOR, SHIPS = place("The mayor said it would never close."), place("In 1950 the harbour handled 12 ships a day.")


def test_places() -> None:
    assert union([Place("a", 5, 9), Place("a", 0, 5), Place("b", 1, 2), Place("a", 7, 8)]) == [
        Place("a", 0, 9),
        Place("b", 1, 2),
    ]


def test_white_space_neither_helps_nor_hurts(world: tuple[Library, Cases]) -> None:
    library, _ = world
    around = Place("harbour.txt", WARSHIPS.start - 1, WARSHIPS.end + 1)
    assert covered(around, [WARSHIPS], library) == 1.0
    assert same(Place("harbour.txt", 0, len(HARBOUR)), WARSHIPS, library)
    assert not same(Place("harbour.txt", WARSHIPS.end - 3, BREAKWATER.end), WARSHIPS, library)


def test_retrieval_needs_every_group(world: tuple[Library, Cases]) -> None:
    library, cases = world
    two = cases.questions[2]
    answer = replace(answer_from(library, two.question, []), passages=passages(MAYOR, BREAKWATER, SHIPS, WARSHIPS))
    scores = score_retrieval(two, answer, library)
    assert [scores[f"retrieval.recall@{k}"].value for k in (1, 3, 5)] == [0.0, 0.0, 1.0]
    assert scores["retrieval.mrr"].value == 0.5
    assert scores["retrieval.ndcg@10"].value == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))
    ink = [len("".join(HARBOUR[p.start : p.end].split())) for p in (MAYOR, BREAKWATER, SHIPS, WARSHIPS)]
    assert scores["retrieval.span_recall@5"].value == 1.0
    assert scores["retrieval.span_precision@5"].value == pytest.approx((ink[1] + ink[3]) / sum(ink))
    assert scores["retrieval.recall@1"].reason == "0 of 2 gold groups in the first 1 passages"


def test_evidence_may_be_pieced_together_but_not_be_a_piece(world: tuple[Library, Cases]) -> None:
    library, cases = world
    one = cases.questions[0]
    halves = (Place("harbour.txt", 0, 12), Place("harbour.txt", 12, len(OPENED)))
    whole = replace(answer_from(library, one.question, []), passages=passages(*halves))
    assert score_retrieval(one, whole, library)["retrieval.recall@3"].value == 1.0
    assert score_retrieval(one, whole, library)["retrieval.recall@1"].value == 0.0


def test_nothing_retrieved_scores_nothing(world: tuple[Library, Cases]) -> None:
    library, cases = world
    answer = replace(answer_from(library, "x", []), passages=())
    assert {score.value for score in score_retrieval(cases.questions[0], answer, library).values()} == {0.0}


@pytest.mark.parametrize(
    ("text", "spelling", "expected"),
    [
        ("It opened in 1923.", "1923", True),
        ("It has 13,000 people.", "3,000", False),
        ("It has 3,000,000 people.", "3,000", False),
        ("4.9 million tonnes", "9 million", False),
        ("a threefold rise", "three", False),
        ("the Senkakus", "Senkaku", True),
        ("COMMON   Ground", "common ground", True),
        ("Japan–Taiwan ties", "Japan-Taiwan", True),
        ("漢光演習は毎年", "漢光演習", True),
        ("56 percent.", "56 percent", True),
    ],
)
def test_facts_are_whole_words(text: str, spelling: str, expected: bool) -> None:
    assert says(text, spelling) is expected


def test_facts_by_sentence(world: tuple[Library, Cases]) -> None:
    library, cases = world
    scores = score_answer(cases.questions[2], answer_from(library, "x", [SHIPS, WARSHIPS, MAYOR, BREAKWATER]), library)
    assert scores["answer.facts_first"].value == 0.0
    assert scores["answer.facts_first3"].value == 0.5
    assert scores["answer.facts"].value == 1.0
    assert scores["answer.facts_first3"].reason == "missing: 4.9 million"
    assert scores["answer.citation_precision"].value == 0.5
    assert scores["answer.citation_recall"].value == 1.0
    assert scores["answer.words"].value == 9 + 6 + 7 + 8
    assert sentences("The U.S. came. It won 4.9 million.") == ["The U.S. came.", "It won 4.9 million."]


def test_a_refused_question_says_no_fact(world: tuple[Library, Cases]) -> None:
    library, cases = world
    scores = score_answer(cases.questions[0], answer_from(library, "x", []), library)
    assert scores["answer.facts"].value == 0.0
    assert scores["answer.citation_recall"].value == 0.0
    assert scores["answer.citation_precision"].value is None
    assert scores["answer.words"].value is None


def test_an_honest_answer_is_intact(world: tuple[Library, Cases]) -> None:
    library, _ = world
    scores = score_integrity(answer_from(library, "x", [WARSHIPS, SHIPS]), library)
    expected = {"resolved": 1.0, "exact_citations": 1.0, "verbatim": 1.0, "echo": 0.0, "whole_corpus": 1.0}
    assert {name.removeprefix("answer."): score.value for name, score in scores.items()} == expected


def test_integrity_sees_each_kind_of_damage(world: tuple[Library, Cases]) -> None:
    library, _ = world
    good = answer_from(library, "x", [WARSHIPS, SHIPS])
    first, second = good.citations

    def damaged(**changes: object) -> dict[str, float | None]:
        return {name: score.value for name, score in score_integrity(replace(good, **changes), library).items()}  # type: ignore[arg-type]

    assert damaged(citations=(replace(first, char_start=first.char_start + 1), second))["answer.exact_citations"] == 0.5
    assert damaged(citations=(replace(first, line_start=7), second))["answer.exact_citations"] == 0.5
    assert damaged(citations=(replace(first, document="gone.txt"), second))["answer.exact_citations"] == 0.5
    assert damaged(claims=(Claim("It was built for warships.", (1,), "verbatim"),))["answer.verbatim"] == 0.0
    assert damaged(claims=(Claim(first.reading_text, (2,), "verbatim"),))["answer.verbatim"] == 0.0
    assert damaged(claims=(Claim(first.reading_text, (9,), "verbatim"),))["answer.resolved"] == 0.0
    assert damaged(claims=(Claim(first.reading_text, (), "verbatim"),))["answer.resolved"] == 0.0
    assert damaged(citations=(first, replace(second, number=1)))["answer.resolved"] == 0.0
    assert damaged(key=Key("Warships", (9,), "verbatim"))["answer.resolved"] == pytest.approx(
        len(good.claims) / (len(good.claims) + 1)
    )
    assert damaged(question="Why was it not built for warships?")["answer.echo"] == 1.0


def test_neighbours_make_one_claim(world: tuple[Library, Cases]) -> None:
    library, _ = world
    good = answer_from(library, "x", [WARSHIPS, BREAKWATER])
    joined = f"{good.claims[0].text} {good.claims[1].text}"
    both = replace(good, claims=(Claim(joined, (1, 2), "verbatim"),))
    assert score_integrity(both, library)["answer.verbatim"].value == 1.0


def test_extractive_claims_are_verbatim_whatever_they_call_themselves(world: tuple[Library, Cases]) -> None:
    library, _ = world
    claims = (Claim("Ships came.", (1,), "verified"),)
    said = replace(answer_from(library, "x", [SHIPS]), claims=claims)
    assert score_integrity(said, library)["answer.verbatim"].value == 0.0
    assert score_integrity(replace(said, mode="generative"), library)["answer.verbatim"].value is None


def test_refusals(world: tuple[Library, Cases]) -> None:
    library, _ = world
    no, yes = answer_from(library, "x", []), answer_from(library, "x", [SHIPS])
    assert [score_refusal(False, no)[f"refusal.{name}"].value for name in ("precision", "recall", "false")] == [1.0, 1.0, None]
    assert [score_refusal(True, no)[f"refusal.{name}"].value for name in ("precision", "recall", "false")] == [0.0, None, 1.0]
    assert [score_refusal(False, yes)[f"refusal.{name}"].value for name in ("precision", "recall", "false")] == [
        None,
        0.0,
        None,
    ]
    assert score_refusal(False, replace(no, passages=()))["refusal.explained"].value == 0.0
    assert score_refusal(False, replace(yes, status="partial"))["refusal.recall"].value == 0.0


def test_conflicts(world: tuple[Library, Cases]) -> None:
    library, cases = world
    case = cases.conflicts[0]
    named = answer_from(library, "x", case.sides, "ships")
    silent = answer_from(library, "x", case.sides)
    wrong = answer_from(library, "x", [MAYOR, WARSHIPS], "closing")

    def values(answer: object, kind: str = "conflict") -> list[float | None]:
        scores = score_conflict(replace(case, kind=kind), answer, library)  # type: ignore[arg-type]
        return [scores[f"conflict.{name}"].value for name in ("precision", "recall", "invented", "both_sides")]

    assert values(named) == [1.0, 1.0, None, 1.0]
    assert values(silent) == [None, 0.0, None, 1.0]
    assert values(wrong) == [None, 0.0, None, 0.0]
    assert values(wrong, "non_conflict") == [0.0, None, 1.0, None]
    assert values(silent, "non_conflict") == [None, None, 0.0, None]


def test_follow_ups(world: tuple[Library, Cases]) -> None:
    library, cases = world
    turn, standalone = cases.conversations[0].turns[1], cases.conversations[0].standalone[1]
    answer = replace(
        answer_from(library, turn.question, [SHIPS]), standalone_question="How many ships a day did the harbour handle?"
    )
    before = "When did the harbour open?"
    scores = score_conversation_turn(turn, standalone, before, answer, library)
    assert {name: score.value for name, score in scores.items()} == dict.fromkeys(scores, 1.0)
    lost = score_conversation_turn(turn, standalone, before, replace(answer, standalone_question=None), library)
    assert lost["conversation.rewrite"].value == 0.0
    assert lost["conversation.rewrite"].reason == "0 of 1 words left out were put back (not: harbour)"
    # What was not said before is not asked for: "manage" is only another word for the same.
    other = score_conversation_turn(turn, "How many ships a day did the harbour manage?", before, answer, library)
    assert other["conversation.rewrite"].value == 1.0
    nothing = score_conversation_turn(turn, standalone, "Hello.", answer, library)
    assert nothing["conversation.rewrite"].value is None


def test_probes(world: tuple[Library, Cases]) -> None:
    library, cases = world
    case = probe(cases.questions[0])
    assert case.ways[2:] == ("when did the harbour open", "Please tell me: When did the harbour open?")
    good, bad = answer_from(library, "x", [place(OPENED)]), answer_from(library, "x", [])
    later = replace(good, timings_ms={"total": 9})
    assert [s.value for s in score_probe(case, (good, later, good, bad)).values()] == [1.0, 0.5]
    assert [s.value for s in score_probe(case, (bad, good, good, bad)).values()] == [0.0, None]
