"""Follow-up questions: the evidence model reads whether a question leans on those before it, and they are searched together.

"And in 2019?" after "Who joined the GCTF?" is searched and read as the two in one line; a fresh question is left alone. No
language is asked for and nothing is rewritten: what was searched can be said as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.models import EvidenceModel, bundled_evidence
from rag.types import Exchange

# Earlier questions that are read, and the bytes of them that are put before a question: what is further back is hardly meant, and
# the evidence model reads 96 pieces of a question from its beginning, so that the latest would be cut off.
_TURNS, _BYTES = 6, 240


def standalone(question: str, history: Sequence[Exchange], model: EvidenceModel | None = None) -> str | None:
    """The earlier questions that `question` leans on with it behind them, or None when it stands alone. Raises ModelError."""
    earlier = ""
    for turn in history[-_TURNS:]:
        earlier = _joined(earlier, turn.question, model or bundled_evidence())
    together = _joined(earlier, question, model or bundled_evidence()) if earlier else question
    return together if together != question else None


def _joined(earlier: str, question: str, model: EvidenceModel) -> str:
    if not earlier or not model.leans(earlier, question):
        return question
    return f"{_end_of(earlier)} {question}"


def _end_of(text: str) -> str:
    """The last `_BYTES` of a text or less, from the beginning of a question, else of a word."""
    if len(text.encode(errors="replace")) <= _BYTES:
        return text
    tail = text.encode(errors="replace")[-_BYTES:].decode(errors="ignore")
    begins = re.search(r"[?？؟]\s*(?=\S)", tail) or re.search(r"\s+(?=\S)", tail)
    return tail[begins.end() :] if begins else tail
