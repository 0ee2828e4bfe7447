# make run     a server on this machine, with two accounts to try it
# make test    everything that CI runs
# make check   style, types, walls between the parts, tables that are generated
# make bench   side by side with other servers (installs them from Debian; needs root)

PYTHON ?= python3
BIN := .venv/bin
DATA ?= data
# More arguments for `dragoman up`, such as ARGS='--domain example.org --listen 0.0.0.0'
ARGS ?=
export PYTHON

.DELETE_ON_ERROR:
.PHONY: run test check bench format docs clients webclient

run: webclient
	@$(BIN)/dragoman --data $(DATA) up --demo alice --demo bob $(ARGS)

test: check clients webclient
	@tools/webclient.sh test
	$(BIN)/pytest -n 2 -m "not (clients or faults or simulation or network)"
	$(BIN)/pytest --network -m "clients or faults or simulation or network"

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.tables --check
	@tools/webclient.sh check

# The web client, where it is missing or older than its sources.
webclient: .venv/ready
	@tools/webclient.sh build

bench: .venv/ready
	$(BIN)/python -m bench $(ARGS)

# Puts right what `make check` complains of, where a machine can.
format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Writes the pages that are made from the code and from specs.toml.
docs: .venv/ready
	$(BIN)/python -m tools.tables

# The programs that others wrote, for tests/clients.
clients: .venv/ready
	@tests/clients/install.sh

.venv/ready: pyproject.toml uv.lock tools/setup.sh
	@tools/setup.sh
