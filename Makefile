# Everything that is done with this repository. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# QGIS's embedded Python takes its home from the first python3 on PATH; it has to be the system's.
export PATH := /usr/bin:/bin:/usr/sbin:/sbin:$(PATH)

PYTHON := .venv/bin/python
READY := .venv/.ready
SAMPLE := build/sample/.ready
SEED ?= 20260501
PLUGIN := build/plugins/weipian_plugin
DEMO_REAL ?=
PYTEST_ARGS ?=
# Names of benchmarks; all of them when empty.
BENCH ?=

.PHONY: help setup sample plugin package offline run demo bench test lint format translations clean

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 12

setup: $(READY) ## Install what is missing (system packages, .venv)

$(READY): requirements-dev.txt tools/system_packages.sh
	tools/system_packages.sh
	test -x $(PYTHON) || /usr/bin/python3 -m venv --system-site-packages .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

sample: $(SAMPLE) ## Generate the sample township under build/sample

$(SAMPLE): $(READY) $(wildcard resources/sample/*.py)
	fresh=build/.sample.$$$$; $(PYTHON) resources/sample/generate.py $$fresh --seed $(SEED); \
	  touch $$fresh/.ready; rm -rf build/sample; mv $$fresh build/sample

plugin: $(READY) ## Build the loadable plugin folder build/plugins/weipian_plugin
	$(PYTHON) tools/build_plugin.py $(PLUGIN)

package: plugin ## Build the installable zip under dist/
	$(PYTHON) tools/package.py $(PLUGIN) dist

offline: $(READY) ## Collect shapely wheels for Windows machines without network under dist/
	$(PYTHON) tools/offline_wheels.py dist

run: plugin sample ## Desktop QGIS with the plugin and the sample
	$(PYTHON) tools/run_desktop.py

demo: plugin sample ## The whole job headless on the sample, results and screenshots under build/demo
	$(PYTHON) tools/demo.py $(if $(DEMO_REAL),--real "$(DEMO_REAL)")

bench: plugin ## Measure, print a table, write build/bench.json; BENCH="overlay_small …" for parts
	tools/bench_venv.sh || echo "The peers from PyPI cannot be installed; their rows will be empty." >&2
	tools/bench_postgis.sh
	QT_QPA_PLATFORM=offscreen $(PYTHON) benchmarks/run.py $(BENCH)

test: plugin sample ## All tests
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest $(PYTEST_ARGS)

lint: $(READY) ## Style, imports, types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	.venv/bin/lint-imports
	$(PYTHON) -m mypy

translations: $(READY) ## Bring i18n in step with the sources
	$(PYTHON) tools/update_translations.py

format: $(READY) ## Rewrite the sources in the house style
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

clean: ## Remove everything that was built, the environment too
	rm -rf build dist .venv .venv-bench .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
