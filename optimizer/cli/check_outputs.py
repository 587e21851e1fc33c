"""Where `fleetplan check` may write: over no plan, no other input and no second output, whatever can be read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from ..errors import Location
from ..gate.codes import NAMED_LIKE_A_PLAN, NAMED_LIKE_AN_INPUT, UNFIT_OPTIONS
from ..reading.nodes import refuse
from ..reading.output import refuse_input_as_output
from .check_options import CheckOptions
from .find_plans import ENDINGS, STDIN
from .judging import is_file

OF_INPUTS: Final = (".yaml", ".yml", ".csv", ".xlsx", ".parquet", ".toml")
"""How files end that fleetplan reads and no report has reason to."""
_KIND: Final = re.compile(rb'"fleetplan"\s*:\s*"([a-z]+)/')
_INPUTS: Final = (b"plan", b"scenario", b"regime", b"waivers", b"baseline")


def targets(options: CheckOptions) -> list[str]:
    """Every file that is to be written."""
    more = (options.write_baseline, options.certificate)
    return [path for _, path in options.output] + [path for path in more if path is not None]


def refuse_outputs(options: CheckOptions, files: Sequence[str]) -> None:
    """InputError when two outputs are one file, one has an input's name, or would replace a file that is read.

    Names count, since an input that another one names is known only once that has been read.
    """
    paths = targets(options)
    for number, path in enumerate(paths):
        at = Location(path)
        if path.lower().endswith(ENDINGS):
            why = "a report by this name would be taken for a plan by the next run"
            raise refuse(NAMED_LIKE_A_PLAN, at, why, "Choose a name that does not end like a plan's.")
        if path.lower().endswith(OF_INPUTS) or os.path.realpath(path).lower().endswith(OF_INPUTS):
            why = f"a name that ends in {', '.join(OF_INPUTS)} is one of an input"
            raise refuse(NAMED_LIKE_AN_INPUT, at, why, "Choose another ending, such as .json, .xml or .md.")
        if _is_input(path, options):
            why = "the file there is one that fleetplan reads, and a report would replace it"
            raise refuse(NAMED_LIKE_AN_INPUT, at, why, "Name another output.")
        if not _is_device(path) and os.path.realpath(path) in map(os.path.realpath, paths[:number]):
            why = "two outputs have the same name, and one would replace the other"
            raise refuse(UNFIT_OPTIONS, at, why, "Give each its own.")
    if options.certificate is not None and len(files) != 1:
        why = f"a certificate is about one plan, and here are {len(files)}"
        raise refuse(UNFIT_OPTIONS, Location(options.certificate), why, "Name one plan.", field="--certificate")
    others = [options.waivers, options.settings, options.stdin_filename]
    others += [options.diff if options.diff is not None and is_file(options.diff) else None]
    refuse_over(options, [*(file for file in files if file != STDIN), *(file for file in others if file is not None)])
    if options.baseline is not None:  # which may be written anew
        for path in paths:
            if path != options.write_baseline:
                refuse_input_as_output(Path(path), [options.baseline])


def refuse_over(options: CheckOptions, inputs: Iterable[str | Path]) -> None:
    """InputError when an output would replace one of the `inputs`."""
    inputs = list(inputs)
    for path in targets(options):
        refuse_input_as_output(Path(path), inputs)


def _is_device(path: str) -> bool:
    """Whether `path` is there and takes what is written to it without keeping it as a file."""
    return os.path.exists(path) and not os.path.isfile(path)


def _is_input(path: str, options: CheckOptions) -> bool:
    """Whether a JSON file stands there that says of itself that it is an input; a baseline may be written anew."""
    if not os.path.realpath(path).lower().endswith(".json") or not os.path.isfile(path):
        return False
    try:
        kind = _KIND.search(Path(path).read_bytes())
    except OSError:  # then nothing can be written there either, or it is said when it is tried
        return False
    if kind is None or (kind[1] == b"baseline" and path == options.write_baseline):
        return False
    return kind[1] in _INPUTS
