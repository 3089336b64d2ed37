# Every target is one command: see the README for the same on Windows, which has no make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: report test prove lab clean

report: $(READY)
	$(BIN)/cdpb report

test: $(READY)
	$(BIN)/python -m tests

prove: $(READY)
	$(BIN)/python -m tests --prove

lab: $(READY)
	$(BIN)/cdpb lab

# As `cdpb clean`, and without an environment too.
clean:
	find outputs -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	test ! -d .cdpb || find .cdpb -mindepth 1 -maxdepth 1 ! -name key -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $(READY)
