"""Answers: do they say what is asked, from the right place, in the source's own words?

* facts: the share of a question's facts that the claims say, in all claims, in the first sentence and in the first
  three. A fact is said when one of its spellings stands there as whole words, compared without case, typographic
  variants and spacing; a figure is not found inside a longer one. A refused answerable question says none.
* citation precision: the share of citations that are the same place as gold of any group (see `eval.places.same`).
  Gold names every place that *answers*; a sentence cited because the answer needs it to be understood counts against
  precision, so the figure is a lower bound.
* citation recall: the share of gold groups one of whose alternatives is cited.
* verbatim: the share of claims marked `verbatim` whose words stand, in one piece, in what they cite: its reading text
  or its text of record, derived anew here from the file and never taken from the answer.
* exact citations: the share of citations that are what they say: source text, reading text, lines, page, title,
  authors, date as they follow from the file at those offsets.
* resolved: the share of claims, the answer in one line among them, with at least one citation, all of whose numbers exist,
  exactly once.
* echo: 1 when a claim is made of the question's own words and says nothing else.
* whole corpus: 1 when the answer comes from as many documents as can be read now: an index left behind is not judged
  by what it says but by what it no longer sees.
* words: the length of all claims. 120 is what the project allows itself, 300 (eight lines) where the question was taken to want
  a list or an overview.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace

from eval.cases import Question
from eval.places import Library, Place, same
from eval.scorers.score import Score, share, yes
from rag.cite import cite
from rag.models import SURVEYS
from rag.reading import sentences
from rag.types import Answer, Citation, Claim

LONGEST_ANSWER, LONGEST_SURVEY = 120, 300
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_QUOTES = {ord("‘"): "'", ord("’"): "'", ord("“"): '"', ord("”"): '"'}
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")


def plain(text: str) -> str:
    """`text` for comparing facts: compatibility forms, typography, case and spacing levelled."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).translate(_QUOTES)
    return " ".join(text.casefold().split())


def says(text: str, spelling: str) -> bool:
    """Whether `text` has `spelling` as whole words: "three" is not in "threefold", nor "9 million" in "4.9 million".

    A plural s after a word is let through ("Senkaku" in "Senkakus").
    """
    wanted = plain(spelling)
    before = "" if _CJK.match(wanted[0]) else r"(?<!\w)(?<!\d[.,])" if wanted[0].isdigit() else r"(?<!\w)"
    after = "" if _CJK.match(wanted[-1]) else r"(?!\w)(?![.,]\d)" if wanted[-1].isdigit() else r"s?(?!\w)"
    return re.search(before + re.escape(wanted) + after, plain(text)) is not None


def words(text: str) -> set[str]:
    """Words of four letters and more, plural or not, and figures: shorter ones are mostly grammar."""
    return {word.removesuffix("s") for word in re.findall(r"\w+", plain(text)) if len(word) >= 4 or word.isdigit()}


def said_facts(case: Question, answer: Answer) -> int:
    """How many of the facts of `case` the claims of `answer` say."""
    text = " ".join(claim.text for claim in answer.claims)
    return sum(any(says(text, spelling) for spelling in fact) for fact in case.facts)


def score_answer(case: Question, answer: Answer, library: Library) -> dict[str, Score]:
    """What the claims and citations of `answer` are worth as an answer to `case`."""
    text = " ".join(claim.text for claim in answer.claims)
    split = sentences(text)
    scores = {
        "answer.facts": _facts(case, text),
        "answer.facts_first": _facts(case, " ".join(split[:1])),
        "answer.facts_first3": _facts(case, " ".join(split[:3])),
    }
    cited = [Place(c.document, c.char_start, c.char_end) for c in answer.citations if c.number in _used(answer)]
    right = [place for place in cited if any(same(place, gold.place, library) for gold in case.gold)]
    groups = [[gold.place for gold in group] for group in case.groups]
    found = [group for group in groups if any(same(place, gold, library) for gold in group for place in cited)]
    scores["answer.citation_precision"] = share(len(right), len(cited), "citations are gold")
    scores["answer.citation_recall"] = share(len(found), len(groups), "gold groups cited")
    length = len(text.split())
    answered = bool(answer.claims)
    scores["answer.words"] = Score(float(length), f"{length} words") if answered else Score(None, "no claims")
    most = LONGEST_SURVEY if answer.kind in (*SURVEYS, "list") else LONGEST_ANSWER
    scores["answer.short"] = yes(length <= most, f"{length} words") if answered else Score(None, "no claims")
    return scores


