"""What DOCX keeps beside the text: styles (hidden, raised, numbered) and the numbers of lists and headings."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.readers.numerals import numeral
from rag.readers.package import Element, attribute, child, local

_OFF = ("0", "false", "off", "none")
# A chain of styles, each based on the next, may run in a circle.
_LONGEST_CHAIN = 20


class Look(NamedTuple):
    """What matters of how characters look."""

    hidden: bool = False
    raised: bool = False


def is_on(switch: Element | str | None) -> bool:
    """Whether a switch is there and not set to off: an element, or the value of an attribute."""
    if switch is None:
        return False
    value = switch if isinstance(switch, str) else attribute(switch, "val")
    return value not in _OFF


class Styles:
    """The named styles of a document."""

    def __init__(self, part: Element | None) -> None:
        self._by_id = {attribute(s, "styleId"): s for s in (() if part is None else part) if local(s) == "style"}

    def chain(self, properties: Element | None, name: str) -> list[Element]:
        """The style that properties name in element `name`, and those it is based on."""
        found: list[Element] = []
        key = attribute(named, "val") if (named := child(properties, name)) is not None else None
        while key in self._by_id and len(found) < _LONGEST_CHAIN:
            found.append(self._by_id[key])
            based = child(found[-1], "basedOn")
            key = attribute(based, "val") if based is not None else None
        return found

    def of_run(self, properties: Element | None) -> Look:
        """How a run looks: by its own properties, else its character style."""
        looks = [properties, *(child(style, "rPr") for style in self.chain(properties, "rStyle"))]
        return Look(_first(looks, "vanish"), _first(looks, "vertAlign", "superscript"))

    def is_title(self, properties: Element | None) -> bool:
        """Whether a paragraph has the style for a document's title, whose name is English in every Word."""
        named = child((self.chain(properties, "pStyle") or [None])[0], "name")
        return named is not None and (attribute(named, "val") or "").lower() == "title"

    def of_paragraph(self, properties: Element | None) -> Look:
        """How the paragraph's style sets its characters."""
        return Look(_first([child(style, "rPr") for style in self.chain(properties, "pStyle")], "vanish"))


def _first(places: list[Element | None], name: str, wanted: str | None = None) -> bool:
    """Whether the first of the places that says anything about `name` says yes, or says what is wanted."""
    found = next((one for place in places if (one := child(place, name)) is not None), None)
    return found is not None and (attribute(found, "val") == wanted if wanted else is_on(found))


class Numbering:
    """Counts the numbered paragraphs of a document, in order, as Word does."""

    def __init__(self, part: Element | None, styles: Styles) -> None:
        self._styles = styles
        children = list(() if part is None else part)
        self._abstract = {attribute(one, "abstractNumId"): one for one in children if local(one) == "abstractNum"}
        self._lists = {attribute(one, "numId"): one for one in children if local(one) == "num"}
        self._counts: dict[str | None, dict[int, int]] = {}
        self._begun: set[tuple[str | None, int]] = set()

    def label(self, properties: Element | None) -> str:
        """What Word prints before a paragraph, with a space after it: `2. `, `(a) `, a hyphen for a bullet, or nothing."""
        number, level = self._place(properties)
        listed = self._lists.get(number)
        if number in (None, "0") or listed is None:
            return ""
        key = _value(child(listed, "abstractNumId"))
        abstract = self._resolved(key)
        if abstract is None:
            return ""
        levels = {_int(attribute(one, "ilvl")): one for one in abstract if local(one) == "lvl"}
        overrides = {_int(attribute(one, "ilvl")): one for one in listed if local(one) == "lvlOverride"}
        levels |= {at: own for at, one in overrides.items() if (own := child(one, "lvl")) is not None}
        counts = self._counts.setdefault(key, {})
        self._count(counts, number, level, levels, overrides)
        return _printed(levels, level, counts)

    def _place(self, properties: Element | None) -> tuple[str | None, int]:
        """The list a paragraph belongs to and its level: by its own properties, else by its style."""
        level = None
        for place in (properties, *(child(s, "pPr") for s in self._styles.chain(properties, "pStyle"))):
            numbered = child(place, "numPr")
            own = child(numbered, "ilvl")
            level = level if level is not None or own is None else _int(_value(own))
            if (found := child(numbered, "numId")) is not None:
                return _value(found), level or 0
        return None, 0

    def _resolved(self, key: str | None) -> Element | None:
        """The definition of a list, by way of the list style that it may name instead."""
        abstract = self._abstract.get(key)
        link = child(abstract, "numStyleLink")
        if link is None:
            return abstract
        return next((one for one in self._abstract.values() if _value(child(one, "styleLink")) == _value(link)), None)

    def _count(
        self, counts: dict[int, int], number: str | None, level: int, levels: dict[int, Element], overrides: dict[int, Element]
    ) -> None:
        restart = child(overrides.get(level), "startOverride")
        if restart is not None and (number, level) not in self._begun:
            counts[level] = _int(_value(restart)) - 1
        self._begun.add((number, level))
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        for upper in range(level + 1):
            if upper not in counts:
                start = child(levels.get(upper), "start")
                counts[upper] = (_int(_value(start)) if start is not None else 1) - (upper == level)
        counts[level] += 1


def _printed(levels: dict[int, Element], level: int, counts: dict[int, int]) -> str:
    own = levels.get(level)
    kind = _value(child(own, "numFmt"))
    if kind == "bullet":
        return "- "
    text = _value(child(own, "lvlText")) or ""
    legal = is_on(child(own, "isLgl"))

    def formatted(match: re.Match[str]) -> str:
        at = int(match.group(1)) - 1
        return numeral(counts.get(at, 0), "decimal" if legal else _value(child(levels.get(at), "numFmt")))

    label = re.sub(r"%(\d)", formatted, text).strip()
    return f"{label} " if label and kind != "none" else ""


def _value(element: Element | None) -> str | None:
    return None if element is None else attribute(element, "val")


def _int(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,6}", value) else 0
