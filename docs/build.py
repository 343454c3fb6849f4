"""Write docs/cli.md and docs/settings.md from the code: `python docs/build.py`. A test checks that they are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from pydantic_core import PydanticUndefined

HERE = Path(__file__).parent


def commands() -> str:
    """The commands and their options, as `--help` has them."""
    from rag.cli import app

    parts = ["# The command `rag`\n\nWritten by `python docs/build.py` from the code.\n"]
    for name, command in _walk(typer.main.get_command(app), "rag"):
        parts.append(f"## {name}\n\n{command.help or ''}\n")
        rows = []
        for parameter in command.params:
            help_text = " ".join((getattr(parameter, "help", None) or "").split())
            if parameter.param_type_name == "argument":
                rows.append(f"| `{(parameter.metavar or parameter.name).upper()}` | {help_text} |")
            elif not parameter.hidden:
                names = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
                rows.append(f"| {names} | {help_text} |")
        if rows:
            parts.append("| | |\n| --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _walk(group: Any, prefix: str) -> list[tuple[str, Any]]:
    """All commands below a group with their full names, in the order of --help."""
    found: list[tuple[str, Any]] = []
    for name, command in group.commands.items():
        found.append((f"{prefix} {name}", command))
        if hasattr(command, "commands"):
            found += _walk(command, f"{prefix} {name}")
    return found


def settings() -> str:
    """The settings, their defaults and bounds."""
    from rag.settings import RagSettings

    parts = [
        "# Settings\n\nWritten by `python docs/build.py` from the code. Each is read from the environment.\n",
        "| variable | default | meaning |\n| --- | --- | --- |",
    ]
    for name, field in RagSettings.model_fields.items():
        default = "by the system" if field.default is PydanticUndefined else field.default
        default = "the bundled corpus" if name == "corpus" else default
        parts.append(f"| `RAG_{name.upper()}` | {'' if default is None else default} | {field.description} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    (HERE / "cli.md").write_text(commands())
    (HERE / "settings.md").write_text(settings())
