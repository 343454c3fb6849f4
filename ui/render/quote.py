"""A verdict on a quotation: a word and a colour, the two texts beside each other, the context, every place."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.export import wording
from rag.quotes import Match, QuoteVerdict
from rag.quotes.types import in_words
from ui.render.markup import Library, around, byline, lines_of, place_link, shortened, shown
from ui.render.plain import kept, verdict_text

# Places listed with a verdict, and characters of the source shown around the first.
_MOST_PLACES = 10
_AROUND = 220

# Longer texts are shown without marks: comparing them word by word would take longer than reading them.
_MOST_WORDS = 4_000


def verdict_html(verdict: QuoteVerdict, library: Library, export: str | None = None) -> str:
    """One verdict, with everything an editor needs to see it for himself; with the id under which it is kept (`export`),
    the links to its files."""
    name = verdict.verdict.replace("_", " ")
    parts = [
        f'<article class="cv-answer cv-verdict cv-v-{verdict.verdict}">',
        f'<p class="cv-badge"><strong>{name.capitalize()}</strong> {wording.VERDICTS[verdict.verdict]}</p>',
    ]
    if verdict.attribution.status != "not_asked":
        why = f": {shown(verdict.attribution.why)}" if verdict.attribution.why else ""
        speaker = shown(verdict.claimed_speaker or "")
        parts.append(f'<p class="cv-who"><strong>{speaker}</strong> · {verdict.attribution.status}{why}</p>')
    parts += [
        f'<p class="cv-risk"><strong>Mind the context:</strong> {in_words(risk.kind)} — “{shown(risk.text)}”</p>'
        for risk in verdict.context_risk
    ]
    if verdict.verdict in ("altered", "spliced", "elided"):
        parts += [_aligned(match) for match in _fragments(verdict)]
    else:
        parts.append(f'<blockquote class="cv-quoted">{shown(verdict.quote)}</blockquote>')
    parts.append(_differences(verdict) or _normalizations(verdict))
    if verdict.matches:
        parts += [_in_context(verdict.matches[0], library), _places(verdict, library)]
    parts.append(f'<p class="cv-mode">{_searched(verdict)}</p>{kept(verdict_text(verdict), "Copy", export)}</article>')
    return "".join(parts)


def verdict_line(verdict: QuoteVerdict) -> str:
    """One verdict of many, folded: its word and the beginning of the quote."""
    chip = f'<span class="cv-chip cv-v-{verdict.verdict}">{verdict.verdict.replace("_", " ")}</span>'
    return f"{chip} {shown(shortened(verdict.quote, 120))}"


def _fragments(verdict: QuoteVerdict) -> tuple[Match, ...]:
    """The pieces of the quote, each with its best place."""
    best: dict[str, Match] = {}
    for match in verdict.matches:
        best.setdefault(match.fragment, match)
    return tuple(best.values())


def _aligned(match: Match) -> str:
    quote, source = compared(match.fragment, match.citation.reading_text)
    return (
        f'<dl class="cv-aligned"><dt>The quote</dt><dd>{quote}</dd><dt>The source</dt><dd>{source}</dd></dl>'
        if quote != source
        else f'<blockquote class="cv-quoted">{source}</blockquote>'
    )


def compared(quote: str, source: str) -> tuple[str, str]:
    """Both texts as HTML; words that only the quote has are <del>, words that only the source has <ins>."""
    ours, theirs = _words(quote), _words(source)
    if max(len(ours), len(theirs)) > _MOST_WORDS:
        return shown(quote), shown(source)
    left, right = [], []
    matcher = SequenceMatcher(None, [_key(word) for word in ours], [_key(word) for word in theirs], autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        mine, yours = shown(" ".join(ours[a:b])), shown(" ".join(theirs[c:d]))
        left.append(f"<del>{mine}</del>" if what != "equal" and mine else mine)
        right.append(f"<ins>{yours}</ins>" if what != "equal" and yours else yours)
    return " ".join(filter(None, left)), " ".join(filter(None, right))


def _words(text: str) -> list[str]:
    return text.split()


def _key(word: str) -> str:
    """What makes two words the same to the eye: letters and figures, whatever marks stand around them."""
    return re.sub(r"[^\w%$€£¥]+", "", word).casefold() or word


def _differences(verdict: QuoteVerdict) -> str:
    if not verdict.differences:
        return ""
    rows = "".join(
        f"<tr><td>{d.kind}</td><td>{shown(d.quote) or '—'}</td><td>{shown(d.source) or '—'}</td></tr>"
        for d in verdict.differences
    )
    return (
        '<table class="cv-table"><caption>Differences</caption><thead><tr><th scope="col">Kind</th>'
        '<th scope="col">The quote has</th><th scope="col">The source has</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _normalizations(verdict: QuoteVerdict) -> str:
    names = ", ".join(shown(name) for name in verdict.normalizations)
    return f'<p class="cv-who">Made the same by: {names}</p>' if names else ""


def _in_context(match: Match, library: Library) -> str:
    _, reading = library(match.citation.document)
    hit = reading.from_record(match.citation.char_start, match.citation.char_end)
    before, after = around(reading, hit, _AROUND)
    words = f"{shown(before)}<mark>{shown(reading.text[hit.start : hit.end])}</mark>{shown(after)}"
    return f'<p class="cv-label">In its place</p><p class="cv-claim">{words}</p>'


def _places(verdict: QuoteVerdict, library: Library) -> str:
    items = []
    for match in verdict.matches[:_MOST_PLACES]:
        c = match.citation
        entry = library(c.document)[0].entry
        speaker = f" · said by {shown(c.speaker)}" if c.speaker else ""
        link = place_link(c.document, c.char_start, c.char_end, f"{c.title}, {lines_of(c)}")
        items.append(f"<li>{link}<br><small>{byline(entry)}{speaker}</small></li>")
    more = verdict.occurrences - len(items)
    count = f"{verdict.occurrences} places" if verdict.occurrences > 1 else "Place"
    rest = f'<p class="cv-who">and {more} more</p>' if more > 0 else ""
    return f'<div class="cv-sources cv-nearest"><p class="cv-label">{count}</p><ul>{"".join(items)}</ul>{rest}</div>'


def _searched(verdict: QuoteVerdict) -> str:
    searched = verdict.searched
    documents = f"{searched.documents} document{'s' if searched.documents != 1 else ''}"
    unread = f" · could not be read: {shown(', '.join(searched.unreadable))}" if searched.unreadable else ""
    note = f". {shown(verdict.note)}" if verdict.note else ""
    return f"Searched {documents}, {searched.characters:,} characters{unread}{note}"
