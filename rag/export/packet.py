"""The evidence packet: what was said and everything it rests on, as JSON inside one HTML page made from that JSON.

The JSON stands in a data block of the page, written canonically (sorted keys, ASCII, nothing that ends the block). Its
`digest` is a SHA-256 over the rest of it, and `page` holds a SHA-256 of the page without the block: an edit of either
shows. Neither is a signature: whoever edits a packet on purpose can make both anew. What an editor can rely on is the
comparison with the documents, and the digest if he kept it elsewhere.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from rag.cite import Library, cite, entry_json
from rag.errors import InputError
from rag.export import page, parse
from rag.readers import READER_VERSION
from rag.reading import READING_VERSION
from rag.settings import RagSettings
from rag.types import Citation, CorpusState, SourceDoc, Span

SCHEMA = 1

# What decides which words a document has and which sentence is chosen.
_PACKAGES = (
    "bm25s", "chromadb", "llama-index-core", "lxml", "numpy", "onnxruntime", "pypdfium2", "python-docx", "rapidfuzz", "sentencex",
    "symspellpy", "tokenizers", "trafilatura",
)  # fmt: skip
# The settings that an answer depends on besides its mode and model, which are in it; folders of the machine, addresses and
# secrets are nobody's business.
_SETTINGS = ("embedding_model", "top_k", "llm_context")

# Characters of the reading text kept on either side of the cited words, within their paragraph.
_AROUND = 600

# No packet is larger: a thousand passages have a few million characters.
_LARGEST = 64 * 1024 * 1024

_BLOCK = re.compile(r'(<script type="application/json" id="evidence">)(.*?)(</script>)', re.DOTALL)


@dataclass(frozen=True)
class Packet:
    """A packet that was read. `text` is the whole file with line ends as `\\n`."""

    evidence: Mapping[str, Any]
    text: str

    @property
    def digest(self) -> str:
        """The digest that the JSON should have."""
        return digest(self.evidence)

    @property
    def block(self) -> str:
        """The JSON as it stands in the page."""
        return str(_BLOCK.findall(self.text)[0][1])

    @property
    def page(self) -> str:
        """The page without its JSON."""
        return _BLOCK.sub(r"\1\3", self.text)


def make(
    kind: Literal["answer", "verdict"],
    result: Mapping[str, Any],
    *,
    cited: Sequence[Citation],
    retrieved: Sequence[tuple[Citation, float]],
    library: Library,
    corpus: CorpusState,
    settings: RagSettings | None,
    at: datetime,
) -> str:
    """A packet as the text of its HTML file.

    `result` is the contract's object, `cited` its citations or matches in order, `retrieved` the passages with their
    scores, `at` the time of making (UTC). Nothing of a document is taken from anywhere but `library`.
    """
    passages = [_context(citation, number, library) for number, citation in enumerate(cited, start=1)]
    passages += [{"role": "retrieved", "score": score, **_place(citation)} for citation, score in retrieved]
    names = dict.fromkeys(p["document"] for p in passages)
    evidence: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": kind,
        "result": _writable(result),
        "passages": passages,
        "documents": [_document(library(name)[0]) for name in names],
        "corpus": {"fingerprint": corpus.fingerprint, "documents": corpus.documents},
        "settings": {} if settings is None else _settings(settings),
        "versions": _versions(),
        "made": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return sealed(evidence)


def sealed(evidence: Mapping[str, Any]) -> str:
    """The page of this evidence, with its JSON, the page's hash and the digest in it."""
    rest = {key: value for key, value in evidence.items() if key not in ("page", "digest")}
    bare = page.write(rest, "")
    whole: dict[str, Any] = {**rest, "page": {"layout": page.LAYOUT, "sha256": page_sha256(bare)}}
    return page.write(rest, block({**whole, "digest": digest(whole)}))


def digest(evidence: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of everything but the digest itself."""
    return _hash(_canonical({key: value for key, value in evidence.items() if key != "digest"}))


def load(path: Path) -> Packet:
    """Read a packet. Raises InputError when the file cannot be read or is no packet of a known schema."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name} is larger than {_LARGEST // 2**20} MiB.", "Name an evidence packet.")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name an evidence packet.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}).", "Name a packet made with --export FILE.html.") from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return Packet(_evidence(path.name, text), text)


