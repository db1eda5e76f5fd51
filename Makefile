# SkyAccord. Two commands matter: `make demo` and `make test`. Both set up what they need first.
# A fresh machine needs Python 3.11+, make and a network; everything else comes from pinned, hashed requirements.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := .setup-stamp
CONSOLE_SOURCES := $(shell find console -path console/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: help setup demo test soak check bench bench-peers docs lock clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP)  ## make .venv, install SkyAccord, build the console (does nothing the second time)

$(STAMP): requirements/dev.txt pyproject.toml build_console.py $(CONSOLE_SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "SkyAccord needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup  ## two nodes, two acts, both consoles: see docs/demo.md
	$(BIN)/skyaccord demo

test: setup  ## all tests, on every core; a file's tests stay together, they share what is dear to make; in the order of tests/conftest.py
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

soak: setup  ## the long storm: seeds never tried, 200 SIGKILLs, parsers; goes on where it stopped (docs/storm.md)
	$(BIN)/python -m tests.storm.soak $(SOAK)

check: setup  ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup  ## benchmarks, as ratios against a peer or a limit measured in the same run
	$(BIN)/python -m bench

bench-peers: setup  ## the programs that `make bench` compares with, in environments of their own
	$(BIN)/python -m bench.peers

docs: setup  ## write docs/commands.md from the commands themselves
	$(BIN)/python docs/commands_page.py

lock:  ## renew requirements/dev.txt (needs uv)
	uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements/dev.txt

clean:  ## remove everything that setup made
	rm -rf $(VENV) $(STAMP) console/node_modules src/skyaccord/console_build build dist
