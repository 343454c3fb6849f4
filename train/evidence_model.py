"""Train the evidence model: one encoder that reads a question or statement with a window of sentences.

    python train/evidence_model.py --base FOLDER --data SHARED/train --bench SHARED/bench --out RUN [--start evidence.onnx]

`FOLDER` comes from train/base.py. Checkpoints are kept in RUN; the same command goes on where it stopped. README.md has the data
and the figures; train/export.py makes the shipped file.

Heads, over the last layer: for each sentence (the mean of its pieces) whether it answers and whether it bears on a statement;
for the window (the first piece and the sentences weighed by that) whether it answers everything, what it says to a statement
(supported, contradicted, not said), whether quoting words of it alone misleads, whether a question leans on an earlier one; and a span, "none" being the first piece.
Losses: one for each head, and softplus(wrong - right) between the two of a pair, which stand in one batch. The piece table is
left as it is: it is shared with the encoder, and a word that no example had keeps its place among the others.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from examples import (
    SUPPORTED,
    Example,
    cuts,
    found_elsewhere,
    hand_written,
    near,
    pairs,
    public,
    published,
    speakers,
    talks,
)  # fmt: skip
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F
from transformers import BertConfig, BertModel

SEED = 7
TOKENS = 3200  # pieces in a batch
MOST = 32  # windows in a batch: questions alone are short, and with hundreds in one batch their heads hardly move
LONGEST = 304  # pieces of one window; a longer passage is cut around what is marked
PREFIX = {"ask": "query: ", "claim": "claim: ", "cut": "quote: ", "who": "speaker: ", "talk": "earlier: "}
RATE, HEAD_RATE = 1e-4, 5e-4
FIRST = 500  # steps at half as much again: the body has to unlearn being an encoder of single texts


@dataclass
class Window:
    """An example in pieces. `owner`: the sentence of each piece, -1 for none."""

    example: Example
    ids: list[int]
    owner: list[int]
    offsets: list[tuple[int, int]]
    starts: list[int]


class Evidence(nn.Module):
    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.sentence = nn.Linear(width, 2)
        self.span = nn.Linear(width, 2)
        self.pooled = nn.Linear(2 * width, width)
        self.window = nn.Linear(width, 1)
        self.support = nn.Linear(width, 3)
        self.cut = nn.Linear(width, 1)
        self.leans = nn.Linear(width, 1)

    def forward(
        self, embedded: torch.Tensor, mask: torch.Tensor, owner: torch.Tensor, statement: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """`owner` is (batch, pieces, sentences), 1 where the piece is of the sentence; `statement` (batch), 1 for a statement."""
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state.float()
        sizes = owner.sum(1)  # (batch, sentences)
        vectors = torch.einsum("bts,btw->bsw", owner, hidden) / sizes.clamp(min=1)[..., None]
        both = self.sentence(vectors)
        sentence = both[..., 0] * (1 - statement)[:, None] + both[..., 1] * statement[:, None]
        weights = torch.softmax(sentence.masked_fill(sizes == 0, -1e4), dim=1)
        best = torch.einsum("bs,bsw->bw", weights, vectors)
        pooled = F.gelu(self.pooled(torch.cat([hidden[:, 0], best], dim=1)))
        return (
            sentence,
            self.span(hidden),
            self.window(pooled)[:, 0],
            self.support(pooled),
            self.cut(pooled)[:, 0],
            self.leans(pooled)[:, 0],
        )


def load_base(folder: Path, dropout: float = 0.1) -> BertModel:
    weights = load_file(folder / "model.safetensors")
    config = BertConfig(
        vocab_size=len(weights["embeddings.word_embeddings.weight"]), hidden_size=384, num_hidden_layers=12, num_attention_heads=12,
        intermediate_size=1536, hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    config._attn_implementation = "eager"  # its backward pass on a processor takes a third of the time of the fused one
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(weights)
    return model


def shipped(path: Path) -> dict[str, torch.Tensor]:
    """The weights in a file that train/export.py made, but for the table of pieces; large matrices as their 8 bits say."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path).graph
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    users = {name: node for node in graph.node for name in node.input}
    found = {name: torch.from_numpy(value.copy()) for name, value in known.items() if name.endswith((".weight", ".bias"))}
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            numbers, scales = (known[name] for name in node.input[1:3])
            matrix = ((numbers.astype(np.float32) - 128) * scales.reshape(*numbers.shape[:2], 1)).reshape(len(numbers), -1)
        elif node.op_type == "MatMul" and node.input[1] in known:
            matrix = known[node.input[1]].T.copy()
        else:
            continue
        bias = next(name for name in users[node.output[0]].input if name.endswith(".bias"))
        found[bias.removesuffix("bias") + "weight"] = torch.from_numpy(matrix)
    return found


