"""Statements beside a passage: what is found wrong, and that what is right is shown."""

from __future__ import annotations

import pytest

from rag.types import Entry
from rag.verify import Evidence, Verifier

HARBOUR = (
    "The harbour of Ostia was opened in March 1912 by Marco Bellini, the city engineer.",
    "It cost about 4 million lire and 12 workers died.",
    "Bellini argued that the flood of 1951 did not damage the north pier.",
    "The city may rebuild the south pier if the state pays half of the cost.",
    "The council has not approved the plan.",
    "Trade with Naples rose, while some ships still avoided Ostia.",
)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier.bundled()


def found(verifier: Verifier, statement: str) -> set[str]:
    entry = Entry("harbour.txt", "The Harbour", ("Anna Rossi",), None, "2016")
    return {finding.kind for finding in verifier.verify(statement, [Evidence(HARBOUR, entry)]).findings}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("The harbour of Ostia was opened in March 1913 by Marco Bellini.", "number"),
        ("The harbour of Ostia was opened in May 1912 by Marco Bellini.", "number"),
        ("The harbour cost about 12 million lire.", "number"),
        ("The harbour cost 4 million lire.", "hedge"),
        ("The harbour of Ostia was opened in March 1912 by Giulia Conti, the city engineer.", "name"),
        ("The harbour of Genoa was opened in March 1912.", "name"),
        ("The flood of 1951 did not damage the north pier.", "attribution"),
        ("Rossi said that the flood of 1951 did not damage the north pier.", "attribution"),
        ("Bellini argued that the flood of 1951 did damage the north pier.", "negation"),
        ("The council has approved the plan.", "negation"),
        ("The city will rebuild the south pier if the state pays half of the cost.", "hedge"),
        ("The city rebuilt the south pier.", "hedge"),
        ("The council has not approved the plan because 12 workers died.", "cause"),
        ("All ships still avoided Ostia.", "scope"),
        ("Trade with Naples fell.", "opposite"),
        ("The engineer called it “the finest harbour”.", "quotation"),
        ("Bananas are yellow.", "words"),
    ],
)
def test_what_the_passage_does_not_say_is_found(verifier: Verifier, statement: str, kind: str) -> None:
    kinds = found(verifier, statement)
    assert kinds, statement
    assert kind in kinds or kinds & {"name", "number", "words", "support"}


@pytest.mark.parametrize(
    "statement",
    [
        "The harbour of Ostia was opened in March 1912 by Marco Bellini, the city engineer.",
        "The harbour of Ostia was opened in March 1912.",
        "In March 1912, Marco Bellini opened the harbour of Ostia.",
        "It cost about 4 million lire.",
        "Bellini argued that the flood of 1951 did not damage the north pier.",
        "According to Bellini, the flood of 1951 did not damage the north pier.",
        "The city may rebuild the south pier if the state pays half of the cost.",
        "The plan has not been approved by the council.",
        "Some ships still avoided Ostia.",
    ],
)
def test_what_the_passage_says_is_shown(verifier: Verifier, statement: str) -> None:
    assert not found(verifier, statement)


def test_the_citation_is_as_short_as_it_can_be(verifier: Verifier) -> None:
    entry = Entry("harbour.txt", "The Harbour")
    window = verifier.verify("The council has not approved the plan.", [Evidence(HARBOUR, entry)]).window
    assert window is not None
    assert (window.first, window.end) == (4, 5)


def test_two_true_halves_of_different_passages_are_no_whole(verifier: Verifier) -> None:
    passages = [
        Evidence(("The harbour of Ostia was opened in 1912.",), Entry("a.txt", "A")),
        Evidence(("The lighthouse of Genoa burnt down after a storm.",), Entry("b.txt", "B")),
    ]
    assert verifier.verify("The harbour of Ostia burnt down after a storm.", passages).findings
