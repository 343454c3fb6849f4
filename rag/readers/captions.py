"""Transcripts with times (.vtt, .srt): what is said, by whom where it is marked; the times are not text."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from rag.errors import InputError
from rag.readers.parsed import Parsed, of_blocks, one_line
from rag.readers.plain import decode

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]{1,200})>")
_TAG = re.compile(r"</?[^<>]{0,200}>|\{\\[^{}]{0,100}\}")
_LABEL = re.compile(r"[^\W\d_][^:\n]{0,40}: \S")
_STOP = re.compile(r"[.!?…][\"'”’)\]]*$")
# A pause of so many seconds after a full stop, or so many characters, ends a paragraph.
_PAUSE, _LONGEST = 2.0, 600


class _Cue(NamedTuple):
    start: float
    end: float
    lines: list[str]


def parse(raw: bytes, document: str) -> Parsed:
    """Paragraphs of what is said; `Name: ` stands before them where a voice begins. Raises InputError without cues."""
    text, warning = decode(raw, document)
    cues = _cues(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if not cues:
        raise InputError(f"{document}: holds no lines with times (00:01.000 --> 00:02.000).", "Save it as a text file.")
    return of_blocks(_paragraphs(cues), [warning] if warning else [])


def _cues(text: str) -> list[_Cue]:
    timings = list(_TIMING.finditer(text))
    found = []
    for timing, after in zip(timings, [*timings[1:], None], strict=True):
        content = text[timing.end() : after.start() if after else len(text)].lstrip("\n")
        # A cue ends at a blank line; where there is none, the next one's number is its last line.
        said, blank, _ = content.partition("\n\n")
        lines = said.rstrip("\n").split("\n")
        if after and not blank and lines[-1].strip().isdecimal():
            lines.pop()
        found.append(_Cue(_seconds(timing, 1), _seconds(timing, 5), lines))
    return found


def _seconds(timing: re.Match[str], group: int) -> float:
    hours, minutes, seconds, rest = timing.group(group, group + 1, group + 2, group + 3)
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{rest}")


def _paragraphs(cues: list[_Cue]) -> list[str]:
    paragraphs: list[list[str]] = []
    speaker = last_line = ""
    last_end, length = 0.0, 0
    for cue in cues:
        for line in cue.lines:
            voice = _VOICE.search(line)
            said = one_line(html.unescape(_TAG.sub("", line)))
            if not said or said == last_line:  # captions that scroll show a line twice
                continue
            name = one_line(html.unescape(voice.group(1))) if voice else speaker
            turn = said.startswith(("- ", "– ", ">>")) or bool(_LABEL.match(said))
            ended = bool(_STOP.search(last_line)) and (cue.start - last_end >= _PAUSE or length > _LONGEST)
            last_line = said
            if not paragraphs or name != speaker or turn or ended:
                label = f"{name}: " if name and not turn else ""
                paragraphs.append([label + said.removeprefix(">>").strip()])
                length = 0
            else:
                paragraphs[-1].append(said)
            length += len(said)
            speaker = name
        last_end = cue.end
    return [" ".join(paragraph) for paragraph in paragraphs]
