"""Quotations with marks of their own: an ellipsis for words left out, brackets for words put in.

The quote is cut at its marks into fragments, which must stand in order in one place. Marks that the source has itself leave
nothing out. What a mark does leave out or put in is then read: an ellipsis may not hide a negation, a hedge, a condition or
whose view it is; a bracket may not bring in a negation or a figure, nor change who is meant (`rag.quotes.brackets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.quotes import brackets, find, lexicon
from rag.quotes.compare import Run, compare
from rag.quotes.pasted import Pasted
from rag.quotes.store import Source, Sources
from rag.quotes.streams import STEP
from rag.quotes.tokens import Token, tokens
from rag.quotes.types import Difference, DifferenceClass

_ELLIPSIS = r"(?:…|\.(?:[ \u00a0]?\.){2,3}|‥)"
_MARK = re.compile(rf"[\[(]\s*{_ELLIPSIS}\s*[\])]|{_ELLIPSIS}|\[[^\[\]]{{0,200}}\]")

# More words than these are no longer one place (about a long paragraph), or more than a bracket stands for.
MOST_LEFT_OUT = 250
_MOST_REPLACED = 8
# Anchors tried before the quote is given up as not in order.
_MOST_ANCHORS = 200

Kind = Literal["ellipsis", "bracket", "letter", "inflection"]


@dataclass(frozen=True)
class Mark:
    """`content` is what stands in the brackets, or the ellipsis itself; for an inflection `stem` is the word it is glued to."""

    kind: Kind
    content: str
    stem: str = ""


@dataclass(frozen=True)
class Fragment:
    """A stretch of the quote without marks, and the marks just before it."""

    text: str
    words: list[Token]
    before: tuple[Mark, ...]


@dataclass(frozen=True)
class Marked:
    """A quotation cut at its marks; `after` are the marks behind the last fragment."""

    fragments: tuple[Fragment, ...]
    after: tuple[Mark, ...]


@dataclass(frozen=True)
class Laid:
    """Fragments found in order in one place, and the differences that the marks make or hide."""

    source: Source
    runs: tuple[Run, ...]
    differences: tuple[Difference, ...]
    marked: bool

    @property
    def sound(self) -> bool:
        return not self.differences and not any(run.differences for run in self.runs)


def parse(quote: Pasted) -> Marked | None:
    """The fragments of `quote`, or None when it has no marks or nothing but marks."""
    text = quote.text
    fragments: list[Fragment] = []
    pending: list[Mark] = []
    position = 0

    def close(piece: str) -> None:
        nonlocal pending
        words = list(tokens(piece))
        if words:
            fragments.append(Fragment(piece, words, tuple(pending)))
            pending = []

    found = False
    for match in _MARK.finditer(text):
        if match.start() < position:
            continue
        found = True
        content = match.group().strip("[]() ")
        before, after = text[position : match.start()], text[match.end() :]
        position = match.end()
        if re.fullmatch(_ELLIPSIS, content):
            close(before)
            pending.append(Mark("ellipsis", match.group()))
        elif content.isalpha() and re.match(r"[^\W\d_]", after):
            # [T]aiwan, [un]likely: the word is taken whole, the bracket may have changed its first letter.
            close(before)
            pending.append(Mark("letter", content))
            rest = re.match(r"[^\W\d_]+", after)
            whole = content + (rest.group() if rest else "")
            following = _MARK.search(text, position)
            end = following.start() if following else len(text)
            close(whole + text[position + len(whole) - len(content) : end])
            position = end
        elif re.search(r"[^\W\d_]$", before) and re.fullmatch(r"[^\W\d_'’]{1,6}|n['’]t", content):
            # look[s], commit[ment]: one word of the source in another form.
            stem = re.search(r"[^\W\d_]+$", before)
            cut = stem.group() if stem else ""
            close(before[: len(before) - len(cut)])
            pending.append(Mark("inflection", content, cut))
        else:
            close(before)
            pending.append(Mark("bracket", content))
    close(text[position:])
    return Marked(tuple(fragments), tuple(pending)) if found and fragments else None


def lay(sources: Sources, quote: Marked) -> list[Laid]:
    """The places where the fragments stand in order, sound ones first; empty when there is none."""
    anchor = max(range(len(quote.fragments)), key=lambda i: (len(quote.fragments[i].words), -i))
    found: list[Laid] = []
    for occurrence in find.occurrences(sources, quote.fragments[anchor].words, _MOST_ANCHORS):
        chain = _chain(occurrence, quote, anchor)
        if chain:
            found.append(_judge(occurrence.source, quote, chain))
    return sorted(found, key=lambda laid: not laid.sound)


def _chain(occurrence: find.Occurrence, quote: Marked, anchor: int) -> list[list[Token]] | None:
    """The words of the source for each fragment, around the place of the longest one."""
    source, words = occurrence.source, occurrence.words
    chain: dict[int, list[Token]] = {anchor: words}
    for index in range(anchor + 1, len(quote.fragments)):
        fragment = quote.fragments[index]
        following = _after(source, chain[index - 1][-1].end, len(fragment.words))
        at = _first(following, fragment, range(len(following)))
        if at is None:
            return None
        chain[index] = following[at : at + len(fragment.words)]
    for index in range(anchor - 1, -1, -1):
        fragment = quote.fragments[index]
        earlier = _before(source, chain[index + 1][0].start, len(fragment.words))
        at = _first(earlier, fragment, range(len(earlier) - 1, -1, -1), quote.fragments[index + 1].before)
        if at is None:
            return None
        chain[index] = earlier[at : at + len(fragment.words)]
    return [chain[index] for index in range(len(quote.fragments))]


def _first(
    words: list[Token], fragment: Fragment, order: range, marks: tuple[Mark, ...] | None = None
) -> int | None:
    """Where `fragment` stands nearest to the place before it (or, with `marks`, to the place behind it)."""
    folds = [token.fold for token in fragment.words]
    most = _most_left_out(fragment.before if marks is None else marks)
    for at in order:
        left_out = at if marks is None else len(words) - at - len(folds)
        if left_out < 0:
            continue
        if left_out > most:
            return None
        if all(at + k < len(words) and words[at + k].fold == fold for k, fold in enumerate(folds)):
            return at
    return None


def _most_left_out(marks: tuple[Mark, ...]) -> int:
    if any(mark.kind == "ellipsis" for mark in marks):
        return MOST_LEFT_OUT
    return sum({"bracket": _MOST_REPLACED, "inflection": 1, "letter": 0, "ellipsis": 0}[mark.kind] for mark in marks)


def _after(source: Source, offset: int, length: int) -> list[Token]:
    text = source.reading.text
    found: list[Token] = []
    for token in tokens(text, offset):
        found.append(token)
        if len(found) >= MOST_LEFT_OUT + length:
            break
    return found


def _before(source: Source, offset: int, length: int) -> list[Token]:
    starts = source.stream.text_starts
    from bisect import bisect_left

    block = max(0, bisect_left(starts, offset) - 1 - (MOST_LEFT_OUT + length) // STEP - 1)
    return list(tokens(source.reading.text, starts[block], offset))[-(MOST_LEFT_OUT + length) :]


def _judge(source: Source, quote: Marked, chain: list[list[Token]]) -> Laid:
    text = source.reading.text
    runs: list[Run] = []
    found: list[Difference] = []
    marked = bool(quote.fragments[0].before or quote.after)
    for index, (fragment, words) in enumerate(zip(quote.fragments, chain, strict=True)):
        runs.append(compare(fragment.text, fragment.words, source, words))
        if index:
            left, right = chain[index - 1][-1].end, words[0].start
            literal = _literal(fragment.before, text[left:right])
            marked = marked or not literal
            if not literal:
                closed = _closed(quote.fragments[index - 1].text, fragment.before)
                found += _between(source, fragment.before, left, right, words, closed)
    first, last = chain[0][0], chain[-1][-1]
    opening = [mark for mark in quote.fragments[0].before if mark.kind != "ellipsis"]
    for mark in opening:
        found += brackets.opening(source, mark.kind, mark.content, first)
    for mark in quote.after:
        if mark.kind == "bracket":
            found += brackets.closing(source, mark.content, last)
        elif mark.kind == "inflection":
            found += _inflection(mark, list(_take(source, last.end, 1)))
    return Laid(source, tuple(runs), tuple(found), marked)


def _take(source: Source, offset: int, count: int) -> Iterator[Token]:
    for token in tokens(source.reading.text, offset):
        if not count:
            return
        count -= 1
        yield token


def _literal(marks: tuple[Mark, ...], gap: str) -> bool:
    """Whether the source itself has these marks, in this order, and nothing else."""
    theirs = [m.group() for m in _MARK.finditer(gap)]
    rest = _MARK.sub("", gap)
    if re.search(r"\w", rest) or len(theirs) != len(marks):
        return False
    return all(
        bool(re.search(_ELLIPSIS, own)) if mark.kind == "ellipsis" else [t.fold for t in tokens(own)] == [t.fold for t in tokens(mark.content)]
        for mark, own in zip(marks, theirs, strict=True)
    )


def _between(
    source: Source, marks: tuple[Mark, ...], left: int, right: int, after: list[Token], closed: bool
) -> list[Difference]:
    text = source.reading.text
    omitted = list(tokens(text, left, right))
    if any(mark.kind == "ellipsis" for mark in marks):
        found = hidden(text[left:right], after, closed)
        for mark in marks:
            if mark.kind == "bracket":
                found += brackets.inserted(source, mark.content, left, right)
            elif mark.kind == "letter":
                found += brackets.opening(source, "letter", mark.content, after[0])
        return found
    found = []
    for mark in marks:
        if mark.kind == "bracket":
            found += brackets.between(source, mark.content, left, right)
        elif mark.kind == "inflection":
            found += _inflection(mark, omitted[:1])
        else:
            found += brackets.opening(source, "letter", mark.content, after[0])
    return found


def _closed(text: str, marks: tuple[Mark, ...]) -> bool:
    """Whether the quote ends its sentence before the marks: "… other. ... This", also written with four dots."""
    return bool(re.search(r"[.!?][\"”’]*\s*$", text)) or any(mark.kind == "ellipsis" and mark.content.count(".") > 3 for mark in marks)


def _inflection(mark: Mark, words: list[Token]) -> list[Difference]:
    """A word whose ending was changed in brackets must be that word, and its ending no `n’t` or `less`."""
    stem, content = mark.stem.casefold(), mark.content.casefold()
    shown = f"{mark.stem}[{mark.content}]"
    word = words[0] if words else None
    if word is None or not (word.fold.startswith(stem) or lexicon.lemma(word.fold) == lexicon.lemma(stem)
                            or (word.fold[: len(stem) - 1] == stem[:-1] and len(stem) > 3)):
        return [Difference(shown, word.text if word else "", "word")]
    if content in ("nt", "n't", "n’t", "less", "not"):
        return [Difference(shown, word.text, "negation")]
    return []


_SENTENCE_END = re.compile(r"(?<![A-Z]\.[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.!?。！？][”\"’')\]]*(?:\s+(?=[A-Z“\"‘'(\[\d])|(?<=[。！？])|\s*$)")
_ASIDE = re.compile(r"\([^()]*\)|—[^—;.]*—|,\s+(?:which|who|whose|whom|where|when|including|such as|like)\b[^,;.]*,|"
                    r",\s+(?:which|who|whose|whom|where|including|such as)\b[^;.]*$")
_REPORT = re.compile(r"\baccording to\b|\bin (?:the )?words of\b|\bin (?:his|her|their|its) (?:view|opinion)\b", re.IGNORECASE)


_REFUSING = lexicon.words(
    "fail fails failed failing refuse refuses refused refusing decline declines declined declining reject rejects rejected rejecting "
    "deny denies denied denying oppose opposes opposed opposing cease ceases ceased stop stops stopped avoid avoids avoided prevent "
    "prevents prevented preventing prohibit prohibits prohibited forbid forbids forbade forbidden"
)
_INTENDING = lexicon.words(
    "plan plans planned planning seek seeks sought seeking hope hopes hoped hoping want wants wanted intend intends intended aim aims "
    "aimed aiming try tries tried trying attempt attempts attempted attempting consider considers considered considering threaten "
    "threatens threatened promise promises promised expected likely supposed considered believed thought alleged said wish wishes"
)


def hidden(omitted: str, after: list[Token], closed: bool = False) -> list[Difference]:
    """What an ellipsis that left out `omitted`, just before words `after`, may not hide.

    `closed` says that the quote itself ends its sentence before the ellipsis.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(omitted)]
    pieces = [omitted] if not ends else [omitted[: ends[0]], omitted[ends[-1] :]]
    found: list[Difference] = []
    if len(pieces) == 2 and re.search(r"\w", pieces[1]) and (not closed or re.search(r"\w", pieces[0])):
        # The beginning of another sentence is gone: two halves that were never one statement.
        found.append(_hiding(omitted, "word"))
    if re.match(r"[’']s\b", omitted):
        found.append(_hiding(omitted, "word"))  # "Taiwan …" for "Taiwan’s independence"
    if after and _new_subject(pieces[-1], after[0]):
        found.append(_hiding(pieces[-1], "name"))
    for number, piece in enumerate(pieces):
        before_words = number == len(pieces) - 1 and bool(piece.strip())
        if kind := _turns(piece, after if before_words else []):
            found.append(_hiding(piece, kind))
    return found


