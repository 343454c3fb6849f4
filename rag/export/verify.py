"""Does what a packet says still stand? The packet is held against itself, then against the documents at hand.

1. The JSON against its digest, the page against its hash, and the page against what the JSON makes of it today.
2. Every citation against the documents (`rag.export.standing`).
3. What the packet says beyond the citations against them: sentences and key are what their support says that they are
   (`rag.export.said`), a reading text the one that its characters have, a passage the characters of its document.
4. A verdict: the quote is checked again, and the two verdicts compared.
5. What a language model wrote is verified again against the words it cites, where the caller has the means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.cite import citation_json, cite, named
from rag.errors import InputError
from rag.export import parse, said
from rag.export.folder import Folder
from rag.export.packet import Packet, text_sha256
from rag.export.standing import SAYS, Standing, standing
from rag.export.tampering import tampered
from rag.quotes import QuoteVerdict, check
from rag.readers import ocr
from rag.reading import READING_VERSION
from rag.types import Answer, Citation, Claim, Key

Objection = Callable[[str, Sequence[Citation]], str]
"""Why the words cited do not carry a sentence, empty when they do."""


@dataclass(frozen=True)
class Verification:
    """What came out. `edited` lists where the packet is not as it was written, `contradictions` where it says what the
    documents do not, `changes` what a second check found otherwise; `verdict` is the one on a quote, then and now (the same
    word again where it could not be checked). `remarks` need not worry anybody."""

    kind: Literal["answer", "verdict"]
    title: str
    made: str
    digest: str
    citations: tuple[Standing, ...]
    same_corpus: bool
    verdict: tuple[str, str] | None = None
    edited: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether everything stands."""
        return all(one.stands for one in self.citations) and not (self.edited or self.contradictions or self.changes)

    def to_json(self) -> dict[str, Any]:
        """What `rag verify --json` prints."""
        return {
            "schema": 1,
            "kind": self.kind,
            "title": self.title,
            "made": self.made,
            "digest": self.digest,
            "stands": self.stands,
            "edited": list(self.edited),
            "citations": [_standing_json(one) for one in self.citations],
            "contradictions": list(self.contradictions),
            "changes": list(self.changes),
            "same_corpus": self.same_corpus,
            "verdict": None if self.verdict is None else {"then": self.verdict[0], "now": self.verdict[1]},
            "remarks": list(self.remarks),
        }


def verify(
    packet: Packet,
    root: Path,
    data: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    objection: Objection | None = None,
) -> Verification:
    """Hold a packet against the documents below `root`.

    `data` is a folder in which texts are kept when more than the cited documents has to be read; `progress` is called with
    the name of each that is; `objection` verifies what a language model wrote (None: a remark says that it was not).
    Raises CorpusError when there is no such corpus.
    """
    folder = Folder(root, data, progress)
    try:
        return _Check(packet, folder, objection).run()
    finally:
        folder.close()


