# Short names for what is done often; `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help run test lint language messages vendor

BIN := .venv/bin
POT := locales/bot.pot
PO = locales/$(tag)/LC_MESSAGES/bot.po

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

messages: ## collect the English to be translated into locales/bot.pot
	@bin/bootstrap requirements.txt requirements-test.txt
	$(BIN)/pybabel extract --mapping-file=locales/babel.cfg --sort-by-file --project=Puente --output-file=$(POT) .

# By polib rather than `pybabel init`, which refuses languages that CLDR does not know.
language: ## begin a language, as in: make language tag=vi
	@test -n "$(tag)" || { echo "Which language? make language tag=vi"; exit 1; }
	@test ! -e $(PO) || { echo "$(PO) is there already."; exit 1; }
	@bin/bootstrap requirements.txt requirements-test.txt
	@mkdir -p $(dir $(PO))
	@$(BIN)/python -c 'import polib; po = polib.pofile("$(POT)"); po.metadata["Language"] = "$(tag)"; po.save("$(PO)")'
	@echo "Translate $(PO), then: $(BIN)/python -m bot locales check"

vendor: ## copy the browser's libraries from npm again
	bin/vendor
