"""The decision room: from sentences that were read to what is said. No weights: sentences are plain tuples."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from llama_index.core.schema import NodeWithScore, TextNode
from scripted_evidence import NO, YES

from rag.decide import (
    _FACT,
    Decision,
    Judge,
    Sentence,
    confidence,
    decide,
    key_of,
    of_nodes,
)
from rag.models import Support

QUESTION = "When was the harbour opened?"


def sentence(
    text: str, said: str = "", *, document: str = "a.txt", ordinal: int = 0, role: str = "paragraph", date: str | None = None,
    answers: float = YES, score: float | None = None,
) -> Sentence:  # fmt: skip
    """A sentence whose words `said` answer; `answers` is its log-odds in everything."""
    start = text.index(said)
    words = (start, start + len(said)) if said else None
    return Sentence(
        document, ordinal, 100 * ordinal, 100 * ordinal + len(text), role, text, date, 0, answers, answers, answers, 12.0, words,
        answers if score is None else score,
    )  # fmt: skip


def judged(contradicted: float, asked: list[tuple[str, Sentence]] | None = None) -> Judge:
    def judge(pairs: Sequence[tuple[str, Sentence]]) -> list[Support]:
        if asked is not None:
            asked.extend(pairs)
        return [Support(1 - contradicted, contradicted, 0.0) for _ in pairs]

    return judge


def unasked(pairs: Sequence[tuple[str, Sentence]]) -> list[Support]:
    raise AssertionError(f"nothing is to be compared, but {pairs}")


OPENED = sentence("The harbour of Norby was opened in 1921.", "1921")


# -- whether anything is said --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sure", "status"),
    [
        (_FACT.refused - 0.01, "not_in_corpus"),
        (_FACT.refused, "partial"),
        (_FACT.check - 0.01, "partial"),
        (_FACT.check, "answered"),
        (1.0, "answered"),
    ],
)
def test_three_states(sure: float, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.decide.confidence", lambda best: sure)
    decision = decide(QUESTION, [OPENED])
    assert (decision.status, decision.confidence) == (status, sure)
    assert decision.sentences == (() if status == "not_in_corpus" else (OPENED,))


def test_confidence_is_a_probability_that_grows_with_every_reading() -> None:
    doubtful = OPENED._replace(answers=0.0, window=0.0, certain=0.0)
    for reading in ("answers", "window", "certain", "retrieved"):
        low, high = (confidence(doubtful._replace(**{reading: odds})) for odds in (-3.0, 3.0))
        assert 0 < low < high < 1
    assert confidence(OPENED) > _FACT.check
    assert confidence(OPENED._replace(answers=NO, window=NO, certain=NO)) < _FACT.refused
    assert 0 <= confidence(OPENED._replace(answers=-1e9)) < confidence(OPENED._replace(answers=1e9)) <= 1


def test_nothing_was_read() -> None:
    assert decide(QUESTION, []) == Decision("not_in_corpus", (), 0.0)


@pytest.mark.parametrize("role", ["heading", "note", "caption"])
def test_headings_notes_and_captions_are_never_said(role: str) -> None:
    aside = sentence("Opened in 1921", "1921", ordinal=1, role=role, score=2 * YES)
    assert decide(QUESTION, [aside, OPENED]).sentences == (OPENED,)
    assert decide(QUESTION, [aside]).status == "not_in_corpus"


# -- which sentences -----------------------------------------------------------------------------------------------------


def test_another_sentence_that_answers_joins_the_best() -> None:
    other = sentence("Ships from Alby came first.", ordinal=3, score=OPENED.score - 0.5)
    assert decide(QUESTION, [OPENED, other]).sentences == (OPENED, other)


def test_sentences_far_behind_or_that_do_not_answer_are_left_out() -> None:
    far = sentence("Ships from Alby came first.", ordinal=3, score=OPENED.score - YES)
    no_answer = sentence("The mayor wore a hat.", ordinal=4, answers=NO, score=OPENED.score - 0.5)
    assert decide(QUESTION, [OPENED, no_answer, far]).sentences == (OPENED,)


def test_no_more_sentences_and_words_than_a_person_reads() -> None:
    many = [sentence(f"Town{n} river{n} market{n}.", ordinal=n) for n in range(10)]
    assert len(decide(QUESTION, many).sentences) == _FACT.sentences
    long = sentence(" ".join(f"word{n}" for n in range(_FACT.words)), ordinal=1)
    short = sentence("Ships from Alby came first.", ordinal=2)
    assert decide(QUESTION, [OPENED, long, short]).sentences == (OPENED, short)
    assert decide(QUESTION, [long]).sentences == (long,)  # the best is said whatever its length


def test_what_says_the_same_is_said_once() -> None:
    alike = sentence("In 1921 the harbour of Norby was opened.", document="b.txt")
    decision = decide(QUESTION, [OPENED, alike])
    assert (decision.sentences, decision.repeats) == ((OPENED,), ())


def test_a_repeat_word_for_word_is_kept_beside_what_it_repeats() -> None:
    again, here = OPENED._replace(document="b.txt"), OPENED._replace(char_start=900, ordinal=9)
    decision = decide(QUESTION, [OPENED, again, here])
    assert decision.sentences == (OPENED,)
    assert decision.repeats == ((OPENED, again), (OPENED, here))


# -- what differs --------------------------------------------------------------------------------------------------------

OLD = sentence("The mayor of Norby is Inga Holm.", "Inga Holm", document="old.txt", date="2016", score=YES + 1)
NEW = sentence("Karl Lund has become mayor of the town.", "Karl Lund", document="new.txt", date="2021-03")
MAYOR = "Who is the mayor of Norby?"


def test_answers_that_contradict_each_other_are_both_said_newest_first() -> None:
    asked: list[tuple[str, Sentence]] = []
    decision = decide(MAYOR, [OLD, NEW], judged(0.9, asked))
    (difference,) = decision.differences
    assert difference.about == "Who is the mayor of Norby"
    assert difference.sentences == (NEW, OLD)
    assert set(decision.sentences) == {OLD, NEW}
    assert asked == [(OLD.text, NEW), (NEW.text, OLD)]


@pytest.mark.parametrize("seen_by", [OLD, NEW])
def test_a_contradiction_that_one_side_shows_is_enough(seen_by: Sentence) -> None:
    def judge(pairs: Sequence[tuple[str, Sentence]]) -> list[Support]:
        return [Support(0.0, 0.9, 0.1) if sentence == seen_by else Support(0.0, 0.0, 1.0) for _, sentence in pairs]

    assert decide(MAYOR, [OLD, NEW], judge).differences


def test_both_sides_are_said_though_one_is_far_behind_what_joins() -> None:
    behind = NEW._replace(score=OLD.score - 1.5 * _FACT.keep)
    assert decide(MAYOR, [OLD, behind], judged(0.1)).sentences == (OLD,)
    assert set(decide(MAYOR, [OLD, behind], judged(0.9)).sentences) == {OLD, behind}


def test_answers_that_nobody_judged_to_contradict_do_not_differ() -> None:
    assert not decide(MAYOR, [OLD, NEW], judged(0.1)).differences
    assert not decide(MAYOR, [OLD, NEW]).differences


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("40 ships", "52 ships", True),
        ("third-largest", "fourth-largest", True),
        ("40 ships", "52 percent", False),
        ("40 ships", "forty good boats", False),
        ("3 May 1921", "7 June 1950", False),
        ("in 1921", "in 1950", False),
        ("many ships", "few boats", False),
    ],
)
def test_other_numbers_differ_whatever_the_model_says_and_other_dates_do_not(one: str, other: str, differ: bool) -> None:
    """A model of this size does not count; that two documents name two days may be about two events."""
    sides = [
        sentence(f"Of Norby: {one}.", one, document="old.txt"),
        sentence(f"It is said: {other}.", other, document="new.txt"),
    ]
    assert bool(decide("What has Norby?", sides, judged(0.0)).differences) is differ


@pytest.mark.parametrize(
    "other",
    [
        NEW._replace(document=OLD.document),
        sentence("It is the old Inga Holm.", "the old Inga Holm", document="new.txt"),
        NEW._replace(certain=-1.0),
        NEW._replace(words=None),
        NEW._replace(score=OLD.score - 2 * YES),
    ],
    ids=["one document", "the same words", "no certain answer", "no words", "far behind"],
)
def test_what_cannot_differ_is_not_judged(other: Sentence) -> None:
    assert not decide(MAYOR, [OLD, other], unasked).differences


# -- the answer in one line ----------------------------------------------------------------------------------------------


def test_the_key_of_one_side() -> None:
    assert key_of(decide(QUESTION, [OPENED])) == ("1921", (OPENED,))


def test_the_key_of_two_sides_has_their_dates() -> None:
    decision = decide(MAYOR, [OLD, NEW], judged(0.9))
    assert key_of(decision) == ("Karl Lund (2021-03); Inga Holm (2016)", (NEW, OLD))
    undated = OLD._replace(date=None)
    decision = decide(MAYOR, [undated, NEW], judged(0.9))
    assert key_of(decision) == ("Karl Lund (2021-03); Inga Holm (undated)", (NEW, undated))


LONG = "opened by a long row of people who came from all of the towns along the coast"


@pytest.mark.parametrize(
    "best",
    [
        OPENED._replace(words=None),
        OPENED._replace(certain=-0.1),
        sentence(f"The harbour was {LONG}.", LONG),
    ],
    ids=["the words stand elsewhere", "not certain", "too long"],
)
def test_no_key_without_a_few_certain_words(best: Sentence) -> None:
    decision = decide(QUESTION, [best])
    assert decision.sentences == (best,)
    assert key_of(decision) is None


def test_no_key_of_two_sides_when_one_is_long_and_none_of_a_refusal() -> None:
    wordy = sentence(f"It was {LONG}.", LONG, document="new.txt")
    decision = decide(MAYOR, [OLD, wordy], judged(0.9))
    assert decision.differences
    assert key_of(decision) is None
    assert key_of(Decision("not_in_corpus", (OPENED,), 0.0)) is None


# -- from nodes ----------------------------------------------------------------------------------------------------------


def test_sentences_are_taken_from_nodes_and_unread_nodes_passed_over() -> None:
    metadata = {
        "document": "a.txt", "ordinal": 3, "char_start": 40, "char_end": 80, "role": "paragraph", "date": "2021", "passage": 1,
        "answers": 1.0, "window": 2.0, "certain": 3.0, "retrieved": 4.0, "words": [4, 8],
    }  # fmt: skip
    read = NodeWithScore(node=TextNode(text="The harbour.", metadata=metadata), score=5.0)
    unread = NodeWithScore(node=TextNode(text="Not read.", metadata={"document": "a.txt"}), score=9.0)
    assert of_nodes([unread, read]) == [
        Sentence("a.txt", 3, 40, 80, "paragraph", "The harbour.", "2021", 1, 1.0, 2.0, 3.0, 4.0, (4, 8), 5.0)
    ]
    assert of_nodes([read])[0].said == "harb"
