"""YAML text into nodes, from the parser's event stream: nothing is resolved, constructed or expanded.

Scalars stay text, so `NO` is Norway and `010` is not eight. Refused: anchors, aliases, tags, merge keys, directives
that declare tags, keys that are not text, duplicate keys, a second document, and anything over the limits. The
tree is built with a stack, not by recursion, so that nesting ends in an error and never in a crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..errors import InputError, Location, show
from .codes import BAD_SYNTAX, DUPLICATE_KEY, EMPTY_FILE, FORBIDDEN_YAML, SEVERAL_DOCUMENTS, TOO_LARGE
from .files import check_text
from .leftovers import left_over, line_of, refuse_thousands, thousands
from .nodes import Node, Problems, refuse
from .text import describe, forbidden

if TYPE_CHECKING:
    from yaml.error import Mark

MAX_DEPTH: Final = 64
MAX_SCALAR_CHARACTERS: Final = 64 * 1024
MAX_VALUES: Final = 250_000

_NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))


class OpenNode:
    """A list or mapping whose end has not been reached; shared with the JSON reader."""

    __slots__ = ("at", "key", "key_at", "keys", "value")

    def __init__(self, at: Location, value: list[Node] | dict[str, Node]) -> None:
        self.at, self.value = at, value
        self.keys: dict[str, Location] = {}
        self.key: str | None = None  # a mapping's key that waits for its value
        self.key_at: Location | None = None

    def close(self) -> Node:
        """The finished node."""
        return Node(self.value, self.at, keys=self.keys)


class TreeBuilder:
    """Builds one Node tree from starts, ends and scalars, and keeps the limits; shared with the JSON reader."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.open: list[OpenNode] = []
        self.root: Node | None = None
        self.count = 0

    @property
    def wants_key(self) -> bool:
        """Whether the next scalar is a mapping's key."""
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None

    def start(self, at: Location, value: list[Node] | dict[str, Node]) -> None:
        """Open a list or mapping."""
        if len(self.open) == MAX_DEPTH:
            raise refuse(TOO_LARGE, at, f"lists and mappings are nested more than {MAX_DEPTH} deep", "Flatten them.")
        self.open.append(OpenNode(at, value))

    def end(self) -> None:
        """Close the innermost list or mapping."""
        self.add(self.open.pop().close())

    def scalar(self, value: str | None, at: Location, quoted: bool) -> None:
        """Add a scalar value."""
        if value is not None and len(value) > MAX_SCALAR_CHARACTERS:
            why = f"a value has more than {MAX_SCALAR_CHARACTERS} characters"
            raise refuse(TOO_LARGE, at, why, "Shorten it.", found=show(value))
        if quoted and value is not None:  # escapes can write what the file itself may not hold
            fault = forbidden(value)
            if fault is not None:
                self.problems.add(fault.code, at, "", show(value), fault.why, fault.mend)
        self.add(Node(value, at, quoted))

    def key(self, text: str, at: Location) -> None:
        """Take a mapping's key."""
        holder = self.open[-1]
        fault = forbidden(text)
        if fault is not None:
            self.problems.add(fault.code, at, "", show(text), fault.why, fault.mend)
        holder.key, holder.key_at = text, at

    def add(self, node: Node) -> None:
        """Put a finished value where it belongs."""
        self.count += 1
        if self.count > MAX_VALUES:
            mend = "Keep the placements of a large plan in a CSV file (placements_file)."
            raise refuse(TOO_LARGE, node.at, f"the file holds more than {MAX_VALUES} values", mend)
        if not self.open:
            self.root = node
            return
        holder = self.open[-1]
        if isinstance(holder.value, list):
            holder.value.append(node)
            return
        assert holder.key is not None
        assert holder.key_at is not None
        if holder.key in holder.value:
            first = holder.keys[holder.key].line
            why = f"the field stands on line {first} already"
            self.problems.add(DUPLICATE_KEY, holder.key_at, "", show(holder.key), why, "Remove one of the two.")
        else:
            holder.value[holder.key] = node
            holder.keys[holder.key] = holder.key_at
        holder.key = None


def read_yaml(text: str, file: str) -> Node:
    """The one document in `text`; `file` names it in messages. Raises InputError."""
    import yaml

    check_text(text, file)
    loader = getattr(yaml, "CLoader", yaml.Loader)
    reader = _Reader(text, file)
    try:
        for event in yaml.parse(text, Loader=loader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text, file) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # ValueError: an escape that names no character
        raise refuse(BAD_SYNTAX, Location(file), f"not YAML: {show(error)}", "Correct the file.") from None
    reader.problems.raise_if_any()
    if reader.tree.root is None:
        mend = "Write a plan or scenario into it."
        raise refuse(EMPTY_FILE, Location(file), "the file holds nothing but comments", mend)
    return reader.tree.root


