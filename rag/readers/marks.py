"""Raised characters: a note's number must not read as a digit of the figure before it, nor a power.

Written as text, `2016` with note 3 would be `20163` and ten to the sixth `106`. A note's number becomes superscript
digits (`2016³`), which the reading text leaves out as a footnote number; a power is written out (`10^6`). After a figure or
a single letter superscript digits alone would be a power: there an invisible word joiner stands before a note's number.
"""

from __future__ import annotations

import re

_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_JOINER = "\u2060"
_BEFORE = re.compile(r"[^\W_]+$")
# Units of length, whose powers are areas and volumes.
_UNIT = re.compile(r"(?:[kcdm]?m|ft|mi|in|yd)")
_POWER = re.compile(r"[-−–+]?\d{1,4}")


def note_mark(label: str, before: str) -> str:
    """The mark of a note after the text `before`: superscript digits for a number, else the label in square brackets."""
    label = label.strip().strip("[]()")
    if not re.fullmatch(r"[0-9]{1,4}", label):
        return f"[{label}]"
    match = _BEFORE.search(before[-40:])
    is_figure = match is not None and (match.group()[-1].isdigit() or len(match.group()) == 1)
    return (_JOINER if is_figure else "") + label.translate(_DIGITS)


def raised(text: str, before: str, is_note: bool = False) -> str:
    """Raised `text` as it is written after the text `before`; `is_note` says that it surely is a note's mark.

    Without that, a number is a power after ten, a single letter, or a unit of length, and when it has a sign; else it is
    a note's mark. Letters (1st, Mme) are written on.
    """
    mark = text.strip()
    if not mark or mark[0] in "[(*†‡§":
        return text
    if is_note or re.fullmatch(r"\d{1,3}(?:[,;\s]+\d{1,3})+", mark):
        return "".join(note_mark(one, before) for one in re.split(r"[,;\s]+", mark))
    match = _BEFORE.search(before[-40:])
    base = match.group() if match else ""
    if _POWER.fullmatch(mark):
        if _UNIT.fullmatch(base) and mark in "23":
            return mark.translate(_DIGITS)
        if not mark[0].isdigit() or base == "10" or (len(base) == 1 and base.isalpha()):
            return "^" + mark
        return note_mark(mark, before) if base or before[-1:] not in ("", " ", "\n") else mark
    if base and not mark.isalpha():
        return f"^({mark})" if mark[0].isalnum() and not mark[0].isalpha() else text
    return text
