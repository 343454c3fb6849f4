"""Text of documents and people made safe to show: characters that turn the text or break a file are shown by name."""

from __future__ import annotations

import html
import re

# Characters that turn the direction of what follows, or end nothing: a document could use them to show other words
# than it holds. Surrogates, U+FFFE and U+FFFF can stand in no file. The left-to-right and right-to-left *marks* are
# harmless and stay.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def visible(text: str) -> str:
    """Text with line ends as `\\n` and control and direction characters as `[U+….]`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub(lambda match: f"[U+{ord(match.group()):04X}]", lines)


def one_line(text: str) -> str:
    """Visible text on one line."""
    return " ".join(visible(text).split())


def shown(text: str) -> str:
    """Text as HTML that shows it and does nothing else; line ends become references, so that Markdown sees one line."""
    return html.escape(visible(text)).replace("\n", "&#10;")


def is_web_address(url: str | None) -> bool:
    """Whether a document's address may become a link: http(s), nothing else."""
    return url is not None and _WEB_ADDRESS.fullmatch(visible(url)) is not None and visible(url) == url
