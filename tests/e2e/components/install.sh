#!/bin/sh
# Usage: install.sh NAME
# Installs what is pinned in tests/e2e/components/NAME into <repository>/.components/NAME: the npm packages of its
# package-lock.json, and the Python packages of its requirements.txt into python/ there (by $PYTHON's pip).
# Either may be missing.
# Downloads nothing when they are installed already, for the same Python, and their lock has not changed.
set -eu

usage="usage: install.sh NAME, where NAME is a directory beside this script"
name=${1:?"$usage"}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
source=$here/$name
[ -f "$source/package-lock.json" ] || [ -f "$source/requirements.txt" ] || { echo "no component '$name'; $usage" >&2; exit 2; }

target=$(CDPATH='' cd -- "$here/../../.." && pwd)/.components/$name
stamp=$target/.installed-lock

# What is pinned, npm's and Python's. Programs of Python packages begin with the path of that Python: where the
# environment has moved since, none of them runs.
pinned() {
    [ ! -f "$source/package-lock.json" ] || cat "$source/package-lock.json"
    [ ! -f "$source/requirements.txt" ] || { "${PYTHON:-python3}" -c "import sys; print(sys.executable)" && cat "$source/requirements.txt"; }
}

mkdir -p "$target"
cp -R "$source/." "$target/"
if [ -f "$stamp" ] && [ "$(pinned)" = "$(cat "$stamp")" ]; then
    exit 0
fi

# npm's cache and settings get a home of their own, removed afterwards.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
trap 'exit 1' HUP INT TERM

# The stamp is written last, so that an install which was cut short is done again.
rm -f "$stamp"
if [ -f "$source/package-lock.json" ]; then
    (cd "$target" && HOME=$home npm_config_cache=$home/cache npm ci --ignore-scripts --no-audit --no-fund)
fi
if [ -f "$source/requirements.txt" ]; then
    HOME=$home "${PYTHON:-python3}" -m pip install --quiet --disable-pip-version-check --upgrade --no-deps \
        --only-binary :all: --require-hashes --target "$target/python" -r "$source/requirements.txt"
fi
pinned > "$stamp"
