"""Proposals have exact gold, load as cases, and never overwrite what a person has begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.casefile import load, read_library
from eval.propose import propose, write_proposals
from rag.corpus import bundled
from rag.errors import InputError


def test_proposals_over_the_bundled_corpus_load(tmp_path: Path) -> None:
    library = read_library(bundled())
    proposals = propose(library, 40)
    assert proposals == propose(library, 40)
    cases = load(write_proposals(proposals, tmp_path), library)
    assert len(cases.questions) == 40
    assert len(cases.unanswerable) >= 5
    assert {case.kind for case in cases.questions} == {"figure", "name", "attribution"}
    assert len({gold.place.document for case in cases.questions for gold in case.gold}) >= 3
    for case in cases.questions:
        assert all(fact[0] not in case.question or case.question.count("___") for fact in case.facts)
    with pytest.raises(InputError, match="is there already"):
        write_proposals(proposals, tmp_path)


def test_a_corpus_with_nothing_to_ask_about_says_so(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("there is nothing to ask about in here at all, only words and more words.\n", "utf-8")
    with pytest.raises(InputError, match="Write the cases by hand"):
        propose(read_library(tmp_path), 5)
