# Four words for people who change the house: style, types, test, prove. Two for those who use it:
# run, bench. Each sets up what it needs first and is quick the second time.
.PHONY: run test style types cover prove bench setup clean
.DEFAULT_GOAL := run

VENV := .venv
PY := $(VENV)/bin/python

$(VENV)/.installed: setup.cfg pyproject.toml
	@sh telephony/provisioning/prerequisites.sh python
	@echo "==> Python environment"
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install -qq --upgrade pip setuptools wheel
	@$(PY) -m pip install -qq --editable '.[dev]'
	@touch $@

setup: $(VENV)/.installed
	@sh telephony/provisioning/prerequisites.sh telephone
	@sh telephony/provisioning/asterisk.sh

run: setup
	@$(PY) -m runtime run $(if $(filter 0,$(DEMO)),--no-demo,--demo)

style: $(VENV)/.installed
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports --verbose | tail -20

types: $(VENV)/.installed
	$(PY) -m mypy

test: setup
	@sh telephony/provisioning/prerequisites.sh test
	$(PY) -m pytest -q

cover: setup
	$(PY) -m coverage run -m pytest -q -m "unit or wire or contract or story"
	$(PY) -m coverage report

prove: setup
	$(PY) -m pytest -q -m prove

bench: setup
	$(PY) -m bench

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
