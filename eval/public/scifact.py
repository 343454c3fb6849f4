"""SciFact's files: abstracts in sentences, and claims with the abstracts and sentences that bear on them.

Either as published (corpus.jsonl, claims_dev.jsonl) or as CSV (corpus_train.csv, claims_validation.csv), where a list of
sentences is an array as numpy prints it.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.public.files import read_lines, unreadable

_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.S)


@dataclass(frozen=True)
class Abstract:
    """A document: its title, an empty line, its sentences with a space between. `sentences` are their offsets."""

    name: str
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ScifactClaim:
    """`cited` are the abstracts that bear on the claim, `evidence` the sentences that support or contradict it."""

    id: str
    claim: str
    cited: tuple[str, ...]
    evidence: Mapping[str, frozenset[int]]


def read_scifact(folder: Path) -> tuple[dict[str, Abstract], list[ScifactClaim]]:
    """All abstracts by id, and the claims of the validation part. Raises InputError."""
    if (folder / "corpus.jsonl").is_file():
        published = read_lines(folder / "corpus.jsonl")
        abstracts = {str(raw["doc_id"]): _abstract(str(raw["doc_id"]), raw["title"], raw["abstract"]) for raw in published}
        return abstracts, [_published(raw) for raw in read_lines(folder / "claims_dev.jsonl")]
    rows = _rows(folder / "corpus_train.csv")
    abstracts = {
        row["doc_id"]: _abstract(row["doc_id"], row["title"], map(ast.literal_eval, _QUOTED.findall(row["abstract"])))
        for row in rows
    }
    return abstracts, _from_rows(_rows(folder / "claims_validation.csv"))


def _abstract(name: str, title: str, sentences: Iterable[str]) -> Abstract:
    text, spans = f"{title.strip()}\n\n", []
    for sentence in sentences:
        clean = " ".join(sentence.split())
        spans.append((len(text), len(text) + len(clean)))
        text += f"{clean} "
    return Abstract(f"{name}.txt", f"{text.rstrip()}\n", tuple(spans))


def _published(raw: dict[str, Any]) -> ScifactClaim:
    evidence = {
        document: frozenset(number for one in found for number in one["sentences"])
        for document, found in raw["evidence"].items()
    }
    return _claim(str(raw["id"]), raw["claim"], map(str, raw["cited_doc_ids"]), evidence)


def _claim(name: str, claim: str, cited: Iterable[str], evidence: Mapping[str, frozenset[int]]) -> ScifactClaim:
    return ScifactClaim(name, claim, tuple(dict.fromkeys(cited)), evidence)


def _from_rows(rows: list[dict[str, str]]) -> list[ScifactClaim]:
    """A claim has a row for each piece of evidence."""
    claims: dict[str, ScifactClaim] = {}
    for row in rows:
        known = claims.get(row["id"])
        evidence = dict(known.evidence) if known else {}
        if document := row["evidence_doc_id"]:
            found = frozenset(map(int, re.findall(r"\d+", row["evidence_sentences"])))
            evidence[document] = evidence.get(document, frozenset()) | found
        claims[row["id"]] = _claim(row["id"], row["claim"], re.findall(r"\d+", row["cited_doc_ids"]), evidence)
    return list(claims.values())


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise unreadable(path, error) from error
