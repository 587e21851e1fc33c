"""JSON text into nodes: places for every value, numbers kept as they are written, duplicates and NaN refused.

Strings are `quoted`; bare true, false and numbers are not, so that the string "12" is never taken for a number.
The tree is built with a stack, not by recursion.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Final

from ..errors import InputError, Location, show
from .codes import BAD_NUMBER, BAD_SYNTAX, SEVERAL_DOCUMENTS
from .files import check_text
from .leftovers import left_over, refuse_thousands, thousands
from .nodes import Node, Problems, number_mend, refuse
from .yaml_text import TreeBuilder

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BARE: Final = re.compile(r"[^\s,:\[\]{}\"]+")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]+|\\.)*+"')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)


def read_json(text: str, file: str) -> Node:
    """The one value in `text`; `file` names it in messages. Raises InputError."""
    check_text(text, file)
    return _Reader(text, file).read()


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.index = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.problems = Problems()
        self.tree = TreeBuilder(self.problems)

    def read(self) -> Node:
        """The document."""
        self._value()
        while self.tree.open:
            self._step()
        if self._peek():
            at = self._at(self.index)
            raise refuse(SEVERAL_DOCUMENTS, at, "something follows the document's end", "Keep one value in a file.")
        self.problems.raise_if_any()
        assert self.tree.root is not None
        return self.tree.root

    def _step(self) -> None:
        """Read one member of the innermost list or object, or its end."""
        holder = self.tree.open[-1]
        closing = "}" if isinstance(holder.value, dict) else "]"
        character = self._peek()
        if character == closing:
            self.index += 1
            self.tree.end()
            return
        if holder.value:
            if character != ",":
                raise self._syntax(f"',' or '{closing}' is needed here")
            self.index += 1
            if self._peek() == closing:
                raise self._syntax("a comma stands before the end", "Remove the last comma.")
        if isinstance(holder.value, dict):
            self._key()
        self._value()

    def _key(self) -> None:
        character = self._peek()
        if character != '"':
            number = thousands(self.text, self.index)
            if number:
                raise refuse_thousands(self._at(self.index), number)
            mend = "Check the commas and brackets here."
            if character and (character == "'" or character.isalnum()):
                mend = "Put the field's name in double quotation marks."
            raise self._syntax("a field's name in quotation marks is needed here", mend)
        at = self._at(self.index)
        self.tree.key(self._string(), at)
        if self._peek() != ":":
            raise self._syntax("':' is needed here")
        self.index += 1

    def _value(self) -> None:
        character = self._peek()
        at = self._at(self.index)
        if character == "{":
            self.index += 1
            self.tree.start(at, {})
        elif character == "[":
            self.index += 1
            self.tree.start(at, [])
        elif character == '"':
            self.tree.scalar(self._string(), at, quoted=True)
        else:
            self._bare(at)

    def _bare(self, at: Location) -> None:
        match = _BARE.match(self.text, self.index)
        if match is None:
            raise self._syntax("a value is needed here")
        written = match[0]
        if written not in ("true", "false", "null") and _NUMBER.fullmatch(written) is None:
            if not (written[0] in "+-.'" or written[0].isnumeric() or written in ("NaN", "Infinity")):
                mend = "Put text in double quotation marks; comments are not JSON."
                raise self._syntax("this is not a JSON value", mend)
            if written[0] == "'":
                raise self._syntax("text stands in single quotation marks", "Use double quotation marks.")
            self.problems.add(BAD_NUMBER, at, "", show(written), "this is not a JSON number", number_mend(written))
        self.index = match.end()
        self.tree.scalar(None if written == "null" else written, at, quoted=False)

    def _string(self) -> str:
        match = _STRING.match(self.text, self.index)
        if match is None:
            mend = "Close it; in a text, a line break is written \\n and a tab \\t."
            raise self._syntax("a text is not closed", mend)
        try:
            value = json.loads(match[0])
        except json.JSONDecodeError:
            raise self._syntax("a text holds a wrong escape", "A backslash itself is written \\\\.") from None
        self.index = match.end()
        return str(value)

    def _peek(self) -> str:
        """The next character that is not space, empty at the end."""
        match = _SPACE.match(self.text, self.index)
        assert match is not None
        self.index = match.end()
        return self.text[self.index : self.index + 1]

    def _at(self, index: int) -> Location:
        line = bisect_right(self.starts, index)
        return Location(self.file, line, index - self.starts[line - 1] + 1)

    def _syntax(self, why: str, mend: str = "Check the commas, brackets and quotation marks here.") -> InputError:
        found = show(self.text[self.index : self.index + 20]) if self.index < len(self.text) else "the end of the file"
        return refuse(BAD_SYNTAX, self._at(self.index), f"not JSON: {why}", left_over(self.text) or mend, found=found)
