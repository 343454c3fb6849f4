"""Who does it: the names of a statement must stand in the very sentence that says the rest of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.quotes import lexicon, names
from rag.verify.text import Word, alike, content, holds, is_content, stems, words
from rag.verify.types import Finding

# A sentence with this share of the statement's words that are no names says what the statement says.
_SAYS_IT = 0.75
# A statement with this share of its words, in order, from one sentence is copied from it.
_COPIED = 0.7
# Words of the shortest clause.
_SHORTEST_CLAUSE = 3
# A sentence with one of these may mean somebody named before it.
_POINTS_BACK = re.compile(
    r"\b(?:he|she|they|it|his|her|hers|their|theirs|its|him|them|both|latter|itself|"
    r"himself|herself|themselves|(?:the|two) (?:two|sides|countries|nations|governments|government|country|island|allies|men|parties|party|group|team|"
    r"company|bill|law|statement|ministers?|president|agreement|forum|meeting|visit|report|project))\b",
    re.IGNORECASE,
)


_ADVERBIAL = lexicon.words(
    "at in on for since despite by after before during with without from to under over through until while when although though as because if "
    "one two three four five six seven eight nine ten last next later earlier recently today yesterday now then however moreover"
)


def findings(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """Names that the statement puts where the passage has others, and subjects joined to what another does."""
    yield from _exchanged(statement, sentences)
    clauses = re.split(r";\s+|,?\s+and\s+(?=[A-Z])", statement)
    if any(len(clause.split()) < _SHORTEST_CLAUSE for clause in clauses):
        clauses = [statement]  # "held by Taiwan and Japan" is one
    for clause in clauses:
        yield from _elsewhere(clause, sentences)


def _exchanged(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """In what is otherwise copied from a sentence, another name or another subject."""
    ours = words(statement)
    for sentence in sentences:
        theirs = words(sentence)
        matcher = SequenceMatcher(None, [w.stem for w in ours], [w.stem for w in theirs], autojunk=False)
        copied = sum(
            is_content(ours[i]) for block in matcher.get_matching_blocks() for i in range(block.a, block.a + block.size)
        )
        if copied < _COPIED * max(1, sum(map(is_content, ours))) or copied < 4:
            continue
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag != "replace":
                continue
            new, old = ours[a:b], theirs[c:d]
            if _other_name(new, old, statement, sentence) or (a == 0 and _other_subject(new, old, sentence)):
                put, stood = statement[new[0].start : new[-1].end], sentence[old[0].start : old[-1].end]
                yield Finding("name", f"“{put}” where the cited passage has “{stood}”")
                return


def _other_name(new: Sequence[Word], old: Sequence[Word], statement: str, sentence: str) -> bool:
    """Whether one name was put for another: both are names, and neither is a form or a part of the other."""
    ours, theirs = (
        {
            word.stem
            for word in some
            if word.text[:1].isupper() and is_content(word) and (word.start or len(some) > 1 or word.text in known)
        }
        for some, known in ((new, _names_of(statement)), (old, _names_of(sentence)))
    )
    if not ours or not theirs or any(alike(a, b) for a in ours for b in theirs):
        return False
    one, other = (" ".join(word.text for word in some if word.text[:1].isupper()) for some in (new, old))
    return names.same(one, other) == "different"


def _names_of(text: str) -> set[str]:
    return {part for name in names.capitalised(text) for part in name.split()}


def _other_subject(new: Sequence[Word], old: Sequence[Word], sentence: str) -> bool:
    """Whether a sentence's opening was exchanged for one that shares no word with it; an opening that points back may be."""
    ours, theirs = [w.stem for w in new if is_content(w)], [w.stem for w in old if is_content(w)]
    opening = sentence[old[0].start : old[-1].end]
    if any(some[0].fold in _ADVERBIAL or some[0].fold[0].isdigit() for some in (new, old)):
        return False  # "at a press conference" is no subject
    return (
        bool(ours)
        and len(theirs) > 0
        and not any(alike(a, b) for a in ours for b in theirs)
        and not _POINTS_BACK.search(opening)
    )


def _elsewhere(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """A name that is not in the sentence which says the rest."""
    ours = content(statement)
    parts = {part for name in names.capitalised(statement) for part in re.findall(r"[^\W_]+", name)}
    named = [word for word in ours if word.text in parts]
    plain = [word for word in ours if word.text not in parts]
    if not named or len(plain) < 2 or len(sentences) < 2:
        return
    share, at = max(((_share(plain, sentence), -n) for n, sentence in enumerate(sentences)), key=lambda found: found)
    best = sentences[-at]
    if share < _SAYS_IT:
        return
    # What it points back to stands before it, not behind it.
    have = stems(" ".join(sentences[: 1 - at])) if _POINTS_BACK.search(best) else stems(best)
    capitals = "".join(word.text[0].upper() for word in words(best))
    for word in named:
        if not holds(have, word.stem) and not (word.text.isupper() and word.text in capitals):
            yield Finding("name", f"the sentence that says this does not name “{word.text}”")
            return


def _share(some: Sequence[Word], sentence: str) -> float:
    have = stems(sentence)
    return sum(holds(have, word.stem) for word in some) / len(some)
