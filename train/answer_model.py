"""Train and export the answer scorer: does this sentence answer this question?

A cross-encoder from all-MiniLM-L6-v2's weights. A window is `[CLS] question [SEP] (marker sentence)* [SEP]`; every
sentence's logit is read at its own marker, so that one window trains all its sentences. Beside it a span head (trained
with it; the best words inside a sentence are half of its score) points at the answer's words, which is what makes the
model read closely.

Data: SQuAD 2 (answerable, and unanswerable questions beside them), QED, CLAPNQ, chunking questions. Windows as at use
time and longer ones; BM25's best sentences from other passages; near misses made by swapping a name, year or number in
the question or in the passage (no answer any more) or in both (still the answer).

Three articles of SQuAD and half of each other set are never trained on. Written as ONNX with 8-bit weights.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bm25s
import Stemmer
import torch
from common import (
    HELD_ARTICLES,
    arrays,
    base_encoder,
    batches,
    export,
    fit,
    lines,
    load_tokenizer,
    sentences_of,
    tidy,
)
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

from eval.public.unseen import half
from rag.crossencoder import CLS, MARK, SEP

QUESTION, SENTENCE, PREVIOUS, NEXT = 48, 80, 28, 20  # word pieces kept; rag/rerank.py has the same
WINDOW = 216
BATCH_TOKENS = 2600
EPOCHS = 3
RATE = 1e-4
SPAN_WEIGHT = 0.5
SEED = 7
# Weights of the two readings and the offset: logistic regression over 24 search candidates for each of 715 held-out
# questions (SQuAD counts three times), so that the sigmoid is a probability. Fit them again when the training changes.
READINGS = (0.1347, 0.2314, -0.6323)
SWAPPED = 0.5  # share of answerable questions that bring a swapped window in an epoch


# --- data ------------------------------------------------------------------------------------------------------------


@dataclass
class Example:
    """A question over a passage; `labels` mark the sentences that answer it, `span` (sentence, start, end) the words."""

    source: str
    group: str
    passage: int
    question: str
    sentences: list[str]
    labels: list[int]
    span: tuple[int, int, int] | None = None
    held: bool = False


def squad(bench: Path) -> Iterator[Example]:
    number = 0
    for article in json.loads((bench / "squad2/dev.json").read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            sentences, number = sentences_of(paragraph["context"]), number + 1
            for asked in paragraph["qas"]:
                labels, span = [0] * len(sentences), None
                for answer in [] if asked["is_impossible"] else asked["answers"]:
                    at = max(i for i, (start, _) in enumerate(sentences) if start <= answer["answer_start"] or i == 0)
                    labels[at], start = 1, answer["answer_start"] - sentences[at][0]
                    span = span or (at, start, start + len(answer["text"]))
                yield Example(
                    "squad",
                    article["title"],
                    number,
                    asked["question"].strip(),
                    [text for _, text in sentences],
                    labels,
                    span,
                    article["title"] in HELD_ARTICLES,
                )


def qed(bench: Path) -> Iterator[Example]:
    for number, row in enumerate(lines(bench / "qed/dev.jsonl")):
        chosen, starts = row["annotation"].get("selected_sentence"), row["sentence_starts"]
        if not chosen or chosen["start"] not in starts:
            continue
        gold = starts.index(chosen["start"])
        sentences = [tidy(row["paragraph_text"][a:b]) for a, b in zip(starts, [*starts[1:], None], strict=True)]
        answers = row["annotation"].get("answer", [])[:1]
        words = tidy(answers[0]["sentence_reference"]["string"]) if answers and answers[0].get("sentence_reference") else ""
        at = sentences[gold].find(words) if words else -1
        yield Example(
            "qed",
            "qed",
            number,
            row["question_text"] + "?",
            sentences,
            [int(i == gold) for i in range(len(sentences))],
            (gold, at, at + len(words)) if at >= 0 else None,
            half(str(row["example_id"])),
        )


def clapnq(bench: Path) -> Iterator[Example]:
    rows = [(name, row) for name in ("answerable", "unanswerable") for row in lines(bench / f"clapnq/{name}.jsonl")]
    for number, (name, row) in enumerate(rows):
        gold = {text for output in row["output"] for text in output.get("selected_sentences", [])}
        texts = row["passages"][0]["sentences"]
        yield Example(
            "clapnq",
            name,
            number,
            row["input"] + "?",
            [tidy(text) for text in texts],
            [int(text in gold) for text in texts],
            None,
            half(row["id"]),
        )


def chunking(bench: Path) -> Iterator[Example]:
    corpora: dict[str, list[tuple[int, str]]] = {}
    for number, row in enumerate(lines(bench / "chunking/questions.jsonl")):
        path = bench / f"chunking/corpora/{row['corpus']}.md"
        if not path.exists():
            continue
        sentences = corpora.setdefault(row["corpus"], []) or sentences_of(path.read_bytes().decode("utf-8"))
        corpora[row["corpus"]] = sentences
        references = [(r["start_index"], r["end_index"]) for r in row["references"]]
        gold = [
            i
            for i, (start, text) in enumerate(sentences)
            if any(min(start + len(text), b) - max(start, a) > 0.5 * min(len(text), b - a) for a, b in references)
        ]
        if gold:
            window = range(max(0, gold[0] - 3), min(len(sentences), gold[0] + 5))
            yield Example(
                "chunking",
                row["corpus"],
                number,
                row["question"],
                [tidy(sentences[i][1])[:600] for i in window],
                [int(i in gold) for i in window],
                None,
                half(row["question"]),
            )


# --- windows ---------------------------------------------------------------------------------------------------------


@dataclass
class Window:
    ids: list[int]
    types: list[int]
    marks: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # -1: not judged, its words were cut
    span: tuple[int, int] | None = None  # tokens of the answer, (0, 0) for none; None: not trained on


def encode(
    tokenizer: Tokenizer,
    question: str,
    sentences: Sequence[str],
    labels: Sequence[int],
    *,
    span: tuple[int, int, int] | None = None,
    train_span: bool = True,
    focus: int | None = None,
) -> Window:
    """`focus`: the sentence whose neighbours are cut as at use time; without it whole sentences up to WINDOW."""
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION]
    window = Window([CLS, *asked, SEP], [0] * (len(asked) + 2))
    target, lost = (0, 0), False
    for i, sentence in enumerate(sentences):
        pieces = tokenizer.encode(sentence, add_special_tokens=False)
        low, high = 0, min(len(pieces.ids), SENTENCE)
        if focus is not None and i < focus:
            low, high = max(0, len(pieces.ids) - PREVIOUS), len(pieces.ids)
        elif focus is not None and i > focus:
            high = min(high, NEXT)
        cut = i != focus and (low > 0 or high < len(pieces.ids))
        if len(window.ids) + high - low + 2 > WINDOW:
            lost = lost or bool(span and span[0] >= i)
            break
        window.marks.append(len(window.ids))
        window.labels.append(-1 if cut and labels[i] else labels[i])
        first = len(window.ids) + 1 - low
        window.ids += [MARK, *pieces.ids[low:high]]
        window.types += [1] * (high - low + 1)
        if span and span[0] == i:
            inside = [k for k in range(low, high) if pieces.offsets[k][1] > span[1] and pieces.offsets[k][0] < span[2]]
            if inside and not cut:
                target = (first + inside[0], first + inside[-1])
            else:
                lost = True
    window.ids.append(SEP)
    window.types.append(1)
    window.span = target if train_span and not lost else None
    return window


# --- near misses and negatives ---------------------------------------------------------------------------------------

NAME = re.compile(r"(?<![.?!] )(?<!^)\b(?:[A-Z][\w'-]+)(?: (?:of |the |de |von |van )?[A-Z][\w'-]+)*")
NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
ASKING = {"What", "Which", "Who", "When", "Where", "Why", "How", "Whose", "I"}


def particulars(text: str) -> list[tuple[str, str]]:
    """(words, kind) of the years, numbers and names of `text`."""
    numbers = [(m.group(), "year" if re.fullmatch(r"1\d{3}|20\d\d", m.group()) else "number") for m in NUMBER.finditer(text)]
    return numbers + [(m.group(), "name") for m in NAME.finditer(text) if m.group() not in ASKING]


def swap(text: str, old: str, new: str) -> str:
    return re.sub(r"(?<!\w)" + re.escape(old) + r"(?!\w)", lambda _: new, text)


class OtherPassages:
    """BM25's best sentences from passages that the question was not asked about."""

    def __init__(self, examples: Sequence[Example]) -> None:
        stemmer = Stemmer.Stemmer("english")
        passages = {(e.source, e.passage): e.sentences for e in examples}
        self.places = [(key, i) for key, sentences in passages.items() for i in range(len(sentences))]
        self.passages = passages

        def words(texts: list[str]) -> bm25s.tokenization.Tokenized:
            return bm25s.tokenize(texts, stemmer=stemmer, stopwords="en", show_progress=False)

        index = bm25s.BM25()
        index.index(words([passages[key][i] for key, i in self.places]), show_progress=False)
        found, _ = index.retrieve(words([e.question for e in examples]), k=16, show_progress=False)
        self.best = [
            [int(k) for k in row if self.places[int(k)][0] != (e.source, e.passage)][:8]
            for e, row in zip(examples, found, strict=True)
        ]

    def window(self, rng: random.Random, number: int) -> tuple[list[str], int]:
        key, at = self.places[rng.choice(self.best[number])]
        low = max(0, at - 1)
        return self.passages[key][low : at + 2], at - low


