"""The command, as other programs and people use it: a real process, its output, its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from export_world import answer, corpus

from rag.commands.ask import show
from rag.types import Claim

QUESTION = "When did a Japanese destroyer first sail through the Taiwan Strait?"


def rag(*args: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag", *args],
        capture_output=True,
        text=True,
        input=stdin,
        env={**os.environ, **environment},
        timeout=120,
    )


def test_help_and_version() -> None:
    result = rag("--help")
    assert result.returncode == 0
    for command in ("ask", "quote", "draft", "search", "show", "sync", "serve", "eval", "doctor"):
        assert f"  {command} " in result.stdout
    assert rag("--version").stdout.startswith("chapter-and-verse ")


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_starting_loads_nothing_heavy(command: str) -> None:
    script = (
        "import sys; sys.argv = ['rag', sys.argv[1]]\n"
        "from rag.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'llama_index', 'chromadb', 'torch', 'gradio', 'transformers', 'onnxruntime', 'numpy', 'pydantic'} & {m.split('.')[0] for m in sys.modules}\n"
        "sys.exit(f'loaded {sorted(heavy)}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", script, command], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_asking_loads_no_torch(bundled_data: Path) -> None:
    script = (
        "import sys; sys.argv = ['rag', *sys.argv[1:]]\n"
        "from rag.cli import main\n"
        "main_error = None\n"
        "try: main()\n"
        "except SystemExit as stop: main_error = stop.code\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio'} & {m.split('.')[0] for m in sys.modules}\n"
        "sys.exit(f'loaded {sorted(heavy)}' if heavy else main_error or 0)"
    )
    command = [sys.executable, "-c", script, "ask", QUESTION, "--json", "--data", str(bundled_data)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["question"] == QUESTION


@pytest.mark.weights
def test_ask_for_people(bundled_data: Path) -> None:
    result = rag("ask", QUESTION, "--data", str(bundled_data))
    assert result.returncode == 0
    assert "Sept. 25, 2024" in result.stdout
    assert "documents/2025-japan-taiwan-ties-and-the-strait.txt, line 14, characters 3012-3213" in result.stdout
    assert "Mode: extractive" in result.stdout


def test_the_answer_in_one_line_comes_first_and_the_words_that_answer_are_bold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = replace(answer(corpus(tmp_path)), status="partial", message="It comes near.", missing=("who built it",))
    claims = (*given.claims, Claim("It … opened", (1,), "elided"))
    show(replace(given, claims=claims))
    plain = capsys.readouterr().out
    assert plain.startswith(
        "Check this. It comes near. Still open: “who built it”.\n\nforty (1970-05); thirty-eight (undated) [2][3]\n\nThe old"
    )
    assert "\n\nIt … opened (words left out) [1]\n\nThe documents differ on the number of ships:\n  1970-05, B. Writer" in plain
    assert not [line for line in plain.splitlines() if line != line.rstrip()]
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    show(given)
    said = capsys.readouterr().out
    for bold in ("Check this.", "forty (1970-05); thirty-eight (undated)", "forty", "thirty-eight"):
        assert f"\x1b[1m{bold}\x1b[0m" in said
    assert said.replace("\x1b[1m", "").replace("\x1b[0m", "") == plain.replace("It … opened (words left out) [1]\n\n", "")


def test_what_a_document_holds_does_nothing_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = answer(corpus(tmp_path))
    show(replace(given, claims=(Claim("A \x1b[31mred [bold]word[/bold] :smile:", (1,), "verbatim", ((0, 90),)),)))
    assert "A [U+001B][31mred [bold]word[/bold] :smile: [1]" in capsys.readouterr().out


def test_batch(bundled_data: Path) -> None:
    lines = [
        {"id": "a", "question": QUESTION},
        {"id": 2, "question": "And which ship was it?", "history": [{"question": QUESTION, "answer": "On Sept. 25, 2024."}]},
        {"id": None, "question": "How many moons does Jupiter have?"},
    ]
    result = rag("ask", "--batch", "-", "--json", "--data", str(bundled_data), stdin="\n".join(map(json.dumps, lines)) + "\n\n")
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["a", 2, None]
    assert [a["question"] for a in answers] == [line["question"] for line in lines]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["ask", ""], "The question is empty"),
        (["ask"], "Give a question or --batch"),
        (["ask", "x" * 100_000], "100,000 characters"),
        (["ask", "Why?", "--corpus", "no/such/folder"], "There is no corpus folder"),
        (["ask", "--batch", "no-such-file", "--json"], "cannot be read"),
        (["ask", "Why?", "--top-k", "0"], "top_k"),
        (["search", " "], "The question is empty"),
        (["show", "no-such-document"], "There is no document"),
        (["show", "2025-japan-taiwan-ties-and-the-strait.txt#9999"], "no line 9999"),
        (["show", "2025-japan-taiwan-ties-and-the-strait.txt:9-3"], "no range 9-3"),
    ],
)
def test_bad_input_is_one_clear_line(args: list[str], message: str, bundled_data: Path) -> None:
    result = rag(*args, RAG_DATA=str(bundled_data))
    assert result.returncode == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_unknown_options_are_bad_usage() -> None:
    assert rag("ask", "--no-such-option").returncode == 2
    assert rag("no-such-command").returncode == 2


def test_bad_batch_lines_name_their_place(tmp_path: Path, bundled_data: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"question": "Why?"}\n{"question": 3}\n')
    result = rag("ask", "--batch", str(tmp_path / "b.jsonl"), "--json", "--data", str(bundled_data))
    assert result.returncode == 2
    assert "line 2" in result.stderr
    assert "line 2" in json.loads(result.stdout.splitlines()[1])["error"]


def test_one_bad_request_does_not_stop_the_others(bundled_data: Path) -> None:
    lines = [{"id": 1, "question": " "}, {"id": 2, "question": QUESTION, "history": ["?"]}, {"id": 3, "question": QUESTION}]
    result = rag("ask", "--batch", "-", "--json", "--data", str(bundled_data), stdin="\n".join(map(json.dumps, lines)))
    assert result.returncode == 2
    bad, worse, good = map(json.loads, result.stdout.splitlines())
    assert bad == {"id": 1, "error": "The question is empty.", "next_step": "Ask something in words."}
    assert (worse["id"], "history" in worse["error"]) == (2, True)
    assert (good["id"], good["question"]) == (3, QUESTION)
    assert "request 2" in result.stderr


def test_one_bad_quotation_does_not_stop_the_others(tmp_path: Path) -> None:
    lines = ['{"id": 1, "quote": "…"}', "{", '{"id": 3, "quote": "x", "speaker": 5}', '{"id": 4, "quote": "grave concern"}']
    result = rag("quote", "--batch", "-", "--json", "--data", str(tmp_path), stdin="\n".join(lines))
    assert result.returncode == 2
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["id"] for one in found] == [1, None, 3, 4]
    assert [one["error"].split(" ")[0] for one in found[:3]] == ["The", "-,", "`speaker`"]
    assert all(one["next_step"] for one in found[:3])
    assert found[3]["verdict"] == "exact"


def test_search_and_show(bundled_data: Path) -> None:
    found = json.loads(rag("search", "Han Kuang exercises", "--json", "--top-k", "3", "--data", str(bundled_data)).stdout)
    assert len(found["passages"]) == 3
    first = found["passages"][0]
    place = f"{first['document']}:{first['char_start']}-{first['char_end']}"
    shown = json.loads(rag("show", place, "--json").stdout)
    assert shown["source_text"] == first["source_text"]
    assert "⟦" in rag("show", place).stdout
    listed = json.loads(rag("show", "--json").stdout)["documents"]
    assert len(listed) == 5
    assert all(d["inferred"] for d in listed)


def test_sync_and_doctor(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("The harbour of Norby was opened in 1921.")
    (tmp_path / "corpus" / "bad.txt").write_bytes(b"\0\xff")
    places = ["--corpus", str(tmp_path / "corpus"), "--data", str(tmp_path / "data")]
    result = rag("sync", "--json", *places)
    assert result.returncode == 0
    assert json.loads(result.stdout)["added"] == ["a.txt"]
    assert "warning: bad.txt: not UTF-8" in result.stderr
    assert "1921" in rag("search", "When was the harbour of Norby opened?", *places).stdout
    report = json.loads(rag("doctor", "--json", *places).stdout)
    assert report["ok"]
    assert any("bad.txt" in finding["message"] for finding in report["findings"])


def test_an_index_of_another_model_says_what_to_do(bundled_data: Path) -> None:
    result = rag("ask", QUESTION, "--data", str(bundled_data), RAG_EMBEDDING_MODEL="some/other-model")
    assert result.returncode == 1
    assert "rag sync --rebuild" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_closed_pipe_is_no_traceback(bundled_data: Path) -> None:
    command = f"{sys.executable} -m rag show 2021-study-us-japan-cooperation-with-taiwan.txt | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in result.stderr
