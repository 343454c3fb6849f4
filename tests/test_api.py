"""The HTTP API, route by route: what it answers is what the library says, and what it refuses it refuses in one form."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import docx
import pytest
from export_world import answer, corpus, refusal
from pydantic import ValidationError
from starlette.testclient import TestClient

from rag.answer import to_json
from rag.assistant import Assistant
from rag.errors import CorpusError, ModelError, RagError, StoreError
from rag.quotes import check, open_sources
from rag.settings import load
from rag.types import Answer, CitedClaim, Claim, Exchange, Scope
from ui.api import results
from ui.api.http import http_api
from ui.api.models import LARGEST_UPLOAD, LONGEST_ARTICLE
from ui.api.problems import Busy
from ui.api.workers import Workers
from ui.desk import Desk
from ui.opening import desk_for

FISHERIES = "When did Japan and Taiwan negotiate a fisheries agreement?"
FILE_2025 = "2025-japan-taiwan-ties-and-the-strait.txt"
INTERESTS = "peace and stability across the Taiwan Strait are critical interests"


@pytest.fixture(scope="module")
def desk(bundled_data: Path) -> Iterator[Desk]:
    settings = load(data=bundled_data)
    opened = Desk(lambda progress: Assistant.open(settings), lambda: open_sources(settings.corpus, settings.data))
    opened.start()
    assert opened.wait(60)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def api(desk: Desk) -> TestClient:
    return client(desk)


def client(desk: Any) -> TestClient:
    return TestClient(http_api(desk, token=False), raise_server_exceptions=False)


def problem(response: Any, status: int) -> dict[str, Any]:
    """The error of a response, which has this status and the one form that errors have."""
    assert response.status_code == status, response.text
    return results.ProblemResult.model_validate(response.json()).error.model_dump()


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "timings_ms"}


# -- asking ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_the_librarys_own_json(api: TestClient, bundled: Assistant) -> None:
    response = api.post("/ask", json={"question": FISHERIES, "top_k": 3})
    assert response.status_code == 200
    assert untimed(response.json()) == untimed(to_json(bundled.ask(FISHERIES, top_k=3)))
    assert len(response.json()["passages"]) == 3
    results.Answer.model_validate(response.json())


def test_every_field_of_an_answer_is_described(tmp_path: Path) -> None:
    """One answer with everything in it, another with nothing; what is described is what is written, and nothing else is."""
    whole = answer(corpus(tmp_path))
    trimmed = Claim("The old harbour … opened", (1,), "elided", ((0, 3),))
    whole = replace(whole, status="partial", missing=("who built it",), claims=(*whole.claims, trimmed), scope=("harbour.txt",))
    for given in (whole, refusal(tmp_path)):
        written = to_json(given, "an id")
        described = results.Answer.model_validate(written).model_dump(by_alias=True, exclude_unset=True)
        assert described == written
    schema = results.Answer.model_json_schema()
    assert {"key", "missing"} <= set(schema["required"])
    assert schema["$defs"]["Claim"]["properties"]["support"]["enum"] == ["verbatim", "elided", "verified"]
    for broken in ({"words": [[1]]}, {"words": [[1, 2, 3]]}, {"words": [[-1, 2]]}, {"support": "guessed"}, {"citations": []}):
        with pytest.raises(ValidationError):
            results.Claim.model_validate({**to_json(whole)["claims"][0], **broken})


def test_answer_and_events_carry_key_words_and_what_is_missing(tmp_path: Path) -> None:
    given = replace(answer(corpus(tmp_path)), status="partial", missing=("who built it",))
    api = client(failing(RagError("not used"), (*cited_claims(given), given)))
    *said, (last, data) = events(api.post("/ask/stream", json={"question": "How many?"}).text)[:4]
    assert (last, data) == ("answer", to_json(given))
    assert [event["claim"]["words"] for _, event in said] == [[], [[24, 29]], [[24, 36]]]
    assert data["key"] == {"text": "forty (1970-05); thirty-eight (undated)", "citations": [2, 3], "support": "verbatim"}
    for _, event in said:
        results.ClaimEvent.model_validate(event)


def test_as_many_are_answered_at_once_as_the_desk_says() -> None:
    """Where a language model's server is waited for, more than two: in the API and the MCP server as on the page."""
    for settings, wanted in ((load(), 2), (load(llm_base_url="http://127.0.0.1:9/v1", llm_model="m"), 8)):
        desk, together = desk_for(settings), threading.Barrier(wanted)
        assert desk.at_once == wanted

        def ask(*args: Any, together: threading.Barrier = together) -> Any:
            together.wait(10)
            raise RagError("seen")

        desk._assistant = SimpleNamespace(ask=ask)  # type: ignore[assignment]
        api = client(desk)
        with ThreadPoolExecutor(wanted) as pool:
            asked = [pool.submit(api.post, "/ask", json={"question": "Who?"}) for _ in range(wanted)]
            assert {problem(one.result(), 500)["message"] for one in asked} == {"seen"}


