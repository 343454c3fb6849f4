"""What is written about the code is what the code says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_written_help_is_the_commands() -> None:
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert (ROOT / "docs" / "cli.md").read_text() == build.commands(), "run: python docs/build.py"
    assert (ROOT / "docs" / "settings.md").read_text() == build.settings(), "run: python docs/build.py"


def test_links_in_the_readme_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_direct_dependency_is_pinned() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {
        re.split(r"==", line)[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    for requirement in (*declared["dependencies"], *declared["optional-dependencies"]["dev"]):
        name = re.match(r"[\w.-]+", requirement)
        assert name is not None
        assert name.group().lower().replace("_", "-") in pinned, requirement


def test_no_machine_paths_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if name.endswith((".py", ".md", ".toml", ".txt", ".jsonl", ".html")) and not name.startswith("corpus/documents/"):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w./])/(?:work|root|home|tmp)/\w", text), name
