"""Questions put to some documents only: which ones a scope names, and that nothing else is searched, cited or told of."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scripted_evidence import YES, ScriptedEvidence

from rag.assistant import Assistant
from rag.errors import InputError
from rag.evidence import EvidencePostprocessor
from rag.models.encoder import embedding_model
from rag.scope import select
from rag.settings import load
from rag.types import Entry, Scope

ENTRIES = [
    Entry("talks/b 2021.txt", "B", ("Lauren Dickey", "Åsa Öberg"), date="2021"),
    Entry("talks/a.pdf", "A", ("Howard Wang",), date="2019-05"),
    Entry("c[1].md", "C", ("J. D. Vance",), date="2024-09-25"),
    Entry("notes/a.pdf", "D"),
    Entry("b 2021.txt", "E"),
]


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(), None),
        (Scope(documents=("talks/a.pdf",)), ["talks/a.pdf"]),
        (Scope(documents=("a.pdf",)), ["notes/a.pdf", "talks/a.pdf"]),
        (Scope(documents=("talks/*",)), ["talks/a.pdf", "talks/b 2021.txt"]),
        (Scope(documents=("*.md", "b*")), ["b 2021.txt", "c[1].md", "talks/b 2021.txt"]),
        (Scope(documents=("b 2021.txt",)), ["b 2021.txt"]),
        (Scope(documents=("c[1].md",)), ["c[1].md"]),
        (Scope(authors=("dickey",)), ["talks/b 2021.txt"]),
        (Scope(authors=("oberg asa", "Wang")), ["talks/a.pdf", "talks/b 2021.txt"]),
        (Scope(authors=("JD Vance".replace("JD", "J.D."),)), ["c[1].md"]),
        (Scope(since="2021-06"), ["c[1].md", "talks/b 2021.txt"]),
        (Scope(until="2019-05-31"), ["talks/a.pdf"]),
        (Scope(until="2019-04"), []),
        (Scope(since="2019-05-02", until="2021"), ["talks/a.pdf", "talks/b 2021.txt"]),
        (Scope(since="2024-09-26"), []),
        (Scope(documents=("talks/*",), authors=("Wang",), since="2019"), ["talks/a.pdf"]),
        (Scope(documents=("talks/*",), authors=("Vance",)), []),
    ],
)
def test_which_documents_a_scope_names(scope: Scope, found: list[str] | None) -> None:
    if found == []:
        with pytest.raises(InputError, match="No document is "):
            select(scope, ENTRIES)
    else:
        chosen = select(scope, ENTRIES)
        assert (chosen if chosen is None else list(chosen)) == found


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(documents=("talks/b 2012.txt",)), "There is no document 'talks/b 2012.txt'. Near it: talks/b 2021.txt"),
        (Scope(authors=("Dickie",)), "There is no author 'Dickie'. Near it: Lauren Dickey."),
        (Scope(documents=("*",), authors=(" ",)), "There is no author ' '."),
        (Scope(since="March 2021"), "--since: 'March 2021' is not a date. Write 2021, 2021-03 or 2021-03-16."),
        (Scope(since="2022", until="2021-12"), "2022 is later than 2021-12."),
        (Scope(until="1999"), "No document is from 1999 or earlier. 2 of 5 documents have no date."),
    ],
)
def test_a_scope_that_names_nothing_is_explained(scope: Scope, said: str) -> None:
    with pytest.raises(InputError) as raised:
        select(scope, ENTRIES)
    assert str(raised.value).startswith(said)


@pytest.fixture(scope="module")
def harbours(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Many documents that speak of the asked thing at length, and one that answers in passing."""
    folder = tmp_path_factory.mktemp("harbours")
    for n in range(60):
        (folder / f"big {n:02}.txt").write_text(
            f"The harbour of Norby was opened in {1800 + n} by the harbour master of Norby. The Norby harbour was opened again.\n"
        )
    (folder / "small.txt").write_text(
        "The mayor wrote letters to her sister. In passing she says that ships came to the harbour from 1921 on. "
        "The bakery at the market sold bread.\n"
    )
    (folder / "other.txt").write_text("The lighthouse of Zephyria burns whale oil.\n")
    assistant = Assistant.open(load(corpus=folder, data=tmp_path_factory.mktemp("data")))
    assistant.postprocessor = EvidencePostprocessor(ScriptedEvidence({"1921": YES}))
    assistant.sync()
    return assistant


