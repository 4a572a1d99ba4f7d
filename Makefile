SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-24s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## Start everything with a sandbox CRM and a few simulated leads
	@"$(BIN)/python" -m ghl_real_estate_ai.cli demo

test: $(VENV)/.dev ## Run the tests, two files at a time
	@"$(BIN)/python" -m pytest -n 2 --dist loadfile

soak: $(VENV)/.dev ## Run the crash and outage harnesses whole (long); make test runs a twentieth
	@JORGE_SOAK=1 "$(BIN)/python" -m pytest tests/soak

check: $(VENV)/.dev ## Style, types and layers
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/python" -m mypy
	"$(BIN)/lint-imports"

train: $(VENV)/.train ## Train the understanding of messages and the guard's judge anew from their labelled cases
	@"$(BIN)/python" -m ghl_real_estate_ai.understanding.training.choices
	@"$(BIN)/python" -m ghl_real_estate_ai.understanding.training.train
	@"$(BIN)/python" -m ghl_real_estate_ai.compliance.train_judge

train-further: $(VENV)/.train ## Teach the shipped models what more writers wrote: WRITERS="hickory laurel"
	@"$(BIN)/python" -m ghl_real_estate_ai.understanding.training.choices
	@"$(BIN)/python" -m ghl_real_estate_ai.understanding.training.further $(WRITERS)

fmt: $(VENV)/.dev ## Put the code in order
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

serve: $(VENV)/.runtime ## Serve on 127.0.0.1:8000
	@"$(BIN)/jorge" serve

lock: ## Renew the locks (needs uv)
	uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra dev --extra llm --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -c requirements.lock -o requirements-dev.lock
	uv pip compile pyproject.toml --extra build --extra dev --extra llm --extra train --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -c requirements-dev.lock -o requirements-train.lock

clean: ## Remove the virtual environment and ./var
	rm -rf "$(VENV)" var

# The checkout itself is installed with the build tools of the lock, so nothing is downloaded unpinned.
$(VENV)/.runtime: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Jorge needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x "$(BIN)/python" || { echo "Making $(VENV) ..."; $(PYTHON) -m venv "$(VENV)" || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }; }
	@echo "Installing the locked packages ..."
	@"$(BIN)/python" -m pip install --quiet --require-hashes -r requirements.lock
	@"$(BIN)/python" -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch "$@"

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the locked packages for development ..."
	@"$(BIN)/python" -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch "$@"

$(VENV)/.train: requirements-train.lock $(VENV)/.dev
	@echo "Installing the locked packages for training (some gigabytes) ..."
	@"$(BIN)/python" -m pip install --quiet --require-hashes -r requirements-train.lock
	@touch "$@"

.PHONY: help demo test soak check train train-further fmt serve lock clean
