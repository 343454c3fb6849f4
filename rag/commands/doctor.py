"""`rag doctor`: is everything in place, and what to do if not."""

from __future__ import annotations

from dataclasses import asdict

import typer

from rag.commands.shared import Corpus, Data, Json, print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help="Check that everything is in place, and say what to do if not.")(doctor)


def doctor(as_json: Json = False, corpus: Corpus = None, data: Data = None) -> None:
    from rag.commands.session import quiet_libraries, resolve

    quiet_libraries()
    from rag.doctor import examine
    from rag.settings import load

    findings = examine(load(corpus=resolve(corpus), data=resolve(data)))
    failed = any(finding.state == "error" for finding in findings)
    if as_json:
        print_json({"schema": 1, "ok": not failed, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say(
                f"{finding.state:8} {finding.check:12} {finding.message}"
                + (f"\n{'':22}{finding.remedy}" if finding.remedy else "")
            )
    if failed:
        raise typer.Exit(1)
