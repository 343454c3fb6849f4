"""Write a release's report: HTML and Markdown for people, the run without raw answers and reasons for the next comparison."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from eval.cases import Cases
from eval.compare import changes
from eval.gates import Verdict
from eval.places import Library
from eval.releases import RELEASES
from eval.report import markdown, page
from eval.report.worst import worst
from eval.run import Run, to_json
from rag.errors import InputError


def write_report(
    name: str,
    run: Run,
    before: Run | None,
    verdicts: Sequence[Verdict],
    cases: Cases,
    library: Library,
    folder: Path = RELEASES,
) -> Path:
    """Write `name`.html, .md and .json to `folder`; the HTML file's path. Raises InputError when that cannot be done."""
    moved = changes(before, run) if before else []
    shown = worst(run, cases, library)
    kept = {**to_json(run), "answers": {}}
    for row in kept["rows"]:
        # The comparison shows the new run's reasons; without the old ones the file is half as large.
        row["scores"] = {name: [value, ""] for name, (value, _) in row["scores"].items()}
    files = {
        ".html": page.html(name, run, before, verdicts, moved, shown),
        ".md": markdown.text(name, run, before, verdicts, moved, shown),
        ".json": json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, text in files.items():
            (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder / name} cannot be written: {error.strerror}.", "Give write permission.") from error
    return folder / f"{name}.html"
