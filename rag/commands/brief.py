"""`rag brief`: a longer answer under headings, every sentence with its exact place."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rag.commands.shared import Authors, Corpus, Data, Documents, Json, Since, Until, print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("brief", help="A longer answer under headings, over several questions; says what has no answer.")(brief)


def brief(
    topic: Annotated[str, typer.Argument(help="What the brief is about.", show_default=False)],
    ask: Annotated[
        list[str] | None,
        typer.Option(
            "--ask",
            help="A question of the brief; repeat it. Without any a language model proposes them, or the documents nearest to the topic are asked for it.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
    mode: Annotated[
        str | None,
        typer.Option(help="Who writes: extractive or generative.", show_default="generative if a model is configured"),
    ] = None,
    document: Documents = None,
    author: Authors = None,
    since: Since = None,
    until: Until = None,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.commands.session import assistant, resolve
    from rag.types import Scope

    scope = Scope(tuple(document or ()), tuple(author or ()), since, until)
    with assistant(corpus=resolve(corpus), data=resolve(data), mode=mode) as opened:
        from rag.brief import Section
        from rag.brief import brief as briefed
        from rag.commands.ask import show

        for item in briefed(opened, topic, ask or (), scope):
            if isinstance(item, Section):
                if not as_json and item.answer.claims:
                    say(f"{item.number}. {item.question}\n")
                    show(item.answer)
                    say()
            elif as_json:
                print_json(_json(item))
            else:
                say(
                    "Without an answer in the documents:"
                    if item.unanswered
                    else "Nothing is left open."
                    if item.sections
                    else "The documents do not speak of it."
                )
                for section in item.unanswered:
                    say(f"- {section.question}")


def _json(made: Any) -> dict[str, Any]:
    from rag.answer import to_json

    return {
        "schema": 1,
        "topic": made.topic,
        "sections": [{"question": section.question, "answer": to_json(section.answer)} for section in made.sections],
        "unanswered": [section.question for section in made.unanswered],
    }
