"""Write docs/cli.md and docs/settings.md from the code: `python docs/build.py`. A test checks that they are up to date."""

from __future__ import annotations

from pathlib import Path

import click
import typer
from pydantic_core import PydanticUndefined

HERE = Path(__file__).parent


def commands() -> str:
    """The commands and their options, as `--help` has them."""
    from rag.cli import app

    root = typer.main.get_command(app)
    assert isinstance(root, click.Group)
    parts = ["# The command `rag`\n\nWritten by `python docs/build.py` from the code.\n"]
    for name, command in _walk(root, "rag"):
        parts.append(f"## {name}\n\n{command.help or ''}\n")
        rows = []
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                rows.append(f"| `{parameter.make_metavar(click.Context(command))}` | {getattr(parameter, 'help', '') or ''} |")
            elif isinstance(parameter, click.Option) and not parameter.hidden:
                names = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
                rows.append(f"| {names} | {parameter.help or ''} |")
        if rows:
            parts.append("| | |\n| --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _walk(group: click.Group, prefix: str) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found.append((f"{prefix} {name}", command))
        if isinstance(command, click.Group):
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
