"""Answers and verdicts as plain text with footnotes: for the clipboard and the history; and the links to their files."""

from __future__ import annotations

from rag.export import wording
from rag.quotes import QuoteVerdict
from rag.quotes.types import in_words
from rag.types import Answer, Citation, Claim, Key
from ui.render.markup import lines_of, shown

# The files of `rag.export`, as a person calls them.
_FILES = {".md": "Markdown", ".docx": "Word", ".html": "Evidence packet"}


def kept(text: str, copy: str, export: str | None = None) -> str:
    """A text laid hidden beside what is shown, and the links by which page.js hands it out; `export` is the id under which
    `ui.exports` keeps what was said, for the links to its files."""
    files = '<a href="#download">Download</a>'
    if export is not None:
        files = "".join(
            f'<a href="exports/{export}{suffix}" download>{name}<span class="cv-sr"> file</span></a>'
            for suffix, name in _FILES.items()
        )
    return f'<p class="cv-actions"><a href="#copy">{shown(copy)}</a>{files}</p><pre class="cv-text">{shown(text)}</pre>'


def footnoted(answer: Answer) -> str:
    """An answer with footnotes, each with its exact place and words."""
    key = "" if answer.key is None else _called(answer.key)
    body = " ".join(_called(claim) for claim in answer.claims)
    notes = "\n".join(f"[^{c.number}]: {reference(c)}" for c in answer.citations)
    question = " ".join(answer.question.split())
    searched = "" if answer.scope is None else f"Searched only: {', '.join(answer.scope)}"
    caution = "".join(text for text, _ in wording.caution(answer))
    return "\n\n".join(part for part in (question, caution, key, body, notes, searched) if part) + "\n"


def _called(said: Claim | Key) -> str:
    """A sentence, its label if it is not its source's word for word, and the calls of its footnotes."""
    label = wording.SUPPORT[said.support]
    return said.text + (f" ({label})" if label else "") + "".join(f"[^{number}]" for number in said.citations)


def verdict_text(verdict: QuoteVerdict) -> str:
    """A verdict with its differences, its context and every place listed."""
    quote = " ".join(verdict.quote.split())
    lines = [f"Quote: {quote}", "", f"Verdict: {verdict.verdict.replace('_', ' ')}"]
    if verdict.attribution.status != "not_asked":
        lines.append(f"Speaker {verdict.claimed_speaker}: {verdict.attribution.status}. {verdict.attribution.why}".rstrip())
    lines += [f"- {d.kind}: the quote has “{d.quote}”, the source “{d.source}”" for d in verdict.differences]
    lines += [f"- context, {in_words(risk.kind)}: “{risk.text}”" for risk in verdict.context_risk]
    lines += [f"- {reference(match.citation)}" for match in verdict.matches]
    searched = verdict.searched
    lines.append(f"Searched {searched.documents} documents, {searched.characters:,} characters. {verdict.note or ''}".rstrip())
    return "\n".join(lines) + "\n"


def reference(citation: Citation) -> str:
    """A citation as one line of text: who, what, when, where, and the words."""
    parts = [", ".join(citation.authors), citation.title, citation.publisher, citation.date or "undated", citation.url]
    place = f"{citation.document}, {lines_of(citation)}, characters {citation.char_start}–{citation.char_end}"
    return f"{', '.join(part for part in parts if part)}. {place}: “{citation.reading_text}”"
