"""What is written about the code is what the code says."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
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


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(*extras: str) -> set[str]:
    """The names of what is declared for these extras; without any, of what everybody gets."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [line for extra in extras for line in declared["optional-dependencies"][extra]] or declared["dependencies"]
    return {canonical(re.split(r"[^\w.-]", line)[0]) for line in listed}


def imported(*folders: str) -> set[str]:
    """The distributions that the modules below these folders import, or take files from, anywhere in them."""
    names, installed, found = set(), packages_distributions(), set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module or "")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("files", "pytest.importorskip"):
                names |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    for name in names:
        top, *rest = name.split(".")
        if (
            top == "llama_index"
        ):  # many distributions share the name: llama_index.llms.openai_like is llama-index-llms-openai-like
            found.add(canonical("-".join([top, *rest[: 1 if rest[0] == "core" else 2]])))
        elif top not in sys.stdlib_module_names and top not in ("rag", "ui", "eval") and not list(ROOT.glob(f"t*/{top}.py")):
            found |= {canonical(one) for one in installed.get(top, [top])}
    return found


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    """Everybody gets what the package imports and nothing else; PyTorch comes with the extras alone."""
    assert imported("rag", "ui", "eval") - requirements("st", "ocr") == requirements()
    assert requirements("st", "ocr") <= imported("rag")
    assert imported("train") - requirements() == requirements("train")
    tools = {"import-linter", "mypy", "pytest-timeout", "pytest-xdist", "ruff", "schemathesis"}  # started, not imported
    tests = imported("tests") - requirements() - requirements("st", "ocr")
    # test_models makes a model to load, and is skipped without the extra `st`, which brings these.
    assert tests - {"sentence-transformers", "transformers"} == requirements("dev") - tools


def test_every_direct_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = [canonical(line.split("==")[0]) for line in lines if not line.startswith("#")]
    assert len(pinned) == len(set(pinned))
    assert requirements() | requirements("dev", "ocr", "st", "train") <= set(pinned)


def test_no_machine_paths_in_the_repository() -> None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (
            (ROOT / name).exists()
            and name.endswith((".py", ".md", ".toml", ".txt", ".jsonl", ".html"))
            and not name.startswith("corpus/documents/")
        ):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w./])/(?:work|root|home|tmp)/\w", text), name
