"""Is a packet as it was written? Its digest, its page's hash, and its page made anew."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import zip_longest

from rag.export import page
from rag.export.packet import Packet, block, page_sha256
from rag.export.visible import one_line

# Characters of a line shown where two pages part.
_SHOWN = 120


def tampered(packet: Packet) -> tuple[str, ...]:
    """What in a packet is not as it was written, one line each. Nothing in it is no proof: a packet is not signed."""
    found = []
    evidence = packet.evidence
    if evidence.get("digest") != packet.digest:
        found.append("the JSON inside was edited: it has another digest than it says")
    elif packet.block != block(evidence):
        found.append("the JSON inside was written anew: its values are the same, its characters are not")
    written = evidence.get("page")
    if not isinstance(written, dict):
        return (*found, "the JSON inside does not say how the page was")
    bare = packet.page
    if written.get("layout") == page.LAYOUT:
        rest = {key: value for key, value in evidence.items() if key not in ("page", "digest")}
        made = page.write(rest, "")
        if made != bare:
            found.append(f"the page does not say what the JSON inside says: {_parting(bare, made)}")
    elif written.get("sha256") != page_sha256(bare):
        found.append("the page was edited: it has another hash than the JSON inside says")
    return tuple(found)


def _parting(given: str, made: str) -> str:
    """Where the visible text of two pages first differs."""
    for ours, theirs in zip_longest(_lines(given), _lines(made), fillvalue=""):
        if ours != theirs:
            start = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
            start = max(0, start - _SHOWN // 3)
            return f"it has “{ours[start : start + _SHOWN]}” for “{theirs[start : start + _SHOWN]}”"
    return "its text is the same, its markup is not (was it saved anew by a browser?)"


def _lines(html: str) -> list[str]:
    text = _Text()
    text.feed(html)
    text.close()
    return [line for line in (one_line(part) for part in "".join(text.parts).split("\n")) if line]


class _Text(HTMLParser):
    """The text of a page that people see, blocks on lines of their own."""

    _INLINE = ("a", "strong", "em", "sup", "mark", "code", "span")
    _UNSEEN = ("style", "script", "title")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in self._UNSEEN
        if tag not in self._INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in self._UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)
