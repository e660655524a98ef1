# `make demo` and `make test` need git, make, Python 3.11 or newer and the package registries; everything else is local.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export ALBUMEN_HOME ?= $(CURDIR)/.albumen
PHOTOS ?=
DEMO = $(ALBUMEN_HOME)/demo/$(if $(PHOTOS),photos,samples)

.DEFAULT_GOAL := help
.PHONY: help setup weights reference samples demo test lint protos docs constraints bench bench-serving bench-clustering accuracy clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.installed ## Make the local environment

$(VENV)/.installed: pyproject.toml protos/pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Albumen needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time takes a minute ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable protos --editable '.[all,dev]'
	@touch $@

weights: setup ## Fetch and convert the weights
	@$(BIN)/albumen-models pull

reference: setup
	@$(BIN)/albumen-models pull facenet-20180408 centerface

samples: setup
	@$(BIN)/albumen-models samples

demo: export ALBUMEN_CATALOG_LIBRARIES_DIR = $(DEMO)/libraries
demo: export DEMO_PHOTOS = $(or $(PHOTOS),$(ALBUMEN_HOME)/samples)
demo: weights samples ## Find things and people in photos: the samples, or PHOTOS=folder
	@$(BIN)/albumen up --log-dir "$(DEMO)/logs" --detector-listen 127.0.0.1:50061 --embedder-listen 127.0.0.1:50062 \
	  --catalog-listen 127.0.0.1:50063 -- sh -ec '\
	    $(BIN)/albumen index "$$DEMO_PHOTOS" || [ $$? -eq 3 ]; $(BIN)/albumen images; $(BIN)/albumen people; \
	    $(BIN)/albumen report -o "$(DEMO)/report.html"'

test: setup lint weights reference samples ## Lint, then run every test
	@$(BIN)/python -m pytest

lint: setup ## Check style, types and walls
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

protos: setup ## Generate the Python code of the contracts
	@$(BIN)/python -m tools.protos

docs: setup ## Generate the generated parts of docs/
	@$(BIN)/python -m tools.docs

constraints: ## Pin the newest versions of everything
	@$(PYTHON) -m venv --clear build/constraints
	@build/constraints/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@build/constraints/bin/python -m pip install --quiet --editable protos --editable '.[all,dev]'
	@{ echo "# The versions that Albumen is built and tested with. Made by \`make constraints\`."; \
	  build/constraints/bin/python -m pip freeze --exclude-editable; } > constraints.txt

bench: setup weights reference samples ## Measure speed, memory and size; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

bench-serving: setup weights reference samples ## Measure the services under load; writes docs/serving.md
	@$(BIN)/python -m benchmarks.serving

bench-clustering: setup ## Measure clustering and search; writes docs/clustering-speed.md (HUGE=1: a million faces)
	@$(BIN)/python -m benchmarks.clustering $(if $(HUGE),--huge)

accuracy: setup weights reference ## Measure accuracy on labelled photos, where there are any (EVAL=folder)
	@$(BIN)/python -m accuracy $(if $(EVAL),--eval "$(EVAL)")

clean: ## Remove the environment, weights, samples and caches
	rm -rf $(VENV) .albumen build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
