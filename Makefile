# Everything a developer or a curious user types. `make demo` and `make test` need Python 3.11+, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test lint collected docs lock-docs e2e browser newest-client faults torture bench bench-peers soak components check lock clean

help:
	@echo "make demo        set up, and see it work in a temporary home directory"
	@echo "make test        set up, and run the tests (unit, contract, command line, static checks)"
	@echo "make components  fetch the real Claude Code, Portkey gateway, secret managers and so on for the tests (needs npm)"
	@echo "make e2e         the tests against the real components"
	@echo "make browser     the manager's pages in Chromium; pictures in build/pictures (needs chromium)"
	@echo "make docs        the documentation as a site, in build/docs"
	@echo "make newest-client  what we know of Claude Code, held to the newest version that npm has"
	@echo "make faults      the tests that kill and starve real processes (needs strace)"
	@echo "make torture     kills, power cuts, races and more on the installed command; writes docs/torture.md (LONG=1: a night)"
	@echo "make bench       the benchmarks, as ratios within one run"
	@echo "make bench-peers  a switch beside those of other switchers (four minutes; needs npm, node and strace)"
	@echo "make soak        24 hours of the tray, whole: does anything grow? (ten to twenty minutes)"
	@echo "make packages    build the installers that this machine can"
	@echo "make lock        resolve the development dependencies again"
	@echo "make packages-macos  on a Mac: the disk image for its processor (packaging/README.md)"

# The package itself by uv, README's way: pip 23 writes a launcher that loads `re`, which few users wait for.
$(STAMP): pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "pkcc-tray needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# A first look needs the program and its libraries alone, from the lock of a release.
DEMO := build/demo-environment

$(DEMO)/.installed: pyproject.toml packaging/release/runtime.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "pkcc-tray needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(DEMO)/bin/python || $(PYTHON) -m venv $(DEMO)
	@echo "Installing the libraries into $(DEMO) …"
	@$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r packaging/release/runtime.lock
	@printf '#!%s\nimport sys\nsys.path.insert(0, "%s")\nfrom tray.__main__ import main\nsys.exit(main())\n' "$(CURDIR)/$(DEMO)/bin/python" "$(CURDIR)" >$(DEMO)/bin/pkcc-tray
	@chmod 755 $(DEMO)/bin/pkcc-tray
	@touch $@

demo: $(DEMO)/.installed
	@$(DEMO)/bin/pkcc-tray demo

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What is wrong here, the tests themselves say.
collected: $(STAMP)
	@-tests/run --collect-only -qq --numprocesses 0 >/dev/null 2>&1

# The tests are read once for all workers, while types are checked. Tests wait more than they compute: twice as many at
# once as there are processors.
test: $(STAMP)
	$(MAKE) --jobs 2 lint collected
	tests/run --numprocesses $$(( 2 * $$(getconf _NPROCESSORS_ONLN) )) --dist worksteal

components: $(STAMP)
	tests/e2e/components/install.sh claude-code
	tests/e2e/components/install.sh gateway
	tests/e2e/components/install.sh axe
	PYTHON="$(CURDIR)/$(BIN)/python" tests/e2e/components/install.sh switchers
	PYTHON="$(CURDIR)/$(BIN)/python" tests/e2e/components/install.sh managers

# They wait for clients and daemons for half of their time.
e2e: $(STAMP) components
	tests/run tests/e2e --numprocesses $$(( 2 * $$(getconf _NPROCESSORS_ONLN) )) --dist loadfile --no-loadscope-reorder

browser: $(STAMP)
	tests/e2e/components/install.sh axe
	PKCC_PICTURES=$${PKCC_PICTURES:-build/pictures} tests/run tests/browser --numprocesses $$(( 2 * $$(getconf _NPROCESSORS_ONLN) )) --dist worksteal

# The guides' pictures, of what those tests keep.
.PHONY: pictures
pictures: browser
	$(BIN)/python docs/site/pictures.py $${PKCC_PICTURES:-build/pictures}

# The site, in an environment of its own: no broken link, no page that none leads to.
DOCS := build/docs-environment/bin

$(DOCS)/sphinx-build: docs/site/requirements.lock
	$(PYTHON) -m venv build/docs-environment
	$(DOCS)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r docs/site/requirements.lock
	@touch $@