class _Reader:
    """Takes events one by one."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.problems = Problems()
        self.tree = TreeBuilder(self.problems)
        self.documents = 0

    def take(self, event: Any) -> None:
        """Act on one event of the parser."""
        kind = type(event).__name__
        if kind == "ScalarEvent":
            if event.anchor is not None or event.tag is not None:
                self._refuse_decoration(event)
            self._scalar(event.value, event, quoted=event.style not in (None, ""))
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._start(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.tree.end()
        elif kind == "AliasEvent":
            self._forbid(event, f"*{event.anchor}", "aliases are not read", "Write the value out.")
            self._scalar(None, event, quoted=False)
        elif kind == "DocumentStartEvent":
            self._document(event)

    def _at(self, mark: Mark) -> Location:
        return Location(self.file, mark.line + 1, mark.column + 1)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            at = self._at(event.start_mark)
            raise refuse(SEVERAL_DOCUMENTS, at, "a second document begins here", "Keep one document in a file.")
        if event.tags:
            self._forbid(event, "%TAG", "tags are not read", "Remove the directive.")
        if event.version not in (None, (1, 2)):
            found = "%YAML " + ".".join(str(part) for part in event.version)
            why = "files are read as YAML 1.2, in which NO is a text and 010 is no number"
            self._forbid(event, found, why, "Remove the directive.")

    def _start(self, event: Any, value: list[Node] | dict[str, Node]) -> None:
        if self.tree.wants_key:
            at = self._at(event.start_mark)
            mend = "Write a word before the colon; put a text that holds brackets in quotation marks."
            if self.text.startswith("{{", event.start_mark.index - 1):
                mend = "Fill in the template first: {{ ... }} is left over from one."
            raise refuse(FORBIDDEN_YAML, at, "a list or mapping cannot be a field's name", mend)
        self._refuse_decoration(event)
        self.tree.start(self._at(event.start_mark), value)

    def _scalar(self, value: str | None, event: Any, *, quoted: bool) -> None:
        mark = event.start_mark
        at = Location(self.file, mark.line + 1, mark.column + 1)
        if not self.tree.wants_key:
            self.tree.scalar(None if value in _NULLS and not quoted else value, at, quoted)
            return
        if value == "<<" and not quoted:
            self._forbid(event, "<<", "merge keys are not read", "Write the fields out.")
        elif not value and not quoted:
            self._forbid(event, "", "a field's name is missing", "Write a word before the colon.")
        elif value is not None and len(value) > MAX_SCALAR_CHARACTERS:
            raise refuse(TOO_LARGE, at, "a field's name is too long", "Shorten it.", found=show(value))
        elif value is not None and len(value) == 3 and value.isdigit() and not quoted:
            number = thousands(self.text, mark.index)
            if number:
                raise refuse_thousands(at, number)
        self.tree.key(value or "", at)

    def _refuse_decoration(self, event: Any) -> None:
        """Refuse an anchor or a tag on the value."""
        if event.anchor is not None:
            self._forbid(event, f"&{event.anchor}", "anchors are not read", "Remove it, and write the value out.")
        if event.tag is not None:
            mend = "Remove it; put text in quotation marks."
            self._forbid(event, event.tag, "tags are not read", mend)

    def _forbid(self, event: Any, found: str, why: str, mend: str) -> None:
        self.problems.add(FORBIDDEN_YAML, self._at(event.start_mark), "", show(found), why, mend)


def _syntax(error: Any, text: str, file: str) -> InputError:
    """The parser's complaint with its place, in our words where a better one is known."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return refuse(BAD_SYNTAX, Location(file), f"not YAML: {show(error.problem)}", "Correct the file.")
    mend = left_over(text) or _mend(text, mark, error.problem)
    begun = error.context_mark
    since = f" (begun on line {begun.line + 1})" if error.context and begun and begun.line != mark.line else ""
    reason = "; ".join(part for part in (f"{error.context or ''}{since}", error.problem) if part)
    return refuse(BAD_SYNTAX, Location(file, mark.line + 1, mark.column + 1), f"not YAML: {reason}", mend)


def _mend(text: str, mark: Mark, problem: str) -> str:
    """How to mend what the parser met at `mark`."""
    line, column = line_of(text, mark.line), mark.column
    before, here = line[: column + 1], line[column : column + 1]
    near = (line_of(text, mark.line - 1) if mark.line else "") + line
    space = next((character for character in near if character.isspace() and not character.isascii()), None)
    if "\t" in before and not before.strip():
        return "Indent with spaces, not with tabs."
    if space is not None:
        return f"Replace {describe(space)}, here or on the line before, by a plain space."
    if "<document start>" in problem:
        return "Keep one document in a file: remove the line '...', or what follows it."
    if line.startswith("%"):
        return "Remove the directive, the line that begins with %."
    if line[max(column - 1, 0) : column + 1] == "${":
        return "Fill in the variable ${...} first."
    if here in ("@", "`", "%"):
        return "Put the text in quotation marks."
    return "Check the indentation, the colons, the quotation marks and the brackets here and on the line before."
