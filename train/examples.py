"""The evidence model's examples: what is read together, and what should come out.

Sources: `items.jsonl` and `passages.jsonl` (hand-written for this; README.md), `public/` beside them (public sets in one form),
`pairs/` here (a question or statement over two invented passages), `near/` (questions and statements over passages of the same
documents), and some public sets as published (SQuAD 2, QED, CLAPNQ, VitaminC). A tenth is held back, by passage: what belongs to one passage, pair of passages or source document is on one side.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from common import HELD_ARTICLES, lines, sentences_of, tidy

Task = Literal["ask", "claim", "cut", "who", "talk"]
SUPPORTED, CONTRADICTED, NOT_SAID = 0, 1, 2
_LABELS = {"supported": SUPPORTED, "contradicted": CONTRADICTED, "not_said": NOT_SAID}
_ANSWERED = frozenset(
    ["answerable", "answerable_other_words", "other_language", "follow_up", "two_parts", "who", "latest", "two_sources"]
)
_PUBLIC_CAPS = {
    "newwiki": 600, "timeqa": 600, "condaqa": 600, "multihop": 400, "onestopqa": 300, "tatqa": 300, "pubmedqa": 200,
    "covidqa": 200, "fairytaleqa": 200, "selqa": 200, "jaquad": 250, "drcd": 200, "cmrc2018": 150, "jsquad": 150, "molweni": 50,
    "conflictqa": 600, "summedits": 400, "ntrex": 400, "contractnli": 200, "boolq": 200, "jnli": 200, "med": 200, "janli": 200,
    "jsem": 200, "litbank": 319,
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A query over the sentences of a passage.

    `label`: asked, 1 if the passage answers all of it; claimed, one of the three; cut, 1 if quoting misleads; who, 1 if shown;
    talk, 1 if the question (the only sentence) cannot be understood without the earlier one (the query).
    `marked`: numbers of the sentences that answer or bear on it; None if that is not known. `span`: (sentence, words) that
    answer, () if nothing answers, None if not known. `unit` are those trained in one batch; `right` says which of a unit should
    score higher (None: no such order). `held`: for measuring only.
    """

    name: str
    task: Task
    kind: str
    query: str
    sentences: tuple[str, ...]
    label: int
    unit: str
    title: str = ""
    marked: frozenset[int] | None = None
    span: tuple[int, str] | tuple[()] | None = None
    right: bool | None = None
    held: bool = False
    weight: float = field(default=1.0, compare=False)


def held(key: str) -> bool:
    """A tenth, by the SHA-256 of what belongs together."""
    return hashlib.sha256(key.encode()).digest()[0] < 26


def stem(passage: str) -> str:
    """What the two passages of a pair have in common: q0400a and q0400b, u0307y and u0307n."""
    return re.sub(r"[a-z]$", "", passage)


def _heading(passage: dict[str, Any]) -> str:
    title, date = passage.get("title") or "", passage.get("date")
    return f"{title} ({date})" if title and date else title


# --- hand-written items ----------------------------------------------------------------------------------------------


def hand_written(folder: Path) -> Iterator[Example]:
    passages = {one["id"]: one for one in lines(folder / "passages.jsonl")}
    for item in lines(folder / "items.jsonl"):
        for passage, numbers, words, suffix in _places(item, passages):
            made = _item(item, passages[passage], numbers, words)
            if made is not None:
                yield made if not suffix else Example(**{**vars(made), "name": made.name + suffix, "unit": made.unit + suffix})


def _places(item: dict[str, Any], passages: dict[str, Any]) -> Iterator[tuple[str, list[int], Any, str]]:
    """The passages that an item is read over: (id, its sentence numbers, the answering words there, suffix of the name)."""
    given = item["sentences"]
    if item["passage"] in passages:
        yield item["passage"], [n for n in given if isinstance(n, int)], item.get("words"), ""
        return
    sides: dict[str, list[int]] = {"a": [], "b": []}
    for number in given:
        sides[str(number)[0]].append(int(str(number)[1:]))
    for at, (side, numbers) in enumerate(sides.items()):
        words = item.get("words")
        words = words[at] if isinstance(words, list) and len(words) == 2 else words
        if numbers and not (item["kind"] == "latest" and side == "a"):
            yield item["passage"] + side, numbers, words, side if item["kind"] == "two_sources" else ""


