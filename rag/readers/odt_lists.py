"""The numbers of lists and headings in OpenDocument texts."""

from __future__ import annotations

from collections.abc import Sequence

from rag.readers.numerals import numeral
from rag.readers.package import Element, attribute, local

_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


class Lists:
    """Counts list items and headings in the order in which they stand."""

    def __init__(self, parts: Sequence[Element]) -> None:
        self._levels: dict[tuple[str | None, int], Element] = {}
        for part in parts:
            for style in part.iter("{*}list-style", "{*}outline-style"):
                name = None if local(style) == "outline-style" else attribute(style, "name")
                for level in style:
                    if local(level):
                        self._levels[name, _number(level, "level", 1)] = level
        self._counts: dict[str | None, dict[int, int]] = {}

    def open(self, element: Element, style: str | None, level: int) -> None:
        """A list begins at this level: it counts from its start, unless it goes on with an earlier one."""
        goes_on = attribute(element, "continue-numbering") == "true" or attribute(element, "continue-list")
        if not goes_on:
            counts = self._counts.setdefault(style, {})
            for deeper in [one for one in counts if one >= level]:
                del counts[deeper]

    def item(self, item: Element, style: str | None, level: int) -> str:
        """What is printed before an item, with a space after it; a hyphen stands for a bullet."""
        return self._label(style, level, _number(item, "start-value", 0))

    def heading(self, heading: Element) -> str:
        """What is printed before a heading that is numbered by its level."""
        level = _number(heading, "outline-level", 1)
        known = self._levels.get((None, level))
        return self._label(None, level, 0) if known is not None and attribute(known, "num-format") else ""

    def _label(self, style: str | None, level: int, start: int) -> str:
        own = self._levels.get((style, level))
        if own is None or not local(own).endswith(("style-number", "outline-level-style")):
            return "- "
        counts = self._counts.setdefault(style, {})
        counts[level] = start or counts.get(level, _number(own, "start-value", 1) - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        shown = []
        for upper in range(level - _number(own, "display-levels", 1) + 1, level + 1):
            format_ = attribute(self._levels.get((style, upper), own), "num-format")
            if format_:
                shown.append(numeral(counts.get(upper, 1), _KINDS.get(format_)))
        if not shown:
            return ""
        return f"{attribute(own, 'num-prefix') or ''}{'.'.join(shown)}{attribute(own, 'num-suffix') or ''}".strip() + " "


def _number(element: Element, name: str, default: int) -> int:
    value = attribute(element, name) or ""
    return int(value) if value.isdecimal() and len(value) < 7 else default
