# One command for each habit; `make` lists them. ARGS go to pytest: make test ARGS="-k waiver"
SHELL := bash
RUN := export PATH="$$PWD/.venv/bin:$$PATH";

.PHONY: help setup test test-all lint format docs lock

help: ## List these commands
	@sed -n 's/^\([a-z-]*\): .*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: ## Set up .venv with the locked versions
	@source scripts/environment.sh && make_environment

test: setup ## Run the tests that need no server and no browser
	@$(RUN) pytest --quiet -m "not server and not browser" --numprocesses auto --maxprocesses 4 $(ARGS)

test-all: ## Run lint and all tests, with Label Studio and Chromium
	@scripts/test $(ARGS)

lint: setup ## Check style, types and the layers of the package
	@$(RUN) ruff check . && ruff format --check . && mypy && lint-imports

format: setup ## Format the code and fix what ruff can fix
	@$(RUN) ruff check --fix . && ruff format .

docs: ## Build the documentation site into .cache/docs/site
	@scripts/docs

lock: ## Update the lock files to pyproject.toml (needs uv)
	@scripts/lock