def _item(item: dict[str, Any], passage: dict[str, Any], numbers: list[int], words: Any) -> Example | None:
    kind, sentences = item["kind"], tuple(passage["sentences"])
    unit = min(item["id"], item["twin"]) if item.get("twin") else item["id"]
    common: dict[str, Any] = {
        "name": item["id"], "kind": kind, "sentences": sentences, "unit": unit, "title": _heading(passage), "held": held(stem(item["passage"]))
    }  # fmt: skip
    twin = bool(item.get("twin"))
    marked = frozenset(n for n in numbers if n < len(sentences))
    if "question" in item:
        query = f"{item['earlier']} {item['question']}" if item.get("earlier") else item["question"]
        if kind == "two_parts_one_missing":
            return Example(task="ask", query=query, label=0, marked=marked, span=None, right=False if twin else None, **common)
        answered = kind in _ANSWERED
        span = _span(sentences, numbers, words if isinstance(words, str) else None) if answered else ()
        return Example(
            task="ask", query=query, label=int(answered), marked=marked if answered else frozenset(), span=span,
            right=answered if twin else None, **common,
        )  # fmt: skip
    if "statement" in item:
        label = {"s": SUPPORTED, "c": CONTRADICTED, "n": NOT_SAID}["c" if kind == "speaker_false" else kind[0]]
        return Example(
            task="claim", query=item["statement"], label=label, marked=marked if label != NOT_SAID else None,
            right=label == SUPPORTED if twin else None, **common,
        )  # fmt: skip
    if kind.startswith("cut"):
        misleads = kind == "cut_misleads"
        return Example(
            task="cut", query=item["quote"], label=int(misleads), marked=marked, right=misleads if twin else None, **common
        )
    shown = kind == "who_said"
    span = _span(sentences, numbers, words) if shown else ()
    return Example(
        task="who", query=item["quote"], label=int(shown), marked=marked if shown else frozenset(), span=span, **common
    )


def _span(sentences: Sequence[str], numbers: Iterable[int], words: str | None) -> tuple[int, str] | None:
    return next(((n, words) for n in numbers if words and n < len(sentences) and words in sentences[n]), None)


# --- our pairs -------------------------------------------------------------------------------------------------------


def pairs(folder: Path) -> Iterator[Example]:
    """A question or statement over two passages of which one answers or supports it (`pairs/README.md`)."""
    for path in sorted(folder.glob("*.jsonl")):
        for number, row in enumerate(lines(path)):
            unit = f"{path.stem}.{number}"
            for side, right in (("yes", True), ("no", False)):
                one = row[side]
                common: dict[str, Any] = {
                    "name": f"{unit}.{side}", "kind": "pair" if right else one["kind"], "query": row["text"],
                    "sentences": tuple(one["sentences"]), "unit": unit, "right": right, "held": held(unit),
                }  # fmt: skip
                if row["form"] == "question":
                    yield Example(
                        task="ask", label=int(right), marked=frozenset({one["at"]} if right else ()),
                        span=(one["at"], one["words"]) if right else (), **common,
                    )  # fmt: skip
                else:
                    label = SUPPORTED if right else _LABELS[one["kind"].split(":")[0]]
                    yield Example(
                        task="claim", label=label, marked=None if label == NOT_SAID else frozenset({one["at"]}), **common
                    )


