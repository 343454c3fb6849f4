"""Which part of a public set no model of the project was trained on: only that part is asked.

The evidence model learnt (train/examples.py) from nine articles of SQuAD 2's dev set; from QED's and CLAPNQ's questions whose id
has an odd first byte of SHA-256, so the even ones are measured; from VitaminC's pages, but for a tenth and for every claim that
FEVER-symmetric has; from other public sets that are not measured here; and from questions and statements written by hand over
passages, some of which were cut from CLAPNQ, QED, NoMIRACL, MTRAG, WiCE and chunking_evaluation. Tasks with such a passage are
left out too: `eval.public.seen` lists them. SciFact and FEVER-symmetric taught nothing. The encoder is its authors': what they
trained it on is in docs/evaluation.md.
"""

from __future__ import annotations

import hashlib

from eval.public.seen import SEEN

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
# Of chunking_evaluation no question was learnt from; its odd half may serve for choosing constants.
_HALVED = ("qed", "clapnq", "chunking")


def article(title: str) -> bool:
    """A SQuAD article."""
    return title not in _LEARNT_ARTICLES


def task(name: str, key: str) -> bool:
    """A task of `qed`, `clapnq`, `nomiracl`, `mtrag` (by id), `chunking` (by its question) or `wice` (by its claim)."""
    return digest(name, key) not in SEEN and (name not in _HALVED or _byte(key) % 2 == 0)


def passage(key: str) -> bool:
    """A passage of QED (by its words) or CLAPNQ (by id): a tenth, over which nobody wrote or made statements to learn from."""
    return _byte(key) < 26


def page(unique_id: str) -> bool:
    """A pair of VitaminC, by its page: all pairs about one page belong together."""
    return _byte(unique_id.rsplit("_", 1)[0]) < 26


def digest(name: str, key: str) -> str:
    """What stands for a task in `eval.public.seen`."""
    return hashlib.sha256(f"{name}/{key}".encode()).hexdigest()[:8]


def _byte(key: str) -> int:
    return hashlib.sha256(key.encode()).digest()[0]