class Sampler:
    """Draws an epoch's windows."""

    def __init__(self, tokenizer: Tokenizer, examples: Sequence[Example], rng: random.Random) -> None:
        self.tokenizer, self.examples, self.rng = tokenizer, examples, rng
        self.others = OtherPassages(examples)
        self.pools: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
        for group in sorted({e.group for e in examples}):
            for sentence in sorted({s for e in examples if e.group == group for s in e.sentences}):
                for words, kind in particulars(sentence):
                    self.pools[group, kind].append(words)

    def epoch(self) -> list[Window]:
        rng, windows = self.rng, []
        for number, e in enumerate(self.examples):
            question = e.question.lower() if rng.random() < 0.1 else e.question
            for _ in range(2 if e.source in ("clapnq", "chunking") else 1):
                windows.append(self.own(question, e.sentences, e.labels, e.span))
            if self.others.best[number] and rng.random() < (1.0 if any(e.labels) else 0.4):
                sentences, focus = self.others.window(rng, number)
                windows.append(encode(self.tokenizer, question, sentences, [0] * len(sentences), focus=focus))
            if any(e.labels) and rng.random() < SWAPPED:
                windows += self.swapped(e)
        return windows

    def own(self, question: str, sentences: list[str], labels: list[int], span: tuple[int, int, int] | None) -> Window:
        """A window of the question's own passage."""
        rng, gold = self.rng, [i for i, label in enumerate(labels) if label]
        if rng.random() < 0.5:
            at = rng.choice(gold) if gold and rng.random() < 0.75 else rng.randrange(len(sentences))
            if gold and abs(at - gold[0]) > 1 and rng.random() < 0.5:
                at = min(len(sentences) - 1, max(0, gold[0] + rng.choice((-1, 1))))
            low, high = max(0, at - 1), min(len(sentences), at + 2)
            focus = at - low
        else:
            size, at = rng.randint(3, 7), rng.choice(gold) if gold else rng.randrange(len(sentences))
            low = max(0, min(at - rng.randrange(size), len(sentences) - size))
            high, focus = min(len(sentences), low + size), None
        inside = span is not None and low <= span[0] < high
        moved = (span[0] - low, span[1], span[2]) if span and inside else None
        return encode(
            self.tokenizer,
            question,
            sentences[low:high],
            labels[low:high],
            span=moved,
            train_span=inside or not any(labels[low:high]),
            focus=focus,
        )

    def swapped(self, e: Example) -> list[Window]:
        """One particular of the question put in place of another: in the question, in the passage, or in both."""
        rng, found = self.rng, particulars(e.question)
        rng.shuffle(found)
        if not found:
            return []
        old, kind = found[0]
        new, text = rng.choice(self.pools[e.group, kind] or [old]), " ".join(e.sentences)
        if new == old or new in text or (e.span and old in e.sentences[e.span[0]][e.span[1] : e.span[2]]):
            return []
        changed, way = [swap(sentence, old, new) for sentence in e.sentences], rng.random()
        if changed == e.sentences or way < 0.4:
            return [self.near_miss(swap(e.question, old, new), e.sentences, e.labels)]
        if way < 0.65:
            return [self.near_miss(e.question, changed, e.labels)]
        span = e.span
        if span:
            shift = len(swap(e.sentences[span[0]][: span[1]], old, new)) - span[1]
            span = (span[0], span[1] + shift, span[2] + shift)
        return [self.own(swap(e.question, old, new), changed, e.labels, span)]

    def near_miss(self, question: str, sentences: list[str], labels: list[int]) -> Window:
        gold = self.rng.choice([i for i, label in enumerate(labels) if label])
        use = self.rng.random() < 0.6
        low = max(0, gold - 1 if use else gold - self.rng.randint(0, 3))
        taken = sentences[low : gold + 2] if use else sentences[low : low + 5]
        return encode(self.tokenizer, question, taken, [0] * len(taken), focus=gold - low if use else None)


