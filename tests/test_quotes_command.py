"""The commands `rag quote` and `rag draft`, through typer, on real files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from rag.commands import draft, quote
from rag.errors import InputError

runner = CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    quote.register(made)
    draft.register(made)
    return made


def test_one_quote_as_json(app: typer.Typer, tmp_path: Path) -> None:
    result = runner.invoke(app, ["quote", "grave concern", "--speaker", "Kishi", "--json", "--data", str(tmp_path)])
    assert result.exit_code == 0
    value = json.loads(result.stdout)
    assert value["verdict"] == "exact"
    assert value["claimed_speaker"] == "Kishi"
    assert value["matches"][0]["speaker"] == "Kishi Nobuo"


def test_one_quote_for_people(app: typer.Typer, tmp_path: Path) -> None:
    result = runner.invoke(app, ["quote", "Japan and Taiwan do engage in military cooperation", "--data", str(tmp_path)])
    assert result.exit_code == 0
    assert result.stdout.startswith("ALTERED")
    assert "negation" in result.stdout
    assert "lines 506-507" in result.stdout


def test_batch_keeps_order_and_ids(app: typer.Typer, tmp_path: Path) -> None:
    batch = tmp_path / "quotes.jsonl"
    rows = [
        {"id": "a", "quote": "grave concern"},
        {"id": 2, "quote": "grave concern", "speaker": "Biden"},
        {"quote": "no such words here at all"},
    ]
    batch.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    result = runner.invoke(app, ["quote", "--batch", str(batch), "--json", "--data", str(tmp_path / "d")])
    assert result.exit_code == 0
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(f["id"], f["verdict"]) for f in found] == [("a", "exact"), (2, "misattributed"), (None, "not_found")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["quote", ""],
        ["quote", "…"],
        ["quote"],
        ["quote", "words", "--batch", "-"],
        ["quote", "words", "--document", "nowhere.txt"],
        ["quote", "words", "--speaker", " "],
        ["quote", "--batch", "nowhere.jsonl"],
        ["draft", "nowhere.md"],
        ["draft", "nowhere.xyz"],
    ],
)
def test_bad_input_is_said(app: typer.Typer, tmp_path: Path, arguments: list[str]) -> None:
    result = runner.invoke(app, [*arguments, "--data", str(tmp_path)])
    assert isinstance(result.exception, InputError)
    assert result.exception.exit_status == 2
    assert result.stdout == ""


ARTICLE = """# Tokyo and Taipei

The defence minister, Nobuo Kishi, expressed “grave concern” about Hong Kong.

“A Taiwan contingency is a Japan contingency,” said Sanae Takaichi. Don't forget that it's so.

The study says "Japan and Taiwan do engage in military cooperation".

> Taipei needs Tokyo. Tokyo needs Taipei.

Nobody ever said “the harbour lamps were a total fabrication”.
"""


def test_draft_lists_the_worst_first(app: typer.Typer, tmp_path: Path) -> None:
    file, page = tmp_path / "article.md", tmp_path / "out.html"
    file.write_text(ARTICLE, encoding="utf-8")
    result = runner.invoke(app, ["draft", str(file), "--json", "--html", str(page), "--data", str(tmp_path / "d")])
    assert result.exit_code == 0, result.exception
    found = json.loads(result.stdout)["quotations"]
    assert [q["result"]["verdict"] for q in found] == ["misattributed", "altered", "not_found", "exact", "exact"]
    for quotation in found:
        assert ARTICLE[quotation["char_start"] : quotation["char_end"]] == quotation["quote"] or quotation["quote"].startswith(
            "Taipei"
        )
    assert found[0]["speaker"] == "Sanae Takaichi"
    marked = page.read_text(encoding="utf-8")
    assert marked.count("<mark") == 5
    assert "<script" not in marked


def test_draft_from_docx_and_html(app: typer.Typer, tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    for paragraph in ARTICLE.split("\n\n"):
        document.add_paragraph(paragraph)
    document.save(str(tmp_path / "article.docx"))
    (tmp_path / "article.html").write_text(
        "<html><body><article>" + "".join(f"<p>{p}</p>" for p in ARTICLE.split("\n\n")) + "</article></body></html>",
        encoding="utf-8",
    )
    for name in ("article.docx", "article.html"):
        result = runner.invoke(app, ["draft", str(tmp_path / name), "--json", "--data", str(tmp_path / "d")])
        assert result.exit_code == 0, result.exception
        verdicts = [q["result"]["verdict"] for q in json.loads(result.stdout)["quotations"]]
        assert verdicts[:3] == ["misattributed", "altered", "not_found"]


def test_a_draft_can_hold_markup(app: typer.Typer, tmp_path: Path) -> None:
    file, page = tmp_path / "a.txt", tmp_path / "a.html"
    file.write_text("He wrote “<script>alert(1)</script> and more” & left.", encoding="utf-8")
    result = runner.invoke(app, ["draft", str(file), "--html", str(page), "--data", str(tmp_path / "d")])
    assert result.exit_code == 0
    assert "<script>" not in page.read_text(encoding="utf-8")


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys, typer\n"
        "from rag.commands import quote, draft\n"
        "light = {m.split('.')[0] for m in sys.modules}\n"
        "assert not light & {'rapidfuzz', 'sqlite3', 'pydantic'}, light\n"
        "from rag.quotes import check, open_sources\n"
        "from rag.corpus import bundled\n"
        "assert check(open_sources(bundled(), None), 'grave concern', 'Kishi').verdict == 'exact'\n"
        "heavy = {m.split('.')[0] for m in sys.modules} & {'torch', 'chromadb', 'llama_index', 'sentence_transformers', 'onnxruntime',"
        " 'transformers', 'gradio', 'numpy'}\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


INTERRUPTED = """The minister was blunt. “Japan and Taiwan do not,” he said, “engage in military cooperation.” So much for that.

His book “The Lamps of the Harbour” (2019) sold well, and his essay “Nets and Tides” less so. He said the lamps were “a harbour of the mind”.
"""


def test_a_draft_joins_what_the_speaker_interrupts_and_tells_titles(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(INTERRUPTED, encoding="utf-8")
    result = runner.invoke(app, ["draft", str(file), "--json", "--data", str(tmp_path / "d")])
    assert result.exit_code == 0, result.exception
    found = {q["quote"]: q for q in json.loads(result.stdout)["quotations"]}
    whole = found.pop("Japan and Taiwan do not engage in military cooperation.")
    assert whole["result"]["verdict"] == "normalized"  # a line ends in it
    assert INTERRUPTED[whole["char_start"] : whole["char_end"]].startswith("“Japan")
    assert INTERRUPTED[whole["char_start"] : whole["char_end"]].endswith("cooperation.”")
    notes = {quote.strip("“”"): q["note"] for quote, q in found.items()}
    assert notes["The Lamps of the Harbour"] == notes["Nets and Tides"] == "looks like a title, not checked as speech"
    assert [note for quote, note in notes.items() if quote.split() == ["a", "harbour", "of", "the", "mind"]] == [None]
    people = runner.invoke(app, ["draft", str(file), "--data", str(tmp_path / "d")]).stdout
    assert people.rstrip().endswith("1 normalized, 1 not found, 2 looking like a title")