def near(data: Path, folder: Path) -> Iterator[Example]:
    """Questions and statements over a passage and others on its subject, which do not answer or say it (`near/README.md`)."""
    passages = {one["id"]: one for one in lines(data / "passages.jsonl")}
    for path in sorted(folder.glob("*.jsonl")):
        truth = ""
        for number, row in enumerate(lines(path)):
            name, kind, passage = f"{path.stem}.{number}", row["kind"], row.get("passage")
            # What is false is trained beside what is true, over the same passage.
            unit = truth if kind == "false" and truth.startswith(f"{passage}.") else f"{passage or row['passages'][0]}.{name}"
            truth = unit if kind == "true" else ""
            aside = held(f"near {stem(unit.split('.')[0])}")
            ask = kind in ("ask", "unanswered")
            others = row["passages"] if kind == "unanswered" else row.get("not_in", [])
            for side in ([passage] if passage else []) + others:
                one = passages[side]
                sentences, right = tuple(one["sentences"]), side == passage
                marked = frozenset(n for n in row.get("sentences", ()) if right)
                label = int(right) if ask else NOT_SAID if not right else SUPPORTED if kind == "true" else CONTRADICTED
                yield Example(
                    f"{name}.{side}", "ask" if ask else "claim", f"near: {kind}", row["query"], sentences, label, unit, title=_heading(one),
                    marked=marked if ask or right else None, span=_span(sentences, marked, row["words"]) if ask and right else () if ask else None,
                    right=None if kind == "unanswered" else right and kind != "false", held=aside,
                )  # fmt: skip


def cuts(path: Path) -> Iterator[Example]:
    """One quotation over two passages: over one of them quoting it alone misleads (`cuts/cuts.jsonl`)."""
    for number, row in enumerate(lines(path)):
        unit = f"cuts.{number}"
        for side in ("misleads", "fair"):
            one = row[side]
            yield Example(
                f"{unit}.{side}", "cut", f"cut_{side}", row["quote"], tuple(one["sentences"]), int(side == "misleads"), unit,
                marked=frozenset({one["at"]}), right=side == "misleads", held=held(unit),
            )  # fmt: skip


def speakers(path: Path) -> Iterator[Example]:
    """Who says a quotation, as the passage shows it, or that it does not (`speakers/speakers.jsonl`)."""
    for number, row in enumerate(lines(path)):
        unit, shown, sentences = f"speakers.{number}", row["words"] is not None, tuple(row["sentences"])
        yield Example(
            unit, "who", "who_said" if shown else "who_not_shown", row["quote"], sentences, int(shown), unit,
            marked=frozenset(row["shown"]), span=_span(sentences, row["shown"], row["words"]) if shown else (), held=held(unit),
        )  # fmt: skip


def talks(folder: Path, seed: int) -> Iterator[Example]:
    """Whether a question leans on an earlier one: follow-ups as written, and questions of one passage after one another."""
    rng, alone = random.Random(seed), defaultdict(list)
    for item in lines(folder / "items.jsonl"):
        if "question" not in item:
            continue
        aside = held(stem(item["passage"]))
        if item.get("earlier"):
            for again in range(1 if aside else 2):
                name = f"{item['id']}.talk{again}"
                yield Example(name, "talk", "leans", item["earlier"], (item["question"],), 1, name, held=aside)
        elif item["kind"] in ("answerable", "answerable_other_words", "near_miss", "false_premise"):
            alone[item["passage"]].append(item)
    groups = [items for items in alone.values() if len(items) > 1]
    for items in rng.sample(groups, min(900, len(groups))):
        earlier, later = rng.sample(items, 2)
        if rng.random() < 0.4:  # a fresh question about something else
            later = rng.choice(rng.choice(groups))
        name = f"{later['id']}.alone"
        yield Example(
            name,
            "talk",
            "stands alone",
            earlier["question"],
            (later["question"],),
            0,
            name,
            held=held(stem(items[0]["passage"])),
        )


# --- public sets -----------------------------------------------------------------------------------------------------


def public(folder: Path, seed: int) -> Iterator[Example]:
    """At most `_PUBLIC_CAPS` rows of each set, twins together, as many unanswered as answered ones."""
    rng = random.Random(seed)
    for path in sorted(folder.glob("*.jsonl")):
        form, name = path.stem.split("-", 1)
        if name not in _PUBLIC_CAPS:
            continue
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in lines(path):
            key = (
                row.get("question") or row.get("statement") or row["id"]
                if row.get("twin") or name == "conflictqa"
                else row["id"]
            )
            groups[key].append(row)
        chosen = list(groups.values())
        rng.shuffle(chosen)
        made: list[Example] = []
        for group in chosen:
            read = [one for row in group if (one := _public_row(form, row)) is not None]
            made += read if len(read) == 2 and read[0].label != read[1].label else [_alone(one) for one in read]
            if len(made) >= _PUBLIC_CAPS[name]:
                break
        yield from made


