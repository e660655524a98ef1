# `make demo` and `make test` need git, make, Python 3.11 or newer and the package registries; everything else is local.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export ALBUMEN_HOME ?= $(CURDIR)/.albumen
# Each process of tests and services would compile all code anew.
unexport PYTHONDONTWRITEBYTECODE
PHOTOS ?=
DEMO = $(ALBUMEN_HOME)/demo/$(if $(PHOTOS),photos,samples)

.DEFAULT_GOAL := help
.PHONY: help setup weights samples demo test assets test-compose test-bare check format style lint protos docs constraints bench bench-serving bench-clustering rivals bench-catalog accuracy torture clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.installed ## Make the local environment

$(VENV)/.installed: pyproject.toml protos/pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Albumen needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time takes a minute ..."
	@$(PIP) --upgrade 'pip>=26.1'
	@$(BIN)/python -P tools/requirements.py all dev > $(VENV)/requirements.txt
	@$(PIP) --require-hashes --constraint constraints.txt --requirement $(VENV)/requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable protos --editable .
	@touch $@

weights: setup ## Fetch and convert the weights
	@$(BIN)/albumen-models pull

samples: setup
	@$(BIN)/albumen-models samples

demo: export ALBUMEN_CATALOG_LIBRARIES_DIR = $(DEMO)/libraries
# What one command says to do next can't be done when the demo has ended.
demo: export ALBUMEN_ADVICE = off
demo: export DEMO_PHOTOS = $(or $(PHOTOS),$(ALBUMEN_HOME)/samples)
demo: weights samples ## Find things and people in photos: the samples, or PHOTOS=folder
	@$(BIN)/albumen up --log-dir "$(DEMO)/logs" --detector-listen 127.0.0.1:50061 --embedder-listen 127.0.0.1:50062 \
	  --catalog-listen 127.0.0.1:50063 -- sh -ec '\
	    $(BIN)/albumen index "$$DEMO_PHOTOS" || [ $$? -eq 3 ]; $(BIN)/albumen images; $(BIN)/albumen people; \
	    $(BIN)/albumen report -o "$(DEMO)/report.html"'
	@printf '\n%s\n' 'The report is a page for your browser: $(DEMO)/report.html'
	@echo 'Photos of yours in the same way:       make demo PHOTOS=~/Pictures'
	@echo 'The services, to stay:                 $(BIN)/albumen up'
	@echo 'and in a second terminal:              $(BIN)/albumen index ~/Pictures'

# The style is checked while the weights are fetched. Four processes keep two cores busy, as tests wait for services.
test: setup ## Check the style, then run every test (T=path: run that, and only that)
	@$(MAKE) --no-print-directory --jobs 2 $(if $(T),,style) assets
	@$(BIN)/python -m pytest $(if $(T),$(T),--numprocesses 4 --dist loadfile)

assets: setup
	@$(BIN)/albumen-models pull
	@$(BIN)/albumen-models pull facenet-20180408 centerface
	@$(BIN)/albumen-models samples

check: style ## Check the style, then run the tests that need no weights
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not weights and not registry"

test-compose: setup samples ## Start the compose file in a real engine, index the samples, restart everything
	@$(BIN)/python -m pytest --capture no tests/containers/test_compose_up.py

test-bare: setup ## Run `make demo` and `make test` in containers that have git, make and Python and nothing else
	@$(BIN)/python -m pytest --capture no tests/containers/test_bare.py

format: setup ## Put the code into its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

style: setup ## Check style, types and walls
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Apart from `style`, because building Google's linter takes minutes the first time.
lint: style ## Check style, types and walls, and the contracts against Google's rules where there is Go
	@$(BIN)/python -m tools.api_linter

protos: setup ## Generate the Python code of the contracts
	@$(BIN)/python -m tools.protos

docs: setup ## Generate the generated parts of docs/
	@$(BIN)/python -m tools.docs

# uv, because it knows the hashes of every platform's files without fetching them; only this target needs it.
constraints: ## Pin what pyproject.toml asks for, with hashes (UPGRADE=1: the newest of everything)
	@$(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.8'
	@$(PYTHON) -P tools/requirements.py all dev rivals > build/requirements.in
	@$(PIN) build/requirements.in --output-file constraints.txt
	@$(PIN) --no-deps tools/protoc.in --output-file tools/protoc.txt

PIN = build/constraints/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --custom-compile-command 'make constraints' $(if $(UPGRADE),--upgrade)

bench: setup assets ## Measure speed, memory and size; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

bench-serving: setup assets ## Measure the services under load; writes docs/serving.md
	@$(BIN)/python -m benchmarks.serving

bench-clustering: rivals ## Measure clustering and search; writes docs/clustering-speed.md (HUGE=1: a million faces)
	@$(BIN)/python -m benchmarks.clustering $(if $(HUGE),--huge)

rivals: setup
	@$(BIN)/python -P tools/requirements.py rivals > $(VENV)/rivals.txt
	@$(PIP) --require-hashes --constraint constraints.txt --requirement $(VENV)/rivals.txt

bench-catalog: setup ## Measure a catalog with a large library (SIZE=1000, 20000, 100000, 500000); writes docs/catalog-speed.md
	@$(BIN)/python -m benchmarks.catalog --size $(or $(SIZE),20000) $(if $(LABEL),--label $(LABEL)) $(if $(ONLY),--only $(ONLY))

accuracy: setup assets ## Measure accuracy on labelled photos (EVAL=folder); the reference data writes docs/
	@$(BIN)/python -m accuracy $(if $(EVAL),--eval "$(EVAL)")

# SEED=7 ONLY=kills CASE=folder/3/4 runs one case again, as a run that failed prints it.
# Not `assets`: those are the weights of the tests, too, another 101 MB of which nothing is attacked.
torture: weights ## Attack the services in every known way (ROUNDS=200 MUTATIONS=500 SEED=7 ONLY=kills,folders); see docs/torture.md
	@$(BIN)/python -m torture $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
	  $(if $(MUTATIONS),--mutations $(MUTATIONS)) $(if $(ONLY),--only $(ONLY)) $(if $(CASE),--case $(CASE)) \
	  $(if $(CONFINED),--confined)

# Libraries hold what users said, which nothing can make anew.
clean: ## Remove the environment, weights, samples and caches; libraries stay
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	test ! -d .albumen || find .albumen -mindepth 1 -maxdepth 1 ! -name libraries -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@test ! -d .albumen/libraries || \
	  echo "Libraries stay, with the names that you gave, in $(CURDIR)/.albumen/libraries. To remove them, too: rm -r .albumen/libraries"
