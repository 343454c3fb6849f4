"""Where a citation stands now: looked for at its place, in its document, then in the others. Characters decide.

Only where the characters stand nowhere is the quote checker asked what has become of them; it names line breaks and marks
that alone were changed, or the words that differ. That a citation stands is never said by likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rag.cite import cite
from rag.errors import InputError
from rag.export.folder import Folder
from rag.export.packet import text_sha256
from rag.export.wording import words
from rag.quotes.types import Difference, QuoteVerdict
from rag.reading import ReadingText
from rag.types import Citation, SourceDoc, Span

Status = Literal["unchanged", "in_place", "moved", "renamed", "reset", "other_document", "changed", "missing", "contradicted"]
SAYS: Mapping[str, str] = {
    "unchanged": "the same document, the same characters",
    "in_place": "the document has changed, these characters stand where they stood",
    "moved": "the document has changed, the same characters stand elsewhere in it",
    "renamed": "the same text under another name",
    "reset": "the same words, only line breaks or marks are other",
    "other_document": "the document cited does not hold these characters; another one does",
    "changed": "the document does not hold these words any more",
    "missing": "the document is not there, nor are these characters in another one",
    "contradicted": "the document is the one that was cited, and these are not its characters at this place",
}
_STANDS = ("unchanged", "in_place", "moved", "renamed", "reset")

_CONTEXT = "mind the context: the paragraph around these words is not the one it was"

# Places that hold the same characters and are looked at for the one with the same surroundings.
_MOST_PLACES = 1000


@dataclass(frozen=True)
class Standing:
    """What has become of a citation.

    `now` is where it stands, or the nearest words where it does not; `differences` set the packet's words (`quote`)
    against them. `remarks` say what else a reader should know.
    """

    number: int
    cited: Citation
    status: Status
    now: Citation | None = None
    differences: tuple[Difference, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the words stand, word for word, in the document that was cited."""
        return self.status in _STANDS


def standing(number: int, cited: Citation, described: Mapping[str, Any], around: Citation | None, folder: Folder) -> Standing:
    """What has become of citation `number`; `described` is its document in the packet, `around` the passage it stood in.

    Never raises for what a packet may hold: a document's name is only looked up among those of the folder.
    """
    here = folder.document(cited.document)
    why = (folder.unread[cited.document],) if cited.document in folder.unread else ()
    if here is not None:
        found = _within(number, cited, described, around, here)
        if found is not None:
            return found
    same = folder.by_text.get(str(described.get("text_sha256")))
    if same is not None:
        if not _holds(same.doc, cited.char_start, cited):
            return Standing(number, cited, "contradicted", remarks=(f"the same text is now {same.document}",))
        return Standing(number, cited, "renamed", _at(same.doc, same.reading, cited.char_start, cited), remarks=why)
    verdict = _compared(cited, folder) if here is not None else None
    if verdict is not None and verdict.verdict in ("exact", "normalized"):
        how = ", ".join(verdict.normalizations)
        remarks = [f"made the same by: {how}"] if how else []
        if around is not None and here is not None and _letters(around.source_text) not in _letters(here[0].text):
            remarks.append(_CONTEXT)
        return Standing(number, cited, "reset", verdict.matches[0].citation, remarks=tuple(remarks))
    for doc, reading in _others(cited, folder):
        at = doc.text.find(cited.source_text)
        if at >= 0:
            return Standing(number, cited, "other_document", _at(doc, reading, at, cited), remarks=why)
    if here is None:
        return Standing(number, cited, "missing", remarks=why)
    if verdict is None or verdict.verdict == "not_found":
        return Standing(number, cited, "changed", remarks=("nothing in it is like these words",))
    now = verdict.matches[0].citation if verdict.matches else None
    return Standing(number, cited, "changed", now, verdict.differences)


def _within(
    number: int, cited: Citation, described: Mapping[str, Any], around: Citation | None, here: tuple[SourceDoc, ReadingText]
) -> Standing | None:
    """The citation by its characters in its own document; None when they are not there and the document is another."""
    doc, reading = here
    in_place = _holds(doc, cited.char_start, cited)
    if text_sha256(doc) == described.get("text_sha256"):
        if not in_place:
            return Standing(number, cited, "contradicted")
        other = () if doc.sha256 == described.get("sha256") else ("the file is another one with the same text",)
        return Standing(number, cited, "unchanged", _at(doc, reading, cited.char_start, cited), remarks=other)
    places = [cited.char_start] if in_place else list(_places(doc.text, cited.source_text))
    if not places:
        return None
    before = cited.char_start - around.char_start if around is not None else 0
    same = [at for at in places if around is None or doc.text.startswith(around.source_text, max(at - before, 0))]
    best = min(same or places, key=lambda at: (abs(at - cited.char_start), at))
    remarks = [] if same else [_CONTEXT]
    if len(places) > 1:
        remarks.append(f"the same characters stand in {len(places)} places of the document")
    return Standing(number, cited, "in_place" if in_place else "moved", _at(doc, reading, best, cited), remarks=tuple(remarks))


def _places(text: str, wanted: str) -> Iterable[int]:
    at = text.find(wanted)
    for _ in range(_MOST_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(wanted, at + 1)


def _holds(doc: SourceDoc, at: int, cited: Citation) -> bool:
    return doc.text[at : at + len(cited.source_text)] == cited.source_text


def _at(doc: SourceDoc, reading: ReadingText, at: int, cited: Citation) -> Citation:
    place = Span(at, at + len(cited.source_text))
    return cite(doc, reading, place.start, place.end, number=cited.number, speaker=cited.speaker)


def _letters(text: str) -> str:
    """Letters and figures alone, so that line ends and marks make no difference."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _others(cited: Citation, folder: Folder) -> Iterable[tuple[SourceDoc, ReadingText]]:
    return ((source.doc, source.reading) for source in folder.sources.documents if source.document != cited.document)


def _compared(cited: Citation, folder: Folder) -> QuoteVerdict | None:
    try:
        return folder.compare(cited.document, words(cited))
    except InputError:  # a citation of signs alone
        return None
