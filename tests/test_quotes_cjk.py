"""Chinese and Japanese texts, which write no spaces between words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.quotes import Sources, check, open_sources

_TEXT = """日本政府は台湾を国家として承認していない。しかし、両国の経済関係は
深まっている。岸田首相は「台湾海峡の平和と安定は重要だ」と述べた。

中国外交部表示，中方不承认所谓的协议。双方据说将在２０２４年举行会谈，讨论贸易问题。
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    root: Path = tmp_path_factory.mktemp("cjk")
    (root / "one.txt").write_text(_TEXT, encoding="utf-8")
    opened = open_sources(root, None)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        ("台湾海峡の平和と安定は重要だ", "exact"),
        ("「台湾海峡の平和と安定は重要だ」", "exact"),
        ("“台湾海峡の平和と安定は重要だ。”", "normalized"),
        ("両国の経済関係は深まっている", "normalized"),
        ("将在2024年举行会谈", "normalized"),
        ("将在２０２４年举行会谈", "exact"),
        ("台湾を国家として承認している", "altered"),
        ("双方将在2024年举行会谈", "altered"),
        ("双方…将在2024年举行会谈", "altered"),
        ("中方…承认所谓的协议", "altered"),
        ("台湾海峡の平和と安全は重要だ", "altered"),
        ("将在2025年举行会谈", "altered"),
        ("韓国の大統領が辞任した", "not_found"),
    ],
)
def test_verdict(sources: Sources, quote: str, verdict: str) -> None:
    assert check(sources, quote).verdict == verdict


@pytest.mark.parametrize("quote", ["台湾を国家として承認して", "承认所谓的协议"])
def test_a_negation_cut_off_is_shown(sources: Sources, quote: str) -> None:
    found = check(sources, quote)
    assert found.verdict == "exact"
    assert "negation" in {risk.kind for risk in found.context_risk}
