"""The index: incremental, exact, safe to interrupt, honest about what it was made with."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.schema import QueryBundle

from rag.assistant import Assistant, no_progress
from rag.errors import StoreError
from rag.index import Embedder, Index
from rag.settings import RagSettings, load

HARBOUR = "The harbour of Norby was opened in 1921 by Mayor Inga Holm. It was closed again after the storm of 1922.\n"
RAILWAY = "The railway to Norby was built by the engineer Karl Lund. It cost four million crowns in all.\n"
THRICE = "The same sentence stands here more than once. Another one stands between. " * 3


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(load().embedding_model)


class Sandbox:
    """A corpus folder, a data folder, and a count of the texts that were embedded."""

    def __init__(self, root: Path, embedder: Embedder) -> None:
        self.settings = load(corpus=root / "corpus", data=root / "data")
        self.settings.corpus.mkdir()
        self._embedder = embedder

    def write(self, name: str, text: str | bytes) -> None:
        path = self.settings.corpus / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.utime(path, ns=(time.time_ns(), time.time_ns() + random.randrange(10**9)))

    def sync(self, **kwargs: object) -> tuple[object, int]:
        """The report and how many texts were embedded."""
        from rag.corpus import list_documents

        index = Index(self.settings)
        inner, embedded = self._embedder.model.get_text_embedding_batch, []

        def counted(texts: list[str], **rest: object) -> list[list[float]]:
            embedded.extend(texts)
            return inner(texts, **rest)

        object.__setattr__(self._embedder.model, "get_text_embedding_batch", counted)
        try:
            report = index.sync(list_documents(self.settings.corpus), lambda: self._embedder, no_progress, **kwargs)
        finally:
            object.__delattr__(self._embedder.model, "get_text_embedding_batch")
            index.close()
        return report, len(embedded)

    def check(self) -> None:
        """Ledger, Chroma and files say the same: every unit is at its place, every passage's vector is there, none is stale."""
        index = Index(self.settings)
        try:
            units = list(index.ledger.every())
            there = index.collection.get(include=["embeddings"])
            vectors = {u.id: np.frombuffer(u.vector, dtype=np.float32) for u in units if u.level == "passage"}
            assert not any(u.vector for u in units if u.level == "sentence")
            assert set(vectors) == set(there["ids"])
            for id_, vector in zip(there["ids"], there["embeddings"], strict=True):
                assert np.abs(vector - vectors[id_]).max() < 1e-6
            documents = {u.path: index.ledger.document(u.path) for u in units}
            names = {p.relative_to(self.settings.corpus).as_posix() for p in self.settings.corpus.rglob("*.txt")}
            assert set(documents) == names
            for path, doc in documents.items():
                assert doc.text == (self.settings.corpus / path).read_bytes().decode()
            for unit in units:
                record = documents[unit.path].text[unit.char_start : unit.char_end]
                assert record.split() == unit.text.split()
        finally:
            index.close()


def documents(assistant: Assistant) -> list[str]:
    """The documents that a search over everything finds."""
    return sorted({passage.document for passage in assistant.search("Norby")})


@pytest.fixture
def sandbox(tmp_path: Path, embedder: Embedder) -> Sandbox:
    box = Sandbox(tmp_path, embedder)
    box.write("harbour.txt", HARBOUR)
    box.write("railway.txt", RAILWAY)
    return box


def test_a_change_costs_that_file_alone(sandbox: Sandbox) -> None:
    report, embedded = sandbox.sync()
    assert report.added == ("harbour.txt", "railway.txt")
    assert embedded == 2  # a passage each: sentences are read, not searched by meaning
    report, embedded = sandbox.sync()
    assert (report.added, report.changed, report.removed, embedded) == ((), (), (), 0)
    sandbox.write("railway.txt", RAILWAY + "It was torn up in 1950.\n")
    report, embedded = sandbox.sync()
    assert report.changed == ("railway.txt",)
    assert embedded == 1
    sandbox.check()


def test_touching_renaming_and_removing(sandbox: Sandbox) -> None:
    sandbox.sync()
    sandbox.write("harbour.txt", HARBOUR)
    report, embedded = sandbox.sync()
    assert (report.changed, embedded) == ((), 0)
    (sandbox.settings.corpus / "harbour.txt").rename(sandbox.settings.corpus / "harbour of norby.txt")
    report, embedded = sandbox.sync()
    assert report.added == ("harbour of norby.txt",)
    assert report.removed == ("harbour.txt",)
    assert embedded == 1  # the passage, whose title is the file's name
    (sandbox.settings.corpus / "railway.txt").unlink()
    report, _ = sandbox.sync()
    assert report.removed == ("railway.txt",)
    sandbox.check()


