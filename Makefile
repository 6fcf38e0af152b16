# Lumbung. `make` alone lists what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
ASSETS := platform/lumbung/web/static/build/manifest.json
# Of an asset build's sources the templates are part: rules that no template uses are dropped from the style sheet.
ASSET_SOURCES = $(shell find assets -type f) $(shell find platform/lumbung tenants app_catalog app_runtime -name '*.html')
CODE := wsgi.py platform tenants app_catalog app_runtime migrations tests bench
ARGS ?=

# The first Python that is new enough and can make virtual environments; `make PYTHON=…` names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& command -v "$$python" && break; done)

# Some machines tell Python to keep no compiled modules: then each process of the suite compiles a thousand of ours anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Workers of the suite, one more than cores: tests also wait, for browsers and for what they have killed.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))

.PHONY: run
run: $(VENV)/.installed $(ASSETS) ## Start everything on port 8000 (PORT=…, LAN=1 for phones in the same network)
	@exec env LUMBUNG_STOP_WITH_PARENT=1 LOG_FORMAT="$${LOG_FORMAT:-console}" LOG_LEVEL="$${LOG_LEVEL:-warning}" \
		$(BIN)/lumbung run

.PHONY: test
test: $(VENV)/.installed $(ASSETS) $(VENV)/.browser ## Run all tests, browser journeys included (ARGS="-k word"; PICTURES=1 keeps what the browsers show)
	@$(BIN)/pytest -q -n $(WORKERS) $(ARGS)

.PHONY: check
check: format-check lint types imports migrations test ## Everything that CI checks

.PHONY: format
format: $(VENV)/.installed ## Put the code into its form
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

.PHONY: format-check
format-check: $(VENV)/.installed
	@$(BIN)/ruff format --check --quiet . || { echo "Jalankan 'make format'. / Run 'make format'." >&2; exit 1; }

.PHONY: lint
lint: $(VENV)/.installed ## Look for mistakes in style and use
	@$(BIN)/ruff check --quiet .

.PHONY: types
types: $(VENV)/.installed ## Check the types
	@$(BIN)/mypy --no-error-summary

.PHONY: imports
imports: $(VENV)/.installed ## Check that imports go one way
	@$(BIN)/lint-imports --no-logo --show-timings >/dev/null || $(BIN)/lint-imports

.PHONY: migrations
migrations: $(VENV)/.installed ## Check that the migrations make what the models say, and can do no harm
	@$(BIN)/lumbung db check
	@$(BIN)/lumbung db lint

.PHONY: assets
assets: $(ASSETS) ## Build style sheets, scripts and icons

.PHONY: demo
demo: $(VENV)/.installed $(ASSETS) ## Load what is missing of the demonstration (SIZE=large: 100,000 reports; SEED=…)
	@LOG_LEVEL="$${LOG_LEVEL:-error}" $(BIN)/lumbung demo load $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

.PHONY: soak
soak: $(VENV)/.installed $(ASSETS) ## Run the long proofs (an hour or two; ARGS="-k kills" for one) and print what they proved
	@$(if $(ARGS),,SCREENS=both $(BIN)/pytest -q -n $(WORKERS) tests/journeys)
	@$(if $(ARGS),,EXACT_TIMES=1 $(BIN)/pytest -q -n0 $(shell grep -rl --include='test_*.py' processor_time tests))
	@$(BIN)/pytest -q tests/soak $(ARGS)

.PHONY: bench
bench: $(VENV)/.installed $(ASSETS) $(VENV)/.browser bench/.venv/.installed bench/node_modules/.installed ## Measure beside two peers (QUICK=1: two minutes)
	@PYTHONPATH=platform:. $(BIN)/python -m bench $(if $(QUICK),--quick) $(ARGS)

.PHONY: bench-upgrades
bench-upgrades: $(VENV)/.installed ## Measure an upgrade over 100,000 running records (ARGS="--records 20000")
	@PYTHONPATH=platform:. $(BIN)/python -m bench.upgrades $(ARGS)

bench/.venv/.installed: bench/requirements.txt $(VENV)/.installed
	@echo "Memasang pembanding … / Installing the peers …"
	@$(BIN)/python -m venv --clear bench/.venv
	@bench/.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

# Without Lighthouse, all but its judgement is measured.
bench/node_modules/.installed: bench/package.json
	@mkdir -p $(@D)
	@npm install --prefix bench --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null 2>&1 || true
	@touch $@

.PHONY: clean
clean: ## Delete what was built and installed; data in instance/ stays
	@rm -rf $(VENV) node_modules bench/.venv bench/node_modules bench/results build dist *.egg-info $(dir $(ASSETS)) test-results
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: reset
reset: $(VENV)/.installed ## Delete the data in instance/ for good (make reset SURE=yes)
	@test "$(SURE)" = yes || { echo "Semua data akan hilang: make reset SURE=yes / All data will be lost" >&2; exit 1; }
	@$(BIN)/python -m lumbung.postgres.delete instance

$(VENV)/.installed: setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "Perlu Python 3.11 atau lebih baru dengan modul venv. / \
	Python 3.11 or newer with its venv module is needed (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Memasang pustaka Python … / Installing Python libraries …"
	@$(BIN)/python -c "" 2>/dev/null || "$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

node_modules/.installed: package.json package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null \
	|| { echo "Perlu Node 20 atau lebih baru dengan npm. / Node 20 or newer with npm is needed." >&2; exit 1; }
	@echo "Memasang pustaka web … / Installing web libraries …"
	@npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(ASSETS): node_modules/.installed $(ASSET_SOURCES)
	@echo "Membangun aset … / Building assets …"
	@npm run --silent build >/dev/null
	@touch $@

# A browser of the system, else Debian's, else Playwright's own. The headless shell is Chromium without its windows:
# the same engine for a third less of the processor, so it is fetched even where Chromium is there.
$(VENV)/.browser: $(VENV)/.installed
	@command -v chromium-headless-shell >/dev/null && exit 0; \
	echo "Memasang peramban … / Installing a browser …"; \
	if [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ] && ! grep -qi ubuntu /etc/os-release; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell >/dev/null && exit 0; \
	fi; \
	for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	$(BIN)/playwright install chromium >/dev/null && exit 0; \
	echo "Pasang Chromium atau Chrome untuk uji peramban. / Install Chromium or Chrome for the browser tests." >&2; exit 1
	@touch $@
