"""The bundled models: only the files of this version are used, and what they say does not depend on what else is asked."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models import EvidenceModel, Window, bundled_evidence, kind_of, kinds, session
from rag.models.encoder import MAX_TOKENS, BundledEmbedding, embedding_model, encode
from rag.models.pieces import pieces
from rag.models.session import SHA256, check_weights, weights
from rag.settings import DEFAULT_MODEL

TEXTS = [
    "The harbour was opened in 1921 by Mayor Inga Holm.",
    "x",
    "Taiwan’s bid to join the CPTPP",
    "台湾の平和と安定",
    "A sentence among many others in a long report. " * 20,
    "Порт был открыт в 1921 году.",
]
QUESTION = "When was the harbour opened?"
WINDOWS = [
    Window("Report (2021)", ("Norby lies on a fjord.", "The harbour was opened in 1921.", "Ships came.")),
    Window("", ("It rained.",)),
    Window("A title", tuple(f"Sentence {n} of a long window speaks of field {n} and of its owner." for n in range(12))),
    Window("", ("港は1921年に開かれた。", "船が来た。")),
]


# -- the files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of weights that may be spoilt; nothing that was loaded before is used, and nothing of it afterwards."""
    folder = tmp_path / "weights"
    shutil.copytree(session.WEIGHTS, folder)
    monkeypatch.setattr("rag.models.session.WEIGHTS", folder)
    for cached in (session.session, pieces, kinds._fitted, kinds.kind_of):
        cached.cache_clear()
    yield folder
    for cached in (session.session, pieces, kinds._fitted, kinds.kind_of):
        cached.cache_clear()


def test_the_files_are_those_of_this_version() -> None:
    check_weights()


@pytest.mark.parametrize("name", sorted(SHA256))
def test_a_file_that_is_changed_or_missing_is_named(copies: Path, name: str) -> None:
    whole = weights(name)
    for spoilt in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
        (copies / name).write_bytes(spoilt)
        with pytest.raises(ModelError, match=rf"{name} is not the file of this version \(its SHA-256 differs\)"):
            check_weights()
    (copies / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} cannot be read: No such file"):
        check_weights()
    load = {"encoder.onnx": lambda: encode(["query: x"]), "kinds.npz": lambda: kind_of("Who?")}.get(name, EvidenceModel)
    with pytest.raises(ModelError, match=name):
        load()


# -- word pieces ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_every_piece_knows_the_characters_it_stands_for(text: str) -> None:
    found = pieces().encode(text)
    assert len(found.ids) == len(found.offsets) == pieces().count(text)
    starts = [start for start, _ in found.offsets]
    assert starts == sorted(starts)
    covered = {character for start, end in found.offsets for character in range(start, end)}
    assert all(n in covered for n, character in enumerate(text) if not character.isspace())
    assert pieces().encode_all([text, "another"])[0] == found


# -- the encoder ---------------------------------------------------------------------------------------------------------


def test_vectors_are_of_unit_length_and_do_not_depend_on_the_batch() -> None:
    together = np.array(BundledEmbedding().get_text_embedding_batch(TEXTS))
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.abs(np.array(BundledEmbedding().get_text_embedding(text)) - vector).max() < 1e-3
    assert encode([]).shape == (0, 384)


def test_questions_and_texts_are_told_apart() -> None:
    model = BundledEmbedding()
    text, query = model.get_text_embedding(TEXTS[0]), model.get_query_embedding(TEXTS[0])
    assert np.abs(np.array(text) - encode(["passage: " + TEXTS[0]])[0]).max() < 1e-6
    assert np.abs(np.array(query) - encode(["query: " + TEXTS[0]])[0]).max() < 1e-6
    assert np.abs(np.array(query) - np.array(text)).max() > 1e-3
    assert asyncio.run(model.aget_query_embedding(TEXTS[0])) == query


