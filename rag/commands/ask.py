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
    answer_each,
    check_export,
    note,
    print_json,
    requests,
    say,
    say_bold,
)
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.types import Answer, Citation, Claim, Exchange, Key, Scope


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
            help="Who answers: extractive, the sources' own sentences; generative, a language model that chooses among them, checked.",
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
    asked = requests(batch, "question") if batch is not None else ()
    if question is not None:
        _check(question)
    with assistant(corpus=resolve(corpus), data=resolve(data), top_k=top_k, mode=mode) as opened:
        if question is None:
            opened.within(scope)  # a scope that names nothing is wrong for every request
            answer_each(asked, lambda number, request: print_json(_answered(opened, request, scope)))
            return
        answer = opened.ask(question, scope=scope)
        if opened.settings.answers == "generative" and answer.mode == "extractive" and answer.withheld:
            note(f"rag: nothing of the language model's could be shown: {answer.withheld[0].reason}")
        if export is not None:
            from rag.export import answers, formats

            formats.write(export, answers.export(answer, export.suffix.lower(), opened.document, opened.settings))
            note(f"rag: wrote {export}")
        if not as_json:
            show(answer)
            return
        from rag.answer import to_json

        print_json(to_json(answer))


def _check(question: str) -> None:
    """Refuse a bad question before the index is opened."""
    from rag.questions import check_question

    check_question(question)


def _answered(opened: Assistant, request: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """The answer to a request of a batch. Raises InputError."""
    from rag.answer import to_json

    return to_json(opened.ask(request["question"], _history(request), scope), request.get("id"))


def _history(request: dict[str, Any]) -> list[Exchange]:
    from rag.types import Exchange

    try:
        return [Exchange(str(turn["question"]), str(turn["answer"])) for turn in request.get("history") or []]
    except (TypeError, KeyError, AttributeError) as error:
        raise InputError(
            "`history` is not a list of questions and answers.", 'Write [{"question": "…", "answer": "…"}].'
        ) from error


def show(answer: Answer) -> None:
    """An answer as a person reads it on a terminal: in one line, in sentences, and below them what it rests on."""
    from rag.export import wording

    if answer.standalone_question:
        say(f"Understood as: {answer.standalone_question}\n")
    if caution := wording.caution(answer):
        say_bold(caution)
        say()
    if answer.key is not None:
        say_bold([(answer.key.text, True), (_beside(answer.key), False)])
        say()
    for claim in answer.claims:
        say_bold([*wording.emphasised(claim.text, claim.words), (_beside(claim), False)])
        say()
    numbered = {citation.number: citation for citation in answer.citations}
    for conflict in answer.conflicts:
        say_bold([(f"The documents differ on {conflict.about}:", False)])
        for cited in wording.newest_first(numbered[number] for number in conflict.citations):
            say_bold([(f"{wording.who_and_when(cited)}: {cited.reading_text} [{cited.number}]", False)], indent=2)
        say()
    _show_rest(answer)


def _beside(said: Claim | Key) -> str:
    """What stands behind words: how they differ from their source's, if they do, and the numbers of their citations."""
    from rag.export.wording import SUPPORT

    label = SUPPORT[said.support]
    return (f" ({label})" if label else "") + " " + "".join(f"[{number}]" for number in said.citations)


def _show_rest(answer: Answer) -> None:
    """What stands below the sentences: sources, what was withheld, what was searched, and who answered."""
    for citation in answer.citations:
        say(f"[{citation.number}] {place(citation)}")
    if answer.withheld:
        say("\nNot shown:")
        for withheld in answer.withheld:
            text = f"“{withheld.text}” ({withheld.reason})" if withheld.text else withheld.reason
            say_bold([(f"- {text}", False)])
    if answer.scope is not None:
        say(f"\nSearched {len(answer.scope)} of {answer.corpus.documents} documents: {', '.join(answer.scope)}")
    say(f"\nMode: {answer.mode}" + (f" ({answer.model})" if answer.model else "") + f" · {answer.timings_ms['total']} ms")


def place(citation: Citation) -> str:
    """Who, what, when and where of a citation on one line."""
    from rag.export.wording import lines_of

    where = lines_of(citation).replace("–", "-")  # as it is typed: `rag show FILE#3-4`
    parts = [", ".join(citation.authors), citation.title, citation.publisher or "", citation.date or "undated"]
    return f"{', '.join(p for p in parts if p)}. {citation.document}, {where}, characters {citation.char_start}-{citation.char_end}"