def test_the_conversation_and_the_chosen_documents_count(api: TestClient, bundled: Assistant) -> None:
    history = [{"question": "Who is Nobuo Kishi?", "answer": "The defense minister."}]
    follow_up = api.post("/ask", json={"question": "What did he say about Hong Kong?", "history": history}).json()
    assert "Kishi" in (follow_up["standalone_question"] or "")
    expected = bundled.ask("What did he say about Hong Kong?", [Exchange("Who is Nobuo Kishi?", "The defense minister.")])
    assert untimed(follow_up) == untimed(to_json(expected))
    scoped = api.post("/ask", json={"question": FISHERIES, "documents": [FILE_2025]}).json()
    assert scoped["scope"] == [f"documents/{FILE_2025}"]
    assert untimed(scoped) == untimed(to_json(bundled.ask(FISHERIES, scope=Scope(documents=(FILE_2025,)))))
    results.Answer.model_validate(scoped)
    assert "nobody" in problem(api.post("/ask", json={"question": FISHERIES, "authors": ["nobody"]}), 422)["message"]


def test_what_is_not_in_the_documents_is_an_answer_too(tmp_path: Path) -> None:
    nothing = refusal(corpus(tmp_path))
    response = client(answering(nothing)).post("/ask", json={"question": "How many moons does Jupiter have?"})
    assert (response.status_code, response.json()) == (200, to_json(nothing))


def events(text: str) -> list[tuple[str, Any]]:
    """Names and data of server-sent events."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block.strip()]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def test_claims_come_one_by_one_and_the_answer_last(api: TestClient) -> None:
    question = {"question": "What did the March 2021 joint statement say about Taiwan?"}
    response = api.post("/ask/stream", json=question)
    assert response.headers["content-type"].startswith("text/event-stream")
    *claims, (last, answer) = events(response.text)
    assert last == "answer"
    assert [name for name, _ in claims] == ["claim"] * len(answer["claims"])
    assert [data["claim"] for _, data in claims] == answer["claims"]
    for _, data in claims:
        assert [c["number"] for c in data["citations"]] == data["claim"]["citations"]
        results.ClaimEvent.model_validate(data)
    assert untimed(answer) == untimed(api.post("/ask", json=question).json())


def test_what_cannot_be_asked_is_refused_before_a_stream_begins(api: TestClient) -> None:
    assert problem(api.post("/ask/stream", json={"question": " ?"}), 422)["message"] == "The question is empty."


def failing(error: Exception, before: tuple[Any, ...] = ()) -> Desk:
    """A desk whose assistant fails."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    def stream(*args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from before
        raise error

    desk = Desk(lambda progress: fail(), fail)
    state = SimpleNamespace(documents=5)
    assistant = SimpleNamespace(ask=fail, search=fail, sync=fail, status=fail, stream=stream, state=state)
    desk._assistant = assistant  # type: ignore[assignment]
    return desk


def answering(given: Answer) -> Desk:
    """A desk whose assistant gives this answer to everything."""
    desk = failing(RagError("not used"), tuple(cited_claims(given)))
    desk._assistant.ask = lambda *args: given  # type: ignore[union-attr, method-assign, assignment]
    return desk


def cited_claims(given: Answer) -> list[CitedClaim]:
    return [CitedClaim(claim, tuple(given.citations[n - 1] for n in claim.citations)) for claim in given.claims]


def test_a_stream_that_fails_on_the_way_says_so(tmp_path: Path) -> None:
    claim = cited_claims(answer(corpus(tmp_path)))[0]
    desk = failing(StoreError("The index /srv/someone/index is damaged.", "Run: rag sync --rebuild."), (claim,))
    (first, _), (last, data) = events(client(desk).post("/ask/stream", json={"question": FISHERIES}).text)
    assert (first, last) == ("claim", "error")
    assert "someone" not in json.dumps(data)
    results.ProblemResult.model_validate(data)


