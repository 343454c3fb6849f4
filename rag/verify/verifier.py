"""From a sentence and the passages it cites to: may it be shown, with which neighbouring sentences as its citation, or why not.

Every statement must be carried by one stretch of neighbouring sentences of one passage. So two true halves from different
places cannot make a false whole, and the citation of what is shown is as short as it can be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Self

from rag.reading import leans
from rag.verify import attribution, particulars, roles, rules
from rag.verify.closeness import cut_out, is_sentence, joined, own_words, too_many
from rag.verify.figures import values
from rag.verify.support import SupportModel, bundled_support
from rag.verify.text import content, holds, stems
from rag.verify.types import Evidence, Finding, Verified, Window

# Sentences in a window; one more where it leans on the one before.
_MOST_SENTENCES = 3
# A further sentence must bring at least this share of the statement's content words.
_WORTH = 0.12
# Windows with less of the statement's content words than this do not carry it, whatever the model says.
_COVERAGE = 0.5
# The least probability of the support model. Nearly the passage's own words need less.
_SUPPORT = 0.6
_SUPPORT_NEAR_COPY = 0.45
_NEAR_COPY = 0.9
# What brings words of its own, or takes up what another sentence points to, must be supported more surely.
_SUPPORT_OWN_WORDS = 0.9


class Verifier:
    """Verifies statements. Nothing is kept between calls."""

    def __init__(self, support: SupportModel) -> None:
        self._support = support

    @classmethod
    def bundled(cls) -> Self:
        """With the support model that comes with the project. Raises ModelError."""
        return cls(bundled_support())

    def verify(self, statement: str, evidence: Sequence[Evidence]) -> Verified:
        """Whether one window of the cited passages supports `statement`; else why the best one does not."""
        statement = " ".join(statement.split())
        if not is_sentence(statement):
            return Verified(None, (Finding("words", "it is no sentence"),))
        windows = sorted(
            (
                (coverage(statement, item, window), window)
                for n, item in enumerate(evidence)
                for window in _windows(statement, n, item)
            ),
            key=lambda found: (-found[0], found[1].end - found[1].first),
        )
        if not windows:
            nothing = (
                "none of its words stand in the passages" if content(statement) else "it says nothing that could be checked"
            )
            return Verified(None, (Finding("words", nothing),))
        failed: Verified | None = None
        for share, window in windows[:4]:
            if failed is not None and share < _COVERAGE:
                break
            found = self._judge(statement, share, window, evidence[window.evidence])
            if found.supported:
                return found
            failed = failed or found
        assert failed is not None
        return failed

    def _judge(self, statement: str, share: float, window: Window, item: Evidence) -> Verified:
        sentences = item.sentences[window.first : window.end]
        text = " ".join(sentences)
        if _whole(statement, sentences):
            return Verified(window, ())
        found = [
            *particulars.misquoted(statement, text),
            *particulars.unsupported_values(statement, sentences, item.entry),
            *particulars.unsupported_names(statement, sentences, item.entry),
            *attribution.findings(statement, text, item.entry),
            *rules.findings(statement, text),
            *roles.findings(statement, sentences),
        ]
        if not found and not self._support.reads(statement):
            found = [Finding("support", "the sentence is too long to be verified as a whole")]
        if not found and share < _COVERAGE:
            found = [Finding("words", f"only {share:.0%} of its words stand in the cited passage")]
        own, put_together = own_words(statement, text), joined(statement, sentences)
        if not found and too_many(own, statement):
            found = [Finding("words", f"too many of its words are not the passage's: {', '.join(word.text for word in own)}")]
        if not found and cut_out(statement, sentences):
            found = [Finding("words", "it is cut out of the middle of a sentence")]
        if not found and put_together == "loose":
            found = [Finding("words", "no one sentence of the passage says this")]
        if found:
            return Verified(window, tuple(found))
        needed = _SUPPORT_NEAR_COPY if share >= _NEAR_COPY else _SUPPORT
        probability = self._support.score([(statement, text)])[0]
        if probability < (_SUPPORT_OWN_WORDS if own or put_together else needed):
            found = [Finding("support", "the cited passage does not clearly say this")]
        return Verified(window, tuple(found), probability)


def coverage(statement: str, item: Evidence, window: Window) -> float:
    """The share of the statement's content words and figures that the window has in some form (0 to 1)."""
    ours, figures = content(statement), values(statement)
    text = " ".join(item.sentences[window.first : window.end])
    have = stems(" ".join((text, item.entry.title, *item.entry.authors)))
    theirs = {(value.kind, value.value) for value in values(text)}
    held = sum(holds(have, word.stem) for word in ours) + sum((value.kind, value.value) in theirs for value in figures)
    return held / (len(ours) + len(figures)) if ours or figures else 0.0


def _windows(statement: str, number: int, item: Evidence) -> list[Window]:
    """For each sentence that shares words with the statement, the smallest stretch around it that carries most of it."""
    made: dict[Window, None] = {}
    for at in range(len(item.sentences)):
        window = Window(number, at, at + 1)
        share = coverage(statement, item, window)
        if not share:
            continue
        while window.end - window.first < _MOST_SENTENCES:
            wider = [
                (coverage(statement, item, w), w)
                for w in (Window(number, window.first - 1, window.end), Window(number, window.first, window.end + 1))
                if w.first >= 0 and w.end <= len(item.sentences)
            ]
            best = max(wider, key=lambda found: found[0], default=(0.0, window))
            if best[0] < share + _WORTH:
                break
            share, window = best
        while window.first > 0 and leans(item.sentences[window.first]) and window.end - window.first <= _MOST_SENTENCES:
            window = Window(number, window.first - 1, window.end)
        made[window] = None
    return list(made)


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .")


def _whole(statement: str, sentences: Sequence[str]) -> bool:
    """Whether a statement is one or more whole sentences of the passage: a cut-off part may have lost what turns it."""
    bare = _bare(statement)
    joined = [_bare(" ".join(sentences[i:j])) for i in range(len(sentences)) for j in range(i + 1, len(sentences) + 1)]
    return bare in joined
