# Four words for people who change the house: style, types, test, prove. Two for those who use it:
# run, bench. Each sets up what it needs first and is quick the second time.
.PHONY: run test style types covered prove bench setup clean
.DEFAULT_GOAL := run

VENV := .venv
PY := $(VENV)/bin/python
UI := ui
# A file of tests stays together: what it opens, it opens once.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
API_SOURCES := $(shell find acd agent_softphone_bridge calls cti ivr recordings runtime storage \
	telephony tickets -name '*.py')
UI_SOURCES := $(shell find $(UI)/src $(UI)/public $(UI)/*.* -type f -not -name 'openapi.*') \
	$(UI)/openapi.json

$(VENV)/.installed: setup.cfg pyproject.toml
	@sh telephony/provisioning/prerequisites.sh python
	@echo "==> Python environment"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install -qq --upgrade pip setuptools wheel
	@$(PY) -m pip install -qq --editable '.[dev]'
	@touch $@

setup: $(VENV)/.installed $(UI)/dist/index.html
	@sh telephony/provisioning/prerequisites.sh telephone
	@sh telephony/provisioning/asterisk.sh

# The browser app. Its client is made of the API's own description; when that says nothing new,
# nothing is built again.
$(UI)/node_modules/.installed: $(UI)/package-lock.json
	@sh telephony/provisioning/prerequisites.sh app
	@echo "==> Browser app's libraries"
	@cd $(UI) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(UI)/.described: $(VENV)/.installed $(UI)/node_modules/.installed $(API_SOURCES)
	@$(PY) -m runtime.web.document > $(UI)/openapi.json.new
	@if cmp -s $(UI)/openapi.json.new $(UI)/openapi.json && \
		test $(UI)/src/api/schema.d.ts -nt $(UI)/openapi.json; \
	then rm $(UI)/openapi.json.new; \
	else mv $(UI)/openapi.json.new $(UI)/openapi.json && cd $(UI) && npm run --silent client >/dev/null; fi
	@touch $@

$(UI)/openapi.json: $(UI)/.described ;

$(UI)/dist/index.html: $(UI_SOURCES)
	@echo "==> Browser app"
	@cd $(UI) && npm run --silent build
	@touch $@

run: setup
	@$(PY) -m runtime run $(if $(filter 0,$(DEMO)),--no-demo,--demo)

style: $(VENV)/.installed $(UI)/.described
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports --verbose | tail -20
	cd $(UI) && npm run --silent style

types: $(VENV)/.installed $(UI)/.described
	$(PY) -m mypy
	cd $(UI) && npm run --silent types

test: setup
	@sh telephony/provisioning/prerequisites.sh test
	cd $(UI) && npm run --silent test
	$(PY) -m pytest -q $(SIDE_BY_SIDE)

# Not yet a part of test: it names the files that fall below.
covered: setup
	$(PY) -m pytest -q $(SIDE_BY_SIDE) -p tests.covered -m "(unit or wire or contract or story) and not prove"
	$(PY) -m tests.covered

prove: setup
	$(PY) -m pytest -q -m prove -p tests.proofs

bench: setup
	$(PY) -m bench

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf $(UI)/node_modules $(UI)/dist $(UI)/.described
