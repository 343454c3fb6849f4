"""Train and export the support model: does this passage support this statement?

A cross-encoder from all-MiniLM-L6-v2's weights reads `[CLS] statement [SEP] passage [SEP]`; a linear layer over [CLS] gives
the logit. What similarity cannot see is what it is trained on: passages and statements that differ in one particular.

Data: VitaminC (real and synthetic), SciFact, CLAPNQ's answers against the sentences they were written from, and
statements made by `edits.py` from the passages of SQuAD, QED, CLAPNQ, NoMIRACL and chunking_evaluation, faithful and not.

Held out: by SHA-256 a tenth of VitaminC's pages and of the passages; SciFact's validation claims, FEVER-symmetric, WiCE and
everything of three SQuAD articles. `--measure` prints the figures of README.md on them.
"""

from __future__ import annotations

import argparse
import collections
import csv
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from common import HELD_ARTICLES, arrays, base_encoder, batches, export, fit, lines, load_tokenizer, sentences_of, tidy
from edits import Editor, names_in
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

from eval.public import unseen
from rag.crossencoder import CLS, SEP
from rag.verify.support import PASSAGE, STATEMENT

MOST = {"vitaminc-real": 20_000, "vitaminc-synthetic": 5_000, "edit": 1_800}
BATCH_TOKENS = 3000
RATE = 1e-4
SEED = 7
INPUTS = ("input_ids", "token_type_ids", "attention_mask")


@dataclass(frozen=True)
class Pair:
    """A statement and a passage; `kind` says where from, `held` keeps it out of the training."""

    kind: str
    statement: str
    passage: str
    supported: bool
    held: bool = False


@dataclass(frozen=True)
class Tokens:
    """A pair as the model reads it."""

    ids: list[int]
    types: list[int]
    supported: bool


# --- data ------------------------------------------------------------------------------------------------------------


def vitaminc(bench: Path) -> Iterator[Pair]:
    symmetric = list(lines(bench / "vitaminc/fever_symmetric_dev.jsonl"))
    known = {row["claim"] for row in symmetric} | {row["evidence"] for row in symmetric}
    for row in symmetric:
        yield Pair("fever-symmetric", tidy(row["claim"]), tidy(row["evidence"]), row["label"] == "SUPPORTS", held=True)
    for name in ("real", "synthetic"):
        for row in lines(bench / f"vitaminc/vitaminc_{name}.jsonl"):
            if row["claim"] in known or row["evidence"] in known:
                continue
            statement, passage = tidy(row["claim"]), tidy(row["evidence"])
            yield Pair(f"vitaminc-{name}", statement, passage, row["label"] == "SUPPORTS", unseen.page(str(row["unique_id"])))


