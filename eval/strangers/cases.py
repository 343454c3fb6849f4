"""A strangers' corpus as it lies in its folder: `documents/` and cases as JSON Lines, of which only `questions` must be there.

Facts (`nuggets`) are lists of spellings. Evidence (`gold_groups`) are alternatives, each a set of places that together suffice: a
document and the words that stand there, with `start` and `end` (offsets into the file) for plain text, else with the `page` of a
PDF (from 1) or nothing. Fields that no measure uses are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from eval.casefile import json_lines
from rag.errors import InputError

Case = TypeVar("Case")


@dataclass(frozen=True)
class Evidence:
    """A place as its author wrote it down. `readings` are its words, and a table row's cells if it is one.

    `span` are offsets into the file's text; `pages` the first and last page it stands on.
    """

    document: str
    readings: tuple[str, ...]
    span: tuple[int, int] | None = None
    pages: tuple[int, int] | None = None


@dataclass(frozen=True)
class Asked:
    """A question. `expected` is the answer, or why there is none; `groups` are alternatives."""

    id: str
    kind: str
    question: str
    expected: str
    answerable: bool = True
    facts: tuple[tuple[str, ...], ...] = ()
    groups: tuple[tuple[Evidence, ...], ...] = ()


@dataclass(frozen=True)
class Talk:
    """A conversation, asked turn by turn."""

    id: str
    turns: tuple[Asked, ...]


@dataclass(frozen=True)
class Quoted:
    """A quotation, the verdicts that are right for it (the best first), and who or what is claimed to have said it.

    `named` is whether the document shows who speaks.
    """

    id: str
    quote: str
    right: tuple[str, ...]
    speaker: str | None
    document: str | None
    named: bool


@dataclass(frozen=True)
class Corpus:
    name: str
    documents: Path
    questions: tuple[Asked, ...]
    unanswerable: tuple[Asked, ...]
    talks: tuple[Talk, ...]
    quotes: tuple[Quoted, ...]

    def __len__(self) -> int:
        """How often something is asked or checked."""
        turns = sum(len(talk.turns) for talk in self.talks)
        return len(self.questions) + len(self.unanswerable) + turns + len(self.quotes)

    def only(self, prefix: str) -> Corpus:
        """The suites, kinds and ids that begin with `prefix`. Raises InputError when there is none."""
        made = replace(
            self,
            questions=tuple(one for one in self.questions if _begins(prefix, "questions", one.kind, one.id)),
            unanswerable=tuple(one for one in self.unanswerable if _begins(prefix, "unanswerable", one.kind, one.id)),
            talks=tuple(one for one in self.talks if _begins(prefix, "conversations", one.id)),
            quotes=tuple(one for one in self.quotes if _begins(prefix, "quotes", one.right[0], one.id)),
        )
        if not len(made):
            raise InputError(
                f"{self.name}: no id, kind or suite begins with {prefix!r}.",
                "Suites: questions, unanswerable, conversations, quotes.",
            )
        return made


def load_corpus(folder: Path) -> Corpus:
    """The corpus in `folder`. Raises InputError naming file, line and what is wrong."""
    documents = folder / "documents"
    if not documents.is_dir() or not (folder / "questions.jsonl").is_file():
        raise InputError(
            f"{folder} holds no documents/ and questions.jsonl.", "Name a folder as docs/evaluation.md has it, under Strangers."
        )

    def cases(name: str, parse: Callable[[dict[str, Any], Path], Case]) -> tuple[Case, ...]:
        return tuple(_cases(folder / f"{name}.jsonl", documents, parse))

    return Corpus(
        folder.resolve().name,
        documents,
        cases("questions", _question),
        cases("unanswerable", _unanswerable),
        cases("conversations", _talk),
        cases("quotes", _quote),
    )


def _cases(path: Path, documents: Path, parse: Callable[[dict[str, Any], Path], Case]) -> Iterator[Case]:
    for raw, where in json_lines(path) if path.is_file() else ():
        try:
            yield parse(raw, documents)
        except KeyError as error:
            raise InputError(f"{where}: `{error.args[0]}` is missing.", "Mend the case.") from error
        except (TypeError, ValueError, AttributeError, IndexError) as error:
            raise InputError(f"{where}: {error}.", "Mend the case.") from error


def _question(raw: dict[str, Any], documents: Path) -> Asked:
    facts = tuple(tuple(map(str, fact)) for fact in raw["nuggets"])
    groups = tuple(tuple(_evidence(place, documents) for place in group) for group in raw["gold_groups"])
    return Asked(raw["id"], raw["kind"], raw["question"], raw["answer"], True, facts, groups)


def _evidence(raw: dict[str, Any], documents: Path) -> Evidence:
    if not (documents / raw["doc"]).is_file():
        raise ValueError(f"documents/ holds no {raw['doc']}")
    readings = (raw["quote"], *((" ".join(raw["cells"]),) if raw.get("cells") else ()))
    page = raw.get("page")
    return Evidence(
        raw["doc"],
        readings,
        (raw["start"], raw["end"]) if "start" in raw else None,
        (page, raw.get("page_end") or page) if page else None,
    )


def _unanswerable(raw: dict[str, Any], documents: Path) -> Asked:
    return Asked(raw["id"], raw["kind"], raw["question"], raw["why"], False)


def _talk(raw: dict[str, Any], documents: Path) -> Talk:
    turns = []
    for number, turn in enumerate(raw["turns"], start=1):
        head = {"id": f"{raw['id']}.{number}", "kind": "follow_up" if number > 1 else "opening", "question": turn["user"]}
        if turn["answerable"]:
            turns.append(_question({**turn, **head}, documents))
        else:
            turns.append(_unanswerable({**head, "why": turn["answer"]}, documents))
    return Talk(raw["id"], tuple(turns))


def _quote(raw: dict[str, Any], documents: Path) -> Quoted:
    right = tuple(dict.fromkeys((raw["verdict"], *raw.get("accept", ()))))
    return Quoted(
        raw["id"], raw["quote"], right, raw.get("claimed_speaker"), raw.get("claimed_doc"), raw.get("speaker_named", True)
    )


def _begins(prefix: str, *names: str) -> bool:
    return any(name.startswith(prefix) for name in names)