def test_closing_a_stream_ends_the_work_behind_it(tmp_path: Path) -> None:
    claim = cited_claims(answer(corpus(tmp_path)))[0]
    go_on, closed = threading.Event(), threading.Event()

    def stream(*args: Any) -> Iterator[CitedClaim]:
        try:
            while True:
                yield claim
                go_on.wait(5)
        finally:
            closed.set()

    desk = failing(RagError("not used"))
    desk._assistant.stream = stream  # type: ignore[union-attr, method-assign, assignment]
    reading = desk.stream(FISHERIES)
    assert next(reading) == claim
    reading.close()  # type: ignore[attr-defined]
    go_on.set()
    assert closed.wait(5)
    with desk._turns.alone():  # its turn was given back
        pass


# -- quotations ------------------------------------------------------------------------------------------------------


def test_a_verdict_is_the_librarys_own_json(api: TestClient, desk: Desk) -> None:
    request = {"quote": INTERESTS, "speaker": "Joe Biden", "document": None}
    response = api.post("/quote", json=request)
    assert response.json() == check(desk.sources, INTERESTS, "Joe Biden").to_json()
    results.QuoteVerdict.model_validate(response.json())


@pytest.mark.parametrize(
    "quote",
    [
        "peace and stability across the Taiwan Strait are vital interests of 12 states",
        "there was peace … critical interests",
        "purple elephants rarely file their quarterly taxes in the moonlit canyon",
    ],
)
def test_every_kind_of_verdict_is_described(api: TestClient, quote: str) -> None:
    results.QuoteVerdict.model_validate(api.post("/quote", json={"quote": quote}).json())


def test_several_quotes_come_back_in_order_with_their_ids(api: TestClient, desk: Desk) -> None:
    quotes = [{"id": "b", "quote": INTERESTS}, {"quote": "grave concern", "speaker": "Kishi"}, {"id": 3, "quote": "zzyzx"}]
    found = api.post("/quotes", json={"quotes": quotes}).json()
    results.QuoteVerdicts.model_validate(found)
    assert [result["id"] for result in found["results"]] == ["b", None, 3]
    assert found["results"][0] == {**check(desk.sources, INTERESTS).to_json(), "id": "b"}
    wrong = problem(api.post("/quotes", json={"quotes": [quotes[0], {"quote": "…"}]}), 422)
    assert wrong["message"] == "Quote 2: The quote holds no words."


DRAFT = "The minister spoke of “critical interests” and of “purple elephants in the moonlit canyon”."


def test_a_draft_is_checked_as_text_and_as_a_file(api: TestClient) -> None:
    report = api.post("/draft", json={"text": DRAFT}).json()
    results.DraftReport.model_validate(report)
    assert [q["result"]["verdict"] for q in report["quotations"]] == ["not_found", "exact"]
    first = report["quotations"][1]
    assert DRAFT[first["char_start"] : first["char_end"]] == "“critical interests”"
    opened, buffer = docx.Document(), io.BytesIO()
    opened.add_paragraph(DRAFT)
    opened.save(buffer)
    for name, content in (("my article.TXT", DRAFT.encode()), ("a.docx", buffer.getvalue()), ("../../up.md", DRAFT.encode())):
        uploaded = api.post("/draft/file", files={"file": (name, content)}).json()
        assert uploaded["quotations"] == report["quotations"]
        assert uploaded["draft"] == name


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.exe", b"MZ", "a draft is one of"),
        ("a", b"text", "a draft is one of"),
        ("a.t\0xt", b"text", "a draft is one of"),
        ("a.txt", b"\0\xff", "not UTF-8"),
        ("a.docx", b"no archive", "not a readable DOCX"),
        ("a.txt", b"", "holds no text"),
    ],
)
def test_a_file_that_is_no_article_is_refused(api: TestClient, name: str, content: bytes, message: str) -> None:
    said = problem(api.post("/draft/file", files={"file": (name, content)}), 422)["message"]
    assert message in said
    assert "/" not in said


def test_an_article_beyond_the_limit_is_refused(api: TestClient) -> None:
    assert problem(api.post("/draft", json={"text": "a" * (LONGEST_ARTICLE + 1)}), 422)["where"] == "body.text"
    for size in (LARGEST_UPLOAD + 1, LARGEST_UPLOAD + 200_000):
        problem(api.post("/draft/file", files={"file": ("a.txt", b"a" * size)}), 413)


# -- the corpus ------------------------------------------------------------------------------------------------------


