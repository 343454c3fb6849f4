"""Which kind of answer a question wants, read off the encoder's ninth layer: in any language, without a list of words.

A softmax regression over what that layer has of the question (train/kinds.py). The last layer, made for finding texts on the same
matter, has forgotten most of it. A question that is not surely of another kind is taken for one about a fact.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, Literal, get_args

from rag.models.pieces import BOS, EOS, pieces
from rag.models.session import session, weights

Kind = Literal["fact", "overview", "list", "compare", "change", "document", "metadata", "latest"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SURVEYS: tuple[Kind, ...] = ("overview", "compare", "change", "document", "metadata")
"""Kinds of answers that draw several places together, or are about documents."""

# Below this probability a question is taken for one about a fact. On questions not seen in fitting .89 of those above .6 are of the
# kind said, .93 of those above .75 (train/README.md). A wrong overview still has the answer in it; what is said of documents has not.
_SURE, _SURE_OF_DOCUMENTS = 0.6, 0.75
# Word pieces that are read: what is wanted stands at the beginning or the end.
_FIRST, _LAST = 64, 32


def features(question: str) -> Any:
    """What the ninth layer has of a question: (768,). Raises ModelError."""
    ids = pieces().encode(f"query: {question}").ids
    if len(ids) > _FIRST + _LAST:
        ids = [*ids[:_FIRST], *ids[-_LAST:]]
    embedded, mask = pieces().vectors([BOS, *ids, EOS])
    return session("encoder.onnx").run(["middle"], {"embedded": embedded, "mask": mask})[0][0]


@lru_cache(maxsize=1)
def _fitted() -> tuple[Any, Any]:
    import numpy as np

    file = np.load(io.BytesIO(weights("kinds.npz")))
    return file["weights"], file["biases"]


@lru_cache(maxsize=256)
def kind_of(question: str) -> Kind:
    """The kind of answer that `question` wants. Raises ModelError."""
    import numpy as np

    matrix, biases = _fitted()
    odds = matrix @ features(question) + biases
    shares = np.exp(odds - odds.max())
    best = int(shares.argmax())
    kind = KINDS[best]
    return (
        kind if shares[best] / shares.sum() >= (_SURE_OF_DOCUMENTS if kind in ("document", "metadata") else _SURE) else "fact"
    )
