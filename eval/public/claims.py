"""Claims and evidence: does what is shown support what is said? Measured on pairs that people judged.

* supported or not: how often a supported pair scores above another one (AUROC).
* twins told apart: over claims with evidence that supports them and nearly the same evidence that does not, how often the
  first scores higher, ties half. Similarity hardly sees the figure, date or "not" that makes the difference.
* evidence sentence first: over pages, 1 where the sentence that scores highest is one that people marked.

Two scores are measured: the share of the claim's content words that the evidence has, which anything else must beat; and
the evidence model's probability that it supports the claim, by which what a language model says is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import stats
from eval.public import unseen
from eval.public.figure import SetFigures, Shown, nothing, set_figure
from eval.public.files import natural, read_lines, sample
from rag.lexical import content_tokens
from rag.reading import sentences

Supports = Callable[[Sequence[tuple[str, str]]], list[float]]
"""How much the evidence (second) supports the claim (first), of each pair; more is more."""

Progress = Callable[[str, int, int], None]

# Pairs of VitaminC's unseen pages, and pages of WiCE whose sentences are ranked.
_PAIRS, _PAGES = 600, 50
_AT_ONCE = 64


@dataclass(frozen=True)
class Pair:
    claim: str
    evidence: str
    supported: bool


@dataclass(frozen=True)
class Page:
    """A claim, the sentences of the page it cites, and the numbers of those that bear on it."""

    claim: str
    sentences: tuple[str, ...]
    marked: frozenset[int]


def overlap(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The share of the claim's different content words, stemmed, that the evidence has."""
    split = ((set(content_tokens(claim)), set(content_tokens(evidence))) for claim, evidence in pairs)
    return [len(wanted & found) / len(wanted) if wanted else 0.0 for wanted, found in split]


def evidence_model(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The bundled evidence model's probability (0 to 1) that the evidence supports the claim."""
    from rag.models import Window, bundled_evidence

    windows = [(claim, Window("", tuple(sentences(evidence)))) for claim, evidence in pairs]
    return [found.supported for found in bundled_evidence().support(windows)]


def vitaminc(folder: Path) -> dict[str, list[Pair]]:
    """The real pairs of pages that no model was trained on, and FEVER-symmetric, where it is there."""
    real = [raw for raw in read_lines(folder / "vitaminc_real.jsonl") if unseen.page(raw["unique_id"])]
    found = {"real": [_pair(raw) for raw in real]}
    symmetric = folder / "fever_symmetric_dev.jsonl"
    return {**found, "FEVER-symmetric": [_pair(raw) for raw in read_lines(symmetric)]} if symmetric.is_file() else found


def _pair(raw: dict[str, Any]) -> Pair:
    return Pair(natural(raw["claim"]), natural(raw["evidence"]), raw["label"] == "SUPPORTS")


def wice(folder: Path) -> list[tuple[Page, bool]]:
    """The unseen claims with marked evidence, each with its page and whether all of it is supported."""
    found = []
    for raw in read_lines(folder / "claim.jsonl"):
        if not unseen.task("wice", raw["claim"]):
            continue
        marked = frozenset(number for group in raw["supporting_sentences"] for number in group)
        if marked:
            found.append((Page(raw["claim"], tuple(raw["evidence"]), marked), raw["label"] == "supported"))
    return found


def claim_figures(name: str, folder: Path, progress: Progress) -> SetFigures:
    """The figures of `vitaminc` or `wice`, by each score."""
    return list((_vitaminc if name == "vitaminc" else _wice)(folder, progress))


def _vitaminc(folder: Path, progress: Progress) -> Iterator[Any]:
    published = {"real": "dense 0.60, overlap 0.67", "FEVER-symmetric": ""}
    for part, pairs in vitaminc(folder).items():
        some = _twins(pairs)
        for label, supports in SCORES.items():
            scores = _scored([(pair.claim, pair.evidence) for pair in some], supports, "vitaminc", progress)
            shown = Shown("vitaminc", f"{part}: supported or not, AUROC, {label}", "", published[part])
            yield set_figure(shown, _auroc(scores, [pair.supported for pair in some]))
            twins = Shown("vitaminc", f"{part}: twins told apart, {label}", "")
            apart = _told_apart(some, scores)
            yield set_figure(twins, stats.mean(apart)) if apart else nothing(twins)


def _twins(pairs: Sequence[Pair]) -> list[Pair]:
    """Some claims with all their evidence, so that twins stay together."""
    by_claim: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_claim.setdefault(pair.claim, []).append(pair)
    return [pair for group in sample(list(by_claim.values()), _PAIRS // 2) for pair in group]


def _told_apart(pairs: Sequence[Pair], scores: Sequence[float]) -> list[float]:
    """Over pairs of evidence for and against one claim: 1 where the score is higher for it, 0.5 where it is the same."""
    by_claim: dict[str, tuple[list[float], list[float]]] = {}
    for pair, score in zip(pairs, scores, strict=True):
        by_claim.setdefault(pair.claim, ([], []))[0 if pair.supported else 1].append(score)
    return [(yes > no) + 0.5 * (yes == no) for supported, others in by_claim.values() for yes in supported for no in others]


def _wice(folder: Path, progress: Progress) -> Iterator[Any]:
    claims = wice(folder)
    for label, supports in SCORES.items():
        gold = [(page.claim, " ".join(page.sentences[number] for number in sorted(page.marked))) for page, _ in claims]
        scores = _scored(gold, supports, "wice", progress)
        shown = Shown("wice", f"supported or partly, AUROC, {label}", "", "overlap 0.69, GPT-4 0.79, T5-3B 0.91 to 0.94")
        yield set_figure(shown, _auroc(scores, [supported for _, supported in claims]))
        pages = [page for page, _ in sample(claims, _PAGES)]
        hits = [_first_marked(page, supports) for page in pages]
        yield set_figure(Shown("wice", f"evidence sentence first, {label}", "", "BM25 0.799"), stats.mean(hits))


def _first_marked(page: Page, supports: Supports) -> float:
    scores = supports([(page.claim, sentence) for sentence in page.sentences])
    return float(scores.index(max(scores)) in page.marked)


def _scored(pairs: Sequence[tuple[str, str]], supports: Supports, name: str, progress: Progress) -> list[float]:
    scores: list[float] = []
    for first in range(0, len(pairs), _AT_ONCE):
        scores += supports(pairs[first : first + _AT_ONCE])
        progress(name, len(scores), len(pairs))
    return scores


def _auroc(scores: Sequence[float], supported: Sequence[bool]) -> stats.Interval:
    marked = list(zip(scores, supported, strict=True))
    return stats.auroc([score for score, yes in marked if yes], [score for score, yes in marked if not yes])


SCORES: dict[str, Supports] = {"word overlap": overlap, "evidence model": evidence_model}