def test_passages_and_places_are_found(api: TestClient, desk: Desk) -> None:
    found = api.post("/search", json={"query": "fisheries agreement", "top_k": 2}).json()
    results.SearchResult.model_validate(found)
    assert len(found["passages"]) == 2
    best = found["passages"][0]
    place = api.get(f"/show/{best['document']}", params={"start": best["char_start"], "end": best["char_end"]}).json()
    results.ShownPlace.model_validate(place)
    assert place == {"schema": 1, **{key: value for key, value in best.items() if key != "score"}}
    doc, _ = desk.document(best["document"])
    assert place["source_text"] == doc.text[best["char_start"] : best["char_end"]]
    line = api.get(f"/show/{FILE_2025}?line=14").json()
    assert (line["line_start"], line["line_end"]) == (14, 14)
    assert api.get(f"/show/{FILE_2025}").json()["source_text"] == desk.document(f"documents/{FILE_2025}")[0].text


def test_the_documents_are_listed(api: TestClient) -> None:
    listed = api.get("/show").json()
    results.Documents.model_validate(listed)
    assert len(listed["documents"]) == 5


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/show/nothing.txt", 404),
        ("/show/", 404),
        ("/show/..%2f..%2fetc%2fpasswd", 404),
        ("/show/documents/%00", 404),
        (f"/show/{FILE_2025}?line=9999", 422),
        (f"/show/{FILE_2025}?line=0", 422),
        (f"/show/{FILE_2025}?start=5", 422),
        (f"/show/{FILE_2025}?start=5&end=5", 422),
        (f"/show/{FILE_2025}?start=0&end=99999999", 422),
        (f"/show/{FILE_2025}?start=1&end=2&line=3", 422),
        (f"/show/{FILE_2025}?lines=3", 422),
        (f"/show/{FILE_2025}?line=three", 422),
    ],
)
def test_a_place_that_is_not_there(api: TestClient, path: str, status: int) -> None:
    problem(api.get(path), status)


def test_new_files_are_read_on_request(make_corpus: Callable[..., Path], tmp_path: Path) -> None:
    corpus = make_corpus({"a.txt": "The lighthouse of Zephyria was lit in 1893 by its first keeper.\n"})
    settings = load(corpus=corpus, data=tmp_path / "data")

    def opened(progress: Any) -> Assistant:
        assistant = Assistant.open(settings)
        assistant.ensure_synced()
        return assistant

    desk = Desk(opened, lambda: open_sources(settings.corpus, settings.data))
    api = client(desk)
    waiting = api.get("/status").json()
    results.Status.model_validate(waiting)
    assert (waiting["phase"], waiting["index"]) == ("starting", None)
    early = api.post("/ask", json={"question": "When was it lit?"})
    assert problem(early, 503)["message"] == "The assistant is not ready yet."
    assert early.headers["retry-after"]
    assert api.post("/quote", json={"quote": "lighthouse of Zephyria"}).json()["verdict"] == "exact"
    desk.start()
    assert desk.wait(60)
    try:
        (corpus / "b.txt").write_text("The harbour of Zephyria froze in 1911, said the harbour master.\n", encoding="utf-8")
        synced = api.post("/sync").json()
        results.SyncResult.model_validate(synced)
        assert (synced["added"], synced["documents"]) == (["b.txt"], 2)
        assert api.post("/search", json={"query": "1911"}).json()["passages"][0]["document"] == "b.txt"
        assert api.get("/status").json()["index"]["documents"] == 2
    finally:
        desk.close()


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.question"),
        ({"question": ""}, "body.question"),
        ({"question": 3}, "body.question"),
        ({"question": "x" * 10_001}, "body.question"),
        ({"question": "Who?", "nonsense": 1}, "body.nonsense"),
        ({"question": "Who?", "top_k": 0}, "body.top_k"),
        ({"question": "Who?", "top_k": 1001}, "body.top_k"),
        ({"question": "Who?", "top_k": "3"}, "body.top_k"),
        ({"question": "Who?", "top_k": True}, "body.top_k"),
        ({"question": "Who?", "history": [{"question": "a"}]}, "body.history.0.answer"),
        ({"question": "Who?", "history": [{"question": "a", "answer": "b"}] * 51}, "body.history"),
        ({"question": "Who?", "since": "soon"}, "body.since"),
        ({"question": "Who?", "documents": "a.txt"}, "body.documents"),
        ([], "body"),
    ],
)
def test_a_request_of_the_wrong_form_names_the_field(api: TestClient, body: Any, where: str) -> None:
    assert problem(api.post("/ask", json=body), 422)["where"] == where


