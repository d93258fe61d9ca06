# Two commands matter on a fresh clone: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN := $(BIN)/python -m billdesk
OUTPUT ?= demo-output

.PHONY: demo run test check lint types layers bench lock fonts clean help

help:            ## Show what this file can do.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | sort

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) packaging/make_venv.py $(VENV)
	@touch $@

demo: $(STAMP)   ## Try the practice company (without a screen: drive the whole journey into demo-output/).
	@$(RUN) demo --output "$(OUTPUT)"

run: $(STAMP)    ## Open BillDesk on your own data folder.
	@$(RUN)

test: $(STAMP)   ## Run every test.
	@$(BIN)/python -m pytest

lint: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(STAMP)
	@$(BIN)/mypy

layers: $(STAMP)
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

check: lint types layers test  ## Everything CI checks.

bench: $(STAMP)  ## Measure speed as ratios against a floor.
	@$(BIN)/python -m bench

lock: $(STAMP)   ## Renew requirements.lock from pyproject.toml (needs uv).
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --extra dev --extra postgres pyproject.toml -o requirements.lock

fonts: $(STAMP)  ## Cut the bundled Inter again from the upstream files.
	@$(BIN)/python packaging/cut_fonts.py

clean:           ## Remove what the other targets made.
	rm -rf $(VENV) build dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
