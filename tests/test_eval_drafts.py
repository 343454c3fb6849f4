"""Drafts: those written by hand stand on the corpus, those made by script are what they are labelled."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from eval.casefile import read_library
from eval.drafts import changed, kept, merged
from eval.drafts.__main__ import misses, table
from eval.drafts.cases import HAND, Draft, load_hand
from eval.drafts.rows import draft_rows, drafts_of
from eval.drafts.seeded import from_answers, make
from eval.drafts.texts import answers, corpus_texts, plain, public_texts
from eval.places import Library
from eval.public import unseen
from eval.public.drafts import draft_figures
from rag.corpus import bundled
from rag.errors import InputError

RNG = random.Random(1)


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(bundled())


def test_the_drafts_written_by_hand(library: Library) -> None:
    drafts = load_hand(library)
    assert Counter(draft.faithful for draft in drafts) == {True: 175, False: 201}
    parts = Counter((draft.faithful, draft.split) for draft in drafts)
    assert min(parts.values()) > 70
    assert len({draft.statement for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert all(2 <= len(cited.sentences) <= 5 for cited in draft.cited)
    assert min(Counter(draft.kind for draft in drafts if not draft.faithful).values()) >= 10


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"document": "nowhere.txt"}, "the corpus holds no nowhere.txt"),
        ({"passage": ["This stands in no document."]}, "does not stand in"),
        ({"part": "neither"}, "the part of this statement is"),
        ({"colour": "red"}, "'colour' is missing or unknown"),
    ],
)
def test_a_wrong_case_is_named(library: Library, tmp_path: Path, change: dict[str, object], problem: str) -> None:
    first = json.loads(HAND.read_text(encoding="utf-8").splitlines()[0])
    path = tmp_path / "hand.jsonl"
    path.write_text(json.dumps(first) + "\n" + json.dumps({**first, **change}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"hand\.jsonl, line 2.*{problem}"):
        load_hand(library, path)


def test_an_id_used_twice_is_named(library: Library, tmp_path: Path) -> None:
    first = HAND.read_text(encoding="utf-8").splitlines()[0]
    path = tmp_path / "hand.jsonl"
    path.write_text(f"{first}\n{first}\n", encoding="utf-8")
    with pytest.raises(InputError, match="used twice"):
        load_hand(library, path)


def test_the_same_seed_makes_the_same_drafts(library: Library) -> None:
    texts = corpus_texts(library)
    once, again, other = make(texts, 6), make(texts, 6), make(texts, 6, seed=2)
    assert once == again
    assert {draft.statement for draft in once} != {draft.statement for draft in other}


def test_drafts_made_from_the_corpus(library: Library) -> None:
    drafts = make(corpus_texts(library), 20)
    kinds = Counter(draft.kind for draft in drafts if not draft.faithful)
    assert set(kinds) == {*changed.WITHIN, *merged.ACROSS}
    assert len({draft.id for draft in drafts}) == len(drafts)
    for draft in drafts:
        sentences = [sentence for cited in draft.cited for sentence in cited.sentences]
        assert (draft.statement in sentences) == (draft.kind == "verbatim"), draft
        assert len(draft.cited) == (2 if draft.kind in merged.ACROSS else 1)
        assert draft.split in ("tune", "report")


@pytest.mark.parametrize(
    ("change", "sentence", "statement"),
    [
        (changed.negation_dropped, "Japan and Taiwan do not have a treaty.", "Japan and Taiwan do have a treaty."),
        (changed.negation_dropped, "The dialogue has not yet begun.", "The dialogue has already begun."),
        (changed.negation_dropped, "It was not only a harbour but a home.", None),
        (changed.negation_dropped, "The council did not hear any witness.", None),
        (changed.negation_added, "The harbour was built in stone.", "The harbour was not built in stone."),
        (changed.negation_added, "What is known is little.", None),
        (changed.hedge_dropped, "The mayor reportedly met the pilots.", "The mayor met the pilots."),
        (changed.hedge_dropped, "Perhaps, the harbour will close.", "The harbour will close."),
        (changed.hedge_dropped, "Nobody hopes that it may close.", None),
        (changed.opinion_as_fact, "Some scholars argue that the wall is Roman work.", "The wall is Roman work."),
        (changed.opinion_as_fact, "The study argues that the wall is Roman work.", None),
        (changed.opinion_as_fact, "According to Article 4, the wall is Roman work.", None),
        (changed.number, "The harbour handled more than 12 ships.", None),
        (changed.name_swapped, "The harbour lies in the Taiwan Strait.", None),
    ],
)
def test_unfaithful_edits(change: changed.Change, sentence: str, statement: str | None) -> None:
    assert change(RNG, sentence, (sentence,)) == statement


def test_a_changed_number_is_another_number() -> None:
    sentence = "In 1950 the harbour handled 40 ships a day."
    for _ in range(50):
        said = changed.number(RNG, sentence, (sentence, "It opened in 1923."))
        assert said is not None
        assert said != sentence
        assert ("1923" in said) != ("40" not in said)


def test_a_name_becomes_another_of_its_sort() -> None:
    passage = ("President Ida Holm opened it.", "It was drawn by Dr. Karl Berg in Norway.")
    assert changed.name_swapped(RNG, passage[0], passage) == "President Karl Berg opened it."
    said = changed.name_swapped(RNG, "It stands in Norway still.", ("It stands in Norway still.", "Ships go to Spain."))
    assert said == "It stands in Spain still."


def test_passages_are_merged() -> None:
    one, other = "In 1923, the harbour opened.", "The mayor was deaf."
    assert merged.date_merged(RNG, one, other, ()) == "In 1923, the mayor was deaf."
    said = merged.subject_merged(RNG, "Ida Holm was mayor.", "Karl Berg drew maps and sailed.", ("Ida Holm", "Karl Berg"))
    assert said is None  # "drew" is no verb that it knows: it does not guess
    said = merged.subject_merged(RNG, "Ida Holm was mayor.", "Karl Berg made maps.", ("Ida Holm", "Karl Berg"))
    assert said == "Ida Holm made maps."


@pytest.mark.parametrize(
    ("way", "sentence", "statement"),
    [
        (kept.parenthesis_dropped, "It opened (Times, May 3).", "It opened."),
        (kept.parenthesis_dropped, "It opened (though not to all).", "It opened (though not to all)."),
        (kept.parenthesis_dropped, "They want to (re-)join it.", "They want to (re-)join it."),
        (kept.connective_dropped, "However, the harbour opened.", "The harbour opened."),
        (kept.date_moved, "In 1923, the harbour opened.", "The harbour opened in 1923."),
        (kept.date_moved, "The harbour opened in 1923.", "In 1923, the harbour opened."),
        (kept.date_moved, "It opened, and the king came, in 1923.", None),
        (kept.attribution_kept, "Holm argued that the wall is Roman.", "According to Holm, the wall is Roman."),
        (kept.attribution_kept, "He argued that the wall is Roman.", None),
        (kept.format_changed, "It has 1.6 million visitors.", "It has 1,600,000 visitors."),
        (
            kept.end_dropped,
            "The old harbour of the town was opened by the mayor himself, who was deaf.",
            "The old harbour of the town was opened by the mayor himself.",
        ),
        (kept.end_dropped, "The old harbour of the town was opened by the mayor himself, who denied it.", None),
    ],
)
def test_faithful_edits(way: kept.Rewording, sentence: str, statement: str | None) -> None:
    assert way(RNG, sentence) == statement


def test_public_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passage = "The mill stands by the river , in Arn . It was built in 1802 . The miller was deaf ."
    sentences = ["The mill stands by the river , in Arn .", "It was built in 1802 .", "The miller was deaf ."]
    answer = "The mill in Arn was built in 1802 . Its miller was called Holm , it is said ."
    outputs = [{"answer": answer, "selected_sentences": sentences[:2]}]
    files = {
        "squad2/dev.json": {"data": [{"title": "Arn", "paragraphs": [{"context": "The mill is old. It was built in 1802."}]}]},
        "qed/dev.jsonl": {"example_id": 1, "title_text": "Mill", "paragraph_text": passage},
        "clapnq/answerable.jsonl": {
            "id": "k",
            "passages": [{"title": "Mill", "text": passage, "sentences": sentences}],
            "output": outputs,
        },
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(json.dumps(content) + "\n", encoding="utf-8")
    monkeypatch.setattr(unseen, "passage", lambda key: True)
    found = public_texts(tmp_path)
    assert [text.source for text in found] == ["squad2", "qed", "clapnq"]
    assert found[1].paragraphs == (("The mill stands by the river, in Arn.", "It was built in 1802.", "The miller was deaf."),)
    (draft,) = from_answers(answers(tmp_path), 5)  # the second sentence names somebody whom the passage does not
    assert draft.faithful
    assert draft.statement == "The mill in Arn was built in 1802."
    assert draft.cited[0].sentences == ("The mill stands by the river, in Arn.", "It was built in 1802.")
    assert public_texts(tmp_path / "nowhere") == []
    monkeypatch.setattr(unseen, "passage", lambda key: False)
    assert [text.source for text in public_texts(tmp_path)] == ["squad2"]


def test_word_tokens_are_printed_again() -> None:
    assert plain("`` No '' , said Holm 's wife -LRB- 80 -RRB- .") == "“No”, said Holm's wife (80)."


def test_scores_and_figures() -> None:
    drafts = [
        Draft(
            f"draft/{n}",
            "tune" if n % 2 else "report",
            "kind",
            f"Statement {n}.",
            (),
            n % 3 == 0,
            "hand" if n < 6 else "corpus",
        )
        for n in range(12)
    ]
    rows = draft_rows(drafts, lambda draft: [] if draft.faithful or draft.id.endswith("7") else ["support: no"])
    lines = [line.split() for line in table(rows)]
    assert ["draft.caught", "tune", "all", "0.500"] in [line[:4] for line in lines]
    assert ["draft.caught_by_hand", "report", "kind", "1.000"] in [line[:4] for line in lines]
    assert ["draft.withheld", "report", "all", "0.000"] in [line[:4] for line in lines]
    assert [line.split()[0] for line in misses(rows)] == ["draft/7"]
    by_hand = [row.id for row in rows if "draft.caught_by_hand" in row.scores]
    assert by_hand == ["draft/1", "draft/2", "draft/4", "draft/5"]


def test_another_corpus_has_drafts_of_its_own(library: Library, tmp_path: Path) -> None:
    sentences = [f"In {1900 + n}, the harbour of Arn was rebuilt by {n + 13} men." for n in range(6)]
    (tmp_path / "harbour.txt").write_text(" ".join(sentences) + "\n", encoding="utf-8")
    found = drafts_of(tmp_path, read_library(tmp_path), "quick")
    assert {draft.source for draft in found} == {"corpus"}
    assert {draft.faithful for draft in found} == {True, False}
    both = drafts_of(bundled(), library, "quick")
    assert {draft.source for draft in both} == {"hand", "corpus"}
    assert {draft.split for draft in drafts_of(bundled(), library, "quick", "tune")} == {"tune"}
    assert len(drafts_of(bundled(), library, "release")) > 2 * len(both)


def test_figures_on_public_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = " ".join(f"In {1900 + n}, the harbour of Arn was rebuilt by {n + 13} men." for n in range(6))
    (tmp_path / "squad2").mkdir()
    articles = {"data": [{"title": "Arn", "paragraphs": [{"context": context}]}]}
    (tmp_path / "squad2" / "dev.json").write_text(json.dumps(articles), encoding="utf-8")
    monkeypatch.setattr("eval.public.drafts.library_verifier", lambda: lambda draft: [] if draft.faithful else ["wrong"])
    seen: list[tuple[str, int, int]] = []
    figures = {figure.name: figure for figure in draft_figures(tmp_path, lambda *step: seen.append(step))}
    assert figures["unfaithful, caught"].value == 1.0
    assert figures["unfaithful, caught: number changed"].n == 6
    assert figures["faithful, withheld"].value == 0.0
    assert seen[-1][1] == seen[-1][2] == figures["unfaithful, caught"].n + figures["faithful, withheld"].n
