"""Proposals for cases over any corpus, for a person to accept: gold is exact, questions are stubs to be put better.

Sentences with a figure become "which figure" questions, sentences with a name "who or what" questions, sentences with a
quotation ask who said it. An unanswerable variant puts another name of the corpus into such a question, one that never
stands near the rest of the sentence. All of it is guessed from the surface: a person reads every proposal, mends the
question, checks that an unanswerable one really is, and moves the line from `proposed/` into the folder above it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.places import Library, Place
from eval.scorers.answers import words
from eval.stats import SEED
from rag.errors import InputError
from rag.reading import sentence_spans

_FIGURE = re.compile(r"(?<![\w.,$€£¥-])[$€£¥]?\d+(?:[.,]\d+)*(?:\s?(?:percent|per cent|%|million|billion|trillion))?(?![\w-])")
_NAME = re.compile(r"\b[A-ZÀ-Ž][\w’'-]+(?:\s+(?:of\s+|the\s+)?[A-ZÀ-Ž][\w’'-]+)+")
_QUOTATION = re.compile(r"[“\"]([^“”\"]{30,200})[”\"]")

# Shorter sentences say too little to be asked about, longer ones too much for one fact.
_SHORTEST, _LONGEST = 8, 45


@dataclass(frozen=True)
class Sentence:
    place: Place
    words: str
    source_text: str


def propose(library: Library, count: int) -> dict[str, list[dict[str, Any]]]:
    """About `count` questions and half as many unanswerable variants, spread over the documents, always the same."""
    sentences = [sentence for name in sorted(library) for sentence in _sentences(name, library)]
    asked = [(sentence, stub) for sentence in sentences if (stub := _stub(sentence.words))]
    if not asked:
        raise InputError("No sentence of the corpus holds a figure, a name or a quotation.", "Write the cases by hand.")
    chosen = sorted(random.Random(SEED).sample(range(len(asked)), min(count, len(asked))))
    questions = [_question(number, *asked[at]) for number, at in enumerate(chosen, start=1)]
    variants = [variant for at in chosen if (variant := _variant(asked[at][0], sentences))]
    unanswerable = [
        {"id": f"u{number:03d}", "split": _half(number), "kind": "near_miss", "question": question, "why": why}
        for number, (question, why) in enumerate(variants[: max(1, count // 2)], start=1)
    ]
    return {"questions": questions, "unanswerable": unanswerable}


def _sentences(name: str, library: Library) -> Iterator[Sentence]:
    source = library[name]
    for block in source.reading.blocks:
        if block.role != "paragraph":
            continue
        for span in sentence_spans(source.reading, block):
            said = " ".join(source.reading.text[span.start : span.end].split())
            if _SHORTEST <= len(said.split()) <= _LONGEST:
                start, end = source.reading.to_record(span.start, span.end)
                yield Sentence(Place(name, start, end), said, source.text[start:end])


@dataclass(frozen=True)
class Stub:
    kind: str
    question: str
    fact: str


def _stub(said: str) -> Stub | None:
    if quotation := _QUOTATION.search(said):
        return Stub("attribution", f"Who said “{quotation[1]}”?", "")
    if figure := _FIGURE.search(said):
        return Stub("figure", f"Which figure belongs here: {_blank(said, figure)}", figure[0].strip())
    if (name := _NAME.search(said)) and name.start() > 0:
        return Stub("name", f"Who or what belongs here: {_blank(said, name)}", name[0])
    return None


def _blank(said: str, match: re.Match[str]) -> str:
    return f"{said[: match.start()]}___{said[match.end() :]}"


def _question(number: int, sentence: Sentence, stub: Stub) -> dict[str, Any]:
    place = sentence.place
    gold = {
        "document": place.document,
        "char_start": place.start,
        "char_end": place.end,
        "text": sentence.source_text,
        "group": 0,
    }
    return {
        "id": f"q{number:03d}",
        "split": _half(number),
        "kind": stub.kind,
        "question": stub.question,
        "gold": [gold],
        "facts": [[stub.fact]] if stub.fact else [],
    }


def _variant(sentence: Sentence, sentences: list[Sentence]) -> tuple[str, str] | None:
    """The sentence's stub with one name changed for another that shares no sentence with the rest of its words."""
    name, figure = _NAME.search(sentence.words), _FIGURE.search(sentence.words)
    if name is None or figure is None or (name.start() < figure.end() and figure.start() < name.end()):
        return None
    rest = words(sentence.words) - words(name[0])
    others = sorted({match[0] for other in sentences for match in _NAME.finditer(other.words)} - {name[0]})
    random.Random(f"{SEED}/{sentence.words}").shuffle(others)
    for other in others:
        near = [one for one in sentences if other in one.words]
        if len(near) > 1 and all(len(rest & words(one.words)) <= 1 for one in near):
            changed = _blank(sentence.words, figure).replace(name[0], other)
            why = f"{other} stands where the text says {name[0]}; the corpus must be checked for it"
            return f"Which figure belongs here: {changed}", why
    return None


def _half(number: int) -> str:
    return "tune" if number % 2 else "report"


def write_proposals(proposals: dict[str, list[dict[str, Any]]], folder: Path) -> Path:
    """Write them to `folder`/proposed, which must not exist yet: what a person has begun to mend is not overwritten."""
    target = folder / "proposed"
    try:
        target.mkdir(parents=True)
        for suite, cases in proposals.items():
            lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
            (target / f"{suite}.jsonl").write_text(lines, encoding="utf-8")
    except FileExistsError as error:
        raise InputError(f"{target} is there already.", "Move it away, or name another folder with --out.") from error
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}.", "Name another folder with --out.") from error
    return target