class _Check:
    """One verification under way."""

    def __init__(self, packet: Packet, folder: Folder, objection: Objection | None) -> None:
        self.packet, self.folder, self.evidence, self.objection = packet, folder, packet.evidence, objection
        self.documents = {parse.text(item, "document"): item for item in parse.objects(self.evidence, "documents")}
        self.passages = parse.objects(self.evidence, "passages")
        versions = self.evidence["versions"]
        self.same_reading = versions.get("reading") == READING_VERSION
        self.contradictions: list[str] = []
        self.changes: list[str] = []
        self.remarks: list[str] = []

    def run(self) -> Verification:
        verdict = parse.verdict(self.evidence["result"]) if self.evidence["kind"] == "verdict" else None
        answer = parse.answer(self.evidence["result"]) if verdict is None else None
        cited = [m.citation for m in verdict.matches] if verdict else list(answer.citations if answer else ())
        around = {parse.whole(p, "citation"): self._passage(p) for p in self.passages if p["role"] == "context"}
        found = tuple(
            standing(c.number or place, c, self.documents.get(c.document, {}), around.get(place), self.folder)
            for place, c in enumerate(cited, start=1)
        )
        for one in found:
            self._reading_of(one)
            self._entry_of(one.cited)
        for item in self.passages:
            self._passage_stands(self._passage(item))
        fingerprint = parse.text(self.evidence["corpus"], "fingerprint")
        same = self.folder.is_same(fingerprint, thorough=not cited)
        again = None if verdict is None else (verdict.verdict, self._again(verdict, found))
        if same:
            self._documents_stand()
        if answer is not None:
            self._statements(answer, found)
            if not answer.citations and not same:
                self.changes.append("nothing is cited, and the documents are not those that were searched: ask again")
        if found and all(one.status == "missing" for one in found):
            self.remarks.append("None of its documents is there: is this their folder? Name it with --corpus DIR.")
        if not same:
            self.remarks.append(
                "The corpus is not the one it was: documents were changed, added or removed, or cannot be read."
            )
        return Verification(
            kind=self.evidence["kind"],
            title=verdict.quote if verdict is not None else parse.text(self.evidence["result"], "question"),
            made=parse.text(self.evidence, "made"),
            digest=self.packet.digest,
            citations=found,
            same_corpus=same,
            verdict=again,
            edited=tampered(self.packet),
            contradictions=tuple(dict.fromkeys(self.contradictions)),
            changes=tuple(self.changes),
            remarks=tuple(dict.fromkeys(self.remarks)),
        )

    def _passage(self, item: Mapping[str, Any]) -> Citation:
        return parse.citation({"title": "", "authors": [], **self.documents.get(item["document"], {}), **item, "number": None})

    def _reading_of(self, one: Standing) -> None:
        """The words shown must be those that the cited characters read as."""
        if not one.stands or one.now is None:
            return
        then, now, unchanged = one.cited.reading_text, one.now.reading_text, one.status in ("unchanged", "renamed")
        # In a document that has changed around it, or read by another version, a passage may lose other marks, a footnote's
        # number among them; it loses no letter and gains no figure.
        if then != now if unchanged and self.same_reading else _letters(then) != _letters(now) or _figures(then, one.now):
            self.contradictions.append(f"[{one.number}]: the words shown are not how the cited characters read")
        for name in ("page", "line_start", "line_end") if unchanged else ():
            if getattr(one.now, name) != getattr(one.cited, name):
                self.contradictions.append(f"[{one.number}]: its {name.replace('_', ' ')} is not where the characters stand")

    def _entry_of(self, cited: Citation) -> None:
        """Who published what when: the same in the whole packet, and a remark where it is said otherwise by now."""
        described = self.documents.get(cited.document, {})
        for name in ("title", "publisher", "date", "url"):
            if described.get(name) != getattr(cited, name):
                self.contradictions.append(f"{cited.document}: the packet gives it two values for {name}")
        if described.get("authors") != list(cited.authors):
            self.contradictions.append(f"{cited.document}: the packet gives it two values for authors")
        entry = self.folder.entry(cited.document)
        if entry is None:
            return
        for name in ("title", "authors", "publisher", "date", "url"):
            then, now = getattr(cited, name), getattr(entry, name)
            if then != now:
                self.remarks.append(f"{cited.document}: {name} {_said(then)} then, {_said(now)} now")

    def _documents_stand(self) -> None:
        """In the very corpus that was searched, a document's text is the one that the packet names."""
        for path, described in self.documents.items():
            here = self.folder.document(path)
            if here is None or text_sha256(here[0]) == described.get("text_sha256"):
                continue
            then, now = str(described.get("reader", "")), here[0].reader
            if then != now and (ocr.has_scans(then) or ocr.has_scans(now)):
                self.remarks.append(f"{path}: its scanned pages were read otherwise then ({then}) than now ({now}).")
            else:
                self.contradictions.append(f"{path}: the packet names another text, though the corpus is the same")

    def _passage_stands(self, passage: Citation) -> None:
        """A passage of a document that is still the same must be its characters, and read as they do."""
        described = self.documents.get(passage.document, {})
        here = self.folder.document(passage.document)
        if here is None or text_sha256(here[0]) != described.get("text_sha256"):
            return
        doc, reading = here
        there = f"{passage.document}, characters {passage.char_start}-{passage.char_end}"
        if doc.text[passage.char_start : passage.char_end] != passage.source_text:
            self.contradictions.append(f"{there}: the passage in the packet is not its text")
            return
        made = cite(doc, reading, passage.char_start, passage.char_end)
        for name in ("reading_text", "page", "line_start", "line_end") if self.same_reading else ():
            if getattr(made, name) != getattr(passage, name):
                self.contradictions.append(f"{there}: the packet has another {name.replace('_', ' ')} than its text")

    def _statements(self, answer: Answer, found: Sequence[Standing]) -> None:
        """The sentences and the key of an answer, each against its citations."""
        standings = {one.number: one for one in found}
        statements: list[tuple[str, Claim | Key]] = [(f"sentence {n}", claim) for n, claim in enumerate(answer.claims, start=1)]
        if answer.key is not None:
            statements.append(("the answer in one line", answer.key))
        for name, statement in statements:
            self._statement(name, statement, [standings[n] for n in statement.citations], answer.mode)

    def _statement(self, name: str, statement: Claim | Key, found: Sequence[Standing], mode: str) -> None:
        text, cited = statement.text, [one.cited for one in found]
        if statement.support == "verbatim":
            if not said.verbatim(text, cited) and not (isinstance(statement, Key) and said.beside(text, cited)):
                self.contradictions.append(f"{name} is said to be verbatim, and is not its citation's words")
        elif mode == "extractive":
            self.contradictions.append(f"{name} is not said to be verbatim, in an answer that no model wrote")
        elif statement.support == "elided":
            if not said.shortened(text, found, self.folder):
                self.contradictions.append(f"{name} is said to be its citation's words, some left out, and is not")
        elif self.objection is None:
            self.remarks.append("What the language model wrote was not verified again against what it cites.")
        elif reason := self.objection(" ".join(text.split()), cited):
            self.changes.append(f"{name}, verified again, does not hold: {reason}")

    def _again(self, then: QuoteVerdict, found: tuple[Standing, ...]) -> str:
        """The verdict on the quote now, in the document that was named under whatever name it has by now."""
        document = then.claimed_document
        for one in found:
            if one.status == "renamed" and one.now is not None and document is not None:
                document = one.now.document if named(document, [one.cited.document]) else document
        try:
            now = check(self.folder.sources, then.quote, then.claimed_speaker, document)
        except InputError as error:
            self.changes.append(f"the quote cannot be checked again: {error}")
            return then.verdict
        for what, before, after in (
            ("verdict", then.verdict.replace("_", " "), now.verdict.replace("_", " ")),
            ("differences", _differences(then), _differences(now)),
            ("context warnings", _risks(then), _risks(now)),
            ("speaker", then.attribution.status.replace("_", " "), now.attribution.status.replace("_", " ")),
        ):
            if before != after:
                self.changes.append(f"{what}: {before} then, {after} now")
        if then.occurrences != now.occurrences:
            self.remarks.append(f"The words stood in {then.occurrences} places, now in {now.occurrences}.")
        return now.verdict


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalpha())


def _figures(then: str, now: Citation) -> bool:
    """Whether a reading text has figures that the cited characters do not have."""
    return bool(Counter(re.findall(r"\d+", then)) - Counter(re.findall(r"\d+", now.source_text)))


def _said(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else value
    return f"“{text}”" if text else "not given"


def _differences(verdict: QuoteVerdict) -> str:
    return "; ".join(f"“{d.quote}” for “{d.source}”" for d in verdict.differences) or "none"


def _risks(verdict: QuoteVerdict) -> str:
    """The warnings that rules give; what was cut off may be a model's reading, which is not made again."""
    shown = [risk for risk in verdict.context_risk if risk.kind != "cut_off"]
    return "; ".join(f"{risk.kind.replace('_', ' ')} “{risk.text}”" for risk in shown) or "none"


def _standing_json(one: Standing) -> dict[str, Any]:
    return {
        "number": one.number,
        "status": one.status,
        "stands": one.stands,
        "says": SAYS[one.status],
        "cited": citation_json(one.cited),
        "now": None if one.now is None else citation_json(one.now),
        "differences": [{"packet": d.quote, "document": d.source, "class": d.kind} for d in one.differences],
        "remarks": list(one.remarks),
    }