def score_integrity(answer: Answer, library: Library) -> dict[str, Score]:
    """What must hold of any answer, whatever was asked: words, places and numbers are what they are said to be."""
    numbers = Counter(citation.number for citation in answer.citations)
    pointing = [claim.citations for claim in answer.claims] + ([answer.key.citations] if answer.key else [])
    resolved = [cited for cited in pointing if cited and all(numbers[n] == 1 for n in cited)]
    wrong = [problem for citation in answer.citations if (problem := _inexact(citation, library))]
    # Without a model there is nobody to say a thing in other words: every extractive claim must be the source's own.
    marked = [claim for claim in answer.claims if claim.support == "verbatim" or answer.mode == "extractive"]
    kept = [claim for claim in marked if _verbatim(claim, answer, library)]
    echoes = [claim.text for claim in answer.claims if words(claim.text) and words(claim.text) <= words(answer.question)]
    lost = [claim.text for claim in marked if claim not in kept]
    return {
        "answer.resolved": share(len(resolved), len(pointing), "claims have citations that exist"),
        "answer.exact_citations": Score(
            None if not answer.citations else 1 - len(wrong) / len(answer.citations),
            "; ".join(wrong) or (f"{len(answer.citations)} citations re-read" if answer.citations else "no citations"),
        ),
        "answer.verbatim": Score(
            None if not marked else len(kept) / len(marked),
            f"not word for word: {lost[0][:120]!r}" if lost else f"{len(kept)} of {len(marked)} claims are the sources' words",
        ),
        "answer.echo": (
            yes(bool(echoes), f"repeats the question: {echoes[0]!r}" if echoes else "no claim repeats the question")
            if answer.claims
            else Score(None, "no claims")
        ),
        "answer.whole_corpus": yes(
            answer.corpus.documents == len(library), f"{answer.corpus.documents} of {len(library)} documents"
        ),
    }


def _used(answer: Answer) -> set[int]:
    return {number for claim in answer.claims for number in claim.citations}


def _facts(case: Question, text: str) -> Score:
    missing = [fact[0] for fact in case.facts if not any(says(text, spelling) for spelling in fact)]
    total = len(case.facts)
    if not total:
        return Score(None, "the case names no facts")
    return Score((total - len(missing)) / total, f"missing: {', '.join(missing)}" if missing else f"all {total} facts")


def _reread(citation: Citation, library: Library) -> Citation | None:
    source = library.get(citation.document)
    if source is None or not 0 <= citation.char_start < citation.char_end <= len(source.text):
        return None
    made = cite(source.doc, source.reading, citation.char_start, citation.char_end, number=citation.number)
    return replace(made, speaker=citation.speaker)


def _inexact(citation: Citation, library: Library) -> str | None:
    """What is wrong with a citation, or None."""
    made = _reread(citation, library)
    if made is None:
        return f"[{citation.number}] {citation.document} has no characters {citation.char_start}-{citation.char_end}"
    if made == citation:
        return None
    fields = [name for name in vars(made) if getattr(made, name) != getattr(citation, name)]
    return f"[{citation.number}] differs from the file in {', '.join(fields)}"


def _verbatim(claim: Claim, answer: Answer, library: Library) -> bool:
    """Whether the claim stands in one piece in what it cites: one citation, or several neighbours in their order."""
    words = " ".join(claim.text.split())
    made = [again for c in answer.citations if c.number in claim.citations and (again := _reread(c, library))]
    texts = [made_one.reading_text for made_one in made] + [made_one.source_text for made_one in made]
    joined = " ".join(one.reading_text for one in sorted(made, key=lambda one: claim.citations.index(one.number or 0)))
    return bool(words) and any(words in " ".join(text.split()) for text in [*texts, joined])
