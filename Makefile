# `make` lists what there is. Nothing needs more than Python 3.11, make and the package index.
.DEFAULT_GOAL := help
.PHONY: help run test lint fmt messages catalogs bench verify audit docker-build clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin
# Enough of an environment for commands that read the code and touch no data.
DJANGO := SECRET_KEY=only-to-read-the-code FIELD_ENCRYPTION_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= $(VENV)/python manage.py
LANE ?= not slow
PRODUCT := accounts cards compliance config desk funding local_stripe stripe_gateway manage.py

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run catalogs ## Start everything with demo data on this machine; Ctrl-C ends it
	@$(VENV)/python -m config.run

test: .venv/dev catalogs ## Run the tests; lanes without their server or browser are skipped, saying so
	$(VENV)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "$(LANE)" $(ARGS)

lint: .venv/dev ## Style, types, security, deployment settings, migrations, messages
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	SECRET_KEY=only-to-read-types $(VENV)/mypy
	$(VENV)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive $(PRODUCT)
	.ci/check_django
	$(DJANGO) messages check

fmt: .venv/dev ## Format the code and sort imports
	$(VENV)/ruff check --fix-only .
	$(VENV)/ruff format .

messages: .venv/dev ## Collect new sentences into locale/*/LC_MESSAGES/django.po
	$(DJANGO) messages collect
	@$(MAKE) --no-print-directory catalogs

catalogs: .venv/run
	@if ls locale/*/LC_MESSAGES/django.po >/dev/null 2>&1; then \
	  $(VENV)/pybabel --quiet compile --domain django --directory locale; fi

bench: .venv/dev ## Measure speed and write bench/RESULTS.md
	$(VENV)/python -m bench

verify: .venv/dev catalogs ## The whole crash matrix on SQLite and the PostgreSQL server in TEST_DATABASE_URL
	$(VENV)/python -m tests.harness.verify $(ARGS)

audit: .venv/dev ## Look the pinned packages up in the list of known vulnerabilities
	$(VENV)/pip-audit --requirement requirements.txt

docker-build: ## Build the production image
	docker build --tag issuing-desk .

clean: ## Forget the demo: its database, its secrets, local Stripe's books
	rm -rf var staticfiles

# One stamp per list of packages, so that a second `make` starts at once.
.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Issuing Desk needs Python 3.11 or newer; set PYTHON=/path/to/it."; exit 1; }
	test -x $(VENV)/python || $(PYTHON) -m venv .venv
	$(VENV)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	$(VENV)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
