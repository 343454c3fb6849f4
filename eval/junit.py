"""Gates as JUnit XML, which every CI server can show: one test case a gate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from eval.gates import Verdict
from rag.errors import InputError


def write_junit(verdicts: Sequence[Verdict], path: Path) -> None:
    """Write `verdicts` to `path`. Raises InputError when it cannot be written."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    suite = ElementTree.Element("testsuite", name="rag eval", tests=str(len(verdicts)), failures=str(len(failed)))
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", classname="rag.eval", name=verdict.gate)
        if not verdict.passed:
            ElementTree.SubElement(case, "failure", message=verdict.line)
    try:
        ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Name another file with --junit FILE.") from error