def _alone(example: Example) -> Example:
    return Example(**{**vars(example), "unit": example.name, "right": None})


def _public_row(form: str, row: dict[str, Any]) -> Example | None:
    common: dict[str, Any] = {
        "name": row["id"],
        "kind": form,
        "unit": row["id"],
        "weight": 1.0 if row.get("made") == "original" else 0.5,
    }
    if form == "questions":
        sentences, answered = tuple(row["sentences"]), bool(row["answers"])
        span = _span(sentences, row["answers"], row["words"]) if answered else ()
        unit = row["question"] if row.get("twin") else row["id"]
        return Example(
            task="ask", query=row["question"], sentences=sentences, label=int(answered), marked=frozenset(row["answers"]), span=span,
            right=answered if row.get("twin") else None, **{**common, "unit": unit},
        )  # fmt: skip
    if form == "statements":
        sentences = tuple(text for _, text in sentences_of(row["passage"]))
        label = _LABELS[row["label"]]
        return Example(
            task="claim", query=row["statement"], sentences=sentences, label=label, right=label == SUPPORTED,
            **{**common, "unit": row["statement"]},
        )  # fmt: skip
    if form == "quotes":
        quote, found = row["text"][row["quote_start"] : row["quote_end"]], sentences_of(row["text"])
        at = [n for n, (start, text) in enumerate(found) if start < row["quote_end"] and row["quote_start"] < start + len(text)]
        sentences = tuple(text for _, text in found)
        near = sorted(range(len(sentences)), key=lambda n: min(abs(n - m) for m in at) if at else 0)
        return Example(
            task="who", query=quote, sentences=sentences, label=1, span=_span(sentences, near, row["speaker"]), **common
        )
    return None


def published(bench: Path, seed: int) -> Iterator[Example]:
    """SQuAD 2's nine articles, half of QED and CLAPNQ, pairs of VitaminC about one claim: rules of eval.public.unseen."""
    rng = random.Random(seed)
    data = json.loads((bench / "squad2" / "dev.json").read_text(encoding="utf-8"))["data"]
    asked = [
        (f"{paragraph['context']}", q) for a in data if a["title"] not in HELD_ARTICLES for paragraph in a["paragraphs"] for q in paragraph["qas"]
    ]  # fmt: skip
    for context, q in rng.sample(asked, min(1600, len(asked))):
        found = sentences_of(context)
        start = q["answers"][0]["answer_start"] if q["answers"] else -1
        at = next((n for n, (first, text) in enumerate(found) if first <= start < first + len(text)), None)
        sentences, answered = tuple(text for _, text in found), not q["is_impossible"]
        if answered and at is None:
            continue
        span = (at, q["answers"][0]["text"]) if at is not None and q["answers"][0]["text"] in sentences[at] else None
        yield Example(
            q["id"], "ask", "squad", q["question"], sentences, int(answered), q["id"],
            marked=frozenset({at} if answered and at is not None else ()), span=span if answered else (),
        )  # fmt: skip
    for row in lines(bench / "qed" / "dev.jsonl"):
        chosen = row["annotation"].get("selected_sentence")
        if _even(str(row["example_id"])) or row["annotation"]["explanation_type"] != "single_sentence":
            continue
        found = sentences_of(row["paragraph_text"])
        at = next((n for n, (first, text) in enumerate(found) if first <= chosen["start"] < first + len(text)), None)
        if at is not None:
            sentences = tuple(tidy(text) for _, text in found)
            words = next(
                (
                    tidy(s["string"])
                    for answer in row["original_nq_answers"]
                    for s in answer
                    if tidy(s["string"]) in sentences[at]
                ),
                None,
            )
            yield Example(
                str(row["example_id"]), "ask", "qed", row["question_text"], sentences, 1, str(row["example_id"]),
                marked=frozenset({at}), span=(at, words) if words else None,
            )  # fmt: skip
    for file, answered in (("answerable", True), ("unanswerable", False)):
        for row in lines(bench / "clapnq" / f"{file}.jsonl"):
            if _even(row["id"]):
                continue
            text = row["passages"][0]["text"]
            found = sentences_of(text)
            marked = {
                n for out in row["output"] for s in out["selected_sentences"] for n, (_, t) in enumerate(found) if answered and s.strip()[:60] in t
            }  # fmt: skip
            if answered and not marked:
                continue
            yield Example(
                row["id"], "ask", "clapnq", row["input"], tuple(t for _, t in found), int(answered), row["id"],
                marked=frozenset(marked), span=None if answered else (), title=row["passages"][0].get("title") or "",
            )  # fmt: skip
    yield from _vitaminc(bench / "vitaminc", rng)


