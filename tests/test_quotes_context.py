"""What stands around a quotation: the kinds of warnings, denials, the writer's own words, interviews, fair omissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.quotes import QuoteVerdict, check, check_draft, open_sources
from rag.reading import sentences


def _check(folder: Path, text: str, quote: str, speaker: str | None = None, name: str = "a.txt") -> QuoteVerdict:
    (folder / name).write_text(text, encoding="utf-8")
    return check(open_sources(folder, None), quote, speaker)


@pytest.mark.parametrize(
    ("text", "quote", "kind"),
    [
        ("Is the new pier safe for the ferries?", "the new pier safe for the ferries", "question"),
        ("The pier is open to all boats except the night ferry.", "The pier is open to all boats", "exception"),
        ("The pier is open every day, unless the wind is strong.", "The pier is open every day", "exception"),
        ("The pier is open, but the ferry is not.", "The pier is open", "contrast"),
        ("The pier is open. However, the ferry does not land.", "The pier is open.", "contrast"),
        ("“The pier is open. But nobody may use it,” she said.", "The pier is open.", "contrast"),
        ("Some of the boats leak badly.", "the boats leak badly", "scope"),
        ("We had hoped to open the pier in May.", "open the pier in May", "plan"),
        ("The pier is open if the wind is low.", "The pier is open", "conditional"),
    ],
)
def test_kinds_of_warnings(tmp_path: Path, text: str, quote: str, kind: str) -> None:
    assert kind in {
        risk.kind
        for risk in _check(tmp_path, f"The council met in the hall. {text} That was in the spring.", quote).context_risk
    }


def test_a_negation_in_the_sentence_before_is_another_sentences(tmp_path: Path) -> None:
    text = "“We do not sell boats. The pier is open to all,” she said at the hearing."
    assert "negation" not in {risk.kind for risk in _check(tmp_path, text, "The pier is open to all").context_risk}


@pytest.mark.parametrize(
    "sentence",
    [
        "Hallam denied that she had said “the pier was burned.”",
        "Hallam denied saying “the pier was burned.”",
        "Hallam never said “the pier was burned.”",
        "“The pier was burned,” Hallam denied having said.",
    ],
)
def test_denied_words_are_not_confirmed(tmp_path: Path, sentence: str) -> None:
    found = _check(tmp_path, f"The hearing of Edda Hallam went on. {sentence}", "pier was burned", "Edda Hallam")
    assert found.attribution.status != "confirmed"
    assert "negation" in {risk.kind for risk in found.context_risk}


def test_a_denial_of_something_else_denies_no_words(tmp_path: Path) -> None:
    text = "Edda Hallam came. Hallam denied the charge and said “the pier was burned by the storm.”"
    found = _check(tmp_path, text, "the pier was burned by the storm", "Edda Hallam")
    assert (found.attribution.status, found.context_risk) == ("confirmed", ())


def test_the_writers_indirect_speech_is_called_so(tmp_path: Path) -> None:
    text = "Harbour master Edda Hallam said the town would not pay for the pier. “We are poor,” Hallam told the council."
    indirect = _check(tmp_path, text, "the town would not pay for the pier", "Edda Hallam")
    assert "reported_speech" in {risk.kind for risk in indirect.context_risk}
    direct = _check(tmp_path, text, "We are poor", "Edda Hallam")
    assert (direct.attribution.status, direct.context_risk) == ("confirmed", ())


_TALK = (
    "A talk with the old keeper\n\nWhere did you live in those years?\n\nI lived on the rock. {answer}\n\n"
    "Were you ever afraid?\n\nEvery night of the winter. The sea does not ask."
)
_BY_DUNE = '[[document]]\npath = "a.txt"\ntitle = "A talk"\nauthors = ["Ida Dune"]\n'


def test_who_asks_does_not_say_the_answers(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text(_BY_DUNE)
    found = _check(tmp_path, _TALK.format(answer="I kept the lamp."), "I kept the lamp.", "Ida Dune")
    assert (found.verdict, found.attribution.status) == ("exact", "unsure")


def test_an_author_says_what_is_no_talk(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text(_BY_DUNE)
    found = _check(
        tmp_path, "The old keeper\n\nWho was he?\n\nHe lived on the rock. He kept the lamp.", "He kept the lamp.", "Ida Dune"
    )
    assert found.attribution.status == "confirmed"


@pytest.mark.parametrize(
    ("text", "quote", "verdict"),
    [
        ("My brother, in the second winter, says the pier is lost.", "My brother, … says the pier is lost.", "elided"),
        ("My brother, in the second winter, doubts that the pier is lost.", "My brother … the pier is lost.", "altered"),
        ("Engineer Ada Brand spoke. The board paid the engineer in May.", "The board paid [Ada Brand] in May.", "elided"),
        ("Engineer Ada Brand and engineer Jo Moss spoke. They paid the engineer.", "They paid [Jo Kell].", "altered"),
        ("Ada Brand, the engineer, spoke. The board paid Ada Brand in May.", "The board paid [the engineer] in May.", "elided"),
        (
            "Ada Brand, the engineer, and Jo Moss spoke. They paid Jo Moss in May.",
            "They paid [the engineer] in May.",
            "altered",
        ),
    ],
)
def test_what_is_left_out_or_put_in(tmp_path: Path, text: str, quote: str, verdict: str) -> None:
    assert _check(tmp_path, text, quote).verdict == verdict


def test_members_of_a_house_name_who_spoke_before(tmp_path: Path) -> None:
    text = "\n\n".join(
        f"{who}: {words}"
        for who, words in (
            ("Ann Reeve", "Will he look at the pier?"),
            ("Tom Vale", "We will look at what the hon. Lady said of the pier."),
            ("Ann Reeve", "And at the boats?"),
            ("Tom Vale", "At those as well."),
        )
    )
    assert _check(tmp_path, text, "We will look at what [Ann Reeve] said of the pier.").verdict == "elided"
    assert _check(tmp_path, text, "We will look at what [Una Pell] said of the pier.").verdict == "altered"


_MARKED = "The log says **no boat** left on the *tenth*, and `nobody` [asked why](https://x.example/a).[^1]\n\n> The keeper slept\n> all night.\n\n[^1]: Page 3.\n\nIt cost \\$9 &amp; a meal.<br>So it goes.\n"


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        ("no boat left on the tenth, and nobody asked why.", "normalized"),
        ("**no boat** left on the *tenth*", "exact"),
        ("The keeper slept all night.", "normalized"),
        ("It cost $9 & a meal. So it goes.", "normalized"),
        ("a boat left on the tenth", "altered"),
    ],
)
def test_marks_of_markdown(tmp_path: Path, quote: str, verdict: str) -> None:
    assert _check(tmp_path, _MARKED, quote, name="log.md").verdict == verdict


def test_a_plain_text_keeps_its_asterisks(tmp_path: Path) -> None:
    assert _check(tmp_path, _MARKED, "no boat left on the tenth").verdict == "altered"


@pytest.mark.parametrize("hidden", ["\u200e", "\u2066", "\u200d", "\u0081"])
def test_characters_nobody_sees(tmp_path: Path, hidden: str) -> None:
    text = f"The clerk paid 19{hidden}04 crowns for it."
    plain = _check(tmp_path, text, "paid 1904 crowns")
    assert (plain.verdict, plain.normalizations) == ("normalized", ("invisible character",))
    assert _check(tmp_path, text, f"paid 19{hidden}04 crowns").verdict == "exact"
    assert _check(tmp_path, text, f"paid 190{hidden}4 crowns").verdict == "normalized"


@pytest.mark.parametrize(
    ("name", "draft"),
    [
        (
            "d.html",
            "<p>She wrote:</p><blockquote><p>The pier is lost.</p><p>Boats sank.</p><footer>Edda Hallam</footer></blockquote>",
        ),
        ("d.md", "She wrote:\n\n> The pier\n> is lost. Boats sank.\n> — Edda Hallam\n\nThat was all.\n"),
        ("d.txt", "She wrote:\n\n> The pier is lost.\n> Boats sank.\n\nThat was all.\n"),
    ],
)
def test_block_quotes_of_a_draft(tmp_path: Path, name: str, draft: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("The storm came. The pier is lost. Boats sank. It was May.")
    (tmp_path / name).write_text(draft)
    (only,) = check_draft(open_sources(corpus, None), tmp_path / name).quotes
    assert only.verdict.verdict in ("exact", "normalized")


class TestWhatIsRead:
    """Where the rules find nothing, somebody reads the quote in the sentences around it."""

    TEXT = "The council met in the hall. The pier is open to all, the harbour master wrote in his first report. It closed in winter. Nobody came."

    def _read(
        self, folder: Path, quote: str, *, misleads: bool, text: str = TEXT
    ) -> tuple[QuoteVerdict, list[tuple[str, tuple[str, ...]]]]:
        (folder / "a.txt").write_text(text, encoding="utf-8")
        asked: list[tuple[str, tuple[str, ...]]] = []

        def read(words: str, sentences: tuple[str, ...]) -> bool:
            asked.append((words, sentences))
            return misleads

        return check(open_sources(folder, None, misleads=read), quote), asked

    def test_a_warning_shows_what_was_left_out(self, tmp_path: Path) -> None:
        found, asked = self._read(tmp_path, "The pier is open to all", misleads=True)
        assert [(risk.kind, risk.text) for risk in found.context_risk] == [
            ("cut_off", ", the harbour master wrote in his first report.")
        ]
        assert asked == [("The pier is open to all", tuple(sentences(self.TEXT)))]

    def test_of_a_whole_sentence_the_next_one(self, tmp_path: Path) -> None:
        found, _ = self._read(tmp_path, "It closed in winter.", misleads=True)
        assert [risk.text for risk in found.context_risk] == ["Nobody came."]

    def test_a_fair_quotation_has_none(self, tmp_path: Path) -> None:
        found, asked = self._read(tmp_path, "The pier is open to all", misleads=False)
        assert found.context_risk == ()
        assert asked

    def test_what_a_rule_finds_is_not_read(self, tmp_path: Path) -> None:
        found, asked = self._read(tmp_path, "The pier is open", misleads=True, text="The pier is open if the wind is low.")
        assert [risk.kind for risk in found.context_risk] == ["conditional"]
        assert asked == []

    def test_changed_words_and_unknown_languages_are_not_read(self, tmp_path: Path) -> None:
        _, asked = self._read(tmp_path, "The pier is closed to all", misleads=True)
        assert asked == []
        found, asked = self._read(
            tmp_path, "Färjan låg kvar", misleads=True, text="Färjan låg kvar vid kajen hela natten, sade hamnchefen."
        )
        assert (found.context_risk, asked, bool(found.note)) == ((), [], True)

    @pytest.mark.parametrize(
        ("text", "quote", "left_out"),
        [
            ("It was said in the hall. It closed in winter.\n\nNobody came.", "It closed in winter.", "Nobody came."),
            ("It was said in the hall. It closed in winter.", "It closed in winter.", "It was said in the hall."),
            ("It was said in the hall. It closed in winter. Nobody came.", "It closed in winter", "Nobody came."),
        ],
    )
    def test_what_is_left_out_stands_beside_a_whole_sentence(
        self, tmp_path: Path, text: str, quote: str, left_out: str
    ) -> None:
        found, _ = self._read(tmp_path, quote, misleads=True, text=text)
        assert [(risk.kind, risk.text) for risk in found.context_risk] == [("cut_off", left_out)]

    def test_where_nothing_is_left_out_nothing_is_read(self, tmp_path: Path) -> None:
        found, asked = self._read(tmp_path, "It closed in winter.", misleads=True, text="It closed in winter.")
        assert (found.context_risk, asked) == ((), [])

    def test_a_quotation_in_pieces_is_not_read(self, tmp_path: Path) -> None:
        found, asked = self._read(tmp_path, "The council met in … hall.", misleads=True)
        assert (found.verdict, asked) == ("elided", [])