def test_two_files_with_the_same_text_are_both_there(sandbox: Sandbox) -> None:
    sandbox.write("copy.txt", HARBOUR)
    sandbox.sync()
    sandbox.check()
    index = Index(sandbox.settings)
    assert [u.path for u in index.ledger.every("passage")] == ["copy.txt", "harbour.txt", "railway.txt"]
    index.close()


def test_repeated_sentences_have_their_own_places(sandbox: Sandbox) -> None:
    sandbox.write("thrice.txt", THRICE)
    sandbox.sync()
    sandbox.check()
    index = Index(sandbox.settings)
    places = [(u.char_start, u.char_end) for u in index.ledger.every("sentence") if u.path == "thrice.txt"]
    assert len(places) == 6
    assert places == sorted(set(places))
    index.close()


def test_ids_are_stable(sandbox: Sandbox) -> None:
    def ids() -> list[str]:
        index = Index(sandbox.settings)
        try:
            return [u.id for u in index.ledger.every()]
        finally:
            index.close()

    sandbox.sync()
    first = ids()
    sandbox.sync(rebuild=True)
    assert ids() == first


def test_no_text_is_longer_than_the_model_sees(sandbox: Sandbox, embedder: Embedder) -> None:
    sandbox.write("long.txt", "word and another word " * 400 + "\n" + "unbroken" * 500 + "\n" + "台湾有事" * 300)
    sandbox.sync()
    index = Index(sandbox.settings)
    units = [u for u in index.ledger.every() if u.path == "long.txt"]
    assert all(embedder._count(f"{u.context}\n{u.text}" if u.context else u.text) <= embedder._limit for u in units)
    assert max(embedder._count(u.text) for u in units) > embedder._limit / 2  # some are cut no shorter than they must be
    covered = sorted((u.char_start, u.char_end) for u in units if u.level == "sentence")
    text = index.ledger.document("long.txt").text
    gaps = [text[a[1] : b[0]] for a, b in itertools.pairwise(covered)]
    assert all(not gap.strip() for gap in gaps)
    index.close()


def test_unreadable_files_do_not_stop_the_others(sandbox: Sandbox) -> None:
    sandbox.sync()
    sandbox.write("railway.txt", b"\0\xff broken")
    report, _ = sandbox.sync()
    assert len(report.unreadable) == 1
    assert "railway.txt: not UTF-8, nor other text" in report.unreadable[0]
    with Assistant.open(sandbox.settings) as assistant:
        assert assistant.ensure_synced() is None  # known to be broken: not tried again at every question
        assert documents(assistant) == ["harbour.txt"]
    sandbox.write("railway.txt", RAILWAY)
    report, _ = sandbox.sync()
    assert not report.unreadable
    sandbox.check()


def test_another_model_is_an_error_that_says_what_to_do(sandbox: Sandbox) -> None:
    sandbox.sync()
    other = load(corpus=sandbox.settings.corpus, data=sandbox.settings.data, embedding_model="some/other-model")
    with Assistant.open(other) as assistant, pytest.raises(StoreError, match="rag sync --rebuild"):
        assistant.ensure_synced()


def test_a_lost_chroma_folder_is_filled_from_the_ledger(sandbox: Sandbox) -> None:
    sandbox.sync()
    shutil.rmtree(sandbox.settings.data / "chroma")
    _, embedded = sandbox.sync()
    assert embedded == 0
    sandbox.check()


def test_vectors_that_chroma_lost_are_filled_from_the_ledger(sandbox: Sandbox) -> None:
    sandbox.sync()
    index = Index(sandbox.settings)
    index.collection.delete(ids=sorted(index.ledger.ids())[:1])
    index.close()
    _, embedded = sandbox.sync()
    assert embedded == 0
    sandbox.check()


def test_stale_vectors_are_not_served(sandbox: Sandbox) -> None:
    """What a kill leaves in Chroma, the ledger does not know: no answer may come from it."""
    sandbox.sync()
    index = Index(sandbox.settings)
    vector = [1.0] + [0.0] * 383
    index.collection.upsert(ids=["ghost"], embeddings=[vector], documents=["ghost"], metadatas=[{"document": "harbour.txt"}])
    assert next(iter(index.nearest(vector, 5))) == "ghost"
    assert not index.ledger.units(["ghost"])
    index.close()
    with Assistant.open(sandbox.settings) as assistant:
        found = assistant.retriever.retrieve(QueryBundle("ghost", embedding=vector))
        assert {item.node.get_content() for item in found} == {HARBOUR.strip(), RAILWAY.strip()}
    sandbox.sync()
    sandbox.check()


