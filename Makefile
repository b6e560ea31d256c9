# `make` prints this help. Each target does all of its own set-up; Python 3.11 with venv, git and make are enough.

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
# What is handed a sentence that a client may read: besides gettext, whatever a room refuses with (`core/saying.py`).
WORDS := gettext_lazy ngettext_lazy:1,2 pgettext_lazy:1c,2 marked say say_many:1,2 \
  AddressTaken AuthorityEnded BadAddress BadNumber BadWords CannotDo CannotWrite Incomplete InvitationOver InvitationRefused LinkOver \
  LastAdministrator NameTaken NeedsASecondWord NotAllowed NotGenuine NotOurs ProviderRefused SignInFailed SignInFirst StaffAddress \
  TooLarge TooMany UsedOtherwise

.DEFAULT_GOAL := help
.PHONY: help demo serve test faults check lint types layers docs-test bench messages lock screenshots clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/runtime.done ## Run a live demo world on http://127.0.0.1:8000 (needs nothing else)
	$(BIN)/mainstay demo

serve: .venv/runtime.done ## Run the desk itself, all in one process
	$(BIN)/mainstay serve

test: .venv/dev.done check ## Pass everything: checks, tests on SQLite and on PostgreSQL, browser tests
	PYTHON=$(RUN) sh tests/run-all.sh

faults: .venv/dev.done ## Every crash point, 200 kills, 5,000 mails, on both databases (hours)
	FAULTS_FULL=1 $(RUN) -m pytest -q -m faults
	FAULTS_FULL=1 $(RUN) -m tests.postgres $(RUN) -m pytest -q -m faults

check: .venv/dev.done lint types layers ## Style, types, layers, migrations

lint: .venv/dev.done ## ruff and the templates
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet mainstay/console/jinja mainstay/portal/jinja mainstay/screens/jinja
	$(BIN)/djlint --lint --quiet --ignore H021,J018 mainstay/mail/stationery  # mail programs know inline styles only

types: .venv/dev.done ## mypy, strict in core
	MAINSTAY_DATA=$$(mktemp -d) $(BIN)/mypy

layers: .venv/dev.done ## Arrows point down; migrations are complete
	$(BIN)/lint-imports
	MAINSTAY_DATA=$$(mktemp -d) DJANGO_SETTINGS_MODULE=mainstay.settings $(RUN) -m django makemigrations --check --dry-run

bench: .venv/dev.done ## Print costs side by side, as ratios
	$(RUN) -m bench

screenshots: .venv/dev.done ## Make the pictures in docs/ anew
	$(RUN) -m tests.browser.screenshots

messages: .venv/dev.done ## Write the words that clients read down for a translator
	mkdir -p data/locale
	PYTHONPATH=. $(BIN)/pybabel --quiet extract -F babel.cfg $(addprefix -k ,$(WORDS)) \
	  --project=Mainstay --no-wrap --sort-by-file -o data/locale/django.pot mainstay

lock: .venv/bin/python ## Compile requirements/*.in into locked files with hashes
	$(BIN)/pip install --quiet uv
	for part in build runtime dev; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --no-strip-extras \
	    --python-version 3.11 requirements/$$part.in -o requirements/$$part.txt; done

clean: ## Remove what the targets above made (not your data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mainstay needs Python 3.11 or newer; set PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/runtime.done: .venv/bin/python requirements/build.txt requirements/runtime.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.done: .venv/runtime.done requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
