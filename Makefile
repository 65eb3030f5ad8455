# Every developer command. Each target works as the first one run on a fresh machine: it needs Python >= 3.11 and make.
# Overridable: PYTHON (interpreter of the environment), WORKERS (test processes), ARGS (passed on), SEEDS (make drills), UPGRADE=1 (make lock).

BIN := .venv/bin
UV := .tools/uv/bin/python tools/run_uv.py
WORKERS ?= auto
ARGS ?=
SEEDS ?= 1

.DEFAULT_GOAL := help
.PHONY: help install up test check bench proof drills audit format clean lock wheel ci-services

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.installed ## create .venv with the locked dependencies and vibex itself (PYTHON=… chooses the interpreter)

up: install ## start vibex in one process (ARGS="…" are passed on)
	$(BIN)/vibex up $(ARGS)

test: install ## run the test suite without the long proofs (ARGS="tests/domain -x" narrows it)
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 -m "not proof" $(ARGS)

check: install ## formatting, lint, types, import contracts, house rules; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lints

bench: install ## run the benchmarks
	$(BIN)/python -m bench $(ARGS)

# pytest exits with 5 when nothing carries the marker, which is no failure here.
proof: install ## run the long suites marked `proof`
	$(BIN)/python -m pytest -m proof $(ARGS) || { code=$$?; [ $$code -eq 5 ] && echo "no proofs selected" || exit $$code; }

drills: install ## play the 44 fault scenarios and print the table (SEEDS=10 plays each ten times)
	$(BIN)/python -m vibex.testing.drills --seeds $(SEEDS)

audit: install ## known vulnerabilities and licences of the locked runtime dependencies
	$(BIN)/python -m tools.audit

format: install ## format the code and apply the safe lint fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove the environment, build products and caches (never user data)
	rm -rf .venv .tools dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.egg-info' -type d -prune -exec rm -rf {} +

lock: .tools/uv/bin/uv ## rewrite the locks from pyproject.toml, keeping pins that still fit (UPGRADE=1 takes the newest)
	$(UV) $(LOCK) pyproject.toml -o requirements/runtime.lock
	$(UV) $(LOCK) pyproject.toml --extra dev -c requirements/runtime.lock -o requirements/dev.lock

LOCK = pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	$(if $(UPGRADE),--upgrade)

wheel: install ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel -d dist

ci-services: ## prepare the services the suite needs
	@echo "ci-services: none to prepare, the suite runs on embedded parts"

.venv/.installed: requirements/dev.lock pyproject.toml | .tools/uv/bin/uv .venv/bin/python
	$(UV) pip sync --quiet --compile-bytecode --python .venv --require-hashes requirements/dev.lock
	$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

.venv/bin/python: | .tools/uv/bin/uv
	$(UV) venv --quiet --clear --python "$$(sh tools/find_python.sh "$(PYTHON)")" .venv

.tools/uv/bin/uv:
	@python=$$(sh tools/find_python.sh "$(PYTHON)") && "$$python" -m venv --clear .tools/uv
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.5"
