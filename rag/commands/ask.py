"""`rag ask`: a question, an answer whose every sentence shows where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.commands.shared import (
    Authors,
    Batch,
    Corpus,
    Data,
    Documents,
    Export,
    Json,
    Since,
    Until,
    check_export,
    note,
    print_json,
    requests,
    say,
)
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.types import Answer, Citation, Claim, Exchange, Scope


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask", help="Ask a question; every sentence of the answer carries its exact place.")(ask)


def ask(
    question: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    batch: Batch = None,
    as_json: Json = False,
    top_k: Annotated[int | None, typer.Option("--top-k", help="How many passages the answer lists.", show_default="20")] = None,
    mode: Annotated[
        str | None,
        typer.Option(
            help="Who writes the answer: extractive, the sources themselves; generative, a language model, verified.",
            show_default="generative if a model is configured",
        ),
    ] = None,
    document: Documents = None,
    author: Authors = None,
    since: Since = None,
    until: Until = None,
    export: Export = None,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    if (question is None) == (batch is None):
        raise InputError(
            "Give a question or --batch FILE, one of the two.", 'For example: rag ask "Who joined the GCTF in 2019?"'
        )
    from rag.commands.session import assistant, resolve
    from rag.types import Scope

    check_export(export, batch)

    scope = Scope(tuple(document or ()), tuple(author or ()), since, until)
    asked = list(requests(batch, "question")) if batch is not None else None
    if question is not None:
        _check(question)
    with assistant(corpus=resolve(corpus), data=resolve(data), top_k=top_k, mode=mode) as opened:
        if asked is not None:
            _batch(opened, asked, scope)
            return
        answer = _asked(opened, question or "", scope, live=not as_json)
        if opened.settings.answers == "generative" and answer.mode == "extractive":
            note(f"rag: nothing of the language model's could be shown: {answer.withheld[0].reason}")
        if export is not None:
            from rag.export import answers, formats

            formats.write(export, answers.export(answer, export.suffix.lower(), opened.document, opened.settings))
            note(f"rag: wrote {export}")
        if as_json:
            from rag.answer import to_json

            print_json(to_json(answer))


def _asked(opened: Assistant, question: str, scope: Scope, *, live: bool) -> Answer:
    """Ask; with `live` the answer is printed meanwhile, each sentence of a language model's as soon as it is verified."""
    from rag.types import Answer

    if not live:
        return opened.ask(question, scope=scope)
    if opened.settings.answers == "extractive":
        answer = opened.ask(question, scope=scope)
        show(answer)
        return answer
    for item in opened.stream(question, scope=scope):
        if isinstance(item, Answer):
            answer = item
        else:
            show_claim(item.claim)
    show_head(answer)
    show_rest(answer)
    return answer


def _check(question: str) -> None:
    """Refuse a bad question before the index is opened."""
    from rag.questions import check_question

    check_question(question)


def _batch(opened: Assistant, asked: list[dict[str, Any]], scope: Scope) -> None:
    """Answer every request in order. One that cannot be asked gets its error as its message and does not stop the others."""
    from rag.answer import to_json, unasked

    opened.within(scope)  # a scope that names nothing is wrong for every request
    refused = False
    for request in asked:
        try:
            answer = opened.ask(request["question"], _history(request), scope)
        except InputError as error:
            note(f"rag: request {request.get('id')!r}: {error}")
            answer = unasked(request["question"], str(error), opened.state)
            refused = True
        print_json(to_json(answer, request.get("id")))
    if refused:
        raise typer.Exit(InputError.exit_status)


def _history(request: dict[str, Any]) -> list[Exchange]:
    from rag.types import Exchange

    try:
        return [Exchange(str(turn["question"]), str(turn["answer"])) for turn in request.get("history") or []]
    except (TypeError, KeyError, AttributeError) as error:
        raise InputError(
            "`history` is not a list of questions and answers.", 'Write [{"question": "…", "answer": "…"}].'
        ) from error


def show(answer: Answer) -> None:
    """An answer as a person reads it on a terminal."""
    show_head(answer)
    for claim in answer.claims:
        show_claim(claim)
    show_rest(answer)


def show_head(answer: Answer) -> None:
    """How the question was understood, and what is to be said before the answer."""
    import textwrap

    if answer.standalone_question:
        say(f"Understood as: {answer.standalone_question}\n")
    if answer.message:
        say(textwrap.fill(answer.message, 100) + "\n")


def show_claim(claim: Claim) -> None:
    """A sentence of the answer with its numbers."""
    import textwrap

    marks = "".join(f"[{number}]" for number in claim.citations)
    say(textwrap.fill(f"{claim.text} {marks}", 100) + "\n")


def show_rest(answer: Answer) -> None:
    """What stands below the sentences: differences, sources, what was withheld, and who answered."""
    import textwrap

    from rag.export.wording import who_and_when

    numbered = {citation.number: citation for citation in answer.citations}
    for conflict in answer.conflicts:
        say(textwrap.fill(f"The documents differ on {conflict.about}:", 100))
        for number in conflict.citations:
            citation = numbered[number]
            said = f"{who_and_when(citation)}: {citation.reading_text} [{number}]"
            say(textwrap.fill(said, 100, initial_indent="  ", subsequent_indent="  "))
        say()
    for citation in answer.citations:
        say(f"[{citation.number}] {place(citation)}")
    if answer.withheld:
        say("\nNot shown:")
        for withheld in answer.withheld:
            text = f"“{withheld.text}” ({withheld.reason})" if withheld.text else withheld.reason
            say(textwrap.fill(text, 100, initial_indent="- ", subsequent_indent="  "))
    if answer.scope is not None:
        say(f"\nSearched {len(answer.scope)} of {answer.corpus.documents} documents: {', '.join(answer.scope)}")
    say(f"\nMode: {answer.mode}" + (f" ({answer.model})" if answer.model else "") + f" · {answer.timings_ms['total']} ms")


def place(citation: Citation) -> str:
    """Who, what, when and where of a citation on one line."""
    from rag.export.wording import lines_of

    where = lines_of(citation).replace("–", "-")  # as it is typed: `rag show FILE#3-4`
    parts = [", ".join(citation.authors), citation.title, citation.publisher or "", citation.date or "undated"]
    return f"{', '.join(p for p in parts if p)}. {citation.document}, {where}, characters {citation.char_start}-{citation.char_end}"
