"""Numbers as lists print them: 3, c, iii."""

from __future__ import annotations

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix")),
    *((5, "v"), (4, "iv"), (1, "i")),
)


def numeral(number: int, kind: str | None) -> str:
    """`number` in the form that Word's formats name; decimal where the form is another or has no such number."""
    if kind in ("lowerLetter", "upperLetter") and 0 < number <= 780:
        # After z the letters are doubled: aa, bb.
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman, number = roman + sign * (number // value), number % value
        return roman.upper() if kind == "upperRoman" else roman
    return f"{number:02}" if kind == "decimalZero" else "" if kind == "none" else str(number)