def _hiding(piece: str, kind: DifferenceClass) -> Difference:
    shown = " ".join(piece.split())
    return Difference("…", shown if len(shown) <= 240 else shown[:239] + "…", kind)


_CLAUSE_SUBJECT = re.compile(
    r"(?:[,;—]\s*(?:and|but|or|while|whereas|as|so)?|\b(?:and|but|that|while|because|since|whereas|although|though|when|as))\s+"
    r"((?:[\w’'.-]+\s+){0,4}[\w’'.-]+)\s*$"
)
_FINITE = lexicon.words("is are was were has have had will would can could may might must should shall does did") | lexicon.MODALS


def _new_subject(piece: str, after: Token) -> bool:
    """Whether left-out words end in a subject of their own for the verb that follows: "China … and Taiwan] would …"."""
    if after.fold not in _FINITE and not re.fullmatch(r"[a-z]{2,}ed", after.text):
        return False
    match = _CLAUSE_SUBJECT.search(piece)
    if match is None:
        return False
    words = [t for t in tokens(match.group(1))]
    return any(t.text[0].isupper() for t in words) or any(t.fold in ("he", "she", "they", "it", "we", "i", "you") for t in words)


def _turns(piece: str, after: list[Token]) -> Literal["negation", "hedge"] | None:
    """Whether left-out words of one sentence turn the meaning of what is kept: by a negation, or by anything weaker."""
    for aside in re.findall(r"\(([^()]*)\)", piece):
        words = [t.fold for t in tokens(aside)]
        if len(words) <= 3 and set(words) & (lexicon.STRICT_HEDGES | lexicon.STRICT_NEGATIONS):
            return "hedge"
    kept = _ASIDE.sub(" , ", piece)
    words = [t.fold for t in tokens(kept)]
    if set(words) & lexicon.STRICT_NEGATIONS or re.search(r"n['’]t\b", kept):
        return "negation"
    if set(words) & (lexicon.STRICT_HEDGES | lexicon.CONDITIONS) or _REPORT.search(kept):
        return "hedge"
    if re.search(rf"\b(?:{'|'.join(sorted(lexicon.REPORTING))})\b(?:\s+\w+){{0,3}}\s+that\b", kept, re.IGNORECASE):
        return "hedge"
    if not after:
        return None
    tail = words[-3:]
    if set(words[-4:]) & _REFUSING or re.search(r"\b(?:rather than|instead of|far from)\b[^,;]*$", kept):
        return "negation"
    if set(words[-4:]) & _INTENDING:
        return "hedge"
    if set(tail) & lexicon.MODALS or (words and words[-1] in lexicon.REPORTING):
        return "hedge"
    if words and words[-1] in ("some", "few", "many", "most", "several", "certain", "about", "around", "only", "least", "up", "to"):
        if words[-1] != "to" or words[-2:-1] == ["up"]:
            return "hedge"
    return None
