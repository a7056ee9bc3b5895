# Two commands: `make demo` (the main job on embedded parts, no root; it leaves everything in demo/)
# and `make test`. The rest is for keepers.
PYTHON   ?= python3
VENV     ?= .venv
AGENCIES ?= 8286
SEED     ?= 2568
BIN      := $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE     # the tests start hundreds of programs: compiled code is kept
VERSION  := -c 'import sys; print(sys.version)'

# Where PYTHON is given, an environment that was made with another is made anew.
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) $(VERSION)),$(shell $(BIN)/python $(VERSION) 2>/dev/null))
.PHONY: $(VENV)/ready
ANEW := --clear
endif
endif

.PHONY: demo simulation year soak test server lint manual boards fonts pictures lock wheel deb clean

demo: $(VENV)/ready
	rm -rf demo
	$(BIN)/sarabanwatch demo --agencies $(AGENCIES) --seed $(SEED) --keep demo \
	  $$(test ! -t 0 || echo --serve)

# Lint, and two runs at once, each of what the other leaves out: tests that wait for programs most of
# their time, more of them than there are cores; and, with what these leave of the cores, tests that
# compute and give way. Every worker must know all tests of its run: no more than three know the nine
# thousand that compute.
WAIT     := tests/story tests/real tests/documents tests/cli/test_demo.py
test: $(VENV)/ready
	$(MAKE) --no-print-directory --jobs=3 --output-sync lint test-waiting test-computing

.PHONY: test-waiting test-computing
test-waiting: $(VENV)/ready
	$(BIN)/pytest -n 8 --dist worksteal $(WAIT)
test-computing: $(VENV)/ready
	nice -n 5 $(BIN)/pytest -n 3 --dist worksteal tests $(addprefix --ignore=,$(WAIT))

# Stories and campaigns with the ledger on a PostgreSQL server, which is started for them.
ON_SERVER := killed stopped relay_cut inbox_away correction paused notices vanished confirmed \
             register_changed unreachable
server: $(VENV)/ready
	LEDGER=server $(BIN)/pytest -n 5 --dist worksteal $(ON_SERVER:%=tests/story/test_%.py)
	SEEDS=20 $(BIN)/pytest -n 2 tests/simulation/test_simulation.py -k on_a_server

# More of the campaigns of tests/simulation than `make test` plays.
SEEDS ?= 1000
simulation: $(VENV)/ready
	SEEDS=$(SEEDS) $(BIN)/pytest -n auto --dist worksteal tests/simulation

# A year of nine rounds for three hundred agencies, with all that goes wrong in one, in some minutes:
# a line a round.
YEAR ?= 1 300 9
year: $(VENV)/ready
	$(BIN)/python tests/simulation/year.py $(YEAR)

# As root: longer trials of what `make test` tries; then the daemon as shipped, for hours: prints
# restarts, memory, descriptors and the longest gap between two feeds of the watchdog.
HOURS ?= 3
soak: $(VENV)/ready
	$(MAKE) simulation SEEDS=200
	$(BIN)/pytest -n auto --dist worksteal -m soak
	PYTHONPATH=tests $(BIN)/python -m real.as_shipped.soak $(HOURS)

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The pages of deploy/manual that say what the code says.
manual: $(VENV)/ready
	$(BIN)/python -m sarabanwatch.cli.manual deploy/manual

# The boards, from deploy/grafana/boards.
boards: $(VENV)/ready
	PYTHONPATH=deploy/grafana $(BIN)/python -m boards

# The public page's typeface: Thai and Latin of Sarabun (OFL), as the extra `reports` brings it.
FONTS  := daemon/sarabanwatch/page/font
LETTERS := U+20-7E,U+A0,U+A7,U+A9,U+AB,U+B0,U+B7,U+BB,U+D7,U+E01-E3A,U+E3F-E5B,U+200B,U+2010-2014,\
U+2018-201D,U+2022,U+2026,U+2190-2193,U+2212,U+2264,U+2265
fonts: $(VENV)/ready
	$(BIN)/pip install --quiet fonttools==4.68.0 brotli==1.2.1
	for face in 400:Regular 600:SemiBold; do $(BIN)/pyftsubset \
	  $(VENV)/lib/python*/site-packages/fontpkg_sarabun/files/Sarabun-$${face#*:}.ttf \
	  --unicodes='$(LETTERS)' --flavor=woff2 --no-hinting \
	  --output-file=$(FONTS)/sarabun-$${face%:*}.woff2 || exit 1; done

# What deploy/pictures shows, taken anew over a demo of 300 agencies; needs chromium and
# poppler-utils.
pictures: $(VENV)/ready
	rm -rf demo
	$(BIN)/sarabanwatch demo --agencies 300 --seed $(SEED) --keep demo
	$(BIN)/python tests/bench/pictures.py demo

# Pinned with hashes; the project itself is installed as it stands, without fetching a builder.
$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) \
	  and "Python 3.11 or newer is needed; say make PYTHON=...")'
	$(PYTHON) -m venv $(ANEW) $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Needs uv; writes the pins anew, without addresses: all that the tests need, what runs, and what
# makes wheels. UPGRADE= keeps what is pinned and adds what is new.
UPGRADE ?= --upgrade
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-header --no-emit-index-url
RUNS    := --extra dkim --extra oauth --extra postgres --extra reports
LOCKS   := deploy/requirements
lock:
	$(COMPILE) $(UPGRADE) --extra demo --extra test $(RUNS) pyproject.toml -o requirements.lock
	$(COMPILE) $(UPGRADE) --constraint requirements.lock $(RUNS) pyproject.toml -o $(LOCKS)/run.lock
	$(COMPILE) $(UPGRADE) --constraint requirements.lock --group build -o $(LOCKS)/build.lock

wheel: $(VENV)/ready
	$(BIN)/hatchling build -t wheel

# A package for this machine's Debian or Ubuntu, in dist/.
deb:
	deploy/deb/build dist

clean:
	rm -rf .venv* dist demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
