"""PDF pages into the text a person reads. The files are written here, operator by operator."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from rag.errors import InputError
from rag.readers import ocr
from rag.readers.parsed import Parsed
from rag.readers.pdf import parse
from rag.reading import read

HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
# A grey picture of one pixel.
PICTURE = (
    "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
    "stream\n\x7f\nendstream"
)


def pdf(pages: Sequence[str], fields: str = "", font: str = HELVETICA, more: Sequence[str] = ()) -> bytes:
    """A PDF whose pages have these content streams. `fields`: entries of a form field on the first page; `more`: objects
    from number 10 on."""
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>",
        2: f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{100 + 2 * at} 0 R' for at in range(len(pages)))}] >>",
        3: font,
        4: PICTURE,
        5: f"<< /Type /Annot /Subtype /Widget /T (field) {fields} >>",
        **dict(enumerate(more, start=10)),
    }
    for at, content in enumerate(pages):
        annotations = "/Annots [5 0 R]" if fields and not at else ""
        objects[100 + 2 * at] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {101 + 2 * at} 0 R {annotations}"
            " /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>"
        )
        objects[101 + 2 * at] = f"<< /Length {len(content.encode('latin-1'))} >>\nstream\n{content}\nendstream"
    out, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "xref\n0 1\n0000000000 65535 f \n" + "".join(f"{n} 1\n{at:010} 00000 n \n" for n, at in places.items())
    return out + f"{table}trailer\n<< /Size 1000 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode("latin-1")


def put(x: float, y: float, text: str, size: float = 11, before: str = "") -> str:
    """Operators that write `text` from a point on; `before` stands before them (colour, render mode)."""
    return f"q {before} BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET Q\n"


def column(x: float, top: float, lines: Sequence[str], size: float = 11, step: float = 14) -> list[str]:
    return [put(x, top - step * at, line, size) for at, line in enumerate(lines)]


def text_of(*pages: str) -> str:
    return parse(pdf(pages), "a.pdf").text


def reading_of(*pages: str) -> str:
    parsed = parse(pdf(pages), "a.pdf")
    return read(parsed.text, parsed.page_starts).text


LEFT = [
    "The ferry left the harbour before",
    "the sun was over the hills, and",
    "nobody on the quay had seen that",
    "two of its lamps were dark and",
]
RIGHT = [
    "the rail on its landward side was",
    "tied with rope. The mate said so",
    "to the court, and the owner who",
    "sat behind him shook his head.",
]


def test_columns_are_read_one_after_the_other_whatever_the_order_of_the_file() -> None:
    by_row = [part for pair in zip(column(60, 700, LEFT), column(320, 700, RIGHT), strict=True) for part in pair]
    heading = put(60, 740, "The loss of the ferry, as it was told to the court of the county in the spring", 14)
    closing = put(60, 600, "This line runs over the whole width of the page, below both of its columns, as notices do.")
    words = " ".join(text_of(heading + "".join(by_row) + closing).split())
    assert words.endswith(
        " ".join(["in the spring", *LEFT, *RIGHT, "This line runs over the whole width of the page,"])
        + " below both of its columns, as notices do."
    )


def test_a_sentence_runs_on_into_the_next_column_past_the_notes_below_the_first() -> None:
    columns = column(60, 700, [*LEFT, *LEFT]) + column(320, 700, [*RIGHT, *RIGHT])
    notes = column(60, 570, ["1 The ferry's book, page 12, as it", "was shown to the court."], 8, 10)
    text = reading_of("".join([*columns, *notes]))
    assert "two of its lamps were dark and the rail on its landward side" in text
    assert "1 The ferry's book, page 12, as it was shown to the court." in text


def test_a_heading_between_two_pairs_of_columns_stays_between_them() -> None:
    first = column(60, 700, LEFT) + column(320, 700, RIGHT)
    heading = put(60, 610, "A second part, with a heading that runs over both of the columns below it", 12)
    second = column(60, 580, [line.upper() for line in LEFT]) + column(320, 580, [line.upper() for line in RIGHT])
    text = text_of("".join([*first, heading, *second]))
    places = [text.index(words) for words in (LEFT[0], RIGHT[3], "A second part", LEFT[0].upper(), RIGHT[3].upper())]
    assert places == sorted(places)


def rows_drawn(rows: Sequence[Sequence[str]]) -> str:
    return "".join(
        put(x, 700 - 16 * at, cell) for at, row in enumerate(rows) for x, cell in zip((60, 220, 300), row, strict=True) if cell
    )


def test_rows_of_a_table_are_lines_under_their_heads() -> None:
    rows = [("Harbour", "Ships", "Crew"), ("Northgate", "12", "340"), ("Lower Quay", "7", "95"), ("Saltmarsh", "31", "1,204")]
    assert text_of(rows_drawn(rows)).strip().split("\n\n") == [
        "Harbour | Ships | Crew",
        "Harbour: Northgate; Ships: 12; Crew: 340.",
        "Harbour: Lower Quay; Ships: 7; Crew: 95.",
        "Harbour: Saltmarsh; Ships: 31; Crew: 1,204.",
    ]


def test_cells_stand_between_bars_where_a_row_has_fewer_than_there_are_heads() -> None:
    rows = [("Harbour", "Ships", "Crew"), ("Northgate", "12", "340"), ("Lower Quay", "", "95"), ("Saltmarsh", "31", "1,204")]
    assert text_of(rows_drawn(rows)).strip().split("\n\n")[2] == "Lower Quay | 95"


def test_a_label_and_its_value_are_read_on() -> None:
    rows = [("Owner:", "The company", "Built: 1921"), ("Master:", "A. Berg", "Lost: 1931"), ("Mate:", "none", "Raised: 1932")]
    assert text_of(rows_drawn(rows)).startswith("Owner: The company | Built: 1921\n")


def test_items_of_a_list_are_no_table() -> None:
    items = ["the ferry was sound in all its parts", "its lamps were lit", "the mate had tied the rail with rope"]
    drawn = "".join(put(60, 700 - 14 * at, "\x95") + put(90, 700 - 14 * at, item) for at, item in enumerate(items))
    assert text_of(drawn).strip().split("\n\n") == [f"• {item}" for item in items]


def test_the_rows_of_a_ruled_table_hold_the_lines_of_their_cells() -> None:
    rules = "".join(f"60 {y} m 400 {y} l S\n" for y in (715, 690, 650, 610, 570))
    names = [("Harbour",), ("Northgate,", "upper basin"), ("Lower", "Quay"), ("Saltmarsh and", "its canal")]
    figures = [("Ships", "Crew"), ("12", "340"), ("7", "95"), ("31", "1,204")]
    drawn = put(60, 700, "Harbour") + put(200, 700, "Ships") + put(300, 700, "Crew")
    for at in (1, 2, 3):
        top = 715 - 40 * at
        drawn += put(60, top, names[at][0]) + put(60, top - 13, names[at][1])
        drawn += put(200, top - 6, figures[at][0]) + put(300, top - 6, figures[at][1])
    assert text_of(rules + drawn).strip().split("\n\n")[1:] == [
        "Harbour: Northgate, upper basin; Ships: 12; Crew: 340.",
        "Harbour: Lower Quay; Ships: 7; Crew: 95.",
        "Harbour: Saltmarsh and its canal; Ships: 31; Crew: 1,204.",
    ]


def page(number: int, body: Sequence[str], notes: Sequence[str] = (), head: str = "Annual report of the ferry court") -> str:
    notes_drawn = column(60, 100, notes, 8, 10)
    return "".join([put(200, 770, head, 9), *column(60, 720, body), *notes_drawn, put(300, 30, str(number), 9)])


FIRST = [
    "The clerk kept the papers of the inquiry in a tin box, and the",
    "owner of the ferry, who had the only key, said that nobody had",
]
SECOND = ["asked him for it in all the years since the fire had closed the", "lower hall. The box was opened in 1991."]


def test_heads_feet_and_notes_are_not_between_the_halves_of_a_sentence() -> None:
    parsed = parse(pdf([page(12, FIRST, ["1 Letter of the clerk, 4 May 1987."]), page(13, SECOND)]), "a.pdf")
    assert "12" not in parsed.text
    assert parsed.text.count("Annual report") == 1  # at the top of the first page it names the document
    assert "said that nobody had asked him for it" in read(parsed.text, parsed.page_starts).text
    assert "1 Letter of the clerk, 4 May 1987." in parsed.text


def test_every_character_is_on_its_page() -> None:
    parsed = parse(pdf([page(12, FIRST), "", page(13, SECOND)]), "a.pdf")
    assert parsed.text[parsed.page_starts[0] : parsed.page_starts[1]].strip().endswith(FIRST[1])
    assert not parsed.text[parsed.page_starts[1] : parsed.page_starts[2]].strip()
    assert parsed.text[parsed.page_starts[2] :].strip().startswith(SECOND[0])
    assert parsed.warnings == ("a.pdf: no text (page 2)",)


def test_page_numbers_below_pages_of_different_length() -> None:
    first = "".join([*column(60, 720, FIRST), put(300, 670, "12", 9)])
    second = "".join([*column(60, 720, [*SECOND, *SECOND]), put(300, 640, "13", 9)])
    assert "nobody had asked him" in reading_of(first, second)


def test_a_line_that_only_one_page_begins_with_stays() -> None:
    assert "The second day" in text_of(page(1, FIRST), page(2, SECOND, head="The second day"))


def test_notes_follow_the_text_of_their_page() -> None:
    text = text_of(page(1, [*FIRST, SECOND[0], SECOND[1]], ["1 Letter of the clerk."]), page(2, LEFT))
    assert text.index("opened in 1991") < text.index("1 Letter of the clerk") < text.index(LEFT[0])


def test_printed_line_numbers_are_left_out() -> None:
    lines = [
        f"the {word} witness was asked what he had seen of the fire that"
        for word in ["one", "two", "red", "old", "new", "sad", "shy", "few", "odd", "dry", "sly"]
    ]
    numbered = [put(40, 700 - 20 * at, str(at + 1), 9) for at in range(len(lines))]
    text = text_of("".join([*numbered, *column(70, 700, lines, 11, 20)]))
    assert text.split() == " ".join(lines).split()


def test_a_raised_number_is_no_digit_of_the_figure_before_it() -> None:
    note = put(60, 700, "The bridge cost 12") + put(150.8, 704, "5", 7) + put(156, 700, "crowns, and some more was spent.")
    assert "cost 12⁵ crowns" in text_of(note).replace("\u2060", "")
    assert "cost 12 crowns" in reading_of(note)


def test_a_power_is_kept_apart_from_its_base() -> None:
    power = put(60, 700, "There were 10") + put(131, 704, "6", 7) + put(136, 700, "grains of sand in it, or some more.")
    assert "10^6 grains" in text_of(power)
    assert "10^6 grains" in reading_of(power)


def test_a_dropped_capital_begins_its_word() -> None:
    drawn = put(60, 672, "T", 42) + "".join(
        column(88, 700, ["he ferry left the harbour before the sun", "was over the hills of the far side of"])
    )
    drawn += "".join(column(60, 672, ["it, and nobody on the quay had seen it go."]))
    assert text_of(drawn).startswith("The ferry left")


def test_a_hyphen_at_a_lines_end_is_written_and_read_away() -> None:
    lines = [
        "The court was told that the owner of the ferry had been con-",
        "vinced that its boilers were sound in every one of their parts.",
    ]
    lines += [*FIRST, *SECOND]
    assert "con- \nvinced" in text_of("".join(column(60, 700, lines)))
    assert "had been convinced that" in reading_of("".join(column(60, 700, lines)))


def damaged_map_font() -> tuple[str, list[str]]:
    """A font whose glyph `fi`, code 1, is said to be an `i` by its map."""
    widths = {"f": 278, "i": 222, "t": 278, "l": 222}
    listed = " ".join("500" if code == 1 else str(widths.get(chr(code), 556)) for code in range(1, 127))
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /X def 1 begincodespacerange <00> <ff> endcodespacerange "
        "2 beginbfrange <01> <01> <0069> <20> <7e> <0020> endbfrange endcmap end"
    )
    font = (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Made /FirstChar 1 /LastChar 126 /Widths [{listed}] /ToUnicode 10 0 R "
        "/FontDescriptor 11 0 R /Encoding << /Type /Encoding /Differences [1 /fi] >> >>"
    )
    descriptor = (
        "<< /Type /FontDescriptor /FontName /Made /Flags 32 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 700 "
        "/Descent -200 /CapHeight 700 /StemV 80 >>"
    )
    return font, [f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream", descriptor]


def test_a_ligature_whose_map_lost_a_letter_is_told_by_its_width() -> None:
    font, more = damaged_map_font()
    parsed = parse(pdf([put(60, 700, "it is of the \x01rst de\x01nition that is left")], font=font, more=more), "a.pdf")
    assert parsed.text == "it is of the first definition that is left\n"
    assert parsed.warnings == ("a.pdf: 2 ligatures (fi, ff, Th) that its character map has lost were told by their width",)


def test_hebrew_is_read_from_the_right() -> None:
    cmap = "begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <61> <7a> <05d0> endbfrange endcmap"
    font = HELVETICA.replace(" >>", " /ToUnicode 10 0 R >>")
    drawn = put(60, 700, "dcba hgfe")  # as it looks: the first letter stands at the right
    parsed = parse(pdf([drawn], font=font, more=[f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream"]), "a.pdf")
    assert parsed.text == "\u05d4\u05d5\u05d6\u05d7 \u05d0\u05d1\u05d2\u05d3\n"


def test_values_of_form_fields_stand_in_their_places() -> None:
    label, after = put(60, 700, "Statement of the witness:"), put(60, 600, "Signed at the quay.")
    field = "/FT /Tx /V (I saw the mate tie the rail.) /Rect [60 660 400 690]"
    assert parse(pdf([label + after], field), "a.pdf").text.split("\n\n") == [
        "Statement of the witness:",
        "I saw the mate tie the rail.",
        "Signed at the quay.\n",
    ]


HIDDEN = {
    "invisible": put(60, 650, "The court was bribed.", before="3 Tr"),
    "white on white": put(60, 650, "The court was bribed.", before="1 1 1 rg"),
    "too small to see": put(60, 650, "The court was bribed.", 0.4),
    "outside the page": put(60, 950, "The court was bribed."),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_text_nobody_can_see_is_left_out_and_said(how: str) -> None:
    parsed = parse(pdf([put(60, 700, "The court sat in the spring.") + HIDDEN[how]]), "a.pdf")
    assert parsed.text == "The court sat in the spring.\n"
    assert parsed.warnings == (f"a.pdf: text that is not visible ({how}) was left out (page 1)",)


def test_white_text_on_a_dark_ground_is_read() -> None:
    ground = "0 0 0.4 rg 50 640 300 30 re f\n"
    parsed = parse(pdf([ground + put(60, 650, "Ships by harbour", before="1 1 1 rg")]), "a.pdf")
    assert parsed == Parsed("Ships by harbour\n", (0,), ())


SCAN = "q 600 0 0 800 0 0 cm /Im1 Do Q\n"


def test_the_invisible_text_of_a_scan_is_read_and_said() -> None:
    parsed = parse(pdf([SCAN + put(60, 650, "The court sat in the spring.", before="3 Tr")]), "a.pdf")
    assert parsed.text == "The court sat in the spring.\n"
    assert parsed.warnings == ("a.pdf: a scan; its text is the invisible layer of an OCR program and may have errors (page 1)",)


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without the extra `ocr`, also where it is installed."""
    monkeypatch.setattr(ocr, "engine", lambda: ocr.UNREAD)


