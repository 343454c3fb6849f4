"""What a journalist's square brackets put in or replace: the meaning must stay, above all who is meant.

A bracket may name the person a pronoun stands for, put "their" for "our", say which act or party, raise a letter. It may
not bring in or take away a negation, a hedge or a figure, nor name somebody the text does not speak of there.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from rag.quotes import lexicon, names
from rag.quotes.store import Source
from rag.quotes.tokens import Token, tokens
from rag.quotes.types import Difference, DifferenceClass

# How far back, in characters, the text is read for whom a pronoun means.
_REACH = 700

_CLASSES = (
    lexicon.words("he him his himself"),
    lexicon.words("she her hers herself"),
    lexicon.words("it its itself"),
    lexicon.words("they them their theirs themselves"),
    lexicon.words("this that these those the a an"),
)
_FIRST_PERSON = lexicon.words("i me my mine we us our ours myself ourselves")
_SECOND_PERSON = lexicon.words("you your yours yourself")
_GRADING = lexicon.words(
    "all any some every each both only just even still always ever never more less most least too very once again yet already but or "
    "except half part few many much several other others same own"
)
_POINTING = lexicon.words("the a an one such there")
# How members of a house speak of each other.
_ADDRESS = lexicon.words(
    "hon honourable honorable right learned noble gallant gentleman gentlewoman lady friend member colleague"
)
_SINGULAR = lexicon.words("he him his himself she her hers herself")


def _shown(content: str, source: str, kind: DifferenceClass) -> list[Difference]:
    return [Difference(f"[{content}]", source, kind)]


def opening(source: Source, kind: str, content: str, first: Token) -> list[Difference]:
    """A bracket just before the quote's first word `first`: a raised letter, or who or what the sentence is about."""
    text = source.reading.text
    if kind == "letter":
        # The bracketed letters are part of the word, which was found with them: only its case is new.
        return []
    earlier = list(tokens(text, max(0, first.start - 120), first.start))
    if not earlier:
        return inserted(source, content, first.start, first.start)
    taken = 1
    while (
        taken < min(len(earlier), 8)
        and earlier[-taken].fold not in lexicon.PRONOUNS
        and not re.search(r"[.,;:!?]", text[earlier[-taken - 1].end : earlier[-taken].start])
        and (earlier[-taken - 1].text[0].isupper() or earlier[-taken - 1].fold in ("the", "of", "s", "a"))
    ):
        taken += 1
    if re.search(r"[.!?]\W*$", text[earlier[-1].end : first.start]):
        return inserted(source, content, first.start, first.start)
    return between(source, content, earlier[-taken].start, first.start)


def closing(source: Source, content: str, last: Token) -> list[Difference]:
    """A bracket just behind the quote's last word: it stands for the words that follow, or is put in before them."""
    text = source.reading.text
    following = list(tokens(text, last.end, min(len(text), last.end + 120)))[:8]
    put = [t.fold for t in tokens(content)]
    own = re.match(r"\W{0,3}\[([^\[\]]*)\]", text[last.end : last.end + 300])
    if own:
        return (
            []
            if bare(own.group(1)) == bare(content)
            else _shown(content, own.group(1), "number" if re.search(r"\d", content) else "word")
        )
    if put == [t.fold for t in following][: len(put)]:
        return []
    taken = 0
    before = last.end
    for token in following:
        if re.search(r"[.,;:!?—–()“”\"]", text[before : token.start]) or (taken and token.fold in lexicon.STOP):
            break
        taken, before = taken + 1, token.end
    if taken and (names.capitalised(content) or last.fold in lexicon.STOP):
        return between(source, content, last.end, following[taken - 1].end)
    return inserted(source, content, last.end, last.end)


def inserted(source: Source, content: str, left: int, right: int) -> list[Difference]:
    """Words put in where nothing (or only what an ellipsis left out) stood."""
    return _judge(source, content, "", left, right)


def between(source: Source, content: str, left: int, right: int) -> list[Difference]:
    """Words put in the place of what stands in reading range [left, right)."""
    return _judge(source, content, source.reading.text[left:right].strip(" ,;:.\n"), left, right)


def _judge(source: Source, content: str, replaced: str, left: int, right: int) -> list[Difference]:
    ours, theirs = list(tokens(content)), list(tokens(replaced))
    put, gone = [t.fold for t in ours], [t.fold for t in theirs]
    own = re.fullmatch(r"\W*\[([^\[\]]*)\]\W*", replaced)
    if own and bare(own.group(1)) != bare(content):
        # The source has a bracket of its own there: it must be the same one.
        return _shown(
            content, replaced, "number" if re.search(r"\d", content + replaced) else "punctuation" if put == gone else "word"
        )
    if put == gone or put in (["sic"], ["emphasis", "added"], ["emphasis", "mine"]) or not put:
        return []
    if set(put) & lexicon.STRICT_NEGATIONS != set(gone) & lexicon.STRICT_NEGATIONS or re.search(r"n['’]t\b", content):
        return _shown(content, replaced, "negation")
    if re.search(r"n['’]t\b", replaced):
        return _shown(content, replaced, "negation")
    weak = lexicon.STRICT_HEDGES | lexicon.CONDITIONS
    if set(put) & weak != set(gone) & weak or bool(set(gone) & lexicon.REPORTING) > bool(set(put) & lexicon.REPORTING):
        return _shown(content, replaced, "hedge")
    text = source.reading.text
    context = text[max(0, left - _REACH) : right + 300]
    near = {t.fold for t in tokens(context)}
    figures = {w for w in put if re.search(r"\d", w)}
    years = {w for w in figures & near if re.fullmatch(r"(?:1\d|20)\d\d", w)} if not gone else set()
    if {w for w in gone if lexicon.has_figure(w)} - set(put) or figures - set(gone) - years:
        return _shown(content, replaced, "number")
    return _who(source, content, replaced, put, gone, context, left)


