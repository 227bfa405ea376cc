# Each target sets up .venv first when it must; only Python >= 3.10 and make are needed.
PYTHON ?= python3
BIN := .venv/bin
TESTS ?= tests
CORPUS ?=
JOBS ?= auto
LOCK ?=
ZIPAPP ?=

.PHONY: help setup demo test check lint types imports unit coverage format bench lock dist zipapp clean

help:
	@echo "make demo    build an example image and database, scan it, see the gate close"
	@echo "make test    every check and every test"
	@echo "make check   the checks alone: lint, types, imports"
	@echo "make unit    the tests alone (TESTS=path, JOBS=number of processes)"
	@echo "make coverage  the tests, and what of the sources they reach; a third slower"
	@echo "make format  put the sources into the house's form"
	@echo "make bench   time, memory and traffic (CORPUS=directory of the big images, for scans too)"
	@echo "make lock    pin the dependencies anew, with hashes (LOCK=--upgrade: the newest)"
	@echo "make dist    wheel and source distribution, in dist/"
	@echo "make zipapp  everything in one file, dist/shipworthy.pyz (ZIPAPP=--help)"
	@echo "make clean   remove what the others made"

setup:
	@$(PYTHON) tools/setup.py

demo: setup
	@$(BIN)/python tools/demo.py

test: check unit

check: lint types imports

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

unit: setup
	$(BIN)/pytest -n $(JOBS) --dist loadfile $(TESTS)

coverage: setup
	$(BIN)/pytest -n $(JOBS) --dist loadfile --cov --cov-report=term:skip-covered $(TESTS)

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python tools/bench.py $(CORPUS)

lock: setup
	$(BIN)/python tools/lock.py $(LOCK)

dist: setup
	$(BIN)/python tools/dist_build.py

zipapp: setup
	$(BIN)/python tools/zipapp_build.py $(ZIPAPP)

clean:
	rm -rf dist .venv .demo .bench .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
