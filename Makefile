# Two commands on a bare machine: `make run` and `make test`. Needs Python 3.11 or newer and make.

# The first Python that is new enough; `make PYTHON=...` names another one.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; \
	done || echo python3)
PORT ?= 8000
VAR ?= $(CURDIR)/var
TESTS ?= tests
export PORT VAR
# Many processes start here, and none should compile what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv/bin/python
BOOTSTRAP = @$(PYTHON) academy/config/bootstrap.py
ENGINES := $(VENV) -m academy.config.with_engines
MANAGE := $(VENV) -W error manage.py

.DEFAULT_GOAL := help
.PHONY: help run test check check-with-engines bench proof manage lock clean need-python setup setup-dev

help: ## What can be done here
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

need-python:
	@command -v $(firstword $(PYTHON)) >/dev/null || \
		{ echo "  Python 3.11 or newer is needed and none was found: install it, then start again."; exit 1; }

setup: need-python
	$(BOOTSTRAP) requirements.txt

setup-dev: need-python
	$(BOOTSTRAP) requirements-dev.txt

run: setup ## Set up, start and seed everything; PORT=8000
	@$(VENV) -m academy.config.supervisor

test: setup-dev ## All tests, on engines of their own; TESTS=tests/core narrows them
	@$(VENV) -m pytest -n 2 --dist loadgroup -m "not proof" $(TESTS)

check: setup-dev ## Format, lint, types, contracts, migrations, translations, schema
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m djlint academy courses enrollment --lint --check
	.venv/bin/lint-imports --no-logo
	@$(ENGINES) $(MAKE) --no-print-directory check-with-engines

check-with-engines:
	PUBLIC_URL=https://training.example.org $(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) translations check
	$(MANAGE) api_schema --check
	$(MANAGE) api_changes --check
	$(MANAGE) transition_table --check
	$(VENV) -m mypy

bench: setup-dev ## Measure against the budgets
	@$(ENGINES) --durable $(VENV) -m tests.bench

proof: setup-dev ## The long proofs
	@$(VENV) -m pytest tests -m proof -n 2

manage: setup ## A management command on the demo's data; DO="client add NAME"
	@$(VENV) -m academy.config.with_engines --demo manage.py $(DO)

# No index address may get into the lists: each machine uses the index it is set up for.
LOCK := .venv/bin/uv pip compile --generate-hashes --universal --python-version 3.11 \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet

lock: setup-dev ## Pin and hash the packages anew (UPGRADE=--upgrade for newer ones)
	$(LOCK) pyproject.toml $(UPGRADE) --output-file requirements.txt
	$(LOCK) pyproject.toml $(UPGRADE) --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	$(LOCK) $(UPGRADE) --group judges --output-file requirements-judges.txt

clean: ## Remove everything that was made here, the demo's data too
	@if command -v flock >/dev/null && [ -e "$(VAR)/lock" ] && ! flock -n "$(VAR)/lock" true; then \
		echo "  A copy is running: stop it first."; exit 1; fi
	rm -rf .venv .venv.lock var .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find academy courses enrollment tests seeds -name __pycache__ -type d -prune -exec rm -rf {} +
	find academy -name '*.mo' -delete
