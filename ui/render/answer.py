"""An answer as the chat shows it.

A message is one block of HTML on one line: the chat's Markdown leaves such a block alone, and its sanitizer is the
second wall behind our escaping.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.export import wording
from rag.types import Answer, Citation, CitedClaim, Claim, Conflict, Key, Passage
from ui.render.markup import Library, around, byline, cite_link, lines_of, place_link, shortened, shown
from ui.render.plain import footnoted, kept

# A refusal lists this many of the passages that came nearest.
_NEAREST = 5

# Characters of the source shown around a cited passage when the pointer rests on its number.
_PEEK = 160


def answer_html(answer: Answer, library: Library, export: str | None = None) -> str:
    """An answer: in one line and in sentences with their citations, or a refusal with what came nearest; conflicts, sources,
    mode; with the id under which it is kept (`export`), the links to its files."""
    numbered = {citation.number: citation for citation in answer.citations if citation.number is not None}
    parts = [f'<div class="cv-answer cv-{answer.status}">']
    if answer.standalone_question:
        parts.append(
            f'<p class="cv-understood">Understood as: <span>{shown(answer.standalone_question)}</span> '
            '<a href="#edit">Change it</a></p>'
        )
    if caution := wording.caution(answer):
        parts.append(f'<p class="cv-message">{_bold(caution)}</p>')
    if answer.key is not None:
        parts.append(_key(answer.key, [numbered[number] for number in answer.key.citations], library))
    parts += [_claim(claim, [numbered[number] for number in claim.citations], library) for claim in answer.claims]
    parts += [_conflict(conflict, numbered, library) for conflict in answer.conflicts]
    parts.append(_withheld(answer))
    if answer.citations:
        parts.append(_sources(answer.citations, library))
    elif answer.passages:
        parts.append(_nearest(answer.passages, library))
    copy = "Copy with footnotes" if answer.citations else "Copy"
    parts.append(f'<p class="cv-mode">{mode_line(answer)}</p>{kept(footnoted(answer), copy, export)}</div>')
    return "".join(parts)


def claims_html(ready: Sequence[CitedClaim], library: Library) -> str:
    """The sentences of an answer that are ready while others are still being worked on."""
    claims = "".join(_claim(item.claim, item.citations, library) for item in ready)
    return f'<div class="cv-answer cv-coming">{claims}</div>'


def _key(key: Key, citations: Sequence[Citation], library: Library) -> str:
    return f'<p class="cv-key">{shown(key.text)}{_beside(key, citations, library)}</p>'


def _claim(claim: Claim, citations: Sequence[Citation], library: Library) -> str:
    words = _bold(wording.emphasised(claim.text, claim.words))
    return f'<p class="cv-claim">{words}{_beside(claim, citations, library)}</p>'


def _beside(said: Claim | Key, citations: Sequence[Citation], library: Library) -> str:
    """What stands behind words: how they differ from their source's, if they do, and their citations' numbers and dates."""
    label = wording.SUPPORT[said.support]
    support = f' <span class="cv-support">{shown(label)}</span>' if label else ""
    return support + "".join(_number(citation, library, dated=True) for citation in citations)


def _bold(pieces: Sequence[wording.Piece]) -> str:
    return "".join(f"<strong>{shown(text)}</strong>" if bold else shown(text) for text, bold in pieces)


def mode_line(answer: Answer) -> str:
    """Which mode answered, over how much, how fast; as HTML."""
    mode = wording.mode(answer)
    of = "" if answer.scope is None else f"{len(answer.scope)} of "
    documents = f"{of}{answer.corpus.documents} document{'s' if answer.corpus.documents != 1 else ''}"
    return f"{shown(mode)} · {documents} · {answer.timings_ms.get('total', 0)} ms"


def _number(citation: Citation, library: Library, *, dated: bool = False) -> str:
    doc, reading = library(citation.document)
    hit = reading.from_record(citation.char_start, citation.char_end)
    before, after = around(reading, hit, _PEEK)
    words = f"{shown(before)}<mark>{shown(reading.text[hit.start : hit.end])}</mark>{shown(after)}"
    head = f"<strong>{shown(citation.title)}</strong><br>{byline(doc.entry)} · {lines_of(citation)}"
    date = f'<span class="cv-date">{shown(citation.date)}</span>' if dated and citation.date else ""
    return (
        f'<span class="cv-cite">{cite_link(citation)}{date}'
        f'<span class="cv-peek"><span class="cv-peek-head">{head}</span>{words}</span></span>'
    )


def _sources(citations: tuple[Citation, ...], library: Library) -> str:
    items = "".join(
        f'<li>{cite_link(c)}<span><span class="cv-title">{shown(c.title)}</span><br>'
        f"{byline(library(c.document)[0].entry)} · {lines_of(c)}{_speaker(c)}</span></li>"
        for c in citations
    )
    return f'<div class="cv-sources"><p class="cv-label">Sources</p><ul>{items}</ul></div>'


def _speaker(citation: Citation) -> str:
    return f" · said by {shown(citation.speaker)}" if citation.speaker else ""


def _nearest(passages: tuple[Passage, ...], library: Library) -> str:
    items = []
    for passage in passages[:_NEAREST]:
        doc, reading = library(passage.document)
        hit = reading.from_record(passage.char_start, passage.char_end)
        words = shortened(reading.text[hit.start : hit.end], 180)
        link = place_link(passage.document, passage.char_start, passage.char_end, words)
        items.append(f"<li>{link}<br><small>{shown(doc.entry.title)} · {byline(doc.entry)}</small></li>")
    return f'<div class="cv-sources cv-nearest"><p class="cv-label">Nearest passages</p><ul>{"".join(items)}</ul></div>'


def _conflict(conflict: Conflict, numbered: dict[int, Citation], library: Library) -> str:
    """What differs, newest source first."""
    sides = "".join(
        f'<div class="cv-side"><p class="cv-label">{byline(library(c.document)[0].entry)}</p>'
        f"<p>{shown(c.reading_text)}{_number(c, library)}</p></div>"
        for c in wording.newest_first(numbered[number] for number in conflict.citations)
    )
    head = f"<p>The documents differ on {shown(conflict.about)}:</p>"
    return f'<div class="cv-conflict">{head}<div class="cv-sides">{sides}</div></div>'


def _withheld(answer: Answer) -> str:
    if not answer.withheld:
        return ""
    items = "".join(f"<li>{shown(held.text)}<br><small>{shown(held.reason)}</small></li>" for held in answer.withheld)
    return f'<details class="cv-withheld"><summary>{len(answer.withheld)} withheld</summary><ul>{items}</ul></details>'
