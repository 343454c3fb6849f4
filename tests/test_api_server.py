"""Programs against the real server process: an official MCP client, a fuzzer driven by the OpenAPI description, and the
examples of docs/api.md; with a token, as on a server that listens to others."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from rag.answer import to_json
from rag.assistant import Assistant
from rag.quotes import check, open_sources
from rag.settings import load

TOKEN = "open sesame"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ROOT = Path(__file__).parent.parent
FILES = {
    "harbour.txt": "The harbour of Zephyria froze in 1911, the harbour master wrote.\nForty ships lay in the ice until March.\n"
    "The council paid 1,200 crowns for an ice breaker.\nIts captain was Ada Lindqvist.\n",
    "lighthouse.md": "# The lighthouse\n\nThe lighthouse of Zephyria was lit in 1893 by its first keeper, Maud Ellery.\n\n"
    "“The lamp has never failed us,” said Ellery.\n\nIts tower is 41 metres high.\n",
    "2025-japan-taiwan-ties-and-the-strait.txt": "\n".join(f"Line {n} of a file that docs/api.md names." for n in range(1, 21)),
    "notes/fishery.txt": "Zephyria and its neighbour negotiated a fisheries agreement in 2013.\nNeither gave up its claim to the reef.\n",
}
QUESTIONS = (
    "When was the lighthouse of Zephyria lit?",
    "How high is the tower of the lighthouse?",
    "When did the harbour of Zephyria freeze?",
    "Who was the captain of the ice breaker?",
    "When was the fisheries agreement negotiated?",
    "How many moons does Jupiter have?",
)
QUOTE = "the lamp has never failed us"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the library answers to each question, asked one after the other."""
    with Assistant.open(load(corpus=corpus, data=tmp_path_factory.mktemp("alone"))) as assistant:
        assistant.sync()
        return {question: untimed(to_json(assistant.ask(question))) for question in QUESTIONS}


@pytest.fixture(scope="module")
def verdict(corpus: Path) -> dict[str, Any]:
    sources = open_sources(corpus, None)
    found = check(sources, QUOTE, "Maud Ellery").to_json()
    sources.close()
    return found


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "timings_ms"}


