#!/bin/sh
# Makes .venv (Python 3.11 or newer) and installs into it the pinned packages of requirements/NAME.txt and fleetplan itself.
# Usage: sh .ci/venv.sh run|dev    PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
name=$1

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" && echo "$PYTHON" && return
        echo "$PYTHON is not Python 3.11 or newer." >&2
        return 1
    fi
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "fleetplan needs Python 3.11 or newer, and none was found. Install one, or name it: make PYTHON=/path/to/python3" >&2
    return 1
}

make_venv() {
    "$python" -m venv .venv >/dev/null 2>&1 && .venv/bin/python -m pip --version >/dev/null 2>&1
}

if ! is_new_enough .venv/bin/python; then
    rm -rf .venv
    python=$(find_python)
    if ! make_venv; then
        # Debian and Ubuntu keep the venv module in a package of its own.
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if ! { sh .ci/debian.sh "python$version-venv" && make_venv; }; then
            rm -rf .venv
            echo "$python cannot make a virtual environment: its venv or pip module is missing." >&2
            echo "On Debian or Ubuntu: apt-get install python$version-venv. Then try again." >&2
            exit 1
        fi
    fi
fi

echo "Installing requirements/$name.txt into .venv (the first time takes a minute or two) ..." >&2
pip() {
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet "$@"
}
pip --require-hashes --only-binary :all: -r "requirements/$name.txt"
pip --no-deps --no-build-isolation --editable .
touch ".venv/$name.stamp"
