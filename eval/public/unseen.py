"""Which part of a public set no model of the project was trained on: only that part is asked.

The rules are those by which `train/` held examples back (train/README.md). NoMIRACL and MTRAG were trained on by no model that
ranks or answers, SciFact's validation claims, WiCE and FEVER-symmetric by none at all.
"""

from __future__ import annotations

import hashlib

# The nine articles of SQuAD 2's dev set that the answer scorer learnt from; the other articles it never saw.
_LEARNT_ARTICLES = frozenset(
    (
        "Normans",
        "Computational_complexity_theory",
        "Steam_engine",
        "1973_oil_crisis",
        "European_Union_law",
        "Harvard_University",
        "Yuan_dynasty",
        "Immune_system",
        "Islamism",
    )
)


def article(title: str) -> bool:
    """A SQuAD article."""
    return title not in _LEARNT_ARTICLES


def half(key: str) -> bool:
    """A question of QED (by example id), CLAPNQ (by id) or chunking_evaluation (by its words)."""
    return _byte(key) % 2 == 0


def passage(key: str) -> bool:
    """A passage of QED (by its words) or CLAPNQ (by id): the support model learnt from no statement about it."""
    return _byte(key) < 26


def page(unique_id: str) -> bool:
    """A pair of VitaminC, by its page: all pairs about one page belong together."""
    return _byte(unique_id.rsplit("_", 1)[0]) < 26


def _byte(key: str) -> int:
    return hashlib.sha256(key.encode()).digest()[0]
