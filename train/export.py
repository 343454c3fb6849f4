"""Make the shipped files, rag/weights: the encoder (4-bit, as published), the evidence model (8-bit), the pieces they share.

    python train/export.py --base FOLDER --run RUN --out rag/weights

Prints each file's SHA-256, for rag/models/session.py.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from evidence_model import Evidence, load_base, shipped
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional as F

MIDDLE = 9  # of 12: on fifths not seen, kinds of questions are read off layer 9 in .83, off layer 6 in .80, off layer 12 in .75


class Encoder(nn.Module):
    """The encoder with mean pooling and normalisation, as e5 is used, and what its ninth layer has of a text (rag/models/kinds.py)."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, embedded: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        layers = self.encoder(inputs_embeds=embedded, attention_mask=mask, output_hidden_states=True).hidden_states
        weight = mask[..., None].to(layers[-1].dtype)
        last, middle = ((layers[n] * weight).sum(1) / weight.sum(1).clamp(min=1) for n in (-1, MIDDLE))
        return F.normalize(last, dim=-1), torch.cat([layers[MIDDLE][:, 0], middle], dim=1)


def _export(module: nn.Module, names: list[str], outputs: list[str], path: Path) -> onnx.ModelProto:
    example: dict[str, torch.Tensor] = {
        "embedded": torch.zeros(2, 9, 384),
        "mask": torch.ones(2, 9, dtype=torch.int64),
        "owner": torch.zeros(2, 9, 3),
        "statement": torch.zeros(2),
    }
    example["owner"][:, 4:6, 0] = 1
    example["owner"][:, 6:8, 1] = 1
    axes: dict[str, dict[int, str]] = {
        "embedded": {0: "batch", 1: "pieces"}, "mask": {0: "batch", 1: "pieces"}, "owner": {0: "batch", 1: "pieces", 2: "sentences"},
        "statement": {0: "batch"}, "sentence": {0: "batch", 1: "sentences"}, "span": {0: "batch", 1: "pieces"},
        **{name: {0: "batch"} for name in ("window", "support", "cut", "leans", "embedding", "middle")},
    }  # fmt: skip
    with torch.no_grad():
        torch.onnx.export(
            module.eval(), tuple(example[name] for name in names), str(path), dynamo=False, opset_version=17, input_names=names,
            output_names=outputs, dynamic_axes={name: axes[name] for name in (*names, *outputs)},
        )  # fmt: skip
    return onnx.load(path)


def pack(model: onnx.ModelProto, bits: int, block: int, level: int) -> None:
    """Replace the products with large matrices by `MatMulNBits` of ONNX Runtime: `bits` a weight, a scale for `block` of them.

    `level` is how exactly activations are multiplied: 1 as floats, 4 in 8 bits with a scale for each block of a row, so that a
    score does not depend on its batch. With 4 bits and blocks of 32 the encoder's weights come out as they were packed, since
    the weight of largest magnitude in a block is its scale times -8.
    """
    graph = model.graph
    known = {tensor.name: tensor for tensor in graph.initializer}
    packed: dict[str, list[Any]] = {}
    for node in graph.node:
        if node.op_type != "MatMul" or node.input[1] not in known or math.prod(known[node.input[1]].dims) < 100_000:
            continue
        name = node.input[1]
        weights = numpy_helper.to_array(known[name]).T
        outputs, inputs = weights.shape
        blocks = weights.reshape(outputs, inputs // block, block)
        if bits == 4:
            largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
            scales, middle = largest / -8, 8
        else:
            scales, middle = np.abs(blocks).max(-1, keepdims=True) / 127, 128
        scales = np.where(scales == 0, 1e-8, scales)
        numbers = np.clip(np.rint(blocks / scales) + middle, 0, 2**bits - 1).astype(np.uint8)
        if bits == 4:
            numbers = numbers[..., 0::2] | (numbers[..., 1::2] << 4)
        packed[name] = [
            numpy_helper.from_array(numbers.astype(np.uint8), f"{name}.numbers"),
            numpy_helper.from_array(scales.reshape(outputs, -1).astype(np.float32), f"{name}.scales"),
        ]
        node.CopyFrom(
            helper.make_node(
                "MatMulNBits", [node.input[0], f"{name}.numbers", f"{name}.scales"], list(node.output), domain="com.microsoft",
                K=inputs, N=outputs, bits=bits, block_size=block, accuracy_level=level,
            )
        )  # fmt: skip
    kept = [tensor for tensor in graph.initializer if tensor.name not in packed]
    del graph.initializer[:]
    graph.initializer.extend([*kept, *(tensor for both in packed.values() for tensor in both)])
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("base", "run", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument(
        "--halfway", type=Path, help="ship the mean of the run's weights and of this evidence.onnx, where it began"
    )
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "pieces.npz"):
        shutil.copy(args.base / name, args.out / name)
    target = args.out / "encoder.onnx"
    model = _export(Encoder(load_base(args.base)), ["embedded", "mask"], ["embedding", "middle"], target)
    pack(model, bits=4, block=32, level=1)
    onnx.save(model, target)
    evidence = Evidence(load_base(args.base))
    trained = torch.load(args.run / "checkpoint.pt", weights_only=True)["model"]
    if args.halfway:
        began = shipped(args.halfway)
        trained = {name: (value + began[name]) / 2 if name in began else value for name, value in trained.items()}
    evidence.load_state_dict(trained)
    target = args.out / "evidence.onnx"
    outputs = ["sentence", "span", "window", "support", "cut", "leans"]
    model = _export(evidence, ["embedded", "mask", "owner", "statement"], outputs, target)
    pack(model, bits=8, block=128, level=4)
    onnx.save(model, target)
    for path in sorted(args.out.iterdir()):
        if path.suffix in (".onnx", ".npz", ".json"):
            print(
                f'    "{path.name}": "{hashlib.sha256(path.read_bytes()).hexdigest()}",  # {path.stat().st_size / 1e6:.1f} MB'
            )


if __name__ == "__main__":
    main()