@pytest.mark.parametrize("body", [b'{"question": "\\ud800 who"}', b'{"\\ud800": 1, "question": "Who?"}'])
def test_text_that_is_none_is_refused(api: TestClient, body: bytes) -> None:
    problem(api.post("/ask", content=body, headers={"Content-Type": "application/json"}), 422)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"top_k": ' + b"1" * 5000 + b"}", b"NaN,"])
def test_a_body_that_is_no_json_is_refused(api: TestClient, body: bytes) -> None:
    problem(api.post("/ask", content=body, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"]
)
def test_a_body_of_another_kind_is_refused(api: TestClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    for path in ("/ask", "/ask/stream", "/quote", "/search", "/draft"):
        problem(api.post(path, content=b'{"question": "Who?"}', headers=headers), 415)


def test_a_body_that_is_too_large_is_refused(api: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1_000_000

    for path in ("/ask", "/quote"):
        for body in (b" " * 11_000_000, pieces()):  # its length named, or not
            problem(api.post(path, content=body, headers={"Content-Type": "application/json"}), 413)


def test_paths_and_methods_that_are_not_there(api: TestClient) -> None:
    problem(api.get("/nothing"), 404)
    refused = api.get("/ask")
    problem(refused, 405)
    assert refused.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError("The index /srv/someone/data cannot be opened.", "Check it."), 503),
        (CorpusError("There is no corpus folder /srv/someone/corpus."), 503),
        (ModelError(r"C:\Users\someone\model.onnx is missing."), 503),
        (RagError("/srv/someone did it."), 500),
        (ZeroDivisionError("division by someone"), 500),
    ],
)
def test_what_is_wrong_here_is_told_without_what_is_whose(
    error: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    api = client(failing(error))
    for response in (api.post("/ask", json={"question": "Who?"}), api.post("/sync"), api.post("/quote", json={"quote": "Who"})):
        problem(response, status)
        assert "someone" not in response.text
        assert "Traceback" not in response.text
    if isinstance(error, RagError):
        assert "someone" in capsys.readouterr().err  # who runs the server reads all of it


def test_who_comes_when_too_many_wait_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.api.workers._MOST_WAITING", 3)
    answered, told = [], []

    async def main() -> None:
        workers, hold = Workers(2), threading.Event()

        async def come() -> None:
            try:
                await workers.run(lambda: hold.wait(5))
                answered.append(1)
            except Busy:
                told.append(1)

        async with anyio.create_task_group() as group:
            for _ in range(7):
                group.start_soon(come)
                await anyio.sleep(0.01)
            hold.set()

    anyio.run(main)
    assert (len(answered), len(told)) == (5, 2)


# -- the description -------------------------------------------------------------------------------------------------


def test_every_operation_has_an_example_that_works(api: TestClient) -> None:
    described = api.get("/openapi.json").json()
    examples = {
        path: described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["examples"][0]
        for path, operations in described["paths"].items()
        if (content := operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json"))
    }
    assert sorted(examples) == ["/ask", "/ask/stream", "/draft", "/quote", "/quotes", "/search"]
    for path, example in examples.items():
        assert api.post(path, json=example).status_code == 200, path


def test_every_refusal_is_described(api: TestClient) -> None:
    described = api.get("/openapi.json").json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            wanted = {"200", "403", "422", "503"} | ({"400", "413", "415"} if "requestBody" in operation else set())
            assert wanted <= set(operation["responses"]), (method, path)
            for status, response in operation["responses"].items():
                if status != "200":
                    assert response["content"]["application/json"]["schema"]["$ref"].endswith("/ProblemResult")


def test_the_plain_page_names_every_path_and_loads_nothing(api: TestClient) -> None:
    page = api.get("/").text
    for path in api.get("/openapi.json").json()["paths"]:
        assert f"/api{path}</code>" in page
    assert "src=" not in page
    assert "://" not in page


def test_a_click_does_not_wait_for_those_who_ask(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, asked = threading.Event(), threading.Barrier(3)

    def slow(*args: Any, **kwargs: Any) -> None:
        asked.wait(5)
        go_on.wait(5)

    monkeypatch.setattr(desk.assistant, "ask", slow)
    threads = [threading.Thread(target=desk.ask, args=("Who?",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        asked.wait(5)  # both are being answered
        assert client(desk).get(f"/show/{FILE_2025}?line=14").status_code == 200
        assert client(desk).get("/status").json()["phase"] == "ready"
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