def test_what_stands_beyond_the_limit_is_not_seen_and_the_limit_is_said() -> None:
    model, limit, count = embedding_model(DEFAULT_MODEL)
    short, full = "harbour ", "harbour " * (limit // count("harbour"))
    assert count("passage: " + full) <= MAX_TOKENS - 2
    assert model.get_text_embedding(full * 2) == model.get_text_embedding(full * 2 + "and a railway")
    assert model.get_text_embedding(short) != model.get_text_embedding(short + "and a railway")


# -- the evidence model --------------------------------------------------------------------------------------------------


def test_readings_do_not_depend_on_the_batch() -> None:
    model = bundled_evidence()
    together = model.read(QUESTION, WINDOWS)
    for window, reading in zip(WINDOWS, together, strict=True):
        (alone,) = model.read(QUESTION, [window])
        assert alone.words == reading.words
        assert alone.answered == pytest.approx(reading.answered, abs=1e-3)
        assert alone.certain == pytest.approx(reading.certain, abs=1e-3)
        assert alone.sentences == pytest.approx(reading.sentences, abs=1e-3)
    pairs = [("The harbour was opened in 1921.", window) for window in WINDOWS]
    for pair, said in zip(pairs, model.support(pairs), strict=True):
        assert tuple(model.support([pair])[0]) == pytest.approx(tuple(said), abs=1e-3)
    for pair, odds in zip(pairs, model.misleads(pairs), strict=True):
        assert model.misleads([pair])[0] == pytest.approx(odds, abs=1e-3)


def test_the_words_stand_in_one_sentence() -> None:
    for asked in (bundled_evidence().read(QUESTION, WINDOWS), bundled_evidence().speaker("The harbour was opened.", WINDOWS)):
        for window, reading in zip(WINDOWS, asked, strict=True):
            number, start, end = reading.words
            assert 0 <= start < end <= len(window.sentences[number])
            assert len(reading.sentences) == len(window.sentences)


def test_support_is_a_probability() -> None:
    for said in bundled_evidence().support([("The harbour was opened in 1921.", window) for window in WINDOWS]):
        assert sum(said) == pytest.approx(1, abs=1e-6)
        assert min(said) >= 0


def test_a_sentence_beyond_the_window_never_answers() -> None:
    """The model sees so many pieces: what comes later must not borrow the score of what was seen."""
    window = Window("", tuple(f"Sentence {n} speaks of field {n} and of its owner at some length." for n in range(60)))
    (reading,) = bundled_evidence().read(QUESTION, [window])
    unseen = [n for n, odds in enumerate(reading.sentences) if odds == -30.0]
    assert unseen == list(range(unseen[0], 60))
    assert 5 < unseen[0] < 59
    assert reading.words[0] < unseen[0]


def test_nothing_to_read() -> None:
    assert bundled_evidence().read(QUESTION, []) == []
    assert bundled_evidence().support([]) == []
    (reading,) = bundled_evidence().read(QUESTION, [Window("A title", ())])
    assert (reading.sentences, reading.words) == ((), (0, 0, 0))


@pytest.mark.weights
def test_a_question_is_told_to_lean_on_an_earlier_one() -> None:
    model = bundled_evidence()
    assert model.leans("Who opened the harbour of Norby?", "And when was it closed?")
    assert not model.leans("Who opened the harbour of Norby?", "How many teachers did the school of Alby have in 1950?")


# -- kinds of answers ----------------------------------------------------------------------------------------------------


@pytest.mark.weights
@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("In which year was the harbour of Norby opened?", "fact"),
        ("Wer hat den Hafen von Norby eröffnet?", "fact"),
        ("Summarise the report on the harbour.", "document"),
        ("How has the harbour developed since 1921? Give me a timeline.", "change"),
        ("What is the difference between the harbours of Norby and Alby?", "compare"),
        ("Which documents are in this collection?", "metadata"),
        ("What are the main obstacles to the new harbour, and why does it matter?", "overview"),
    ],
)
def test_what_kind_of_answer_is_wanted(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_a_question_of_any_length_has_a_kind() -> None:
    for question in ("", "?", "港" * 5000, "Who? " * 3000):
        assert kind_of(question) in kinds.KINDS


# -- other models --------------------------------------------------------------------------------------------------------


def test_an_unknown_model_is_one_clear_error() -> None:
    installed = find_spec("sentence_transformers") is not None
    said = "cannot be loaded" if installed else "needs sentence-transformers"
    with pytest.raises(ModelError, match=f"'no/such-model-anywhere' {said}"):
        embedding_model("no/such-model-anywhere")


@pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="the extra `st` is not installed")
def test_any_other_model_comes_through_sentence_transformers(tmp_path: Path) -> None:
    """A tiny BERT with random weights, in a folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "harbour", "opened"]))
    tiny = BertConfig(
        vocab_size=8,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(tiny).save_pretrained(tmp_path / "bert")
    BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "bert")
    inner = Transformer(str(tmp_path / "bert"), max_seq_length=64)
    SentenceTransformer(modules=[inner, Pooling(16)]).save(str(tmp_path / "model"))
    model, limit, count = embedding_model(str(tmp_path / "model"))
    assert (limit, count("the harbour opened")) == (62, 3)
    assert len(model.get_text_embedding("the harbour opened")) == 16


def test_indexing_and_asking_need_neither_pytorch_nor_sentence_transformers(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "harbour.txt").write_text("The harbour of Norby was opened in 1921.\n")
    script = (
        "import sys\n"
        "for name in ('torch', 'sentence_transformers', 'transformers', 'onnx', 'safetensors', 'scipy', 'sklearn'):\n"
        "    sys.modules[name] = None\n"  # an import of it raises ImportError
        "from pathlib import Path\nfrom rag.assistant import Assistant\nfrom rag.settings import load\n"
        "with Assistant.open(load(corpus=Path(sys.argv[1]), data=Path(sys.argv[2]))) as assistant:\n"
        "    assistant.sync()\n"
        "    print(assistant.ask('When was the harbour opened?').passages[0].document)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "corpus"), str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "harbour.txt", done.stderr
