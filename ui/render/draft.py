"""An article with its quotations marked, and the verdicts on them, worst first."""

from __future__ import annotations

from collections import Counter

from rag.commands.draft import page
from rag.quotes import DraftQuote, DraftReport
from ui.render.markup import Library, shown
from ui.render.quote import verdict_html, verdict_line


def draft_html(report: DraftReport, library: Library) -> str:
    """The verdicts to walk through, then the article; the marked copy lies hidden for the download."""
    if not report.quotes:
        return '<p class="cv-mode">There are no quotations in this article.</p>'
    numbers = {id(quote): number for number, quote in enumerate(report.quotes, 1)}
    items = "".join(_item(quote, number, library) for number, quote in enumerate(report.quotes, 1))
    return (
        f'<div class="cv-draft"><p class="cv-badge">{_counts(report)}</p>{items}'
        '<p class="cv-actions"><a href="#download">Download the marked copy</a></p>'
        f'<pre class="cv-text" data-name="checked.html" data-type="text/html">{shown(page(report))}</pre>'
        f'<p class="cv-label">The article</p><div class="cv-article">{_article(report, numbers)}</div></div>'
    )


def _counts(report: DraftReport) -> str:
    counts = Counter(quote.verdict.verdict for quote in report.quotes)
    ordered = dict.fromkeys(quote.verdict.verdict for quote in report.quotes)
    total = f"{len(report.quotes)} quotation{'s' if len(report.quotes) != 1 else ''}"
    return f"<strong>{total}</strong>" + " · ".join(f"{counts[kind]} {kind.replace('_', ' ')}" for kind in ordered)


def _item(quote: DraftQuote, number: int, library: Library) -> str:
    lines = f"line {quote.line_start}" if quote.line_start == quote.line_end else f"lines {quote.line_start}–{quote.line_end}"
    speaker = f", {shown(quote.speaker)}" if quote.speaker else ""
    return (
        f'<details class="cv-folded" id="cv-q{number}"><summary>{verdict_line(quote.verdict)}'
        f"<br><small>{lines} of the article{speaker}</small></summary>{verdict_html(quote.verdict, library)}</details>"
    )


def _article(report: DraftReport, numbers: dict[int, int]) -> str:
    parts, position = [], 0
    for quote in sorted(report.quotes, key=lambda quote: quote.char_start):
        words = shown(report.text[quote.char_start : quote.char_end])
        parts.append(shown(report.text[position : quote.char_start]))
        name = quote.verdict.verdict.replace("_", " ")
        parts.append(
            f'<a class="cv-said cv-v-{quote.verdict.verdict}" href="#cv-q{numbers[id(quote)]}">{words}'
            f'<span class="cv-sr"> ({name})</span></a>'
        )
        position = quote.char_end
    return "".join([*parts, shown(report.text[position:])])
