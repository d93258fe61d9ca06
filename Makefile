# Two commands matter on a fresh clone: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN := $(BIN)/python -m billdesk
OUTPUT ?= demo-output

.PHONY: demo run test check check-long lint types layers bench lock fonts clean help

help:            ## Show what this file can do.
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | sort | expand -t 14

$(STAMP): requirements.lock pyproject.toml packaging/make_venv.py
	@$(PYTHON) packaging/make_venv.py $(VENV)
	@touch $@

demo: $(STAMP)   ## Try the practice company (without a screen: drive the whole journey into demo-output/).
	@$(RUN) demo --output "$(OUTPUT)"

run: $(STAMP)    ## Open BillDesk on your own data folder.
	@$(RUN)

# The tests draw into memory; `make test QT_QPA_PLATFORM=xcb` shows the windows.
test check: export QT_QPA_PLATFORM ?= offscreen

# Tests wait a third of their time, for disks, servers and windows: half as many workers again as cores.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(-(-(os.cpu_count() or 1) * 3 // 2))")

test: $(STAMP)   ## Run every test, on all cores.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(STAMP)   ## Check format and rules.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(STAMP)  ## Check types.
	@$(BIN)/mypy

layers: $(STAMP) ## Check who imports whom.
	@$(BIN)/lint-imports --no-logo --cache-dir $(VENV)/.import-linter

check: lint types layers test  ## Everything CI checks: format, lint, types, layers, tests.

# Another seed does something else: make check-long SEED=8
SEED ?= 7
check-long: check  ## What takes hours as well: a million random steps, a thousand kills, 100,000 lives at Stripe, the demo, the whole bench.
	@PYTHONPATH=tests $(BIN)/python tests/proof/books_machine.py --steps 500000 --seed $(SEED)
	@PYTHONPATH=tests $(BIN)/python tests/proof/books_machine.py --steps 500000 --life 250 --seed $(SEED)
	@PYTHONPATH=tests $(BIN)/python tests/proof/killed_rounds.py --rounds 1000 --seed $(SEED)
	@PYTHONPATH=tests $(BIN)/python tests/proof/stripe_schedules.py --schedules 100000 --seed $(SEED)
	@BILLDESK_EVERY_KILL=1 $(BIN)/python -m pytest -q tests/journeys/test_killed_at_stripe.py tests/journeys/test_killed_and_restarted.py
	@$(RUN) demo --headless --output "$(OUTPUT)"
	@$(BIN)/python -m bench --full

bench: $(STAMP)  ## Measure speed as ratios against a floor.
	@$(BIN)/python -m bench

lock: $(STAMP)   ## Renew requirements.lock from pyproject.toml (needs uv).
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --python-version 3.11 --extra dev --extra postgres pyproject.toml \
	  -o requirements.lock

fonts: $(STAMP)  ## Cut the bundled fonts again from the upstream files (needs npm).
	@$(BIN)/python packaging/cut_fonts.py

clean:           ## Remove what the other targets made.
	rm -rf $(VENV) build dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
