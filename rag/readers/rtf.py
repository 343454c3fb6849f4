"""RTF: what a word processor shows, notes and comments at the end.

striprtf, the library for this, loses footnotes and text boxes without a word, keeps deleted and hidden text, and glues
raised numbers to figures.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from rag.errors import InputError
from rag.readers.marks import note_mark, raised
from rag.readers.parsed import Parsed, of_blocks, one_line, squeezed, words
from rag.readers.rows import table_lines

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
# Groups that are no text of the document, beside all unknown ones that are marked as such ({\*\…}).
_SKIPPED = words(
    "fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf fldinst"
    " listtable listoverridetable revtbl filetbl sp shprslt nonshppict do pntxta pntxtb bkmkstart bkmkend tc xe rxe txe"
    " ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn template objdata"
)
# Groups that are marked as unknown to old programs, and hold text.
_KEPT = words("shpinst shptxt footnote annotation atnauthor nesttableprops")
_SIGNS = {"~": "\u00a0", "_": "-", "-": "\u00ad", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
_CHARACTERS = {
    **{"tab": "\t", "line": "\n", "bullet": "•", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " "},
    **{"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "softline": " ", "lbr": "\n"},
    **{"nestcell": " | ", "nestrow": "\n"},
}
_CHARSETS = {
    **{77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254"},
    **{163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255: "cp850"},
}
# Groups within groups; a document has some twenty.
_DEEPEST = 1000


@dataclass(frozen=True)
class _State:
    """What holds within a group; the closing brace brings the outer one back."""

    kind: str = ""
    hidden: bool = False
    deleted: bool = False
    raised: bool = False
    in_table: bool = False
    fallback: int = 1  # characters after \u for programs without Unicode
    encoding: str = "cp1252"


@dataclass
class _Story:
    """A run of paragraphs: the document, a note or a comment."""

    blocks: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)  # of the paragraph or cell
    above: list[str] = field(default_factory=list)  # raised pieces that come next
    cells: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    heads: int = 0

    def add(self, text: str, is_raised: bool) -> None:
        if is_raised:
            self.above.append(text)
        else:
            self._settle()
            self.pieces.append(text)

    def mark_note(self, number: int) -> None:
        self._settle()
        self.pieces.append(note_mark(str(number), self._before()))

    def _before(self) -> str:
        return "".join(self.pieces[-8:])

    def _settle(self) -> None:
        if self.above:
            self.pieces.append(raised("".join(self.above), self._before()))
            self.above.clear()

    def _taken(self) -> str:
        self._settle()
        text = squeezed("".join(self.pieces))
        self.pieces.clear()
        return text

    def end_paragraph(self, in_table: bool) -> None:
        if in_table:
            self.add("\n", False)
            return
        self.end_table()
        self.blocks.append(self._taken())

    def end_cell(self) -> None:
        self.cells.append(self._taken())

    def end_row(self) -> None:
        self.rows.append(self.cells)
        self.cells = []

    def end_table(self) -> None:
        if self.rows:
            self.blocks += table_lines(self.rows, self.heads if self.heads < len(self.rows) else 0)
        self.rows, self.heads = [], 0

    def lines(self) -> list[str]:
        self.end_paragraph(False)
        return [block for block in self.blocks if block]


def parse(raw: bytes, document: str) -> Parsed:
    """The text with its tables, notes at the end; deleted and hidden text is left out."""
    if not raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise InputError(f"{document}: not a readable RTF file.", "Open it in a word processor and save it again.")
    reader = _Reader(document)
    reader.read(raw.decode("latin-1"))
    return reader.parsed(document)


class _Reader:
    """One document on its way to text."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._state = _State()
        self._outer: list[tuple[_State, _Story]] = []
        self._main = self._story = _Story()
        self._notes: list[str] = []
        self._comments: list[str] = []
        self._author = ""
        self._left_out: dict[str, None] = {}
        self._default = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = False

    def parsed(self, document: str) -> Parsed:
        notes = [f"[{number}] {note}" for number, note in enumerate(self._notes, start=1) if note]
        return of_blocks(self._main.lines() + notes + self._comments, (f"{document}: {what}" for what in self._left_out))

    def read(self, source: str) -> None:
        place = 0
        while match := _TOKEN.match(source, place):
            place = match.end()
            if match["byte"]:
                self._byte(int(match["byte"], 16))
                continue
            self._settle_bytes()
            if match["brace"]:
                self._brace(match["brace"])
            elif match["word"] == "bin":
                place += max(0, int(match["number"] or 0))
            elif match["word"]:
                self._word(match["word"], int(match["number"]) if match["number"] else None)
            elif match["sign"] == "*":
                self._starred = True
            elif match["sign"]:
                self._text(_SIGNS.get(match["sign"], ""))
            elif match["text"]:
                self._plain(match["text"])
        self._settle_bytes()
        while self._outer:
            self._brace("}")

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._bytes.append(value)

    def _settle_bytes(self) -> None:
        if self._bytes:
            content, self._bytes = bytes(self._bytes), bytearray()
            self._text(content.decode(self._state.encoding, "replace"))

    def _plain(self, text: str) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        text = text[skipped:]
        self._text(text if text.isascii() else text.encode("latin-1").decode(self._state.encoding, "replace"))

    def _text(self, text: str) -> None:
        state = self._state
        if state.kind in ("skip", "fonttbl") or not text:
            return
        if state.kind == "atnauthor":
            self._author = one_line(self._author + text)
        elif state.deleted or state.hidden:
            if text.strip():
                what = "read with its tracked changes accepted: deleted text" if state.deleted else "hidden text"
                self._left_out[f"{what} was left out"] = None
        else:
            self._story.add(text, state.raised)

    def _brace(self, brace: str) -> None:
        self._to_skip = 0
        self._starred = False
        if brace == "{":
            if len(self._outer) >= _DEEPEST:
                raise InputError(f"{self._document}: groups nested deeper than {_DEEPEST}.", "Save it again.")
            self._outer.append((self._state, self._story))
        elif self._outer:
            kind, story = self._state.kind, self._story
            self._state, self._story = self._outer.pop()
            if story is not self._story:
                self._end_story(kind, "\n".join(story.lines()))

    def _end_story(self, kind: str, text: str) -> None:
        if kind == "footnote":
            self._notes[-1] = text
        elif text:
            self._comments.append(f"Comment by {self._author or 'somebody'}: {text}")
            self._author = ""
            self._left_out["its margin comments stand at the end"] = None

    def _word(self, word: str, number: int | None) -> None:
        self._to_skip = 0
        starred, self._starred = self._starred, False
        if word in _SKIPPED or (starred and word not in _KEPT):
            self._state = replace(self._state, kind="fonttbl" if word == "fonttbl" else "skip")
        elif word in ("footnote", "annotation") and self._state.kind != "skip":
            self._story = _Story()
            self._state = _State(kind=word, encoding=self._state.encoding)
            if word == "footnote":
                self._notes.append("")
        elif word == "atnauthor":
            self._author = ""
            self._state = replace(self._state, kind="atnauthor")
        elif word == "u" and number is not None:
            self._text(chr(number % 0x10000))
            self._to_skip = self._state.fallback
        elif self._state.kind == "fonttbl":
            self._font_entry(word, number)
        elif self._state.kind != "skip":
            self._shown(word, number)

    def _font_entry(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            self._font = number
        elif word == "fcharset" and number in _CHARSETS:
            self._fonts[self._font] = _CHARSETS[number]

    def _shown(self, word: str, number: int | None) -> None:
        """A control word of the text itself."""
        state, story = self._state, self._story
        if word in _CHARACTERS:
            self._text(_CHARACTERS[word])
        elif word in ("par", "sect", "page", "column"):
            story.end_paragraph(state.in_table)
        elif word == "cell":
            story.end_cell()
        elif word == "row":
            story.end_row()
        elif word == "trhdr":
            story.heads = max(story.heads, len(story.rows) + 1)
        elif word == "chftn" and state.kind != "footnote":
            story.mark_note(len(self._notes) + 1)
        elif word == "v":
            self._state = replace(state, hidden=number != 0)
        elif word == "deleted":
            self._state = replace(state, deleted=number != 0)
        elif word in ("super", "nosupersub", "sub"):
            self._state = replace(state, raised=word == "super" and number != 0)
        elif word == "plain":
            self._state = replace(state, raised=False, hidden=False, deleted=False)
        elif word in ("pard", "intbl"):
            self._state = replace(state, in_table=word == "intbl")
        elif word == "uc":
            self._state = replace(state, fallback=max(0, number or 0))
        elif word == "ansicpg":
            self._default = _known(f"cp{number}", "utf-8" if number == 65001 else "cp1252")
            self._state = replace(state, encoding=self._default)
        elif word == "f" and number is not None:
            self._state = replace(state, encoding=self._fonts.get(number, self._default))


def _known(encoding: str, otherwise: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return otherwise
