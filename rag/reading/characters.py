"""Single characters that a printer or a keyboard put in place of the ordinary ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rag.reading.mapping import Edit

# Ligatures, CJK radicals and compatibility ideographs, full-width letters and digits, half-width kana: the same
# character in another dress. Not NFKC as a whole: that would also turn "…" into "..." and "½" into "1⁄2".
_COMPATIBILITY = re.compile("[\ufb00-\ufb06\u2e80-\u2fd5\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff65-\uff9f]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
# Nothing of these is seen or printed: soft hyphen, zero-width and direction marks, control characters.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)


def edits(record: str) -> Iterator[Edit]:
    """Edits for no-break spaces, compatibility characters, soft hyphens and invisible characters."""
    if record.isascii() and not INVISIBLE.search(record):
        return
    found = [
        Edit(m.start(), m.end(), unicodedata.normalize("NFKC", m.group()), "compatibility character")
        for m in _COMPATIBILITY.finditer(record)
    ]
    found += [Edit(m.start(), m.end(), " ", "no-break space") for m in _SPACES.finditer(record)]
    found += [
        Edit(m.start(), m.end(), "", "soft hyphen" if m.group() == "\u00ad" else "invisible character")
        for m in INVISIBLE.finditer(record)
    ]
    yield from sorted(found)