# --- windows ---------------------------------------------------------------------------------------------------------


class Reader:
    """Turns examples into pieces."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.bos, self.eos = self.tokenizer.token_to_id("<s>"), self.tokenizer.token_to_id("</s>")

    def window(self, example: Example, titled: bool) -> Window:
        encode = self.tokenizer.encode
        head = [self.bos, *encode(PREFIX[example.task] + example.query, add_special_tokens=False).ids[:96], self.eos]
        if titled and example.title:
            head += [*encode(example.title, add_special_tokens=False).ids[:40], self.eos]
        pieces = [encode(text, add_special_tokens=False) for text in example.sentences]
        first, last = 0, len(pieces)
        wanted = set(example.marked or ()) | ({example.span[0]} if example.span else set())
        while last - first > 1 and len(head) + 1 + sum(len(p.ids) for p in pieces[first:last]) > LONGEST:
            middle = sum(wanted) / len(wanted) if wanted else 0
            if middle - first > last - 1 - middle:
                first += 1
            else:
                last -= 1
        ids, owner, offsets, starts = list(head), [-1] * len(head), [(0, 0)] * len(head), []
        for number, piece in enumerate(pieces):
            starts.append(len(ids))
            if first <= number < last:
                ids += piece.ids
                owner += [number] * len(piece.ids)
                offsets += piece.offsets
        ids, owner, offsets = [*ids[: LONGEST - 1], self.eos], [*owner[: LONGEST - 1], -1], [*offsets[: LONGEST - 1], (0, 0)]
        return Window(example, ids, owner, offsets, starts)


def positions(window: Window) -> tuple[int, int] | None:
    """First and last piece of the words that answer, (0, 0) for none, None if unknown."""
    span = window.example.span
    if span is None:
        return None
    if span == ():
        return 0, 0
    number, words = span
    start = window.example.sentences[number].find(words)
    inside = [
        at for at, (owner, (a, b)) in enumerate(zip(window.owner, window.offsets, strict=True))
        if owner == number and a < start + len(words) and b > start
    ]  # fmt: skip
    return (inside[0], inside[-1]) if inside else None


@dataclass
class Batch:
    windows: list[Window]
    ids: torch.Tensor
    mask: torch.Tensor
    owner: torch.Tensor
    statement: torch.Tensor


def collate(windows: Sequence[Window]) -> Batch:
    width = max(len(w.ids) for w in windows)
    count = max(len(w.example.sentences) for w in windows)
    ids, mask = np.ones((len(windows), width), np.int64), np.zeros((len(windows), width), np.int64)
    owner = np.zeros((len(windows), width, count), np.float32)
    for row, w in enumerate(windows):
        ids[row, : len(w.ids)], mask[row, : len(w.ids)] = w.ids, 1
        for at, number in enumerate(w.owner):
            if number >= 0:
                owner[row, at, number] = 1
    statement = torch.tensor([float(w.example.task in ("claim", "cut")) for w in windows])
    return Batch(list(windows), torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(owner), statement)


def plan(windows: Sequence[Window], rng: random.Random) -> list[list[Window]]:
    """Batches of units of about one length, in random order. A unit stays together."""
    units: dict[str, list[Window]] = defaultdict(list)
    for w in windows:
        units[w.example.unit].append(w)
    order, made = list(units.values()), []
    rng.shuffle(order)
    for first in range(0, len(order), 768):
        current: list[Window] = []
        for unit in sorted(order[first : first + 768], key=lambda u: max(len(w.ids) for w in u)):
            longest = max(len(w.ids) for w in (*current, *unit))
            count = len(current) + len(unit)
            if current and (longest * count > TOKENS or count > MOST):
                made.append(current)
                current = []
            current = current + unit
        made.append(current)
    rng.shuffle(made)
    return made


# --- loss ------------------------------------------------------------------------------------------------------------


def loss_of(model: Evidence, batch: Batch) -> torch.Tensor:
    with torch.no_grad():
        embedded = model.encoder.embeddings.word_embeddings(batch.ids)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = model(embedded, batch.mask, batch.owner, batch.statement)
    sentence, span, window, support, cut, leans = (x.float() for x in out)
    span = span.masked_fill(((batch.owner.sum(2) == 0) & (torch.arange(batch.ids.shape[1]) > 0))[..., None], -1e4)
    total = torch.zeros(())
    terms = 0.0
    order: dict[str, dict[bool, list[tuple[torch.Tensor, torch.Tensor]]]] = defaultdict(lambda: {True: [], False: []})
    present = batch.owner.sum(1) > 0
    for row, w in enumerate(batch.windows):
        e, wanted = w.example, torch.tensor(float(w.example.label))
        best = sentence[row].masked_fill(~present[row], -1e4).max()
        if e.task in ("ask", "who"):
            one = F.binary_cross_entropy_with_logits(window[row], wanted)
            score = (window[row], best)
        elif e.task == "claim":
            one = F.cross_entropy(support[row][None], torch.tensor([e.label]))
            others = torch.logsumexp(torch.stack([support[row][k] for k in range(3) if k != SUPPORTED]), 0)
            score = (support[row][SUPPORTED] - others,) * 2
        elif e.task == "talk":
            one, score = F.binary_cross_entropy_with_logits(leans[row], wanted), ()
        else:
            one = F.binary_cross_entropy_with_logits(cut[row], wanted)
            score = (cut[row], cut[row])
        if e.marked is not None and present[row].any():
            target = torch.tensor([float(n in e.marked) for n in range(sentence.shape[1])])
            each = F.binary_cross_entropy_with_logits(sentence[row], target, reduction="none")
            share = 2.0 if e.task in ("ask", "who") else 0.5
            one = one + share * (each * present[row]).sum() / present[row].sum()
        if e.task in ("ask", "who") and (place := positions(w)) is not None:
            start, end = (F.cross_entropy(span[row, :, k][None], torch.tensor([place[k]])) for k in (0, 1))
            one = one + 0.25 * (start + end)
        if e.right is not None:
            order[e.unit][e.right].append(score)
        total, terms = total + e.weight * one, terms + e.weight
    loss = total / max(terms, 1.0)
    ordered = [
        F.softplus(b - a)
        for sides in order.values()
        for r in sides[True]
        for n in sides[False]
        for a, b in zip(r, n, strict=True)
    ]
    return loss + 0.5 * torch.stack(ordered).mean() if ordered else loss


# --- measuring -------------------------------------------------------------------------------------------------------


@torch.no_grad()
def scores(model: Evidence, windows: Sequence[Window]) -> list[dict[str, float]]:
    """For each window: what each head says, in the order given. `first`: 1 if a marked sentence scores highest."""
    model.eval()
    made: list[dict[str, float]] = [{} for _ in windows]
    order = sorted(range(len(windows)), key=lambda n: len(windows[n].ids))
    for first in range(0, len(order), 24):
        numbers = order[first : first + 24]
        batch = collate([windows[n] for n in numbers])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = model(model.encoder.embeddings.word_embeddings(batch.ids), batch.mask, batch.owner, batch.statement)
        sentence, span, window, support, cut, leans = (x.float() for x in out)
        outside = (batch.owner.sum(2) == 0) & (torch.arange(batch.ids.shape[1]) > 0)
        span = span.masked_fill(outside[..., None], -1e4)
        sentence = sentence.masked_fill(batch.owner.sum(1) == 0, -1e4)
        for row, number in enumerate(numbers):
            e = windows[number].example
            log = torch.log_softmax(support[row], 0)
            best = span[row, 1:].max(0).values.sum() - span[row, 0].sum()
            made[number] = {
                "window": float(window[row]), "best": float(sentence[row].max()), "span": float(best),
                "support": float(log[0] - torch.logsumexp(log[1:], 0)), "cut": float(cut[row]),  "talk": float(leans[row]),
                "first": float(int(sentence[row].argmax()) in (e.marked or ())),
            }  # fmt: skip
    model.train()
    return made


def auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    if not right or not wrong:
        return float("nan")
    ranks = np.argsort(np.argsort(np.concatenate([right, wrong]), kind="stable"))
    return float((ranks[: len(right)].sum() - len(right) * (len(right) - 1) / 2) / (len(right) * len(wrong)))


def report(model: Evidence, windows: Sequence[Window]) -> dict[str, float]:
    """Figures on what was held back."""
    found = scores(model, windows)
    rows = [(w.example, s) for w, s in zip(windows, found, strict=True)]
    score = {
        "ask": lambda s: s["window"] + s["best"],
        "claim": lambda s: s["support"],
        "cut": lambda s: s["cut"],
        "who": lambda s: s["window"],
        "talk": lambda s: s["talk"],
    }

    def of(kinds: Sequence[str], start: str = "") -> list[float]:
        return [score[e.task](s) for e, s in rows if e.kind in kinds and e.name.startswith(start)]

    def ordered(task: str, starts: tuple[str, ...], cond=lambda e: True) -> tuple[float, int]:  # type: ignore[no-untyped-def]
        units: dict[str, dict[bool, float]] = defaultdict(dict)
        for e, s in rows:
            if e.task == task and e.right is not None and e.name.startswith(starts) and cond(e):
                sides, one = units[e.unit], score[e.task](s)
                sides[e.right] = max(one, sides.get(False, one)) if not e.right else one
        both = [u for u in units.values() if len(u) == 2]
        return (sum(u[True] > u[False] for u in both) / len(both) if both else float("nan")), len(both)

    natural = ("p", "q")
    kinds_answer = ("answerable", "answerable_other_words")
    other = lambda e: "other_words" in e.kind
    figures = {
        "near_miss AUROC": auroc(of(kinds_answer), of(("near_miss", "near_miss_other_words"))),
        "false_premise AUROC": auroc(of(kinds_answer), of(("false_premise",))),
        "twins ask, same words": ordered("ask", natural, lambda e: not other(e))[0],
        "twins ask, other words": ordered("ask", natural, other)[0],
        "twins claim, same": ordered("claim", natural, lambda e: not other(e))[0],
        "twins claim, other": ordered("claim", natural, other)[0],
        "set 5 ask": ordered("ask", ("x", "t"))[0],
        "set 5 claim": ordered("claim", ("x", "t"))[0],
        "set 6 ask": ordered("ask", ("u",))[0],
        "set 6 claim": ordered("claim", ("u",))[0],
        "cut settings": ordered("cut", ("x", "t", "u"))[0],
        "cut natural AUROC": auroc(
            of(("cut_misleads",), "p") + of(("cut_misleads",), "q"), of(("cut_fair",), "p") + of(("cut_fair",), "q")
        ),
        "claims AUROC": auroc(
            of(("supported", "supported_other_words")), of(("contradicted", "contradicted_other_words", "not_said"))
        ),
    }
    figures["leans on an earlier question, AUROC"] = auroc(of(("leans",)), of(("stands alone",)))
    for kind in kinds_answer:
        firsts = [s["first"] for e, s in rows if e.kind == kind and len(e.sentences) > 1]
        figures[f"first, {kind}"] = sum(firsts) / max(1, len(firsts))
    figures["near ask"] = ordered("ask", ("near",))[0]
    figures["near claim"] = ordered("claim", ("near",))[0]
    ours = sorted({e.name.split(".")[0] for e, _ in rows if e.kind == "pair"})
    if ours:
        figures["our pairs ask"] = ordered("ask", tuple(ours))[0]
        figures["our pairs claim"] = ordered("claim", tuple(ours))[0]
    return figures


# --- the run ---------------------------------------------------------------------------------------------------------


def gather(data: Path, bench: Path, own: Path, epoch: int) -> list[Example]:
    """The examples of an epoch: all that were written, other public rows each time."""
    written = [
        *hand_written(data),
        *pairs(own / "pairs"),
        *cuts(own / "cuts" / "cuts.jsonl"),
        *speakers(own / "speakers" / "speakers.jsonl"),
        *near(data, own / "near"),
        *talks(data, SEED + epoch),
    ]
    return [
        *found_elsewhere(written, 4000, SEED + epoch),
        *public(data / "public", SEED + epoch),
        *published(bench, SEED + epoch),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("base", "data", "bench", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--fraction", type=float, default=1.0, help="part of each epoch's units that are not written here")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--steps", type=int, help="stop after so many; the rate falls to nothing by then")
    parser.add_argument("--start", type=Path, help="an evidence.onnx to go on from, with other public rows than its first pass")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    args.out.mkdir(parents=True, exist_ok=True)
    reader, own = Reader(args.base), Path(__file__).parent

    def windows_of(epoch: int) -> tuple[list[Window], list[Window]]:
        rng = random.Random(SEED + epoch)
        examples = gather(args.data, args.bench, own, epoch)
        ours = {
            e.unit
            for e in examples
            if e.kind == "pair" or e.kind.startswith("near:") or e.name.startswith(("cuts.", "speakers."))
        }
        units = sorted({e.unit for e in examples if not e.held} - ours)
        chosen = ours | set(rng.sample(units, int(args.fraction * len(units))))
        trained = [reader.window(e, rng.random() < 0.6) for e in examples if e.unit in chosen and not e.held]
        return trained, [reader.window(e, True) for e in examples if e.held]

    plans, measured, passes = [], [], int(args.start is not None)
    for epoch in range(passes, passes + args.epochs):
        trained, kept = windows_of(epoch)
        measured = measured or kept
        plans += plan(trained, random.Random(SEED + epoch))
    plans = plans[: args.steps]
    some = random.Random(SEED).sample(sorted({w.example.unit for w in measured}), 700)
    quick = [w for w in measured if w.example.unit in set(some)]
    print(
        f"{len(plans)} steps, {sum(len(w.ids) for b in plans for w in b) / 1e6:.2f} million pieces, {len(measured)} windows held back",
        flush=True,
    )
    model = Evidence(load_base(args.base))
    if args.start:
        missing, unknown = model.load_state_dict(shipped(args.start), strict=False)
        if unknown or any(not name.startswith(("encoder.embeddings.word_", "leans.")) for name in missing):
            raise SystemExit(f"{args.start} is not of this model: it lacks {missing} and has {unknown}")
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    for layer in model.encoder.encoder.layer:
        layer.compile(dynamic=True)  # a quarter faster
    body = [p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    groups = [
        {"params": [p for p in part if (p.ndim > 1) == decays], "weight_decay": 0.01 * decays, "peak": rate}
        for part, rate in ((body, RATE), (heads, HEAD_RATE)) for decays in (True, False)
    ]  # fmt: skip
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), eps=1e-6)
    saved, step = args.out / "checkpoint.pt", 0
    if saved.is_file():
        state = torch.load(saved, weights_only=True)
        step = state["step"]
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
    recent, began, log = [], time.time(), (args.out / "log.jsonl").open("a")
    model.train()
    while step < len(plans):
        torch.manual_seed(SEED * 100_003 + step)
        for group in optimizer.param_groups:
            early = 1.5 if not args.start and step < FIRST and group["peak"] == RATE else 1.0
            group["lr"] = early * group["peak"] * min(1.0, (step + 1) / (0.05 * len(plans))) * max(0.02, 1 - step / len(plans))
        loss = loss_of(model, collate(plans[step]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        recent.append(float(loss.detach()))
        step += 1
        if step % 50 == 0:
            print(
                f"{step}/{len(plans)} loss {np.mean(recent[-50:]):.4f}, {(time.time() - began) / 50:.2f} s a step", flush=True
            )
            began = time.time()
        if step % 500 == 0 or step == len(plans):
            figures = report(model, measured if step == len(plans) else quick)
            log.write(json.dumps({"step": step, "loss": float(np.mean(recent[-200:])), **figures}) + "\n")
            log.flush()
            print("  " + ", ".join(f"{k} {v:.3f}" for k, v in figures.items()), flush=True)
            part = saved.with_suffix(".part")
            torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, part)
            part.replace(saved)
            began = time.time()


if __name__ == "__main__":
    main()
