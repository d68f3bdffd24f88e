# Needs Python 3.11 or newer, make, and a package index that pip can reach. Everything is installed into .venv.
#
#   make demo    review the published sample: by the rules, then with a recorded model beside them
#   make test    ruff, mypy and all tests but those in a browser
#   make test-browser  the pages in Chromium (/usr/bin/chromium, or REVIEWER_CHROMIUM)
#   make agree   agreement with the labelled rows of data/gold
#   make bench   speed and memory, start time
#   make docs    write docs/commands.md and docs/training.md anew and run every example of the documentation
#   make clean   remove .venv and caches

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
.DEFAULT_GOAL := demo

.PHONY: demo test test-browser agree bench docs clean

demo: $(VENV)/.installed
	@$(BIN)/reviewer review data/samples/huangpu-2023.txt
	@echo
	@echo "下面是同一张表，规则之外加上录下来的模型回答（不联网，来历见 cassettes/README.md）："
	@echo
	@$(BIN)/reviewer review data/samples/huangpu-2023.txt --llm --replay cassettes/huangpu-2023

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not browser"

test-browser: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/browser

agree: $(VENV)/.installed
	$(BIN)/reviewer agree data/gold/sample.jsonl
	$(BIN)/reviewer agree data/gold/sample.jsonl --llm --replay cassettes/huangpu-2023
	$(BIN)/reviewer agree data/gold/drafts.jsonl

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/rules.py

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/commands.py
	$(BIN)/python docs/training.py
	$(BIN)/python -m pytest tests/test_docs.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps hang on pyproject.toml only: the package is installed in place, so edited code needs no new install.
$(VENV)/.installed: pyproject.toml $(BIN)/python
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --editable .
	@touch $@

# Dependency groups need pip 25.1.
$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --group dev
	@touch $@

# Each candidate is run, not just looked up: version managers leave shims behind that exist and do not work.
$(BIN)/python:
	@for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        exec "$$python" -m venv $(VENV); \
	    fi; \
	done; \
	echo "没有找到带 venv 模块的 Python 3.11 或更新版本。请先安装（如 apt install python3 python3-venv）。" >&2; \
	echo "Python 3.11 or newer with its venv module is needed and was not found." >&2; \
	exit 1