def scifact(bench: Path) -> Iterator[Pair]:
    csv.field_size_limit(1 << 24)
    with (bench / "scifact/corpus_train.csv").open(encoding="utf-8", newline="") as file:
        abstracts = {row["doc_id"]: _sentence_list(row["abstract"]) for row in csv.DictReader(file)}
    for name in ("train", "validation"):
        with (bench / f"scifact/claims_{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                sentences = abstracts.get(row["evidence_doc_id"], [])
                chosen = [int(i) for i in re.findall(r"\d+", row["evidence_sentences"]) if int(i) < len(sentences)]
                if not chosen:
                    continue
                passage = " ".join(sentences[i] for i in chosen)
                held = name == "validation"
                yield Pair("scifact", row["claim"], passage, row["evidence_label"] == "SUPPORT", held)
                other = [s for i, s in enumerate(sentences) if i not in chosen][:2]
                if other:
                    yield Pair("scifact", row["claim"], " ".join(other), False, held)


def _sentence_list(printed: str) -> list[str]:
    """The sentences of a printed array: ['…' "…" …]."""
    return [(a or b).strip() for a, b in re.findall(r"'((?:[^'\\]|\\.|'(?=\w))*)'|\"((?:[^\"\\]|\\.)*)\"", printed)]


def clapnq(bench: Path) -> Iterator[Pair]:
    for row in lines(bench / "clapnq/answerable.jsonl"):
        held = unseen.passage(row["id"])
        everything = [tidy(s) for s in row["passages"][0]["sentences"]]
        for output in row["output"]:
            passage = " ".join(tidy(s) for s in output["selected_sentences"])
            rest = " ".join([s for s in everything if s not in passage][:3])
            for _, sentence in sentences_of(tidy(output["answer"])):
                if len(sentence.split()) >= 5 and passage:
                    yield Pair("clapnq", sentence, passage, True, held)
                    if rest and sentence not in rest:
                        yield Pair("clapnq", sentence, rest, False, held)


def wice(bench: Path) -> Iterator[Pair]:
    for row in lines(bench / "wice/claim.jsonl"):
        chosen = sorted({i for group in row["supporting_sentences"] for i in group})
        if chosen and all(isinstance(i, int) and i < len(row["evidence"]) for i in chosen):
            passage = " ".join(row["evidence"][i] for i in chosen)
            yield Pair("wice", row["claim"], passage, row["label"] == "supported", held=True)


def passages(bench: Path) -> Iterator[tuple[str, bool]]:
    """(text, held) of every passage that statements are made from."""
    for article in json.loads((bench / "squad2/dev.json").read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], article["title"] in HELD_ARTICLES
    for row in lines(bench / "qed/dev.jsonl"):
        yield tidy(row["paragraph_text"]), unseen.passage(row["paragraph_text"])
    for name in ("answerable", "unanswerable"):
        for row in lines(bench / f"clapnq/{name}.jsonl"):
            yield tidy(row["passages"][0]["text"]), unseen.passage(row["id"])
    for name in ("relevant", "non_relevant"):
        for row in lines(bench / f"nomiracl/{name}.jsonl"):
            for text in re.findall(r"^\[\d+\] (.{80,})$", row["prompt"], re.M):
                yield text, unseen.passage(row["query_id"])
    for path in sorted((bench / "chunking/corpora").glob("*.md")):
        for text in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            if len(text.split()) > 30:
                yield re.sub(r"\s+", " ", tidy(text)), unseen.passage(text)


def edited(bench: Path, rng: random.Random) -> Iterator[Pair]:
    """Statements made from sentences of passages, at most two of each sort for a sentence."""
    for number, (text, held) in enumerate(dict.fromkeys(passages(bench))):
        sentences = [s for _, s in sentences_of(text)][:12]
        editor = Editor(names_in(text) if number % 4 else names_in(text)[:2], rng)
        for at, sentence in enumerate(sentences):
            if not 6 <= len(sentence.split()) <= 45 or not sentence[0].isupper() or sentence[-1] not in '.!”"':
                continue
            before = sentences[at - 1] if at else ""
            after = sentences[at + 1] if at + 1 < len(sentences) else ""
            around = rng.choice([(0, 1), (1, 1), (1, 2), (1, 2), (0, 2)])
            passage = " ".join(sentences[max(0, at - around[0]) : at + around[1]])
            true, false = editor.faithful(before, sentence, after), editor.unfaithful(before, sentence, after)
            rng.shuffle(true)
            for made in (*true[:2], *false[:2]):
                near = passage
                if made.kind in ("joined", "cause", "merged"):
                    near = " ".join(s for s in (before, sentence, after) if s)
                if not (made.supported is False and made.claim.rstrip(".") in near):
                    yield Pair(f"edit-{made.kind}", made.claim, near, made.supported, held)
            for text, made in editor.reported(sentence):
                yield Pair(f"edit-{made.kind}", made.claim, passage.replace(sentence, text), made.supported, held)
            others = sentences[: max(0, at - 2)] + sentences[at + 3 :]
            if others and rng.random() < 0.3:
                yield Pair("edit-elsewhere", sentence, " ".join(others[:2]), False, held)


def everything(bench: Path, seed: int) -> list[Pair]:
    """All pairs; of those to train on, at most `MOST` of a kind, chosen by the seed."""
    rng = random.Random(seed)
    made = [pair for read in (vitaminc, scifact, clapnq, wice) for pair in read(bench)]
    made += edited(bench, rng)
    rng.shuffle(made)
    taken: collections.Counter[str] = collections.Counter()
    kept = []
    for pair in made:
        taken[pair.kind] += not pair.held
        if pair.held or taken[pair.kind] <= MOST.get(pair.kind, MOST["edit"] if pair.kind.startswith("edit-") else len(made)):
            kept.append(pair)
    return kept


# --- model -----------------------------------------------------------------------------------------------------------


class Support(nn.Module):
    """The encoder and a logit over [CLS]."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.judge = nn.Linear(384, 1)

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        logit: torch.Tensor = self.judge(states[:, 0]).squeeze(-1)
        return logit


def encode(tokenizer: Tokenizer, pair: Pair) -> Tokens:
    statement = tokenizer.encode(pair.statement, add_special_tokens=False).ids[:STATEMENT]
    passage = tokenizer.encode(pair.passage, add_special_tokens=False).ids[:PASSAGE]
    ids = [CLS, *statement, SEP, *passage, SEP]
    return Tokens(ids, [0] * (len(statement) + 2) + [1] * (len(passage) + 1), pair.supported)


def logits(model: Support, batch: Sequence[Tokens]) -> torch.Tensor:
    ids, types, mask = (torch.from_numpy(array) for array in arrays(batch))
    with torch.autocast("cpu", torch.bfloat16):
        found = model(ids, types, mask)
    return found.float()


def train(model: Support, tokens: Sequence[Tokens], rng: random.Random) -> None:
    """One pass over all pairs."""

    def loss_of(batch: Sequence[Tokens]) -> torch.Tensor:
        wanted = torch.tensor([float(t.supported) for t in batch])
        return F.binary_cross_entropy_with_logits(logits(model, batch), wanted)

    fit(model, loss_of, batches(tokens, rng, BATCH_TOKENS), RATE)


def auroc(scores: np.ndarray, truth: np.ndarray) -> float:
    """The chance that a supported pair scores higher than an unsupported one (Mann-Whitney; ties count half)."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positive = int(truth.sum())
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive)))


