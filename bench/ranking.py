"""Our order of sentences against plain ones, on the evaluation's own questions: `python bench/ranking.py`.

Four orders of the same sentences, those of the passages that are read: as retrieved (passage by passage), by BM25 among
themselves, by the encoder's cosine, and ours (the evidence model's). Shown for each half: whole evidence in the first ten
sentences, expected facts in the first sentence and in the first three. No sentence is refused or left out here, so the figures
differ from those of `rag eval`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import bm25s
import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from eval.scorers.answers import says
from rag.assistant import Assistant
from rag.decide import Sentence, of_nodes
from rag.lexical import content_tokens
from rag.models.encoder import embedding_model
from rag.retrieve import AskedBundle
from rag.settings import load

CASES = Path(__file__).parent.parent / "eval" / "cases" / "questions.jsonl"


def holds(sentence: Sentence, gold: dict[str, object]) -> bool:
    """Whether a sentence covers more than half of a gold place, or is covered so by it."""
    start, end = int(str(gold["char_start"])), int(str(gold["char_end"]))
    shared = min(sentence.char_end, end) - max(sentence.char_start, start)
    return sentence.document == gold["document"] and shared > 0.5 * min(sentence.char_end - sentence.char_start, end - start)


def orders(question: str, read: list[Sentence], model: BaseEmbedding) -> dict[str, np.ndarray]:
    """A score for each sentence, more is nearer the top, by the name of the order."""
    words = bm25s.BM25()
    words.index([content_tokens(one.text) for one in read], show_progress=False)
    vectors = np.array(model.get_text_embedding_batch([one.text for one in read]))
    return {
        "as retrieved": np.array([one.retrieved - 1e-6 * one.ordinal for one in read]),
        "BM25": words.get_scores(content_tokens(question)),
        "cosine": vectors @ np.array(model.get_query_embedding(question)),
        "ours": np.array([one.score for one in read]),
    }


def main() -> None:
    results: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    settings = load()
    model = embedding_model(settings.embedding_model)[0]
    with Assistant.open(settings) as assistant:
        assistant.ensure_synced()
        for line in CASES.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            read = of_nodes(assistant.query_engine.retrieve(AskedBundle(case["question"])))
            groups: dict[int, list[dict[str, object]]] = defaultdict(list)
            for gold in case["gold"]:
                groups[gold["group"]].append(gold)
            for name, scores in orders(case["question"], read, model).items():
                ranked = [read[i] for i in np.argsort(-scores, kind="stable")]
                row = [float(all(any(holds(one, g) for one in ranked[:10] for g in group) for group in groups.values()))]
                for k in (1, 3):
                    said = " ".join(one.text for one in ranked[:k])
                    row.append(float(np.mean([any(says(said, fact) for fact in facts) for facts in case["facts"]])))
                results[case["split"], name].append(row)
    print("| half | order | evidence in ten sentences | facts in the first | facts in the first three | questions |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (half, name), rows in results.items():
        ten, first, three = np.mean(rows, 0)
        print(f"| {half} | {name} | {ten:.3f} | {first:.3f} | {three:.3f} | {len(rows)} |")


if __name__ == "__main__":
    main()
