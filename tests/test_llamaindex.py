"""What docs/llamaindex.md tells a LlamaIndex user, run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import Settings

from rag.types import Answer

PAGE = Path(__file__).parent.parent / "docs" / "llamaindex.md"


@pytest.fixture(scope="module")
def after(bundled_data: Path) -> dict[str, Any]:
    """The names that the page's programs leave behind, run one after the other over the bundled corpus."""
    names: dict[str, Any] = {}
    programs = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(programs) >= 8
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAG_DATA", str(bundled_data))
        for number, program in enumerate(programs, start=1):
            exec(compile(program, f"{PAGE.name}, program {number}", "exec"), names)
            if number == 1:
                names["first"] = names["answer"]
            if number == 4:
                names["understood"] = names["bundle"].query_str
    return names


def test_every_program_on_the_page_runs(after: dict[str, Any]) -> None:
    assert isinstance(after["first"], Answer)
    assert after["first"].corpus.documents == 5
    assert after["documents"] == ("documents/2016-dickey-taiwan-japan-ties-deepen.txt",)
    assert after["answer"].scope == after["documents"]
    assert after["understood"] == "What is the GCTF? And when did Japan join it?"


def test_what_the_page_says_of_a_node(after: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for item in after["response"].source_nodes:
        assert item.node.get_content() in ("Norby lies on a fjord.", "Its harbour was opened in 1921.", "Alby has no harbour.")
        assert {"answers", "window", "certain", "words", "char_start", "char_end", "passage_id", "retrieved"} <= set(
            item.node.metadata
        )
    assert {item.node.get_content() for item in after["found"]} >= {"Alby has no harbour."}
    assert all(f"`{name}`" in page for name in ("answers", "window", "certain", "words", "passage_id", "retrieved"))


def test_the_global_settings_are_left_alone(after: dict[str, Any]) -> None:
    assert Settings._llm is None
    assert Settings._embed_model is None