def _evidence(name: str, text: str) -> dict[str, Any]:
    blocks = _BLOCK.findall(text)
    if len(blocks) != 1:
        raise InputError(f"{name} is no evidence packet.", "A packet is made with: rag ask … --export FILE.html.")
    try:
        evidence = json.loads(blocks[0][1], parse_constant=_no_number)
        json.dumps(evidence, ensure_ascii=False).encode("utf-8")  # half a character is no text
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: the evidence inside is not JSON ({error}).", "Ask for the file as it was made.") from error
    if not isinstance(evidence, dict) or evidence.get("schema") != SCHEMA:
        found = evidence.get("schema") if isinstance(evidence, dict) else None
        raise InputError(
            f"{name} is a packet of schema {found!r}; this version reads {SCHEMA}.", "Use the version it was made with."
        )
    try:
        check(evidence)
    except parse.Malformed as error:
        raise InputError(
            f"{name}: the evidence inside is not complete ({error}).", "Ask for the file as it was made."
        ) from error
    return evidence


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def check(evidence: Mapping[str, Any]) -> None:
    """Raise Malformed unless the evidence has everything that the page and the verification need."""
    page.write(evidence, "")  # which looks at nearly everything
    for item in parse.objects(evidence, "passages"):
        if parse.text(item, "role") not in ("context", "retrieved"):
            raise parse.Malformed("role: neither context nor retrieved")
        parse.citation({**item, "title": "", "authors": []})
    corpus = evidence["corpus"]
    parse.text(corpus, "fingerprint")
    parse.whole(corpus, "documents")


def _context(citation: Citation, number: int, library: Library) -> dict[str, Any]:
    """The paragraph around a citation, or as much of it as can be read at a glance."""
    doc, reading = library(citation.document)
    hit = reading.from_record(citation.char_start, citation.char_end)
    block = next((b for b in reading.blocks if b.start <= hit.start < b.end), None)
    low, high = (block.start, max(block.end, hit.end)) if block else hit
    low, high = max(low, hit.start - _AROUND), min(high, hit.end + _AROUND)
    place = Span(citation.char_start, citation.char_end)
    if low < high:
        near = reading.to_record(low, high)
        place = Span(min(near.start, place.start), max(near.end, place.end))
    return {"role": "context", "citation": number, **_place(cite(doc, reading, place.start, place.end))}


def _place(citation: Citation) -> dict[str, Any]:
    names = ("document", "page", "line_start", "line_end", "char_start", "char_end", "source_text", "reading_text")
    return {name: getattr(citation, name) for name in names}


def _document(doc: SourceDoc) -> dict[str, Any]:
    return {
        **entry_json(doc.entry),
        "sha256": doc.sha256,
        "text_sha256": text_sha256(doc),
        "characters": len(doc.text),
        "reader": doc.reader,
    }


def text_sha256(doc: SourceDoc) -> str:
    """SHA-256 of a document's text of record, in UTF-8."""
    return sha256(doc.text.encode("utf-8", "surrogatepass")).hexdigest()


def _settings(settings: RagSettings) -> dict[str, Any]:
    found = {name: getattr(settings, name) for name in _SETTINGS}
    # A model may be a folder of the machine; its name is enough.
    return {**found, "embedding_model": re.split(r"[/\\]", found["embedding_model"].rstrip("/\\"))[-1]}


def _versions() -> dict[str, str]:
    found = {"chapter-and-verse": version("chapter-and-verse"), "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {**found, "reader": READER_VERSION, "reading": READING_VERSION}


def _writable(value: Mapping[str, Any]) -> Any:
    """The value without half characters, which a terminal can pass on and no file can hold."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def block(evidence: Mapping[str, Any]) -> str:
    """Canonical JSON in which nothing can end a script element or begin a comment."""
    text = _canonical(evidence)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def page_sha256(bare: str) -> str:
    """SHA-256 of a page without its JSON."""
    return _hash(bare)
