"""What a language model's answers show, for judging by hand, and the same questions answered without it.

    python -m eval.shown --out FILE.jsonl [--each N]     ask both modes, write what was shown
    python -m eval.shown --judged FILE.jsonl             the figures of a file with verdicts

The server is the one that is configured (RAG_LLM_BASE_URL, RAG_LLM_MODEL). Each line of the file is one question: its facts
said in both modes, its times, and every sentence that the model wrote or shortened and a reader saw, with the passage it
cites. A person writes the `verdict`: "supported", "wrong" (a number, date, name or quotation that the passage does not have so) or
"unsupported". Verdicts already in the file are kept for sentences that are shown again with the same passage.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.casefile import bundled_cases, load, read_library
from eval.cases import Question, Unanswerable
from eval.collect import sample
from eval.public.files import read_lines
from eval.scorers.answers import said_facts
from eval.session import progress
from rag.assistant import Assistant
from rag.corpus import bundled
from rag.settings import RagSettings
from rag.settings import load as load_settings
from rag.types import Answer

VERDICTS = ("supported", "wrong", "unsupported")


def ask(question: Question | Unanswerable, generative: Assistant, extractive: Assistant) -> dict[str, Any]:
    """The record of one question: what both modes say, and when the first sentence was there (seconds)."""
    plain = extractive.ask(question.question)
    began, seconds, said = time.perf_counter(), [], []
    for item in generative.stream(question.question):
        seconds.append(round(time.perf_counter() - began, 3))
        said.append(item)
    answer = said[-1]
    assert isinstance(answer, Answer)
    timings, cited = answer.timings_ms, {citation.number: citation for citation in answer.citations}
    facts = (
        {
            "of": len(question.facts),
            "generative": said_facts(question, answer),
            "extractive": said_facts(question, plain),
        }
        if isinstance(question, Question)
        else None
    )
    return {
        "id": question.id,
        "split": question.split,
        "question": question.question,
        "mode": answer.mode,
        "status": answer.status,
        "facts": facts,
        "seconds": {
            "first": seconds[0],
            "total": timings["total"] / 1000,
            # What remains is waiting for the server; the choice of the extractive answer is measured without it.
            "ours": round((timings["total"] - timings["answer"] + plain.timings_ms["answer"]) / 1000, 3),
        },
        "claims": len(answer.claims),
        "withheld": [{"text": w.text, "reason": w.reason} for w in answer.withheld],
        "shown": [
            {"text": claim.text, "passage": " / ".join(cited[n].reading_text for n in claim.citations), "verdict": None}
            for claim in answer.claims
            if claim.support != "verbatim"
        ],
    }


def keep_verdicts(records: Sequence[dict[str, Any]], old: Sequence[dict[str, Any]]) -> None:
    """Fill in the verdicts that `old` has for the same sentence beside the same passage."""
    known = {(s["text"], s["passage"]): s["verdict"] for record in old for s in record["shown"] if s["verdict"]}
    for record in records:
        for shown in record["shown"]:
            shown["verdict"] = known.get((shown["text"], shown["passage"]))


def figures(records: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The table of a file, a line each."""
    shown = [s for record in records for s in record["shown"]]
    yield f"questions {len(records)}, answered by the model {sum(r['mode'] == 'generative' for r in records)}"
    yield f"sentences shown {sum(r['claims'] for r in records)}, written or shortened by the model {len(shown)}"
    for verdict in VERDICTS:
        yield f"  {verdict:<12} {sum(s['verdict'] == verdict for s in shown)}"
    yield f"  not judged   {sum(s['verdict'] not in VERDICTS for s in shown)}"
    yield f"drafts withheld {sum(len(r['withheld']) for r in records)}"
    for part in ("tune", "report"):
        facts = [r["facts"] for r in records if r["facts"] and r["facts"]["of"] and r["split"] == part]
        if facts:
            said = {mode: sum(f[mode] / f["of"] for f in facts) / len(facts) for mode in ("generative", "extractive")}
            yield f"facts, {part}, {len(facts)} questions: {said['generative']:.3f} with the model, {said['extractive']:.3f} without"
    timed = [r["seconds"] for r in records if r["mode"] == "generative"]
    if timed:
        for name in ("first", "total", "ours"):
            values = [seconds[name] for seconds in timed]
            yield f"seconds, {name:<6} median {statistics.median(values):.2f}, worst {max(values):.2f}"
        yield f"our share of the total time {sum(s['ours'] for s in timed) / sum(s['total'] for s in timed):.1%}"


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a file, none when there is no such file."""
    return read_lines(path) if path.is_file() else []


def asked(out: Path, settings: RagSettings, each: int) -> list[dict[str, Any]]:
    """Ask `each` questions and a quarter as many unanswerable ones of each half; `out` is written after each of them.

    What the file holds of questions not asked again yet stays until the last one, so that stopping loses no verdict.
    """
    cases = load(bundled_cases(), read_library(bundled()))
    chosen = list(sample([*cases.questions, *cases.unanswerable], {Question: each, Unanswerable: max(1, each // 4)}))
    old, records = read(out), []
    alone = settings.model_copy(update={"mode": "extractive"})
    with Assistant.open(settings) as generative, Assistant.open(alone) as extractive, progress() as bar:
        task = bar.add_task("Asking", total=len(chosen))
        generative.sync(lambda what, done, total: bar.update(task, description=f"Indexing {what}"))
        for question in chosen:
            assert isinstance(question, Question | Unanswerable)
            records.append(ask(question, generative, extractive))
            keep_verdicts(records[-1:], old)
            done = {record["id"] for record in records}
            write(out, [*records, *(record for record in old if record["id"] not in done)])
            bar.update(task, advance=1, description="Asking")
    write(out, records)
    return records


def write(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write the records, one a line; a file cut off in the middle never stands there."""
    waiting = path.with_name(path.name + ".new")
    waiting.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    waiting.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a language model's answers show, for judging by hand.")
    parser.add_argument("--out", type=Path, help="write the records here; verdicts in the file are kept")
    parser.add_argument("--judged", type=Path, help="print the figures of this file")
    parser.add_argument("--each", type=int, default=40, help="answerable questions of each half")
    wanted = parser.parse_args()
    if wanted.judged:
        print("\n".join(figures(read(wanted.judged))))
    elif wanted.out:
        print("\n".join(figures(asked(wanted.out, load_settings(mode="generative"), wanted.each))))
    else:
        parser.error("name --out or --judged")


if __name__ == "__main__":
    main()
