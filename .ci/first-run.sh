#!/bin/sh
# What `make run` shows: a scenario solved, the plan checked, and the way to the page. Never waits without a terminal.
# Usage: sh .ci/first-run.sh SCENARIO
set -eu
cd "$(dirname "$0")/.."
scenario=$1
plan=build/$(basename "$scenario" .yaml).plan.yaml
mkdir -p build

fleetplan() {
    .venv/bin/python -m optimizer "$@"
}

echo "\$ .venv/bin/fleetplan solve $scenario -o $plan --gap 0.01 --time-limit 300"
fleetplan solve "$scenario" -o "$plan" --gap 0.01 --time-limit 300
echo
echo "\$ .venv/bin/fleetplan check $plan"
fleetplan check "$plan"
echo
echo "The planner's page:    .venv/bin/fleetplan ui"
echo "A folder of your own:  .venv/bin/fleetplan init my-fleet"
if [ -t 0 ] && [ -t 1 ]; then
    printf 'Open the page now? [y/N] '
    read -r answer || answer=
    case $answer in
        [yY]*) fleetplan ui ;;
    esac
fi
