"""Stands in for `python -m optimizer`: speaks the protocol of `solve --progress json` and does what the scenario says.

The scenario is a JSON file: {"seconds": 1, "plan": true, "code": 0, "deaf": false, "say": "text"}.
"""

import json
import signal
import sys
import time
from pathlib import Path

arguments = sys.argv[1:]
assert arguments[0] == "solve"
assert arguments[arguments.index("--progress") + 1] == "json"
orders = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
plan = Path(arguments[arguments.index("-o") + 1])
stopped = False


def stop(_signal, _frame):
    global stopped
    stopped = not orders.get("deaf", False)


signal.signal(signal.SIGINT, stop)
started = time.monotonic()
while (seconds := time.monotonic() - started) < orders.get("seconds", 0.1) and not stopped:
    report = {
        "event": "progress",
        "incumbent": int(1000 * seconds) or None,
        "bound": 9000,
        "gap": 0.5,
        "seconds": round(seconds, 3),
        "message": "searching",
    }
    print(json.dumps(report), file=sys.stderr, flush=True)
    time.sleep(0.02)
if say := orders.get("say"):
    print(say, file=sys.stderr)
if orders.get("plan", True):
    plan.write_text("a plan", encoding="utf-8")
else:
    print("no plan: " + ("stopped" if stopped else "infeasible"))
sys.exit(orders.get("code", 0))
