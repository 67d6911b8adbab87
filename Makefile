# One word for everything: the same here, in CI and in CONTRIBUTING.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check format lint types docs bench regressions clean

demo: $(READY)  ## Run the main job on seeds/ and show the result.
	$(BIN)/arclean run seeds -o out/seeds

test: $(READY)  ## Run the tests and every example in the docs.
	$(BIN)/python -m pytest -q -n 2

check: $(READY) lint types test  ## Format, lint, types, tests, doc examples.

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

docs: $(READY)  ## Build the pages into out/site.
	$(BIN)/sphinx-build -n -W -q docs out/site

bench: $(READY)  ## Compare with the peers and write the tables and plots into out/bench.
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python benchmarks/run_all.py

regressions: $(READY)  ## Measure the speed of the project's own parts, and compare with the last time.
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m pytest -q benchmarks/regressions --benchmark-timer=time.process_time \
	    --benchmark-storage=out/regressions --benchmark-autosave \
	    $(if $(wildcard out/regressions/*/*.json),--benchmark-compare --benchmark-compare-fail=min:50%)

format: $(READY)
	$(BIN)/python docs/generate_rules.py
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

types: $(READY)
	$(BIN)/mypy

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

clean:
	rm -rf .venv out dist
