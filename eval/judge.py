"""Judged measures: a language model says of each claim whether its source carries it and whether it answers the question.

A judge stands in for a person and is worth what it is known to agree with people. So nothing is judged without asking the
same model in the same words about pairs that people labelled: WiCE (is a claim supported by these sentences of a page) and
QED (which sentence answers a question, against another of the same paragraph). Judged measures never gate.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from eval import stats
from eval.figures import figures
from eval.measures import Row
from eval.public.claims import wice
from eval.public.files import read_lines, sample
from eval.run import Run
from eval.scorers import Score
from eval.scorers.score import share
from rag.errors import InputError
from rag.llm import LanguageModel, Message
from rag.settings import RagSettings

# Answers of a run that are judged, and labelled pairs of each sort: a small model on two cores takes seconds for each.
_ANSWERS, _PAIRS = 20, 40

_ASKED = {
    "judged.grounded": "Does the source say everything that the statement says? Judge by the source alone.",
    "judged.relevant": "Does the statement answer the question, or an essential part of it?",
}


class Model(Protocol):
    """What judges: rag.llm.LanguageModel, or anything that completes as it does."""

    name: str

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any] | None, most_tokens: int) -> str: ...


@dataclass(frozen=True)
class Labelled:
    """Two texts (source or question, and statement) and what people said of them."""

    given: str
    statement: str
    label: bool


def judge_run(run: Run, folder: Path, settings: RagSettings, advance: Callable[[int, int], None]) -> Run:
    """`run` with judged scores and figures, and under `made` who judged with what agreement.

    Without a configured language model the figures say so. `advance` is told how many judgements are done, and of how many.
    Raises InputError when `folder` holds no labelled pairs, LanguageModelError when the model does not answer.
    """
    if not settings.llm_base_url or not settings.llm_model:
        return _with(run, _unjudged(run.rows), {})
    model = LanguageModel(settings)
    chosen = _chosen(run)
    pairs = labelled(folder)
    if not pairs:
        raise InputError(
            f"{folder} holds neither wice nor qed.", "A judge is shown with its agreement; see docs/evaluation.md."
        )
    total, done = len(chosen) + sum(map(len, pairs.values())), 0

    def step() -> None:
        nonlocal done
        done += 1
        advance(done, total)

    agreed = agreement(pairs, model, step)
    return _with(run, judged(run.rows, chosen, run.answers, model, step), {"judge": {"model": model.name, "agreement": agreed}})


def _with(run: Run, rows: Sequence[Row], made: Mapping[str, Any]) -> Run:
    return replace(run, rows=tuple(rows), figures=tuple(figures(rows)), made={**run.made, **made})


def _unjudged(rows: Sequence[Row]) -> list[Row]:
    scores = {name: Score(None, "no language model is configured (RAG_LLM_BASE_URL, RAG_LLM_MODEL)") for name in _ASKED}
    return [replace(row, scores={**row.scores, **scores}) if row.suite == "questions" else row for row in rows]


def _chosen(run: Run) -> frozenset[str]:
    """A seeded sample of the questions that were answered."""
    answered = [row.id for row in run.rows if row.suite == "questions" and run.answers[row.id]["claims"]]
    return frozenset(sample(answered, _ANSWERS))


def judged(
    rows: Sequence[Row], chosen: Container[str], answers: Mapping[str, Any], model: Model, step: Callable[[], None]
) -> list[Row]:
    """`rows`, those of the questions in `chosen` with judged scores."""
    found = []
    for row in rows:
        if row.suite == "questions" and row.id in chosen:
            row = replace(row, scores={**row.scores, **_scores(answers[row.id], model)})
            step()
        found.append(row)
    return found


def _scores(answer: Mapping[str, Any], model: Model) -> dict[str, Score]:
    texts = {citation["number"]: citation["reading_text"] for citation in answer["citations"]}
    grounded, relevant = [], []
    for claim in answer["claims"]:
        source = "\n".join(texts[number] for number in claim["citations"] if number in texts)
        grounded.append(_says_yes(model, "judged.grounded", source, claim["text"]))
        relevant.append(_says_yes(model, "judged.relevant", answer["question"], claim["text"]))
    return {"judged.grounded": _share(grounded, "claims grounded"), "judged.relevant": _share(relevant, "claims relevant")}


def _share(said: Sequence[bool | None], what: str) -> Score:
    """A reply that is neither yes nor no judges nothing."""
    return share(sum(one is True for one in said), sum(one is not None for one in said), f"{what}, as judged")


def _says_yes(model: Model, measure: str, given: str, statement: str) -> bool | None:
    name = "Source" if measure == "judged.grounded" else "Question"
    messages = (
        Message("system", f"{_ASKED[measure]} Reply with one word, yes or no."),
        Message("user", f"{name}: {given}\n\nStatement: {statement}"),
    )
    said = re.match(r"\W*(yes|no)\b", model.complete(messages, None, 8), re.IGNORECASE)
    return said[1].lower() == "yes" if said else None


def agreement(pairs: Mapping[str, Sequence[Labelled]], model: Model, step: Callable[[], None]) -> dict[str, Any]:
    """How far the judge agrees with people, by measure: share with its interval, Cohen's kappa (1960) over the pairs it
    judged, how many pairs, and how many replies were neither yes nor no (these agree with nobody)."""
    found: dict[str, Any] = {}
    for measure, some in pairs.items():
        said = []
        for pair in some:
            said.append((pair.label, _says_yes(model, measure, pair.given, pair.statement)))
            step()
        same = stats.mean([float(label == one) for label, one in said])
        kappa = _kappa([(label, one) for label, one in said if one is not None])
        unclear = sum(one is None for _, one in said)
        found[measure] = {**{k: round(v, 4) for k, v in vars(same).items()}, "kappa": kappa, "unclear": unclear}
    return found


def labelled(folder: Path) -> dict[str, list[Labelled]]:
    """The labelled pairs that `folder` holds, half of them true in each sort."""
    found = {}
    if (folder / "wice").is_dir():
        claims = [
            (" ".join(page.sentences[n] for n in sorted(page.marked)), page.claim, yes) for page, yes in wice(folder / "wice")
        ]
        found["judged.grounded"] = _halves(Labelled(*one) for one in claims)
    if (folder / "qed").is_dir():
        found["judged.relevant"] = _halves(_sentences(folder / "qed" / "dev.jsonl"))
    return found


def _sentences(path: Path) -> Iterator[Labelled]:
    for raw in read_lines(path):
        chosen, starts = raw["annotation"].get("selected_sentence"), raw.get("sentence_starts", [])
        if not chosen or chosen["start"] not in starts or len(starts) < 2:
            continue
        ends = [*starts[1:], len(raw["paragraph_text"])]
        spans = dict(zip(starts, ends, strict=True))
        yield Labelled(raw["question_text"], raw["paragraph_text"][chosen["start"] : spans.pop(chosen["start"])].strip(), True)
        other = random.Random(f"{stats.SEED}/{raw['example_id']}").choice(sorted(spans))
        yield Labelled(raw["question_text"], raw["paragraph_text"][other : spans[other]].strip(), False)


def _halves(pairs: Iterator[Labelled]) -> list[Labelled]:
    every = list(pairs)
    return [pair for label in (True, False) for pair in sample([one for one in every if one.label is label], _PAIRS // 2)]


def _kappa(said: Sequence[tuple[bool, bool]]) -> float | None:
    """Agreement beyond chance; None where one of the two always says the same."""
    n = len(said)
    if not n:
        return None
    people, judge = sum(label for label, _ in said) / n, sum(one for _, one in said) / n
    chance = people * judge + (1 - people) * (1 - judge)
    return None if chance == 1 else round((sum(label == one for label, one in said) / n - chance) / (1 - chance), 4)


def judge_line(made: Mapping[str, Any]) -> str | None:
    """Who judged, and how far that agrees with people; None when nobody did."""
    judge = made.get("judge")
    if not judge:
        return None
    parts = (
        f"{name}: {one['value']:.2f} ({one['low']:.2f} to {one['high']:.2f}) of {one['n']} labelled pairs, "
        f"kappa {'–' if one['kappa'] is None else format(one['kappa'], '.2f')}"
        for name, one in judge["agreement"].items()
    )
    return f"Judged by {judge['model']}, which agrees with people on {'; '.join(parts)}. Judged measures gate nothing."