@pytest.mark.usefixtures("no_ocr")
def test_scanned_pages_are_named() -> None:
    parsed = parse(pdf([put(60, 700, "The court sat."), SCAN, SCAN + put(60, 780, "Appendix D"), "", SCAN]), "a.pdf")
    assert parsed.warnings == (
        "a.pdf: a scanned page or picture, not its text; it needs OCR: pip install 'chapter-and-verse[ocr]' (page 2-3, 5)",
        "a.pdf: no text (page 4)",
    )


@pytest.mark.usefixtures("no_ocr")
@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"no such thing", "not a readable PDF"),
        (pdf(["", ""]), "none of its 2 pages holds text"),
        (pdf([SCAN]), r"its page holds no text \(scanned\)"),
        (pdf([put(60, 700, "words")])[:60], "not a readable PDF"),
    ],
)
def test_files_without_text_say_why(raw: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(raw, "a.pdf")


def test_damaged_files_are_read_or_refused() -> None:
    whole = pdf([page(12, FIRST, ["1 Letter."]), page(13, SECOND)], "/FT /Tx /V (value) /Rect [60 660 400 690]")
    damage = random.Random(7)
    outcomes = set()
    for _ in range(150):
        raw = bytearray(whole)
        for _ in range(damage.choice((1, 10, 60))):
            raw[damage.randrange(len(raw))] = damage.randrange(256)
        try:
            parsed = parse(bytes(raw), "a.pdf")
        except InputError:
            outcomes.add("refused")
        else:
            outcomes.add("read")
            assert list(parsed.page_starts) == sorted(parsed.page_starts)
            assert parsed.page_starts[-1] <= len(parsed.text)
    assert outcomes == {"read", "refused"}


def test_text_on_its_side_comes_after_the_page() -> None:
    stamp = "BT /F1 9 Tf 0 1 -1 0 30 300 Tm (Received 4 May) Tj ET\n"
    assert text_of(stamp + "".join(column(60, 700, LEFT))).split("\n\n")[-1] == "Received 4 May\n"


def test_a_turned_page_is_read_like_an_upright_one() -> None:
    lines = [f"BT /F1 11 Tf 0 1 -1 0 {100 + 14 * at} 60 Tm ({line}) Tj ET\n" for at, line in enumerate(LEFT)]
    assert text_of("".join(lines)).split() == " ".join(LEFT).split()
