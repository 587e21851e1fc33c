"""The parser of every command: what is wrong with the arguments is said in one line, and where help is to be had."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from ..errors import printable, show


class Parser(argparse.ArgumentParser):
    """As argparse's, but the usage, which is many lines long, does not stand before what is wrong."""

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """The arguments. Raises SystemExit with 2 where they are no good, with 0 where help was asked for."""
        args, unknown = self.parse_known_args(words)
        if unknown:
            self.error("; ".join(self._unknown(unknown)))
        return args

    def error(self, message: str) -> NoReturn:
        """Say what is wrong on stderr, and end with 2."""
        stop = "" if message.endswith((".", "?")) else "."
        self.exit(2, f"{self.prog}: {printable(message)}{stop} See '{self.prog} --help'.\n")

    def _unknown(self, words: Sequence[str]) -> list[str]:
        """What to say of each option that there is not; where they are none, of the first word."""
        options = [word.partition("=")[0] for word in words if word.startswith("-")]
        if not options:
            return [f"{show(words[0])} is one argument too many"]
        import difflib

        known = [option for action in self._actions for option in action.option_strings]
        said = []
        for option in options:
            near = difflib.get_close_matches(option.lower(), known, n=1)
            said.append(f"no option {show(option)}" + (f" (did you mean {near[0]}?)" if near else ""))
        return said


def command_parser(prog: str, description: str) -> Parser:
    """The parser of one command, to which its arguments are to be added; no flag may be abbreviated."""
    return Parser(prog=prog, description=description, formatter_class=_formatter, allow_abbrev=False)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Help as wide as the terminal; to find that out, argparse alone would import `shutil` and three compressors."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns or 80)
    except (OSError, ValueError):
        columns = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=max(columns, 24) - 2)
