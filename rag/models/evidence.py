"""The evidence model: a cross-encoder that reads a question, a statement or a quotation together with a window of sentences.

It is the only place where words are judged: which sentences answer a question and with which words, whether the window answers
all of it, whether a statement is supported or contradicted, whether quoting words alone misleads, who says them, whether a
question leans on an earlier one. Trained by
train/evidence_model.py; train/README.md has the data and the figures. Log-odds are of the model and not calibrated:
`rag.decide` says what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from rag.models.pieces import BOS, EOS, Encoded, pieces
from rag.models.session import run_each, session

# As in training: pieces of a window, of what is asked of it, and of the title before its sentences.
_LONGEST, _ASKED, _TITLE = 336, 96, 40
# Words behind a semicolon that are a clause of their own and no item of a list.
_CLAUSE_WORDS = 4
# Pieces of the words that answer: longer spans are a start and an end of two different ones.
_LONGEST_WORDS = 40


class Window(NamedTuple):
    """Neighbouring sentences of one document, and what it is called (with its date)."""

    title: str
    sentences: tuple[str, ...]


class Reading(NamedTuple):
    """What a window says to a question. `answered`: log-odds that it answers all of it; `sentences`: that each of them answers.

    `words`: the sentence and the characters in it that answer best; `certain`: log-odds of that against "nothing answers".
    """

    answered: float
    sentences: tuple[float, ...]
    words: tuple[int, int, int]
    certain: float


class Support(NamedTuple):
    """Probabilities (0 to 1, together 1) that a window supports a statement, contradicts it, does not say it."""

    supported: float
    contradicted: float
    not_said: float


class _Input(NamedTuple):
    ids: list[int]
    starts: list[int]  # the first piece of each sentence, and the end of the last
    texts: list[Encoded]


class EvidenceModel:
    """The model, ready to read."""

    def __init__(self) -> None:
        """Raises ModelError when a file is missing or not the one of this version."""
        self._pieces = pieces()
        session("evidence.onnx")

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """What each window says to `question`."""
        return self._readings("query: ", question, windows)

    def speaker(self, quote: str, windows: Sequence[Window]) -> list[Reading]:
        """Who says `quote` as each window shows it: `answered` is that it is shown, `words` the speaker."""
        return self._readings("speaker: ", quote, windows)

    def support(self, pairs: Sequence[tuple[str, Window]]) -> list[Support]:
        """What each window says to its statement."""
        import numpy as np

        found = self._run([self.input("claim: ", statement, window) for statement, window in pairs], ["support"], 1.0)
        made = []
        for (logits,) in found:
            odds = np.exp(logits - logits.max())
            made.append(Support(*(float(p) for p in odds / odds.sum())))
        return made

    def misleads(self, pairs: Sequence[tuple[str, Window]]) -> list[float]:
        """Log-odds that quoting these words of the window alone gives a wrong picture of what it says."""
        inputs = [self.input("quote: ", quote, window) for quote, window in pairs]
        return [float(cut) for (cut,) in self._run(inputs, ["cut"], 1.0)]

    def leans(self, earlier: str, question: str) -> bool:
        """Whether a question is to be understood with an earlier one: "And in 2019?"."""
        ((odds,),) = self._run([self.input("earlier: ", earlier, Window("", (question,)))], ["leans"], 0.0)
        return bool(odds > 0)

    def _readings(self, prefix: str, asked: str, windows: Sequence[Window]) -> list[Reading]:
        inputs = [self.input(prefix, asked, window) for window in windows]
        found = self._run(inputs, ["window", "sentence", "span"], 0.0)
        made = []
        for given, one, (window, sentence, span) in zip(windows, inputs, found, strict=True):
            count = len(one.texts)
            words, certain = _words(one, span)
            words = _one_clause(given.sentences, words)
            seen = [float(sentence[n]) if one.starts[n + 1] > one.starts[n] else -30.0 for n in range(count)]
            made.append(Reading(float(window), tuple(seen), words, certain))
        return made

    def input(self, prefix: str, asked: str, window: Window) -> _Input:
        """The pieces of a window with what is asked of it, behind the `prefix` of a reading ("query: "); what is too long is cut off."""
        head = [BOS, *self._pieces.encode(prefix + asked).ids[:_ASKED], EOS]
        if window.title:
            head += [*self._pieces.encode(window.title).ids[:_TITLE], EOS]
        texts = [self._pieces.encode(text) for text in window.sentences]
        ids, starts = head, []
        for text in texts:
            starts.append(min(len(ids), _LONGEST - 1))
            ids = [*ids, *text.ids]
        starts.append(min(len(ids), _LONGEST - 1))
        return _Input([*ids[: _LONGEST - 1], EOS], starts, texts)

    def feed(self, one: _Input, statement: float) -> dict[str, Any]:
        """What the session takes of an input; `statement` is 1 where a statement or a quotation is read."""
        import numpy as np

        embedded, mask = self._pieces.vectors(one.ids)
        owner = np.zeros((*mask.shape, max(1, len(one.texts))), dtype=np.float32)
        for sentence in range(len(one.texts)):
            owner[0, one.starts[sentence] : one.starts[sentence + 1], sentence] = 1
        return {"embedded": embedded, "mask": mask, "owner": owner, "statement": np.array([statement], dtype=np.float32)}

    def _run(self, inputs: Sequence[_Input], outputs: list[str], statement: float) -> list[tuple[Any, ...]]:
        found = run_each("evidence.onnx", outputs, inputs, lambda one: self.feed(one, statement))
        return [tuple(result[0] for result in one) for one in found]


def _one_clause(sentences: Sequence[str], words: tuple[int, int, int]) -> tuple[int, int, int]:
    """The words that answer up to a semicolon with a clause behind it, of which another source may say nothing; items of a list stay."""
    number, start, end = words
    stop = sentences[number].find(";", start + 1, end) if sentences else -1
    clause = stop > 0 and len(sentences[number][stop + 1 : end].split(";")[0].split()) >= _CLAUSE_WORDS
    return (number, start, stop) if clause else words


def _words(one: _Input, span: Any) -> tuple[tuple[int, int, int], float]:
    """The best stretch of pieces within one sentence: (sentence, first and last character of it), and its log-odds."""
    import numpy as np

    none = float(span[0].sum())
    best, place = -1e9, (0, 0, 0)
    for number, text in enumerate(one.texts):
        first, end = one.starts[number], one.starts[number + 1]
        if end <= first:
            continue
        begin, finish = span[first:end, 0], span[first:end, 1]
        both = begin[:, None] + finish[None, :]
        size = end - first
        allowed = np.triu(np.ones((size, size), dtype=bool)) & ~np.triu(np.ones((size, size), dtype=bool), _LONGEST_WORDS)
        at = int(np.where(allowed, both, -1e9).argmax())
        score = float(both.flat[at])
        if score > best:
            a, b = divmod(at, size)
            best, place = score, (number, text.offsets[a][0], text.offsets[b][1])
    return place, best - none


@lru_cache(maxsize=1)
def bundled_evidence() -> EvidenceModel:
    """The evidence model that comes with the project, loaded once. Raises ModelError."""
    return EvidenceModel()
