"""`rag verify`: does what an evidence packet says still stand in the documents at hand?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.commands.shared import Corpus, Data, Json, counting, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.export.standing import Standing
    from rag.export.verify import Verification
    from rag.types import Citation

# Words printed of a place; --json has them all.
_SHOWN = 300


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", help="Say whether every citation of an evidence packet still stands word for word.")(verify)


def verify(
    packet: Annotated[Path, typer.Argument(metavar="PACKET", help="A file made with --export FILE.html.")],
    as_json: Json = False,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.export.packet import load as load_packet
    from rag.export.verify import verify as verified
    from rag.settings import load
    from rag.types import titled

    def objection(statement: str, citations: Sequence[Citation]) -> str:
        from rag.reading import sentences
        from rag.support import objection  # loads a model: only where a language model's sentences are to be verified

        found = [objection(statement, sentences(one.reading_text), titled(one.title, one.date)) for one in citations]
        return "" if None in found else "; ".join(dict.fromkeys(reason for reason in found if reason)) or "it cites nothing"

    settings = load(corpus=corpus, data=data)
    result = verified(load_packet(packet), settings.corpus, settings.data, counting(), objection)
    if as_json:
        print_json({**result.to_json(), "packet": packet.name})
    else:
        show(result)
    if not result.stands:
        raise typer.Exit(1)


def show(result: Verification) -> None:
    """What came out, for people."""
    from rag.export.visible import one_line

    say(f"{result.kind.capitalize()} of {result.made}: {one_line(result.title)}")
    for line in result.edited:
        say(f"EDITED  {one_line(line)}")
    if not result.edited:
        say(f"The packet is as it was written; its digest is {result.digest}.")
    for one in result.citations:
        _citation(one)
    for head, lines in (("CONTRADICTED", result.contradictions), ("NOT AS IT WAS", result.changes), ("note", result.remarks)):
        for line in lines:
            say(f"{head}  {one_line(line)}")
    if result.verdict is not None:
        then, now = (word.replace("_", " ") for word in result.verdict)
        say(f"The quote was checked again: {now}, {'as it was' if now == then else f'not {then} any more'}.")
    if result.stands:
        say(f"Everything stands: {_count(len(result.citations))}." if result.citations else "Everything stands.")
        return
    fallen = sum(not one.stands for one in result.citations)
    say(f"Not everything stands: {fallen} of {_count(len(result.citations))} do not." if fallen else "Not everything stands.")


def _citation(one: Standing) -> None:
    from rag.export.standing import SAYS
    from rag.export.visible import one_line

    say(f"[{one.number}] {one.status.upper().replace('_', ' ')}  {one_line(one.cited.document)}, {_place(one.cited)}")
    if one.status != "unchanged":
        say(f"    {SAYS[one.status]}")
    if one.now is not None and one.status not in ("unchanged", "in_place"):
        say(f"    {'now' if one.stands else 'there'}: {one_line(one.now.document)}, {_place(one.now)}")
    for difference in one.differences:
        ours, theirs = (f"“{_short(side)}”" if side else "nothing" for side in (difference.quote, difference.source))
        say(f"    {difference.kind}: the packet has {ours}, the document {theirs}")
    if not one.stands:
        say(f"    cited: “{_short(one.cited.reading_text or one.cited.source_text)}”")
        if one.now is not None:
            say(f"    there: “{_short(one.now.reading_text or one.now.source_text)}”")
    for remark in one.remarks:
        say(f"    {one_line(remark)}")


def _place(citation: Citation) -> str:
    from rag.export.wording import lines_of

    return f"{lines_of(citation)}, characters {citation.char_start}–{citation.char_end}"


def _short(text: str) -> str:
    from rag.export.visible import one_line

    words = one_line(text)
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def _count(number: int) -> str:
    return f"{number} citation{'s' if number != 1 else ''}"