def test_a_second_writer_is_refused(sandbox: Sandbox) -> None:
    from filelock import FileLock

    sandbox.sync()
    script = "import sys; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire(); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(sandbox.settings.data / "write.lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        sandbox.write("new.txt", "A new file.")
        with pytest.raises(StoreError, match="Another process is writing"):
            sandbox.sync()
    finally:
        holder.kill()
        holder.wait()
    sandbox.sync()
    sandbox.check()
    assert FileLock  # the same library on both sides


def test_a_reader_sees_what_another_process_wrote(sandbox: Sandbox) -> None:
    sandbox.sync()
    with Assistant.open(sandbox.settings) as reader:
        assert documents(reader) == ["harbour.txt", "railway.txt"]
        sandbox.write("museum.txt", "The museum of Norby was founded by the painter Greta Dahl in 1933.\n")
        command = [
            sys.executable,
            "-m",
            "rag",
            "sync",
            "--corpus",
            str(sandbox.settings.corpus),
            "--data",
            str(sandbox.settings.data),
        ]
        subprocess.run(command, check=True, capture_output=True)
        assert documents(reader) == ["harbour.txt", "museum.txt", "railway.txt"]
        # A document that was read before has another text now: its words and places are the new ones.
        assert "Greta Dahl" in reader.document("museum.txt")[0].text
        sandbox.write("museum.txt", "A note.\n\nThe museum of Norby was founded by the sculptor Ida Falk in 1934.\n")
        subprocess.run(command, check=True, capture_output=True)
        passages = [p for p in reader.search("museum") if p.document == "museum.txt"]
        text = reader.document("museum.txt")[0].text
        assert "Ida Falk" in " ".join(text[p.char_start : p.char_end] for p in passages)
        assert "Greta" not in text


def test_what_was_done_before_a_sync_failed_is_served_with_its_words(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.write("a.txt", "The museum of Norby was founded by Greta Dahl.\n")
    sandbox.sync()
    with Assistant.open(sandbox.settings) as assistant:
        assert "Greta" in assistant.document("a.txt")[0].text
        sandbox.write("a.txt", "The museum of Norby was founded by the sculptor Ida Falk.\n")
        monkeypatch.setattr(Index, "_sweep", lambda self: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(StoreError):
            assistant.sync()
        (item, *_) = assistant.retriever.retrieve("museum")
        assert item.node.get_content() == assistant.document("a.txt")[0].text.strip()
        assert "Ida Falk" in item.node.get_content()


def test_a_read_only_data_folder(sandbox: Sandbox) -> None:
    sandbox.settings.data.mkdir()
    sandbox.settings.data.chmod(0o555)
    try:
        with pytest.raises(StoreError, match="not writable"):
            Index(sandbox.settings)
    finally:
        sandbox.settings.data.chmod(0o755)


def test_a_full_disk_loses_nothing(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.ledger import Ledger

    sandbox.sync()
    sandbox.write("new.txt", "A new file about a new thing.")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "put", full)
        with pytest.raises(StoreError, match="No space left"):
            sandbox.sync()
    with Assistant.open(sandbox.settings) as assistant:
        assert documents(assistant) == ["harbour.txt", "railway.txt"]
    sandbox.sync()
    sandbox.check()


def _sync_forever(settings: RagSettings) -> None:
    with Assistant.open(settings) as assistant:
        assistant.sync()


def test_a_killed_sync_loses_nothing(sandbox: Sandbox) -> None:
    """Edits, reverts and removals, each followed by a sync that is killed at a random moment, then by a whole one."""
    sandbox.sync()
    chance = random.Random(7)
    context = multiprocessing.get_context("fork")
    kills = 0
    for step in range(8):
        name = chance.choice(["harbour.txt", "railway.txt", "third.txt"])
        path = sandbox.settings.corpus / name
        if chance.random() < 0.25 and path.exists() and len(list(sandbox.settings.corpus.iterdir())) > 1:
            path.unlink()
        else:
            sandbox.write(name, chance.choice([HARBOUR, RAILWAY, f"Edit {step}. " + THRICE * chance.choice([1, 8])]))
        process = context.Process(target=_sync_forever, args=(sandbox.settings,))
        process.start()
        process.join(chance.uniform(0.1, 1.2))
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            kills += 1
        process.join()
    sandbox.sync()
    sandbox.check()
    assert kills >= 2


def test_the_bundled_corpus_in_chroma(bundled_data: Path) -> None:
    index = Index(load(data=bundled_data))
    try:
        assert index.collection.configuration_json["hnsw"]["space"] == "cosine"
        assert len(list(index.ledger.every("passage"))) == index.collection.count() == index.ledger.count()
        some = index.collection.get(limit=3, include=["metadatas"])["metadatas"]
        assert all(json.dumps(m) and set(m) == {"document", "char_start", "char_end"} for m in some)
    finally:
        index.close()
