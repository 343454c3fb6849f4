"""docs/evaluation.md lists the measures and the faults that there are. Rewrite it with: python tests/test_eval_docs.py."""

from __future__ import annotations

import re
from pathlib import Path

from eval.drafts.faults import VERIFIER_FAULTS
from eval.faults import FAULTS
from eval.measures import MEASURES

DOCS = Path(__file__).resolve().parent.parent / "docs" / "evaluation.md"


def measures() -> str:
    rows = [f"| `{measure.name}` | {measure.over} | {measure.meaning} | {measure.better} |" for measure in MEASURES.values()]
    return "\n".join(["| measure | over | 1 where, or share of | better |", "| --- | --- | --- | --- |", *rows])


def faults() -> str:
    rows = [f"| {fault.name} | {fault.what} | {fault.gate} |" for fault in FAULTS]
    rows += [f"| {fault.name} | {fault.what} | {fault.gate} |" for fault in VERIFIER_FAULTS]
    rows.append("| quotes-by-similarity | verbatim is what resembles a place to nine tenths | no-false-verbatim |")
    return "\n".join(["| fault | what is wrong | stopped by |", "| --- | --- | --- |", *rows])


def renewed(text: str) -> str:
    for name, table in (("measures", measures()), ("faults", faults())):
        pattern = rf"(<!-- {name}: [^>]*-->\n).*?(\n<!-- end of {name} -->)"
        text, count = re.subn(pattern, lambda match, table=table: f"{match[1]}{table}{match[2]}", text, flags=re.S)
        assert count == 1
    return text


def test_the_tables_are_those_of_the_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert text == renewed(text)


if __name__ == "__main__":
    DOCS.write_text(renewed(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
