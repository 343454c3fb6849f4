"""Fixtures: real files, the real model, real Chroma; and a guard that fails a test that leaves the machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.update(
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    GRADIO_ANALYTICS_ENABLED="False",
    ANONYMIZED_TELEMETRY="False",
    TOKENIZERS_PARALLELISM="false",
)
for _name in [name for name in os.environ if name.startswith("RAG_")]:
    del os.environ[_name]

_LOCAL = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "", None}


def _is_local(host: Any) -> bool:
    host = host.decode() if isinstance(host, bytes) else host
    if host in _LOCAL:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Any look-up of, or connection to, another machine is an error in the test that made it."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local(host):
            raise AssertionError(f"a test looked up {host!r}: nothing may leave this machine")
        return look_up(host, *args, **kwargs)

    def guarded_connect(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise AssertionError(f"a test connected to {address!r}: nothing may leave this machine")
        return connect(self, address)

    socket.getaddrinfo = guarded_look_up  # type: ignore[assignment]
    socket.socket.connect = guarded_connect  # type: ignore[method-assign,assignment]
    yield
    socket.getaddrinfo, socket.socket.connect = look_up, connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def bundled_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the bundled corpus is indexed; tests only read it."""
    from rag.assistant import Assistant
    from rag.settings import load

    folder = tmp_path_factory.mktemp("bundled")
    with Assistant.open(load(data=folder)) as assistant:
        assistant.sync()
    return folder


@pytest.fixture(scope="session")
def bundled(bundled_data: Path) -> Iterator[Any]:
    """An assistant over the bundled corpus."""
    from rag.assistant import Assistant
    from rag.settings import load

    with Assistant.open(load(data=bundled_data)) as assistant:
        yield assistant


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[..., Path]:
    """Write files into a corpus folder and return the folder."""

    def make(files: dict[str, str | bytes], name: str = "corpus") -> Path:
        folder = tmp_path / name
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return make


@pytest.fixture(scope="module")
def servers() -> Iterator[Any]:
    """Server processes of a module's tests, ended with it."""
    from browsing import Servers

    started = Servers()
    yield started
    started.end()


@pytest.fixture(scope="session")
def address(bundled_data: Path) -> Iterator[str]:
    """The page over the bundled corpus."""
    from browsing import Servers

    started = Servers()
    yield started.start("--data", str(bundled_data))
    started.end()


@pytest.fixture(scope="module")
def world(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Starts a server over a corpus of given files; gives the address."""
    from browsing import written

    def start(files: dict[str, str | bytes], *options: str) -> str:
        corpus = written(tmp_path_factory.mktemp("corpus"), files)
        return str(servers.start("--corpus", str(corpus), "--data", str(tmp_path_factory.mktemp("data")), *options))

    return start


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium. One a module: its event loop must not run while other tests want theirs."""
    from browsing import open_browser

    yield from open_browser()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens the page in the browser."""
    from browsing import visits

    yield from visits(browser)