def bare(text: str) -> str:
    """What stands in a bracket without case, kind of marks and white space."""
    return re.sub(r"\s+", " ", text.translate(str.maketrans("“”‘’", "\"\"''"))).strip().casefold()


def _who(
    source: Source, content: str, replaced: str, put: list[str], gone: list[str], context: str, left: int
) -> list[Difference]:
    """Whether the bracket keeps who or what is meant."""
    own = names.capitalised(content)
    if not own:
        return _without_names(source, content, replaced, put, gone, context)
    replaced_names = names.capitalised(replaced)
    if set(gone) & _ADDRESS and set(gone) <= _ADDRESS | lexicon.STOP | lexicon.PRONOUNS:
        return [] if _before_them(source, content, left) else _shown(content, replaced, "name")
    if replaced_names:
        same = any(names.share(a, b) for a in own for b in replaced_names)
        return [] if same else _shown(content, replaced, "name")
    before = context[: min(left, _REACH)]
    pronoun = next((word for word in reversed(gone) if word in lexicon.PRONOUNS), None)
    if pronoun is None and not gone:
        previous = list(tokens(source.reading.text, max(0, left - 30), left))
        pronoun = previous[-1].fold if previous and previous[-1].fold in lexicon.PRONOUNS else None
    described = [w for w in gone if w not in lexicon.STOP and w not in lexicon.PRONOUNS]
    if described and pronoun is None:
        # "the minister", "the island": a name put for them must be the one last spoken of, or have that noun in the text.
        if _called(source, own[0], described[-1]):
            return []
        if not set(described) <= names.TITLES:
            return _shown(content, replaced, "name")
        pronoun = "he"
    if pronoun in _FIRST_PERSON or pronoun in _SECOND_PERSON or pronoun is None:
        known = any(names.stems(name) & names.stems(context) for name in own)
        return [] if known else _shown(content, replaced, "name")
    candidates = names.antecedents(before, persons_only=pronoun in _SINGULAR)
    if any(names.share(name, candidate) for name in own for candidate in candidates):
        return []
    return _shown(content, replaced, "name")


def _before_them(source: Source, name: str, place: int) -> bool:
    """Whether `name` is the label of the turn before the one at `place`: "the hon. Gentleman" is who spoke before."""
    turns = source.reading.turns
    at = bisect_right(turns, place, key=lambda turn: turn.start) - 1
    return at > 0 and names.same(name, turns[at - 1].speaker) == "same"


def _called(source: Source, name: str, noun: str) -> bool:
    """Whether the text calls `name`, and nobody else, by `noun`: "harbour engineer Ilse Brandvold", "Brandvold, the engineer"."""
    text = source.reading.text
    word = rf"(?:{'|'.join(re.escape(part) for part in name.split() if part[:1].isupper())})"
    said = rf"(?:,|\s\(|\s(?:is|was))\s*(?:[\w’'-]+\s+){{0,5}}(?i:{re.escape(noun)})\b"
    others = re.findall(rf"(?i:\b{re.escape(noun)})\s+((?:[A-Z][\w’'-]+\s?){{1,3}})", text)
    return all(names.share(name, other.strip()) for other in others) and bool(others or re.search(rf"\b{word}\b{said}", text))


def _without_names(
    source: Source, content: str, replaced: str, put: list[str], gone: list[str], context: str
) -> list[Difference]:
    ours = next((c for c in _CLASSES if set(put) & c), None)
    theirs = next((c for c in _CLASSES if set(gone) & c), None)
    if names.capitalised(replaced) and ours is not None and len(put) == 1:
        return []  # a pronoun for a name says less, not something else
    if ours is not None and theirs is not None and ours is not theirs and len(put) == 1 and len(gone) == 1:
        if theirs is _CLASSES[-1] or ours is _CLASSES[-1]:
            return []
        return _shown(content, replaced, "name")
    if set(put) & _FIRST_PERSON and not set(gone) & _FIRST_PERSON and gone:
        return _shown(content, replaced, "name")
    if not gone or not [w for w in gone if w not in lexicon.PRONOUNS]:
        return _put_in(content, put, replaced, context)
    content_words = [w for w in gone if w not in lexicon.STOP and w not in lexicon.PRONOUNS]
    mine = [w for w in put if w not in lexicon.STOP and w not in lexicon.PRONOUNS]
    if not content_words:
        return []
    if not mine:
        # "[it]" or "[the] policy" says less than the words it stands for; "[during]" says something else.
        return [] if set(put) <= lexicon.PRONOUNS | _POINTING else _shown(content, replaced, "word")
    stems = {lexicon.lemma(w) for w in content_words}
    if any(lexicon.lemma(w) in stems for w in mine):
        return []
    named = names.capitalised(replaced)
    return [] if named and _called(source, named[-1], mine[-1]) else _shown(content, replaced, "word")


def _put_in(content: str, put: list[str], replaced: str, context: str) -> list[Difference]:
    """Words that nothing stands for may be small ones, or repeat what the text speaks of there; no word that grades or limits."""
    if set(put) & _GRADING or any(word.endswith("ly") for word in put):
        return _shown(content, replaced, "hedge")
    near = {lexicon.lemma(t.fold) for t in tokens(context)}
    fresh = [w for w in put if w not in lexicon.STOP and w not in lexicon.PRONOUNS and lexicon.lemma(w) not in near]
    return _shown(content, replaced, "word") if fresh else []
