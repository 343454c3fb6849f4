"""Who may ask the server and what it says to browsers; and how `rag serve` begins, refuses and ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from rag.errors import InputError, RagError
from ui import server
from ui.server import Guard
from ui.sockets import is_local, listen

HERE = "http://127.0.0.1:7860"
RAG = [sys.executable, "-c", "from rag.cli import main; main()"]


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the page behind the guard."""
    assert Request(scope, receive).method in ("GET", "POST")
    await PlainTextResponse("the page")(scope, receive, send)


def client(token: str | None = None, *, local: bool = True) -> TestClient:
    return TestClient(Guard(page, local=local, token=token), base_url=HERE)


def test_every_response_says_what_a_browser_may_not_do() -> None:
    for response in (client().get("/"), client("secret").get("/"), client().get("/", headers={"Host": "evil.example"})):
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_only_this_machine_is_served_by_its_own_names() -> None:
    assert client().get("/").text == "the page"
    assert client().get("/", headers={"Host": "localhost:7860"}).status_code == 200
    assert client().get("/", headers={"Host": "evil.example:7860"}).status_code == 403
    assert client("secret", local=False).get("/", headers={"Host": "desk.example"}).status_code == 401


@pytest.mark.parametrize("host", ["[", "[::1", "127.0.0.1:7860/token", "", "127.0.0.1?"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    for local in (True, False):
        assert client("secret", local=local).get("/", headers={"Host": host}).status_code == 400


def test_programs_are_refused_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PAUSE", 0.0)
    for path in ("/api", "/api/ask", "/mcp", "/mcp/x"):
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer wrong"}, 401),
            ({"Authorization": "Bearer"}, 401),
            ({"Host": "evil.example"}, 403),
            ({"Origin": "http://evil.example"}, 403),
            ({"Host": "["}, 400),
        ):
            refused = client("secret").get(path, headers=headers)
            assert refused.status_code == status
            assert refused.json()["error"]["message"]
            assert ("www-authenticate" in refused.headers) == (status == 401)
    assert "<form" in client("secret").get("/apiary").text


@pytest.mark.parametrize("token", ["open sesame", "Сезам, откройся"])
def test_a_token_of_any_letters_is_known_in_the_header(token: str) -> None:
    for scheme in ("Bearer", "bearer"):
        headers = [(b"authorization", f"{scheme} {token}".encode())]
        assert client(token).get("/", headers=headers).text == "the page"


def test_nobody_without_the_token_fills_memory_or_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PAUSE", 0.0)
    assert client("secret").post("/token", data={"token": "secret" + "x" * 100_000}).status_code == 401
    assert client("secret").post("/token", files={"token": b"x" * 100_000}).status_code == 401
    assert client("secret").post("/token", content=b"\xff", headers={"Content-Type": "multipart/form-data"}).status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://[", "127.0.0.1:7860", ""])
def test_another_sites_page_may_not_ask(origin: str) -> None:
    assert client().post("/gradio_api/queue/join", headers={"Origin": origin}).status_code == 403
    assert client().post("/gradio_api/queue/join", headers={"Origin": HERE}).status_code == 200


def test_a_token_opens_the_page_by_form_or_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PAUSE", 0.0)
    browser = client("open sesame")
    assert browser.get("/").status_code == 401
    assert browser.get("/config").status_code == 401
    assert "the page" not in browser.get("/").text
    assert "That is not the token" in browser.post("/token", data={"token": "wrong"}).text
    assert browser.get("/").status_code == 401
    assert browser.post("/token", data={"token": "open sesame"}, headers={"Origin": HERE}).text == "the page"
    assert browser.get("/").text == "the page"
    assert "open sesame" not in str(browser.cookies)
    program = client("open sesame")
    assert program.get("/", headers={"Authorization": "Bearer open sesame"}).text == "the page"
    assert program.get("/", headers={"Authorization": "Bearer open"}).status_code == 401
    assert program.get("/", headers={"Cookie": "chapter-and-verse=open sesame"}).status_code == 401


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("", False),
        ("localhost.evil.example", False),
        ("::", False),
    ],
)
def test_which_hosts_are_this_machine(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_a_taken_port_and_an_unknown_address_are_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RagError, match=rf"Port {port} of 127.0.0.1 cannot be used: .* --port") as raised:
            listen("127.0.0.1", port)
        assert raised.value.exit_status == 1

    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(InputError, match="There is no address"):
        listen("nowhere.example", 0)


def serve(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RAG, "serve", "--no-open", *options], capture_output=True, text=True, timeout=60)


def test_listening_to_others_without_a_token_is_refused() -> None:
    ended = serve("--host", "0.0.0.0")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert (
        ended.stderr == "rag: Everyone who reaches 0.0.0.0 could read the documents. Set RAG_TOKEN, or listen on 127.0.0.1.\n"
    )


def test_a_corpus_that_is_not_there_is_said_before_anything_is_served(tmp_path: Path) -> None:
    ended = serve("--corpus", str(tmp_path / "nowhere"), "--data", str(tmp_path / "data"))
    assert ended.returncode == 2
    assert ended.stderr.startswith("rag: There is no corpus folder")
    assert ended.stderr.count("\n") == 1


def test_an_index_that_cannot_be_used_ends_the_server_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    ended = serve("--port", "0", "--data", str(tmp_path / "data"))
    assert ended.returncode == 1
    assert ended.stderr.startswith("rag: The data folder")
    assert ended.stderr.count("\n") == 1


def test_the_server_is_up_before_the_index_and_ctrl_c_ends_it_cleanly(make_corpus: Callable[..., Path], tmp_path: Path) -> None:
    corpus = make_corpus({"a.txt": "The lighthouse of Zephyria was lit in 1893 by its first keeper, Maud Ellery.\n" * 3})
    process = subprocess.Popen(
        [*RAG, "serve", "--no-open", "--port", "0", "--corpus", str(corpus), "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Chapter & Verse is at http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert said.splitlines()[-1] == "Ended."
    assert "Traceback" not in said
