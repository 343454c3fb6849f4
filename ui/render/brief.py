"""A brief as the chat shows it: its sections under their questions, and the questions that have no answer."""

from __future__ import annotations

from collections.abc import Sequence

from rag.brief import Section
from ui.render.answer import answer_html
from ui.render.markup import Library, shown


def section_html(section: Section, library: Library, export: str) -> str:
    """A question as a heading over its answer; `export` is the id under which the answer is kept."""
    return f"<h3>{shown(section.question)}</h3>{answer_html(section.answer, library, export)}"


def brief_html(parts: Sequence[str]) -> str:
    """The sections that are ready, and what stands below them."""
    return f'<div class="cv-brief">{"".join(parts)}</div>'


def unanswered_html(sections: Sequence[Section]) -> str:
    """The questions that the documents do not answer."""
    if not sections:
        return '<p class="cv-mode">Nothing is left open.</p>'
    items = "".join(f"<li>{shown(section.question)}</li>" for section in sections)
    return f'<div class="cv-sources"><p class="cv-label">Without an answer in the documents</p><ul>{items}</ul></div>'
