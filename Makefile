# Short names for what is done often; `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help run test lint language messages vendor

BIN := .venv/bin

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the whole line on this machine
	@bin/run

test: ## check and test everything
	@bin/test

lint: ## the checks without the tests
	@bin/bootstrap requirements.txt requirements-test.txt
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: ## collect the English to be translated, and bring every language up to date with it
	@bin/bootstrap requirements.txt
	@$(BIN)/python -m bot locales export
	@$(BIN)/python -m bot locales desk

language: ## begin a language, as in: make language tag=so
	@test -n "$(tag)" || { echo "Which language? make language tag=so"; exit 1; }
	@bin/bootstrap requirements.txt
	@$(BIN)/python -m bot locales export $(tag)
	@echo "Translate locales/$(tag)/LC_MESSAGES/bot.po, then: $(BIN)/python -m bot flows check"

vendor: ## copy the browser's libraries from npm again
	bin/vendor
