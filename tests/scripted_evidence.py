"""An evidence model that reads as it is told, so that no test depends on trained weights; and a world that it reads in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.evidence import EvidencePostprocessor
from rag.models import Kind, Reading, Support, Window
from rag.settings import load

# Log-odds that leave no doubt, whatever the decision's weights are.
YES, NO = 20.0, -20.0


@dataclass
class ScriptedEvidence:
    """`answers` maps words to the log-odds of a sentence that has them; no other sentence answers.

    `contradicting`: whether whatever it is asked about supports or contradicts. `leaning` are the
    questions that lean on any before them. `windows` and `asked` are what it was given.
    """

    answers: Mapping[str, float] = field(default_factory=dict)
    contradicting: bool = False
    leaning: tuple[str, ...] = ()
    windows: list[Window] = field(default_factory=list)
    asked: list[tuple[str, Window]] = field(default_factory=list)

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        self.windows += windows
        return [self._read(window) for window in windows]

    def _read(self, window: Window) -> Reading:
        if not window.sentences:
            return Reading(NO, (), (0, 0, 0), NO)
        found = [
            max(((odds, words) for words, odds in self.answers.items() if words in text), default=(NO, ""))
            for text in window.sentences
        ]
        best = max(range(len(found)), key=lambda number: found[number][0])
        odds, words = found[best]
        start = window.sentences[best].find(words)
        return Reading(odds, tuple(one for one, _ in found), (best, start, start + len(words)), odds)

    def leans(self, earlier: str, question: str) -> bool:
        return question in self.leaning

    def support(self, pairs: Sequence[tuple[str, Window]]) -> list[Support]:
        self.asked += pairs
        return [Support(0.0, 1.0, 0.0) if self.contradicting else Support(1.0, 0.0, 0.0) for _ in pairs]


def wants(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    """Takes every question for one that wants an answer of this kind."""
    for room in ("rag.evidence", "rag.synthesize"):
        monkeypatch.setattr(f"{room}.kind_of", lambda question: kind)


@contextmanager
def reading(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, float] | None = None, *, contradicting: bool = False
) -> Iterator[Assistant]:
    """An assistant over a corpus folder, its index beside it, whose evidence model is scripted."""
    model = ScriptedEvidence(answers or {}, contradicting)
    monkeypatch.setattr("rag.synthesize.bundled_evidence", lambda: model)
    monkeypatch.setattr("rag.history.bundled_evidence", lambda: model)
    wants(monkeypatch, "fact")
    with Assistant.open(load(corpus=folder, data=folder.parent / "data")) as assistant:
        assistant.postprocessor = EvidencePostprocessor(model)  # type: ignore[misc,arg-type]
        assistant.ensure_synced()
        yield assistant
