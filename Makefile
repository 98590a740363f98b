PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test demo check bench fuzz audit soak storm format docs lock reset

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing the pinned requirements into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(STAMP)

run: $(STAMP) ## Start everything and stay in the foreground (Ctrl-C stops it)
	@exec $(BIN)/python -m dev.run

test: $(STAMP) ## Run the suite on real PostgreSQL and Redis; ARGS="payments -k refund" goes to pytest
	@exec $(BIN)/python -m dev.test $(ARGS)

demo: $(STAMP) ## Drive the main job over HTTP while `make run` is up
	@exec $(BIN)/python -m dev.demo

check: $(STAMP) ## Lint, format, types, import contracts, missing migrations, OpenAPI drift
	@exec $(BIN)/python -m dev.check

bench: $(STAMP) ## Measure, against limits of the same run; writes .local/bench.json
	@exec $(BIN)/python -m bench $(ARGS)

fuzz: $(STAMP) ## Start the product elsewhere and try it against its own OpenAPI document; ARGS go to schemathesis
	@exec $(BIN)/python -m dev.fuzz $(ARGS)

audit: $(STAMP) ## Ask PyPI for known vulnerabilities of what production installs
	@exec $(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt

soak: $(STAMP) ## Let 200 people live for two years with all that can go wrong, then compare with Stripe; SOAK_PEOPLE=40 for less
	@exec $(BIN)/python -m dev.soak $(ARGS)

storm: $(STAMP) ## Kill workers and Redis, silence every provider for an hour, then look for what was lost; ARGS="--people 100"
	@exec $(BIN)/python -m dev.storm $(ARGS)

format: $(STAMP) ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

docs: $(STAMP) ## Write docs/openapi.yaml, docs/errors.md, docs/privacy.md and the tables of rules from the code
	@DJANGO_SETTINGS_MODULE=numerai.settings.test $(BIN)/python manage.py write_docs
	@DJANGO_SETTINGS_MODULE=numerai.settings.test $(BIN)/python manage.py write_privacy_page
	@$(BIN)/python -m accounts.tests.rules && $(BIN)/python -m payments.tests.rules && $(BIN)/python -m notifications.tests.rules

lock: $(STAMP) ## Resolve requirements*.in into hashed requirements*.txt
	@$(PYTHON) -m venv .local/lock && .local/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	@for part in "" -dev; do .local/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" --output-file requirements$$part.txt requirements$$part.in || exit 1; done

reset: ## Empty .local: databases, mails, the local Stripe, caches
	@pid=$$(sed -n 's/^SUPERVISOR_PID=//p' .local/run.env 2>/dev/null); \
		if [ -n "$$pid" ] && kill -0 $$pid 2>/dev/null; then echo "Stop make run first."; exit 1; fi
	@rm -rf .local
