#!/bin/sh
# Makes sure that a Chromium is here for the tests of the page, installing Debian's where that is possible.
set -eu
cd "$(dirname "$0")/.."

have_browser() {
    for name in ${FLEETPLAN_CHROMIUM:+"$FLEETPLAN_CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

if ! have_browser && ! { sh .ci/debian.sh chromium && have_browser; }; then
    echo "The tests of the page need Chromium or Google Chrome, and none was found." >&2
    echo "Install one, name it (FLEETPLAN_CHROMIUM=/path/to/chrome make test)," >&2
    echo "or leave these tests out: make test PYTEST_ARGS='-m \"not browser\"' BROWSER=no" >&2
    exit 1
fi