@pytest.fixture(scope="module")
def address(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("served")
    log = (tmp_path_factory.mktemp("log") / "stderr").open("w+", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "serve", "--port", "0", "--no-open", "--corpus", str(corpus), "--data", str(data)],
        env={**os.environ, "RAG_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        while fetch(found.group(), "/api/status", headers=BEARER)[1]["phase"] != "ready":
            time.sleep(0.2)
        yield found.group()
    finally:
        process.terminate()
        process.wait(10)
        log.seek(0)
        said = log.read()
        log.close()
    assert "Traceback" not in said, said


def fetch(address: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Status and JSON of a GET, or of a POST with a body."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        address + path,
        content,
        {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


# -- who may ask -----------------------------------------------------------------------------------------------------

LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.mark.parametrize(("path", "body"), [("/api/status", None), ("/api/openapi.json", None), ("/mcp", LIST_TOOLS)])
def test_nothing_is_told_without_the_token(address: str, path: str, body: Any) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer guess"},
        {"Cookie": f"chapter-and-verse={TOKEN}"},
    ):
        status, said = fetch(address, path, body, headers)
        assert status == 401
        assert said["error"]["remedy"] == "Send the header Authorization: Bearer TOKEN."
    assert fetch(address, path, body, BEARER)[0] == 200


@pytest.mark.parametrize(("path", "body"), [("/api/ask", {"question": QUESTIONS[0]}), ("/mcp", LIST_TOOLS), ("/api/sync", {})])
def test_another_site_or_name_is_refused_even_with_the_token(address: str, path: str, body: Any) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
        status, said = fetch(address, path, body, {**BEARER, **headers})
        assert status == 403
        assert said["error"]["message"]


def test_refusals_and_answers_carry_the_headers_of_the_page(address: str) -> None:
    for path, headers in (("/api/status", BEARER), ("/api/status", {}), ("/mcp", {}), ("/api/nothing", BEARER)):
        request = urllib.request.Request(address + path, headers=headers)
        try:
            response: Any = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            response = error
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]


# -- MCP -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_official_mcp_client_lists_and_calls_every_tool(
    address: str, alone: dict[str, Any], verdict: dict[str, Any], mode: str
) -> None:
    async def talk() -> None:
        async with (
            httpx2.AsyncClient(headers=BEARER, timeout=60) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
        ):
            assert client.server_info is not None
            assert client.server_info.name == "chapter-and-verse"
            assert "not_in_corpus" in (client.instructions or "")
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert sorted(tools) == ["ask", "check_quote", "search", "show"]
            for tool in tools.values():
                assert tool.title
                assert tool.description
                assert tool.annotations is not None
                assert tool.annotations.read_only_hint is True
                assert tool.annotations.open_world_hint is False
                assert tool.input_schema["additionalProperties"] is False
                assert tool.output_schema is not None
            # The client checks every structured result against the tool's output schema.
            answer = await client.call_tool("ask", {"question": QUESTIONS[0]})
            assert untimed(answer.structured_content) == alone[QUESTIONS[0]]
            assert json.loads(answer.content[0].text) == answer.structured_content  # type: ignore[union-attr]
            quoted = await client.call_tool("check_quote", {"quote": QUOTE, "speaker": "Maud Ellery"})
            assert quoted.structured_content == verdict
            found = await client.call_tool("search", {"query": "fisheries agreement", "top_k": 1})
            (best,) = found.structured_content["passages"]
            place = {"document": best["document"], "start": best["char_start"], "end": best["char_end"]}
            shown = await client.call_tool("show", place)
            assert shown.structured_content["source_text"] == best["source_text"]
            for name, arguments, said in (
                ("ask", {"question": " "}, "The question is empty."),
                ("ask", {}, "question: Field required."),
                ("ask", {"question": "Who?", "why": "because"}, "why: Extra inputs are not permitted."),
                ("show", {"document": "nothing.txt"}, "There is no document 'nothing.txt'."),
                ("check_quote", {"quote": "…"}, "The quote holds no words."),
            ):
                refused = await client.call_tool(name, arguments)
                assert refused.is_error
                assert refused.content[0].text.startswith(said)  # type: ignore[union-attr]
            with pytest.raises(MCPError, match="There is no tool 'delete'"):
                await client.call_tool("delete", {})

    asyncio.run(talk())


def test_no_stream_is_opened_that_nothing_comes_through(address: str) -> None:
    request = urllib.request.Request(f"{address}/mcp", headers={**BEARER, "Accept": "text/event-stream"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert (refused.value.code, refused.value.headers["Allow"]) == (405, "POST")


# -- many at once, and anything at all -------------------------------------------------------------------------------


def test_twenty_at_once_get_what_each_would_get_alone(address: str, alone: dict[str, Any], verdict: dict[str, Any]) -> None:
    def one(number: int) -> None:
        question = QUESTIONS[number % len(QUESTIONS)]
        if number % 3 == 0:
            params = {"name": "ask", "arguments": {"question": question}}
            status, said = fetch(address, "/mcp", {**LIST_TOOLS, "method": "tools/call", "params": params}, BEARER)
            answer = said["result"]["structuredContent"]
        else:
            status, answer = fetch(address, "/api/ask", {"question": question}, BEARER)
        assert (status, untimed(answer)) == (200, alone[question])
        assert fetch(address, "/api/quote", {"quote": QUOTE, "speaker": "Maud Ellery"}, BEARER) == (200, verdict)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(one, range(20)))


def fuzz(address: str, folder: Path, examples: int) -> None:
    command = [
        *(
            sys.executable,
            "-c",
            "from schemathesis.cli import schemathesis; schemathesis()",
            "--config-file",
            str(ROOT / "tests/schemathesis.toml"),
        ),
        *("run", f"{address}/api/openapi.json", "-H", f"Authorization: Bearer {TOKEN}", "--max-examples", str(examples)),
        *("--phases", "examples,coverage,fuzzing", "--no-color", "--seed", "1", "--max-response-time", "60"),
    ]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1500)
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]


def test_a_fuzzer_finds_no_fault(address: str, tmp_path: Path) -> None:
    fuzz(address, tmp_path, 2)


@pytest.mark.slow
@pytest.mark.timeout(1600)
def test_a_fuzzer_finds_no_fault_in_a_long_time(address: str, tmp_path: Path) -> None:
    fuzz(address, tmp_path, 200)


# -- without a server, and as it is written --------------------------------------------------------------------------


def test_the_tools_are_there_on_standard_input_and_output_too(corpus: Path, tmp_path: Path, alone: dict[str, Any]) -> None:
    async def talk() -> None:
        command = ["-m", "rag", "mcp", "--corpus", str(corpus), "--data", str(tmp_path)]
        with (tmp_path / "stderr").open("w", encoding="utf-8") as said:
            server = stdio_client(StdioServerParameters(command=sys.executable, args=command), said)
            async with Client(server) as client:
                assert len((await client.list_tools()).tools) == 4
                answer = await client.call_tool("ask", {"question": QUESTIONS[0]})  # waits until the corpus is indexed
        assert untimed(answer.structured_content) == alone[QUESTIONS[0]]
        assert "Traceback" not in (tmp_path / "stderr").read_text(encoding="utf-8")

    asyncio.run(talk())


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_the_examples_that_are_written_down_work(address: str, tmp_path: Path) -> None:
    examples = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 5
    for example in examples:
        command = example.replace("http://127.0.0.1:7860", address)
        command = command.replace("curl ", f"curl --fail-with-body -H 'Authorization: {BEARER['Authorization']}' ")
        ended = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, (example, ended.stdout, ended.stderr)
        assert '"schema"' in ended.stdout
