"""Twenty people at once: `python bench/serve.py`. Prints a table for bench/README.md.

Starts `rag serve` on the bundled corpus and lets clients ask it, first one after the other, then all at the same moment.
Every answer that came among others is compared with the one that came alone: a race would show as a difference.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent.parent / "eval" / "cases" / "questions.jsonl"
ROUNDS = 3


def send(address: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    """Status and JSON of a POST."""
    request = urllib.request.Request(
        address + path,
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"},
    )
    try:
        with urllib.request.urlopen(request, timeout=300) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def ask(address: str, question: str) -> tuple[int, Any]:
    status, answer = send(address, "/api/ask", {"question": question})
    answer.pop("timings_ms", None)
    return status, answer


def ask_mcp(address: str, question: str) -> tuple[int, Any]:
    call = {"name": "ask", "arguments": {"question": question}}
    status, reply = send(address, "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    answer = reply["result"]["structuredContent"] if status == 200 and not reply["result"].get("isError") else reply
    answer.pop("timings_ms", None)
    return status, answer


def quote(address: str, words: str) -> tuple[int, Any]:
    return send(address, "/api/quote", {"quote": words})


def one_by_one(call: Callable[[str, str], tuple[int, Any]], address: str, texts: list[str]) -> tuple[list[float], list[Any]]:
    """Seconds and results of calls that wait for each other."""
    seconds, results = [], []
    for text in texts:
        started = time.perf_counter()
        results.append(call(address, text))
        seconds.append(time.perf_counter() - started)
    return seconds, results


def at_once(
    call: Callable[[str, str], tuple[int, Any]], address: str, texts: list[str]
) -> tuple[list[float], list[Any], float]:
    """Seconds and results of calls that begin together, and the seconds until the last is done."""
    together = threading.Barrier(len(texts))

    def one(text: str) -> tuple[float, Any]:
        together.wait()
        started = time.perf_counter()
        result = call(address, text)
        return time.perf_counter() - started, result

    with ThreadPoolExecutor(len(texts)) as pool:
        started = time.perf_counter()
        done = list(pool.map(one, texts))
        return [seconds for seconds, _ in done], [result for _, result in done], time.perf_counter() - started


def row(what: str, seconds: list[float], results: list[Any], alone: list[Any], last: float) -> str:
    errors = sum(status != 200 for status, _ in results)
    different = sum(result != expected for result, expected in zip(results, alone, strict=True))
    return f"| {what} | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s | {last:.2f} s | {errors} | {different} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--data", help="a data folder to use again; a new one unless set")
    options = parser.parse_args()
    lines = CASES.read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines[:: max(1, len(lines) // options.clients)][: options.clients]]
    questions = [case["question"] for case in cases]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "rag", "serve", "--port", "0", "--no-open", "--data", options.data or folder]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            found = re.search(r"http://[\w.:\[\]]+", server.stdout.readline())
            assert found, "the server did not start"
            address = found.group()
            while True:
                with urllib.request.urlopen(f"{address}/api/status") as response:
                    if json.load(response)["phase"] == "ready":
                        break
                time.sleep(0.5)
            time.sleep(5)  # the suggested questions are looked for
            measure(address, questions)
        finally:
            server.terminate()
            server.wait(30)


def measure(address: str, questions: list[str]) -> None:
    """Print the table."""
    print("| what | median | worst | until the last was done | errors | answers unlike the one alone |")
    print("| --- | --- | --- | --- | --- | --- |")
    _, alone = one_by_one(ask, address, questions)
    quotes = [answer["citations"][0]["reading_text"] if answer["citations"] else question
              for (_, answer), question in zip(alone, questions, strict=True)]  # fmt: skip
    calls = (("POST /api/ask", ask, questions), ("MCP tool ask", ask_mcp, questions), ("POST /api/quote", quote, quotes))
    for name, call, texts in calls:
        seconds, alone = one_by_one(call, address, texts)
        print(row(f"{name}, {len(texts)} one after the other", seconds, alone, alone, sum(seconds)))
        for _ in range(ROUNDS):
            seconds, results, last = at_once(call, address, texts)
            print(row(f"{name}, {len(texts)} at once", seconds, results, alone, last), flush=True)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
