"""Cases from files, checked against the corpus as they are loaded.

JSON Lines files in one folder, each optional: `questions`, `unanswerable`, `conversations`, `conflicts` and `decoys`.
Gold is exact: a span whose words are not what the text of record holds at its offsets fails to load, and so does an
unknown key, an identifier used twice or an empty question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.cases import SPLITS, SUITES, Cases, ConflictCase, Conversation, Decoy, Gold, Question, Unanswerable
from eval.places import Library, Place, Source
from rag.corpus import list_documents
from rag.errors import CorpusError, InputError
from rag.readers import read_document


def bundled_cases() -> Path:
    """The cases that come with the project."""
    return Path(__file__).resolve().parent / "cases"


def read_library(root: Path) -> dict[str, Source]:
    """The corpus read anew from its files, so that an index is never judged against its own idea of the text."""
    library: dict[str, Source] = {}
    listing = list_documents(root)
    for entry in listing.entries:
        try:
            library[entry.document] = Source(read_document(listing.path_of(entry.document), entry))
        except InputError:
            continue  # the index warns about it; a case that needs it fails to load and names it
    if not library:
        raise CorpusError(f"No document in {root} can be read.", "Run rag sync to see why.")
    return library


def load(folder: Path, library: Library) -> Cases:
    """The cases in `folder`, checked against `library`. Raises InputError naming file, line and case."""
    loaded: dict[str, list[Any]] = {suite: [] for suite in SUITES}
    digest = hashlib.sha256()
    seen: set[str] = set()
    for suite in SUITES:
        path = folder / f"{suite}.jsonl"
        if not path.is_file():
            continue
        digest.update(path.read_bytes())
        for raw, where in json_lines(path):
            case = _Reader(raw, f"{where} ({raw.get('id', 'no id')})", library)
            loaded[suite].append(_PARSERS[suite](case))
            case.done()
            if loaded[suite][-1].id in seen:
                raise InputError(f"{case.where}: this id is used twice.", "Give every case its own.")
            seen.add(loaded[suite][-1].id)
    if not seen:
        raise InputError(f"{folder} holds no cases.", f"Put {', '.join(f'{suite}.jsonl' for suite in SUITES)} there.")
    return Cases(**{suite: tuple(found) for suite, found in loaded.items()}, fingerprint=digest.hexdigest())


def json_lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects of a JSON Lines file, each with where it stands ("questions.jsonl, line 3"). Raises InputError naming that."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}.", "Save it as UTF-8, with read permission.") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{where}: not JSON ({error.msg}).", "Write one JSON object a line.") from error
        if not isinstance(raw, dict):
            raise InputError(f"{where}: not a JSON object.", "Write one JSON object a line.")
        yield raw, where


class _Reader:
    """Takes a case's keys one by one; whatever is left over is a key nobody knows."""

    def __init__(self, raw: dict[str, Any], where: str, library: Library) -> None:
        self.raw, self.where, self.library = dict(raw), where, library

    def fail(self, what: str, remedy: str = "Mend the case.") -> InputError:
        return InputError(f"{self.where}: {what}.", remedy)

    def text(self, key: str, allowed: Sequence[str] = ()) -> str:
        value = self.raw.pop(key, None)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"`{key}` is missing or no text")
        if allowed and value not in allowed:
            raise self.fail(f"`{key}` is {value!r}, not one of {', '.join(allowed)}")
        return value

    def number(self, key: str) -> int:
        value = self.raw.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fail(f"`{key}` is missing or no whole number")
        return value

    def objects(self, key: str) -> list[_Reader]:
        value = self.raw.pop(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise self.fail(f"`{key}` is missing or no list of objects")
        return [_Reader(item, f"{self.where}, {key} {number}", self.library) for number, item in enumerate(value, start=1)]

    def facts(self) -> tuple[tuple[str, ...], ...]:
        value = self.raw.pop("facts", [])
        if not isinstance(value, list) or not all(
            isinstance(fact, list) and fact and all(isinstance(alt, str) and alt.strip() for alt in fact) for fact in value
        ):
            raise self.fail("`facts` is no list of lists of spellings")
        return tuple(tuple(fact) for fact in value)

    def place(self) -> tuple[Place, str]:
        """A span, its words compared with what the text of record holds there."""
        place = Place(self.text("document"), self.number("char_start"), self.number("char_end"))
        words = self.text("text")
        source = self.library.get(place.document)
        if source is None:
            raise self.fail(f"the corpus holds no {place.document}", "Name a document by its path below the corpus folder.")
        found = source.text[max(place.start, 0) : max(place.end, 0)]
        if found != words:
            where = f"characters {place.start}-{place.end} of {place.document}"
            raise self.fail(f"{where} are {_short(found)}, not {_short(words)}", "Correct the offsets or the words.")
        return place, words

    def gold(self) -> tuple[Gold, ...]:
        found = []
        for item in self.objects("gold"):
            group = item.number("group")
            place, words = item.place()
            item.done()
            found.append(Gold(place, words, group))
        return tuple(found)

    def done(self) -> None:
        if self.raw:
            raise self.fail(f"unknown key {sorted(self.raw)[0]!r}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:40]} … {text[-15:]}")


def _head(case: _Reader, kinds: Sequence[str] = ()) -> tuple[str, str, str, str]:
    return case.text("id"), case.text("split", SPLITS), case.text("kind", kinds), case.text("question")


def _question(case: _Reader) -> Question:
    # The author's note that other places with the same fact were looked for; it changes no measure.
    case.raw.pop("alternatives", None)
    return Question(*_head(case), case.gold(), case.facts())


def _unanswerable(case: _Reader) -> Unanswerable:
    return Unanswerable(*_head(case), case.text("why"))


def _conversation(case: _Reader) -> Conversation:
    name, split = case.text("id"), case.text("split", SPLITS)
    turns: list[Question | Unanswerable] = []
    standalone = []
    for number, turn in enumerate(case.objects("turns"), start=1):
        label, question = f"{name}.{number}", turn.text("question")
        kind = "opening" if number == 1 else "follow_up"
        standalone.append(turn.text("standalone"))
        turn.raw.pop("alternatives", None)
        if turn.raw.pop("unanswerable", False) is True:
            turns.append(Unanswerable(label, split, kind, question, turn.text("why")))
        else:
            turns.append(Question(label, split, kind, question, turn.gold(), turn.facts()))
        turn.done()
    return Conversation(name, split, tuple(turns), tuple(standalone))


def _conflict(case: _Reader) -> ConflictCase:
    sides = []
    head = (*_head(case, ("conflict", "non_conflict")), case.text("about"))
    for side in case.objects("sides"):
        side.raw.pop("group", None)
        sides.append(side.place()[0])
        side.done()
    return ConflictCase(*head, tuple(sides), case.text("why"))


def _decoy(case: _Reader) -> Decoy:
    return Decoy(**vars(_question(case)))


_PARSERS = {
    "questions": _question,
    "unanswerable": _unanswerable,
    "conversations": _conversation,
    "conflicts": _conflict,
    "decoys": _decoy,
}
