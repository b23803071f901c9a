# `make run` shows the product, `make test` proves it, `make check` keeps the house in order.
# They need python3 (3.11 or newer), its venv module and make; everything else is installed into .venv from hashed locks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= 12351
# Bytecode also where PYTHONDONTWRITEBYTECODE is set: without it every process compiles the program anew (0.7 s).
BYTECODE = -@$(BIN)/python -m compileall -q hotline
WORKERS ?= 3

.PHONY: run test check style types imports templates dependencies house bench docs catalogue lock clean

run: $(VENV)/.runtime
	$(BYTECODE)
	$(BIN)/hotline demo --port $(PORT)

test: $(VENV)/.development
	$(BYTECODE)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --no-loadscope-reorder

check: style types imports templates dependencies house

style: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.development
	$(BIN)/mypy

imports: $(VENV)/.development
	$(BIN)/lint-imports

templates: $(VENV)/.development
	$(BIN)/djlint --check --lint --quiet hotline/web/templates

dependencies: $(VENV)/.development
	$(BIN)/deptry .

house: $(VENV)/.development
	$(BIN)/python -m pytest tests/house -q

bench: $(VENV)/.development
	$(BYTECODE)
	$(BIN)/python -m bench

docs: $(VENV)/.development
	$(BIN)/python -m docs.generate

# Adds msgids that are new, drops those that are used no more, and names what is left to translate.
catalogue: $(VENV)/.development
	$(BIN)/python -m docs.catalogue

# Needs uv. The locks carry hashes and no index address.
lock:
	uv lock
	uv export --quiet --no-emit-project --no-header --no-dev --group build --format requirements-txt > requirements.lock
	uv export --quiet --no-emit-project --no-header --format requirements-txt > requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.development: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.runtime