docs: $(DOCS)/sphinx-build
	rm -rf build/docs
	$(DOCS)/sphinx-build -q -W --keep-going -n docs build/docs
	@echo "The site is in build/docs/index.html"

lock-docs: $(STAMP)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock-docs" --output-file docs/site/requirements.lock docs/site/requirements.in

# Every table that is held to the real client. Once a week, in .github/workflows/newest-client.yml.
OF_THE_CLIENT := tests/e2e/test_*_of_the_client.py tests/e2e/test_dropped_files.py tests/e2e/test_asked_client.py tests/e2e/test_equivalence.py

newest-client: $(STAMP)
	client=$$(tests/e2e/components/newest-client.sh) && PKCC_TEST_CLAUDE="$$client" tests/run $(OF_THE_CLIENT)

faults: $(STAMP)
	tests/run tests/faults --numprocesses $$(getconf _NPROCESSORS_ONLN) --dist worksteal

torture: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m torture --report docs $(if $(LONG),--long) $(ROWS)

bench: $(STAMP)
	$(BIN)/python -m benchmarks

bench-peers: $(STAMP)
	PYTHON="$(CURDIR)/$(BIN)/python" tests/e2e/components/install.sh switchers
	$(BIN)/python -m benchmarks.peer_report

soak: $(STAMP)
	$(BIN)/python -m benchmarks --long soak

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" --group dev --output-file requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" --constraint requirements-dev.lock \
		--output-file packaging/linux/requirements.lock pyproject.toml

# Installers (packaging/README.md) -------------------------------------------------------------------

.PHONY: packages packages-linux packages-windows test-packages-windows lock-windows
WINE_RIG := $(CURDIR)/.wine
# For every Python: the rig's is 3.11, a release's newer.
FOR_WINDOWS := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 \
	--universal --custom-compile-command "make lock-windows"

packages: packages-linux
	@if test -x /usr/lib/wine/wine64 && command -v makensis && command -v x86_64-w64-mingw32-gcc; then \
		$(MAKE) packages-windows; \
		else echo "No Windows setup: it wants nsis, wine64 and gcc-mingw-w64-x86-64"; fi

# With RUNTIME=FILE (packaging/linux/appimage_runtime.py fetches it) a whole AppImage.
packages-linux: $(STAMP)
	$(BIN)/python packaging/linux/build.py $(if $(RUNTIME),--runtime $(RUNTIME)) dist

packages-windows: $(STAMP)
	packaging/windows/wine/prepare.sh $(WINE_RIG)
	$(BIN)/python packaging/windows/build.py --wine $(WINE_RIG)

# Where all pass, that is noted in packaging/windows/proven, by which .ci/run knows whether they are due.
test-packages-windows: $(STAMP)
	$(BIN)/python packaging/windows/proven.py --test

lock-windows: $(STAMP)
	$(FOR_WINDOWS) --output-file packaging/windows/requirements.lock pyproject.toml packaging/windows/requirements.in
	$(FOR_WINDOWS) -c packaging/windows/requirements.lock \
		--output-file packaging/windows/wine/tests.lock packaging/windows/wine/tests.in

# macOS and the release ------------------------------------------------------------------------------------

.PHONY: packages-macos lock-macos lock-release

# In an environment of its own: only what the lock has is in the bundle.
packages-macos:
	$(PYTHON) -m venv build/macos-environment
	build/macos-environment/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r packaging/macos/requirements-$$(uname -m).lock
	build/macos-environment/bin/python packaging/macos/build.py

lock-macos:
	for processor in arm64:aarch64 x86_64:x86_64; do \
		$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --only-binary :all: --python-version 3.13 \
			--python-platform $${processor#*:}-apple-darwin --custom-compile-command "make lock-macos" \
			--output-file packaging/macos/requirements-$${processor%:*}.lock pyproject.toml packaging/macos/requirements.in \
			|| exit 1; \
	done

# runtime.lock is what a release is tested with, and the bill of materials.
lock-release:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock-release" --output-file packaging/release/requirements.lock \
		packaging/release/requirements.in
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock-release" --output-file packaging/release/runtime.lock pyproject.toml

clean:
	rm -rf $(VENV) .components .wine dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
