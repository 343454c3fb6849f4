"""The postprocessor: passages of any retriever go in, sentences that were read come out, best first."""

from __future__ import annotations

import asyncio
import json

import pytest
from llama_index.core.schema import MetadataMode, NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode
from scripted_evidence import NO, YES, ScriptedEvidence

from rag.evidence import EvidencePostprocessor

HARBOUR = "Norby lies on a fjord. The harbour was opened in 1921. Ships came from Alby."
QUESTION = "When was the harbour opened?"


def read(nodes: list[NodeWithScore], answers: dict[str, float], **options: int) -> list[NodeWithScore]:
    return EvidencePostprocessor(ScriptedEvidence(answers), **options).postprocess_nodes(nodes, query_str=QUESTION)


def plain(text: str, score: float = 1.0, **fields: object) -> NodeWithScore:
    """A node as any retriever gives it, without our metadata."""
    return NodeWithScore(node=TextNode(text=text, **fields), score=score)


def ours(document: str, sentences: list[tuple[int, str]], score: float = 1.0) -> NodeWithScore:
    """A node as our retriever gives it: its window's sentences, each with its ordinal; a sentence has ten characters' room."""
    parts = [
        {"ordinal": n, "char_start": 100 * n, "char_end": 100 * n + len(text), "role": "paragraph", "text": text}
        for n, text in sentences
    ]
    metadata = {
        "document": document, "title": "Report", "date": "2021", "passage": 0, "sentences": parts, "char_start": parts[0]["char_start"],
        "char_end": parts[-1]["char_end"],
    }  # fmt: skip
    return NodeWithScore(node=TextNode(text=" ".join(text for _, text in sentences), metadata=metadata), score=score)


def texts(nodes: list[NodeWithScore]) -> list[str]:
    return [item.node.get_content() for item in nodes]


def test_a_strangers_node_is_cut_and_read() -> None:
    node = plain(HARBOUR, id_="n1")
    found = read([node], {"1921": YES})
    assert sorted(texts(found)) == sorted(
        ["Norby lies on a fjord.", "The harbour was opened in 1921.", "Ships came from Alby."]
    )
    best = found[0].node
    assert best.get_content() == "The harbour was opened in 1921."
    meta = best.metadata
    assert HARBOUR[meta["char_start"] : meta["char_end"]] == best.get_content()
    assert (best.start_char_idx, best.end_char_idx) == (meta["char_start"], meta["char_end"])
    assert meta["document"] == "n1"
    assert meta["answers"] == meta["window"] == meta["certain"] == YES
    start, end = meta["words"]
    assert best.get_content()[start:end] == "1921"
    assert [item.node.metadata["words"] for item in found[1:]] == [None, None]


def test_places_of_a_strangers_node_count_from_where_it_stands_in_its_document() -> None:
    node = plain(
        HARBOUR, start_char_idx=500, end_char_idx=500 + len(HARBOUR),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id="harbour.txt")},
    )  # fmt: skip
    best = read([node], {"1921": YES})[0].node
    at = 500 + HARBOUR.index("The harbour")
    assert (best.metadata["document"], best.metadata["char_start"]) == ("harbour.txt", at)


def test_a_node_without_a_sentence_is_passed_over() -> None:
    assert texts(read([plain(" \n "), plain("It was opened in 1921.")], {"1921": YES})) == ["It was opened in 1921."]


def test_nodes_that_were_not_read_stay_behind_in_their_order() -> None:
    nodes = [plain("One came."), plain("Two came in 1921."), plain("Three came.", id_="third"), plain("Four came in 1921.")]
    found = read(nodes, {"1921": YES}, read=2)
    assert texts(found) == ["Two came in 1921.", "One came.", "Three came.", "Four came in 1921."]
    assert found[2] is nodes[2]
    assert "answers" not in found[3].node.metadata


def test_a_sentence_in_two_windows_counts_once_where_it_was_understood_better() -> None:
    """The windows of neighbouring passages share the sentences at their rims."""
    shared = (1, "It was opened in 1921.")
    poor = ours("a.txt", [(0, "Norby lies on a fjord."), shared])
    good = ours("a.txt", [shared, (2, "The harbour is what is spoken of.")])

    class Understanding(ScriptedEvidence):
        def _read(self, window: object) -> object:
            reading = super()._read(window)
            understood = YES if "The harbour is what is spoken of." in window.sentences else NO
            return reading._replace(answered=understood)

    for nodes in ([poor, good], [good, poor]):
        found = EvidencePostprocessor(Understanding({"1921": 1.0})).postprocess_nodes(nodes, query_str=QUESTION)
        assert sorted(texts(found)) == ["It was opened in 1921.", "Norby lies on a fjord.", "The harbour is what is spoken of."]
        one = next(item.node for item in found if "1921" in item.node.get_content())
        assert one.metadata["window"] == YES


def test_the_same_sentence_of_two_documents_stays_two() -> None:
    found = read(
        [ours("b.txt", [(0, "It was opened in 1921.")]), ours("a.txt", [(0, "It was opened in 1921.")])], {"1921": YES}
    )
    assert [item.node.metadata["document"] for item in found] == ["a.txt", "b.txt"]  # equal scores: by place


def test_sentences_come_best_first() -> None:
    found = read([ours("a.txt", [(0, "Poor."), (1, "Good."), (2, "Fair.")])], {"Poor": 1.0, "Good": 3.0, "Fair": 2.0})
    assert texts(found) == ["Good.", "Fair.", "Poor."]
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_the_model_is_told_what_the_document_is_called() -> None:
    model = ScriptedEvidence({})
    nodes = [ours("a.txt", [(0, "A sentence.")]), plain("Another sentence.")]
    EvidencePostprocessor(model).postprocess_nodes(nodes, query_str=QUESTION)
    assert [window.title for window in model.windows] == ["Report (2021)", ""]


def test_what_comes_out_is_plain_json() -> None:
    for item in read([plain(HARBOUR), ours("a.txt", [(0, "It was opened in 1921.")])], {"1921": YES}):
        back = TextNode.model_validate(json.loads(item.model_dump_json())["node"])
        assert back.metadata == item.node.metadata
        assert back == item.node


def test_a_language_model_is_shown_the_title_and_the_date_alone() -> None:
    best = read([ours("a.txt", [(0, "It was opened in 1921.")])], {"1921": YES})[0].node
    assert best.get_content(MetadataMode.LLM) == "title: Report\ndate: 2021\n\nIt was opened in 1921."
    assert best.get_content(MetadataMode.EMBED) == "It was opened in 1921."


def test_without_a_question_or_nodes() -> None:
    with pytest.raises(ValueError, match="needs the question"):
        EvidencePostprocessor(ScriptedEvidence({})).postprocess_nodes([plain(HARBOUR)])
    assert read([], {}) == []


def test_the_same_in_an_event_loop() -> None:
    postprocessor = EvidencePostprocessor(ScriptedEvidence({"1921": YES}))
    waited = asyncio.run(postprocessor.apostprocess_nodes([plain(HARBOUR, id_="n")], query_str=QUESTION))
    assert waited == postprocessor.postprocess_nodes([plain(HARBOUR, id_="n")], query_str=QUESTION)
