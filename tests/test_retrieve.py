"""The retriever: passages of the documents asked for, with the exact places of their sentences, as plain JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode

from rag.assistant import Assistant
from rag.retrieve import AskedBundle, HybridRetriever
from rag.settings import load

FILES = {
    "harbour.txt": "The harbour of Norby was opened in 1921 by Mayor Inga Holm. It was closed after the storm of 1922.\n\n"
    "The railway came later.   It was built by\nthe engineer Karl Lund.\n",
    "railway.txt": "The railway to Norby cost four million crowns. The harbour paid a quarter of it.\n",
    "long.txt": "\n\n".join(f"Paragraph {n} tells of field {n} and of its owner. " * 8 for n in range(12)),
    "manifest.toml": '[[document]]\npath = "harbour.txt"\ntitle = "The Harbour"\ndate = "1960-05"\n',
}
QUESTION = "When was the harbour of Norby opened?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    with Assistant.open(load(corpus=folder, data=tmp_path_factory.mktemp("data"))) as opened:
        opened.sync()
        yield opened


def documents(found: list[NodeWithScore]) -> list[str]:
    return [item.node.metadata["document"] for item in found]


def test_every_place_is_exact(assistant: Assistant) -> None:
    """The passage's and each of its sentences' places, in the text of record; also where a line was wrapped."""
    found = assistant.retriever.retrieve(QUESTION)
    assert set(documents(found)) == {"harbour.txt", "railway.txt", "long.txt"}
    for item in found:
        meta = item.node.metadata
        text = FILES[meta["document"]]
        assert (item.node.start_char_idx, item.node.end_char_idx) == (meta["char_start"], meta["char_end"])
        assert text[meta["char_start"] : meta["char_end"]].split() == item.node.get_content().split()
        for part in meta["sentences"]:
            assert text[part["char_start"] : part["char_end"]].split() == part["text"].split()


def test_a_passage_brings_the_sentence_before_it_and_after_it(assistant: Assistant) -> None:
    found = assistant.retriever.retrieve(AskedBundle("field 5", documents=["long.txt"]))
    followed = 0
    for item in found:
        meta = item.node.metadata
        ordinals = [part["ordinal"] for part in meta["sentences"]]
        assert ordinals == list(range(ordinals[0], ordinals[-1] + 1))
        before = [part for part in meta["sentences"] if part["char_end"] <= meta["char_start"]]
        after = [part for part in meta["sentences"] if part["char_start"] >= meta["char_end"]]
        assert len(before) == (0 if ordinals[0] == 0 else 1)
        followed += len(after)
        assert len(after) <= 1
    assert len(found) > 2
    assert followed == len(found) - 1  # all but the document's last


def test_passages_come_best_first(assistant: Assistant) -> None:
    found = assistant.retriever.retrieve(QUESTION)
    assert documents(found)[0] == "harbour.txt"
    assert "1921" in found[0].node.get_content()
    assert [item.score for item in found] == sorted((item.score or 0 for item in found), reverse=True)


def test_a_word_that_only_one_passage_writes_leads_to_it(assistant: Assistant) -> None:
    """No vector knows the name: the words find it, in the sentence and in the passage."""
    (best, *_) = assistant.retriever.retrieve("Lund")
    assert "Karl Lund" in best.node.get_content()


def test_as_many_passages_as_are_wanted(assistant: Assistant) -> None:
    every = assistant.retriever.retrieve(QUESTION)
    two = HybridRetriever(assistant._index, assistant.retriever._model, similarity_top_k=2).retrieve(QUESTION)
    assert [item.node.node_id for item in two] == [item.node.node_id for item in every[:2]]


def test_a_scope_is_searched_and_nothing_else(assistant: Assistant) -> None:
    assert set(documents(assistant.retriever.retrieve(AskedBundle(QUESTION, documents=["railway.txt"])))) == {"railway.txt"}
    assert assistant.retriever.retrieve(AskedBundle(QUESTION, documents=[])) == []
    assert documents(assistant.retriever.retrieve(AskedBundle(QUESTION))) == documents(assistant.retriever.retrieve(QUESTION))


def test_a_vector_that_is_given_is_not_made_again(assistant: Assistant) -> None:
    vector = assistant.retriever._model.get_query_embedding(QUESTION)

    class Silent:
        def get_query_embedding(self, query: str) -> list[float]:
            raise AssertionError("the question has its vector")

    silent = HybridRetriever(assistant._index, Silent())  # type: ignore[arg-type]
    assert silent.retrieve(QueryBundle(QUESTION, embedding=vector)) == assistant.retriever.retrieve(QUESTION)


def test_an_empty_index_gives_nothing(tmp_path: Path, assistant: Assistant) -> None:
    with Assistant.open(load(data=tmp_path)) as empty:
        assert HybridRetriever(empty._index, assistant.retriever._model).retrieve(QUESTION) == []


def test_the_same_twice_and_in_an_event_loop(assistant: Assistant) -> None:
    first = assistant.retriever.retrieve(QUESTION)
    assert assistant.retriever.retrieve(QUESTION) == first
    assert asyncio.run(assistant.retriever.aretrieve(QUESTION)) == first


def test_nodes_are_plain_json(assistant: Assistant) -> None:
    for item in assistant.retriever.retrieve(QUESTION):
        assert TextNode.model_validate_json(item.node.model_dump_json()) == item.node


def test_a_language_model_is_shown_the_title_and_the_date_alone(assistant: Assistant) -> None:
    (node, *_) = (item.node for item in assistant.retriever.retrieve(AskedBundle(QUESTION, documents=["harbour.txt"])))
    assert node.get_content(MetadataMode.LLM) == f"title: The Harbour\ndate: 1960-05\n\n{node.get_content()}"
    assert node.get_content(MetadataMode.EMBED) == node.get_content()