def _vitaminc(folder: Path, rng: random.Random) -> Iterator[Example]:
    measured = {tidy(row["claim"]) for row in lines(folder / "fever_symmetric_dev.jsonl")}
    by_claim: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lines(folder / "vitaminc_real.jsonl"):
        if not held(row["unique_id"].rsplit("_", 1)[0]) and tidy(row["claim"]) not in measured:
            by_claim[row["claim"]].append(row)
    twins = [rows for rows in by_claim.values() if {"SUPPORTS"} < {row["label"] for row in rows}]
    names = {"SUPPORTS": SUPPORTED, "REFUTES": CONTRADICTED, "NOT ENOUGH INFO": NOT_SAID}
    for rows in rng.sample(twins, min(1800, len(twins))):
        yes = next(row for row in rows if row["label"] == "SUPPORTS")
        no = rng.choice([row for row in rows if row["label"] != "SUPPORTS"])
        for row in (yes, no):
            sentences = tuple(text for _, text in sentences_of(tidy(row["evidence"]))) or (tidy(row["evidence"]),)
            yield Example(
                row["unique_id"], "claim", "vitaminc", tidy(row["claim"]), sentences, names[row["label"]], yes["unique_id"],
                right=row is yes,
            )  # fmt: skip


def _even(key: str) -> bool:
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 0


# --- passages that search would find ---------------------------------------------------------------------------------


def found_elsewhere(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """The examples, `count` of them beside another passage that word search finds for the question or statement: not answered
    or said there, and to be scored below the right one.

    What a reader meets most in use, and what the hand-written twins lack. Passages of the same pair are left out, and those of
    the same title, which may answer too.
    """
    import bm25s

    rng = random.Random(seed)
    own = [e for e in examples if not e.held and ((e.task == "ask" and e.label and not e.kind.startswith("follow")) or (e.task == "claim" and e.label == SUPPORTED))]  # fmt: skip
    passages = list({e.sentences: e for e in examples if not e.held and e.task in ("ask", "claim")}.values())
    texts = [" ".join(e.sentences) for e in passages]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    beside: dict[str, Example] = {}
    for example in rng.sample(own, min(count, len(own))):
        hits, _ = index.retrieve(bm25s.tokenize([example.query], show_progress=False), k=8, show_progress=False)
        others = [
            passages[n] for n in hits[0]
            if passages[n].sentences != example.sentences and stem(passages[n].name.split(".")[0]) != stem(example.name.split(".")[0])
            and (not example.title or passages[n].title != example.title)
        ][:4]  # fmt: skip
        if others:
            other, ask = rng.choice(others), example.task == "ask"
            beside[example.name] = Example(
                f"{example.name}.elsewhere", example.task, "elsewhere", example.query, other.sentences, 0 if ask else NOT_SAID,
                example.unit, title=other.title, marked=frozenset() if ask else None, span=() if ask else None, right=False, weight=0.5,
            )  # fmt: skip
    return [replace(e, right=True) if e.name in beside else e for e in examples] + list(beside.values())
