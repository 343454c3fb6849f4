"""Fit what tells the kind of answer a question wants: softmax regression on the encoder's ninth layer.

    python train/kinds.py --out rag/weights

Needs encoder.onnx as train/export.py makes it. Prints how it does on fifths that it did not see, and writes kinds.npz (a row of
weights and a bias for each of `rag.models.kinds.KINDS`) with its SHA-256, for rag/models/session.py. Data: kinds/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from common import lines
from torch.nn import functional as F

from rag.models.kinds import KINDS, features

DECAY = 50.0  # of the weights over standardised features; 20 to 100 are alike on the fifths


def fit(x: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
    """(features + 1, kinds) weights, the last row the biases."""
    x = torch.cat([x, torch.ones(len(x), 1)], 1)
    weights = torch.zeros(x.shape[1], len(KINDS), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(x @ weights, kinds, reduction="sum") + DECAY * (weights[:-1] ** 2).sum() / 2
        value.backward()
        return value

    optimizer.step(loss)
    return weights.detach()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rows = [row for path in sorted((Path(__file__).parent / "kinds").glob("*.jsonl")) for row in lines(path)]
    x = torch.from_numpy(np.stack([features(row["text"]) for row in rows]))
    middle, spread = x.mean(0), x.std(0)
    x = (x - middle) / spread
    kinds = torch.tensor([KINDS.index(row["kind"]) for row in rows])
    fold = torch.tensor([hashlib.sha256(row["text"].encode()).digest()[0] % 5 for row in rows])
    said = torch.zeros(len(rows), len(KINDS))
    for k in range(5):
        weights = fit(x[fold != k], kinds[fold != k])
        said[fold == k] = torch.softmax(x[fold == k] @ weights[:-1] + weights[-1], 1)
    right, guess = said.argmax(1) == kinds, said.argmax(1)
    other = torch.tensor([row["language"] != "en" for row in rows])
    print(f"{right.float().mean():.3f} right of {len(rows)}; of other languages than English {right[other].float().mean():.3f}")
    for n, kind in enumerate(KINDS):
        wrong = dict(Counter(KINDS[int(m)] for m in guess[(kinds == n) & ~right]))
        print(
            f"  {kind}: {right[kinds == n].float().mean():.2f} found, {right[guess == n].float().mean():.2f} of those called so; taken for {wrong}"
        )
    for bar in (0.5, 0.6, 0.7, 0.8):
        sure = said.max(1).values >= bar
        print(f"  at least {bar} sure: {sure.float().mean():.2f} of all, {right[sure].float().mean():.3f} right")
    weights = fit(x, kinds).T
    matrix = weights[:, :-1] / spread
    target = args.out / "kinds.npz"
    np.savez(
        target, weights=matrix.numpy().astype(np.float32), biases=(weights[:, -1] - matrix @ middle).numpy().astype(np.float32)
    )
    print(f'    "{target.name}": "{hashlib.sha256(target.read_bytes()).hexdigest()}",')


if __name__ == "__main__":
    main()