def measure(model: Support, held: Sequence[Pair], tokenizer: Tokenizer) -> None:
    """Print AUROC by set, and for statements made by edits the share caught where a tenth of the faithful are lost."""
    model.eval()
    scores = np.zeros(len(held))
    encoded = [encode(tokenizer, pair) for pair in held]
    order = sorted(range(len(held)), key=lambda i: len(encoded[i].ids))
    with torch.no_grad():
        for first in range(0, len(order), 64):
            part = order[first : first + 64]
            scores[part] = logits(model, [encoded[i] for i in part]).numpy()
    truth = np.array([pair.supported for pair in held])
    kinds = np.array([pair.kind for pair in held])
    for name in ("fever-symmetric", "vitaminc-real", "vitaminc-synthetic", "scifact", "clapnq", "wice"):
        own = kinds == name
        print(f"{name:20} {int(own.sum()):6} AUROC {auroc(scores[own], truth[own]):.3f}")
    made = np.char.startswith(kinds, "edit-")
    threshold = float(np.quantile(scores[made & truth], 0.1))
    print(
        f"{'edits':20} {int(made.sum()):6} AUROC {auroc(scores[made], truth[made]):.3f}; at logit {threshold:.2f}, 10% of the faithful lost:"
    )
    for name in sorted(set(kinds[made])):
        own = kinds == name
        print(
            f"  {name:18} {int(own.sum()):6} {'kept' if truth[own][0] else 'caught'} {np.mean((scores[own] >= threshold) == truth[own]):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the support model.")
    parser.add_argument("--bench", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--measure", action="store_true", help="print the figures on what was held out")
    options = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order: a seed gives the same weights on the same kind of processor
    tokenizer = load_tokenizer()
    pairs = everything(options.bench, options.seed)
    torch.manual_seed(options.seed)
    model = Support(base_encoder())
    train(model, [encode(tokenizer, p) for p in pairs if not p.held], random.Random(options.seed))
    example = torch.ones((2, 9), dtype=torch.int64)
    export(model, (example, example * 0, example), INPUTS, options.out)
    print(f"{options.out}: SHA-256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}", flush=True)
    if options.measure:
        measure(model, [p for p in pairs if p.held], tokenizer)


if __name__ == "__main__":
    main()
