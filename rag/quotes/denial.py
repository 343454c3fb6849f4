"""Whether the text around a quotation says that it was not said: "X denied that she had said “…”", "never called it “…”"."""

from __future__ import annotations

import re

from rag.quotes.passages import Passage

_SAY = r"(?:say|says|said|saying|call|calls|called|calling|write|writes|wrote|written|writing|tell|told|telling|use|used|using)"
_DENY = r"den(?:y|ies|ied|ying)"
_NEVER = r"(?:never|not|\w+n[’']t)"
_WORDS = r"(?:\s+(?!and\b|but\b)[\w’'-]+)"
_BEFORE = re.compile(
    rf"\b(?:{_DENY}\b{_WORDS}{{0,10}}|{_NEVER}\s+(?:\w+\s+)?{_SAY}\b{_WORDS}{{0,6}}|(?:{_DENY}|{_NEVER}){_WORDS}{{0,6}}\s+{_SAY}[,:])\s*$"
)
_AFTER = re.compile(rf"^[\s,.]*(?:[\w.’'-]+\s+){{0,6}}?(?:{_DENY}(?:\s+\w+){{0,4}}?|{_NEVER}(?:\s+\w+)?)\s+{_SAY}\b")


def denied(here: Passage, stretch: tuple[int, int]) -> str:
    """The words of sentence `here`, beside the quotation at reading range `stretch`, that deny it; empty where none do."""
    before, after = here.masked[: max(0, stretch[0] - here.start)], here.masked[stretch[1] - here.start :]
    found = _BEFORE.search(before) or _AFTER.match(after)
    return found.group().strip(" ,:.") if found else ""
