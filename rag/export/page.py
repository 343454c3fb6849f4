"""The evidence as a page for people: everything from the JSON, nothing from anywhere else, no script, one style sheet.

A pure function of the evidence: the same evidence makes the same page, so that a page can be held against its JSON. Raise
LAYOUT when the page of any evidence changes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from rag.export import parse, wording
from rag.export.content import answer_report, verdict_report
from rag.export.report import Heading, Note, Paragraph, Report, Run, Table
from rag.export.visible import is_web_address, one_line, shown
from rag.types import FILE_NAME, Citation

LAYOUT = 2

_AROUND = {"plain": ("", ""), "strong": ("<strong>", "</strong>"), "emphasis": ("<em>", "</em>")}
_TAGS = {
    "body": ("<p>", "</p>"),
    "key": ('<p class="key">', "</p>"),
    "quote": ('<blockquote dir="auto">', "</blockquote>"),
    "item": ('<p class="item">', "</p>"),
    "remark": ('<p class="remark">', "</p>"),
}


def write(evidence: Mapping[str, Any], block: str) -> str:
    """The page of this evidence, `block` in its data block. Raises Malformed for evidence that is not complete."""
    made = report(evidence)
    style = files("rag.export").joinpath("packet.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src 'sha256-{_base64(style)}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{shown(one_line(made.title)[:120])} – evidence packet</title>\n<style>{style}</style>\n</head>\n"
        f'<body>\n<main>\n<p class="kind">{shown(made.kind)} · evidence packet of {shown(parse.text(evidence, "made"))}</p>\n'
        f"<h1>{shown(one_line(made.title))}</h1>\n{_body(made)}\n{_contexts(evidence)}\n{_documents(evidence)}\n"
        f"{_retrieved(evidence)}\n{_how(evidence)}\n</main>\n"
        f'<script type="application/json" id="evidence">{block}</script>\n</body>\n</html>\n'
    )


def report(evidence: Mapping[str, Any]) -> Report:
    """What the page says first: the answer or the verdict. Raises Malformed."""
    result = evidence.get("result")
    if not isinstance(result, dict):
        raise parse.Malformed("result: not an object")
    entries = {parse.text(item, "document"): item for item in parse.objects(evidence, "documents")}
    inferred = {name: parse.mapping(item, "inferred") for name, item in entries.items()}
    if evidence.get("kind") == "verdict":
        return verdict_report(parse.verdict(result), inferred)
    if evidence.get("kind") != "answer":
        raise parse.Malformed("kind: neither answer nor verdict")
    retrieved = [_with_entry(item, entries) for item in parse.objects(evidence, "passages") if item.get("role") == "retrieved"]
    return answer_report(parse.answer(result), retrieved, inferred)


def document(item: Mapping[str, Any]) -> str:
    """One document as HTML, with its hashes. Raises Malformed."""
    fields = [parse.text(item, "document"), f"{parse.whole(item, 'characters'):,} characters", parse.text(item, "reader")]
    by = [", ".join(parse.texts(item, "authors")), item.get("publisher"), _date(item)]
    url = item.get("url")
    link = ""
    if isinstance(url, str):
        link = f'<a href="{shown(url)}" rel="noopener noreferrer">{shown(url)}</a>' if is_web_address(url) else shown(url)
        link = f"<br>{link}"
    return (
        f"<h3>{shown(parse.text(item, 'title'))}</h3>"
        f'<p>{" · ".join(shown(str(part)) for part in by if part)}{link}</p><p class="remark">{shown(" · ".join(fields))}</p>'
        f"<dl><dt>SHA-256 of the file</dt><dd><code>{shown(parse.text(item, 'sha256'))}</code></dd>"
        f"<dt>SHA-256 of its text of record</dt><dd><code>{shown(parse.text(item, 'text_sha256'))}</code></dd></dl>"
    )


def pairs(evidence: Mapping[str, Any], name: str) -> str:
    """A flat object of the evidence on one line. Raises Malformed."""
    found = evidence.get(name)
    if not isinstance(found, dict) or not all(isinstance(value, str | int | None) for value in found.values()):
        raise parse.Malformed(f"{name}: not a flat object")
    return shown(", ".join(f"{key} {value}" for key, value in sorted(found.items())))


def _date(item: Mapping[str, Any]) -> str:
    date = item.get("date")
    why = parse.mapping(item, "inferred").get("date")
    where = parse.mapping(item, "read_from").get("date") if "read_from" in item else None
    note = f" (inferred from: “{why}”)" if why else f" (from {FILE_NAME})" if where == FILE_NAME else ""
    return f"{date or 'undated'}{note}"


def _with_entry(item: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Citation:
    entry = entries.get(parse.text(item, "document"))
    if entry is None:
        raise parse.Malformed(f"passages: {item['document']!r} is not among the documents")
    return parse.citation({**entry, **item, "number": None})


def _body(made: Report) -> str:
    called: set[int] = set()
    parts = [_block(block, called) for block in made.blocks]
    if made.notes:
        parts.append(
            f'<section class="notes" aria-label="Notes"><ol>{"".join(_note(note) for note in made.notes)}</ol></section>'
        )
    return "\n".join(parts)


def _block(block: Heading | Paragraph | Table, called: set[int]) -> str:
    if isinstance(block, Heading):
        return f"<h2>{shown(one_line(block.text))}</h2>"
    if isinstance(block, Table):
        head = "".join(f'<th scope="col">{shown(cell)}</th>' for cell in block.header)
        rows = "".join(f"<tr>{''.join(f'<td>{shown(cell)}</td>' for cell in row)}</tr>" for row in block.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    before, after = _TAGS[block.kind]
    return before + "".join(_run(run, called) for run in block.runs) + after


def _run(run: Run, called: set[int]) -> str:
    before, after = _AROUND[run.style]
    calls = []
    for number in run.notes:
        name = "" if number in called else f' id="call-{number}"'
        called.add(number)
        calls.append(f'<a href="#note-{number}"{name} aria-label="Note {number}">{number}</a>')
    raised = f"<sup>{', '.join(calls)}</sup>" if calls else ""
    return f"{before}{shown(run.text)}{after}{raised}"


def _note(note: Note) -> str:
    words = "".join(_run(run, set()) for run in note.runs)
    back = f'<a href="#call-{note.number}" aria-label="Back to the text">↩</a>'
    return f'<li id="note-{note.number}" value="{note.number}">{words} {back}</li>'


def _contexts(evidence: Mapping[str, Any]) -> str:
    """Every citation in its paragraph, as the file has it, the cited characters marked."""
    result = evidence["result"]
    cited = parse.objects(result, "citations" if evidence["kind"] == "answer" else "matches")
    parts = []
    for item in parse.objects(evidence, "passages"):
        if item.get("role") != "context":
            continue
        number = parse.whole(item, "citation")
        if not 1 <= number <= len(cited):
            raise parse.Malformed(f"passages: there is no citation {number}")
        citation = parse.citation(cited[number - 1])
        text, start = parse.text(item, "source_text"), parse.whole(item, "char_start")
        a, b = citation.char_start - start, citation.char_end - start
        if not 0 <= a < b <= len(text):
            raise parse.Malformed(f"passages: the passage around citation {number} does not hold it")
        label = citation.number if citation.number is not None else number
        parts.append(
            f"<h3>{label}. {shown(citation.title)}</h3>"
            f'<p class="remark">{shown(citation.document)}, {wording.lines_of(citation)}, '
            f"characters {citation.char_start}–{citation.char_end}</p>"
            f'<blockquote class="record" dir="auto">{shown(text[:a])}<mark>{shown(text[a:b])}</mark>{shown(text[b:])}</blockquote>'
        )
    return f"<section><h2>The words in their place</h2>{''.join(parts)}</section>" if parts else ""


def _documents(evidence: Mapping[str, Any]) -> str:
    items = "".join(document(item) for item in parse.objects(evidence, "documents"))
    return f"<section><h2>The documents</h2>{items}</section>" if items else ""


def _retrieved(evidence: Mapping[str, Any]) -> str:
    items = "".join(
        f'<li><span class="remark">{shown(parse.text(item, "document"))}, characters {parse.whole(item, "char_start")}–'
        f"{parse.whole(item, 'char_end')}</span><br>{shown(parse.text(item, 'reading_text'))}</li>"
        for item in parse.objects(evidence, "passages")
        if item.get("role") == "retrieved"
    )
    return f'<section class="retrieved"><h2>Every passage that was looked at</h2><ol>{items}</ol></section>' if items else ""


def _how(evidence: Mapping[str, Any]) -> str:
    return (
        "<section><h2>How this was made, and how to check it</h2><dl>"
        f"<dt>Made</dt><dd>{shown(parse.text(evidence, 'made'))} (UTC)</dd><dt>Corpus</dt><dd>{pairs(evidence, 'corpus')}</dd>"
        f"<dt>Settings</dt><dd>{pairs(evidence, 'settings') or 'none that matter'}</dd><dt>Versions</dt><dd>{pairs(evidence, 'versions')}</dd></dl>"
        "<p>To see whether every citation still stands word for word in the documents at hand, run "
        "<code>rag verify</code> with the name of this file. The checksums inside show accidental edits of this file; "
        "they are no signature.</p></section>"
    )


def _base64(style: str) -> str:
    return b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
