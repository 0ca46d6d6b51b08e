# The two commands of the README: `make report` and `make test`. Each sets up the environment itself, once.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready

.PHONY: report test test-browser real lab lint lock demo notebooks statements facts benchmark-kernels clean

report: $(READY)
	@$(RUN) diligence run data/demo/deal.toml --out out/demo

test: $(READY)
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not real"

real: $(READY)
	@$(RUN) pytest -n 2 --dist worksteal -m real --no-header -rs tests/real

lint: $(READY)
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .
	@$(RUN) mypy

demo: $(READY)
	@$(RUN) data.demo.generator

notebooks: $(READY)
	@$(RUN) diligence.runner.refresh

# the reduction as text of the engine, from its expressions
statements: $(READY)
	@$(RUN) diligence.dataroom.statements

# the page of all facts, from their catalogue
facts: $(READY)
	@$(RUN) diligence.reports.facts_page

# kernels beside the public packages that have them; writes its table into docs/benchmarks.md
benchmark-kernels: $(READY) .venv-peers/.ready
	@$(RUN) benchmarks.kernels --peers .venv-peers/bin/python --write

.venv-peers/.ready: benchmarks/peers.lock
	@$(PYTHON) -m venv --clear .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/peers.lock
	@touch $@

lab: .venv-lab/.ready
	@.venv-lab/bin/python -m jupyter lab --notebook-dir=.

# A new environment from the hashed lock: uv where it is installed, else venv and pip.
# Byte code is compiled now, once, whatever PYTHONDONTWRITEBYTECODE says.
$(READY): requirements.lock pyproject.toml
	@sh .ci/environment "$(PYTHON)" "$(VENV)" requirements.lock
	@touch $(READY)

.venv-lab/.ready: requirements-lab.lock pyproject.toml
	@sh .ci/environment "$(PYTHON)" .venv-lab requirements-lab.lock
	@touch $@

lock:
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --extra test --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --extra test --extra lab --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" -c requirements.lock pyproject.toml -o requirements-lab.lock
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" benchmarks/peers.in -o benchmarks/peers.lock

clean:
	rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