def test_a_document_far_behind_all_others_is_found_when_it_is_asked(harbours: Assistant) -> None:
    """Throwing away what is outside after retrieval would find nothing: sixty documents stand before it."""
    question = "When was the harbour of Norby opened?"
    everywhere = harbours.search(question)
    assert "small.txt" not in [p.document for p in everywhere]
    chosen = Scope(documents=("small.txt",))
    assert [p.document for p in harbours.search(question, scope=chosen)] == ["small.txt"]
    answer = harbours.ask(question, scope=chosen)
    assert answer.scope == ("small.txt",)
    assert "ships came to the harbour from 1921 on" in answer.claims[0].text
    assert {c.document for c in answer.citations} == {"small.txt"}
    assert {p.document for p in answer.passages} == {"small.txt"}
    assert answer.corpus.documents == 62


def test_a_refusal_tells_of_the_chosen_documents_only(harbours: Assistant) -> None:
    answer = harbours.ask("Who opened the harbour of Norby in 1807?", scope=Scope(documents=("other.txt",)))
    assert answer.status == "not_in_corpus"
    assert answer.message is not None
    assert answer.message.startswith("The chosen documents do not answer this. Searched: 1 of 62 documents (44 characters).")
    assert "Not found in any of them: “opened”, “harbour”, “Norby”, “1807”." in answer.message
    assert "big" not in answer.message


def test_a_year_that_dates_a_chosen_document_is_no_unknown_name(make_corpus: Callable[..., Path], tmp_path: Path) -> None:
    dated = '[[document]]\npath = "{0}.txt"\ntitle = "{0}"\ndate = "{1}-03"\n'
    folder = make_corpus(
        {
            "old.txt": "The ferry to Norby was slow.\n",
            "new.txt": "The ferry to Norby is fast.\n",
            "manifest.toml": dated.format("old", 1999) + dated.format("new", 2020),
        }
    )
    with Assistant.open(load(corpus=folder, data=tmp_path / "data")) as assistant:
        assistant.sync()
        index = assistant._index
        assert index.lexical_of(("old.txt",)).knows("1999")
        assert not index.lexical_of(("old.txt",)).knows("2020")
        assert not index.lexical_of(("old.txt",)).knows("fast")
        assert index.lexical_of(None).knows("fast")
        assert assistant.within(Scope(since="2020")) == ("new.txt",)


def test_the_nearest_in_a_narrow_scope_are_truly_the_nearest(bundled: Assistant) -> None:
    """The vector search filters while it searches: compared with every vector of the scope."""
    index, model = bundled._index, embedding_model(bundled.settings.embedding_model)[0]
    for document in index.ledger.stamps():
        for question in ("When was the fisheries agreement negotiated?", "semiconductor supply chains", "Who said so?"):
            vector = model.get_query_embedding(question)
            units = [unit for unit in index.ledger.every("passage") if unit.path == document]
            cosines = {unit.id: float(np.frombuffer(unit.vector, dtype=np.float32) @ np.asarray(vector)) for unit in units}
            least = sorted(cosines.values(), reverse=True)[:20][-1]
            found = index.nearest(vector, 20, [document])
            assert len(found) == min(20, len(units))
            assert all(cosines[id_] >= least - 1e-5 for id_ in found)


def test_very_many_documents_can_be_named(bundled: Assistant) -> None:
    index = bundled._index
    names = [*index.ledger.stamps(), *(f"nowhere/{n}.txt" for n in range(40_000))]
    vector = [1.0] + [0.0] * 383
    assert index.nearest(vector, 5, names) == index.nearest(vector, 5)
    assert index.ledger.ids(names) == {unit.id for unit in index.ledger.every()}


def rag(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "rag", *args], capture_output=True, text=True, timeout=120)


def test_the_commands_narrow_the_search(bundled_data: Path) -> None:
    data = ("--data", str(bundled_data))
    result = rag(
        "ask", "What is the GCTF?", "--author", "howard wang", "--author", "Dickey", "--until", "2018", "--json", *data
    )
    value = json.loads(result.stdout)
    assert value["scope"] == ["documents/2016-dickey-taiwan-japan-ties-deepen.txt"]
    assert {p["document"] for p in value["passages"]} == set(value["scope"])
    result = rag("search", "Taiwan", "--document", "*2021*", "--json", *data)
    assert {p["date"] for p in json.loads(result.stdout)["passages"]} == {"2021"}
    result = rag("ask", "What is the GCTF?", "--author", "Dicky", *data)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "rag: There is no author 'Dicky'. Near it: Lauren Dickey.\n"
