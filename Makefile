# Needs Python >= 3.11, git and make; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
CASE ?= orders-api-timeout
# How long each harness of fuzz/ runs.
SECONDS ?= 60
DEMO := build/demo
# Real incident write-ups and sample RCAs, where there are any: the tests that need them are skipped without.
CORPUS ?= ../shared/corpus
SAMPLES ?= ../shared/spec/rca-output
export PMA_CORPUS ?= $(CORPUS)
export PMA_SAMPLES ?= $(SAMPLES)

# Where stand-ins for trackers are fetched to (from npm, once), and the vendors' published schemas, where there are any.
STANDINS := build/standins
SCHEMAS ?= ../shared/trackers/schemas
export PMA_STANDINS ?= $(CURDIR)/$(STANDINS)
export PMA_SCHEMAS ?= $(abspath $(SCHEMAS))

.PHONY: demo test standins eval benchmark fuzz examples clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(INSTALLED_DEV): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(INSTALLED) $@

# Plan an example: print it, and write it as Markdown, JSON, HTML and CSV.
demo: $(INSTALLED)
	PMA_STORE=$(DEMO)/actions.db $(BIN)/pma plan examples/$(CASE)/rca.md --today 2025-01-16 --format markdown
	PMA_STORE=$(DEMO)/actions.db $(BIN)/pma plan examples/$(CASE)/rca.md --today 2025-01-16 --quiet --force -o $(DEMO)

test: $(INSTALLED_DEV) standins
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

standins:
	@tests/standins/install.sh $(STANDINS)

# Write the committed outputs of examples/ and the golden plans again (then read the difference).
examples: $(INSTALLED_DEV)
	$(BIN)/python -m tests.regenerate

# How well it reads and proposes, on a folder of real write-ups: make eval CORPUS=../shared/corpus
eval: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[eval]'
	$(BIN)/python evals/run.py $(CORPUS)

benchmark: $(INSTALLED_DEV)
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/store.py

# Look for inputs that no reader may fail on, guided by coverage: make fuzz SECONDS=600
fuzz: $(INSTALLED_DEV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	$(BIN)/python -m fuzz --seconds $(SECONDS)

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