# --- model and training ----------------------------------------------------------------------------------------------


class Scorer(nn.Module):
    """The encoder with a logit for each marker, and for each token the scores of an answer's start and end."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = base_encoder()
        self.answer = nn.Linear(384, 1)
        self.span = nn.Linear(384, 2)

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state


class AtMark(nn.Module):
    """What is exported: the calibrated logit of the sentence between `mark` and `end`.

    Two readings are weighed: the logit at the sentence's marker, and by how much the best answer words in the sentence beat
    "no answer here" (the span head's scores at [CLS]). The second generalises better, the first knows whole-sentence answers.
    """

    def __init__(self, scorer: Scorer, weights: tuple[float, float, float]) -> None:
        super().__init__()
        self.scorer = scorer
        self.of_mark, self.of_margin, self.offset = weights

    def readings(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, mark: torch.Tensor, end: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        states = self.scorer(ids, types, mask)
        at_mark = self.scorer.answer(states[torch.arange(states.shape[0]), mark]).squeeze(-1)
        spans = self.scorer.span(states)
        place = torch.arange(ids.shape[1]).unsqueeze(0)
        outside = (place <= mark.unsqueeze(1)) | (place >= end.unsqueeze(1))
        starts, ends = (spans[..., side].masked_fill(outside, -1e4) for side in (0, 1))
        backwards = place.unsqueeze(2) > place.unsqueeze(1)
        pairs = (starts.unsqueeze(2) + ends.unsqueeze(1)).masked_fill(backwards, -1e5)
        return at_mark, pairs.flatten(1).max(1).values - spans[:, 0].sum(-1)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        at_mark, margin = self.readings(*inputs)
        return self.of_mark * at_mark + self.of_margin * margin + self.offset


def loss_of(model: Scorer, batch: Sequence[Window]) -> torch.Tensor:
    ids, types, mask = (torch.from_numpy(array) for array in arrays(batch))
    with torch.autocast("cpu", torch.bfloat16):
        states = model(ids, types, mask)
    states = states.float()
    judged = [
        (row, mark, label, 1 / math.sqrt(sum(known >= 0 for known in w.labels)))  # long windows do not drown short ones
        for row, w in enumerate(batch)
        for mark, label in zip(w.marks, w.labels, strict=True)
        if label >= 0
    ]
    rows, marks, labels, weights = (torch.tensor(column) for column in zip(*judged, strict=True))
    logits = model.answer(states[rows, marks]).squeeze(-1)
    loss = (F.binary_cross_entropy_with_logits(logits, labels.float(), reduction="none") * weights).sum() / weights.sum()
    pointing = [row for row, w in enumerate(batch) if w.span is not None]
    if pointing:
        scores = model.span(states[pointing]).masked_fill((mask[pointing] == 0).unsqueeze(-1), -1e4)
        targets = torch.tensor([batch[row].span for row in pointing])
        loss = loss + SPAN_WEIGHT * sum(F.cross_entropy(scores[..., end], targets[:, end]) for end in (0, 1)) / 2
    return loss


INPUTS = ("input_ids", "token_type_ids", "attention_mask", "mark", "end")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the answer scorer.")
    parser.add_argument("--bench", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order: a seed gives the same weights on the same kind of processor
    tokenizer = load_tokenizer()
    examples = [e for read in (squad, qed, clapnq, chunking) for e in read(options.bench)]

    torch.manual_seed(options.seed)
    rng, model = random.Random(options.seed), Scorer()
    sampler = Sampler(tokenizer, [e for e in examples if not e.held], rng)
    plan = [batch for _ in range(EPOCHS) for batch in batches(sampler.epoch(), rng, BATCH_TOKENS)]
    fit(model, lambda batch: loss_of(model, batch), plan, RATE)
    example = torch.ones((2, 9), dtype=torch.int64)
    inputs = (example, example * 0, example, example[:, 0], example[:, 0] * 7)
    export(AtMark(model, READINGS), inputs, INPUTS, options.out)
    print(f"{options.out}: SHA-256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
