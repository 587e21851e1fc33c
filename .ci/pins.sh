#!/bin/sh
# Writes requirements/run.txt and requirements/dev.txt anew from pyproject.toml: exact versions with hashes.
# Needs `pip-compile` (package pip-tools), hatchling and Python 3.11, the oldest that is supported. Versions that stand in the
# files stay; `sh .ci/pins.sh --upgrade` takes the newest that pyproject.toml allows. No address is ever written.
set -eu
cd "$(dirname "$0")/.."

compile() { # FILE WHAT OPTION...
    file=$1
    what=$2
    shift 2
    pip-compile --quiet --no-config --no-header --generate-hashes --strip-extras --allow-unsafe \
        --no-emit-options \
        --no-build-isolation --resolver backtracking --annotation-style line \
        --build-deps-for wheel --output-file "$file" "$@" pyproject.toml
    {
        printf '# %s\n' "$what"
        printf '# Made by .ci/pins.sh from pyproject.toml; do not edit by hand.\n'
        grep -v -e '^#' -e '^--' "$file"   # no option line either: one could hold an address
    } >"$file.new"
    mv "$file.new" "$file"
}

compile requirements/run.txt 'What `make run` installs: the product with its page, tables and spreadsheets, and what builds it.' \
    --extra ui --extra big "$@"
compile requirements/dev.txt 'What `make lint` and `make test` install: all of run.txt, and the tools.' \
    --extra ui --extra big --extra dev --constraint requirements/run.txt "$@"
