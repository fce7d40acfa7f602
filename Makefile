# Every target sets up what it needs: python3 (3.11 or newer) and make are enough.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
SOURCES := __init__.py data features models training serve
export PYTHONWARNINGS ?= ignore::SyntaxWarning

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types format bench docs starter lock clean

help:  ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## make the environment in .venv from requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Heavylegs needs Python 3.11 or newer; this is %d.%d (try make PYTHON=python3.13)" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV): once, about a minute"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.lock)"
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)  ## simulate a cohort, train, evaluate and write a report, in ./demo
	@$(BIN)/heavylegs demo --out demo

test: $(STAMP)  ## run the test suite
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: lint types test  ## lint, types and tests

lint: $(STAMP)  ## ruff: style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# mypy cannot follow the editable install's mapping of the root to `heavylegs`; a link of that name can.
types: $(STAMP)  ## mypy, strict
	@mkdir -p build/types && ln -sfn ../.. build/types/heavylegs
	@cd build/types && MYPYPATH=. $(abspath $(BIN))/mypy --config-file ../../pyproject.toml -p heavylegs

format: $(STAMP)  ## let ruff mend what it can
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

bench: $(STAMP)  ## benchmarks: ratios against a named peer, measured in one run
	@$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=median,iqr,rounds

docs: $(STAMP)  ## write the generated pages of docs/ anew
	@$(BIN)/python -m heavylegs.serve.docs docs

starter: $(STAMP)  ## learn the shipped starter model anew (DATA: the folder of the real cohorts)
	@$(BIN)/python -m heavylegs.training.starter $(DATA) models/starter

lock: $(STAMP)  ## resolve requirements.lock anew from pyproject.toml
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
		--python-version 3.11 --extra dev --upgrade --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean:  ## remove the environment, caches and the demo's output
	@rm -rf $(VENV) build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis heavylegs.egg-info
