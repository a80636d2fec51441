"""YAML with the line of each value, so that error messages can say where a fault is.

Only plain data is accepted: no tags that build objects, no aliases (a few lines can expand to gigabytes), no duplicate
keys (the second would silently win), no deep nesting, no numbers without an end and no characters that databases cannot
keep.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # its stub forgets to export it
from yaml.resolver import Resolver

Place = tuple[str | int, ...]

DEEPEST = 20  # values within values; our own documents go to six
CANNOT_BE_KEPT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps no zero, neither database half a pair
LARGEST_NUMBER = 10**15  # a figure can be kept and read again exactly up to here, in JSON too


class YamlFault(Exception):
    """The text is not YAML, or uses a feature that is not accepted; `line` counts from 1 within the file."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True)
class Placed:
    """A value read from YAML, and the line of everything in it by its place: a path of keys and positions."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int:
        """The line of this place, or of the closest enclosing value in the file."""
        known: Place = ()
        for step in place:
            # Skip steps that are not in the file: validation also names the member of a union that it tried.
            if (*known, step) in self.lines:
                known = (*known, step)
        return self.lines.get(known, 1)


def read(text: str, *, first_line: int = 1) -> Placed:
    """Read one YAML document; `first_line` is the line of the file on which the text begins.

    Raises `YamlFault` for text that is not YAML, more than one document, aliases, tags, duplicate keys, deep nesting,
    and values that no policy can hold.
    """
    root = _parsed(text, first_line)
    lines: dict[Place, int] = {(): first_line}
    if root is None:
        return Placed(None, lines)

    def take(node: yaml.Node, place: Place) -> Any:
        line = first_line + node.start_mark.line
        lines.setdefault(place, line)
        if isinstance(node, yaml.MappingNode):
            taken: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key_line = first_line + key_node.start_mark.line
                if not isinstance(key_node, yaml.ScalarNode):
                    raise YamlFault(key_line, "a name before a colon must be a plain word.")
                key = _kept(str(key_node.value), key_line)
                if key in taken:
                    raise YamlFault(key_line, f"“{key}” is written twice; the second would silently win.")
                lines[(*place, key)] = key_line
                taken[key] = take(value_node, (*place, key))
            return taken
        if isinstance(node, yaml.SequenceNode):
            return [take(item, (*place, number)) for number, item in enumerate(node.value)]
        return _scalar(node, line)

    return Placed(take(root, ()), lines)


class _Refused(Exception):
    """Something that is YAML and not accepted; `line` counts from 0 within the text."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


class _Composer(Composer):
    """Refuses aliases and deep nesting where they begin, before anything of them is built."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]  # a loader composes and parses
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(line, "this is used again through an alias (a name with *). Please write it out.")
        if self.depth == DEEPEST:
            raise _Refused(line, f"this is deeper than {DEEPEST} brackets or indentations within each other.")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _QuickLoader(_Composer, CParser, Resolver):
    """Reads by libyaml, five times as quick: a course has thousands of lines."""

    def __init__(self, stream: str) -> None:
        CParser.__init__(self, stream)
        Composer.__init__(self)
        Resolver.__init__(self)


class _ExactLoader(_Composer, yaml.SafeLoader):
    """Reads in Python. Its messages name the cause of a fault more exactly than those of libyaml."""


def _parsed(text: str, first_line: int) -> yaml.Node | None:
    """The nodes of one document, or None for an empty text."""
    try:
        return _composed(text, _QuickLoader)
    except (_Refused, yaml.YAMLError, UnicodeError):
        return _explained(text, first_line)


def _composed(text: str, loader: type[_QuickLoader | _ExactLoader]) -> yaml.Node | None:
    root: yaml.Node | None = yaml.compose(text, Loader=loader)  # type: ignore[arg-type]  # its stub wants one class
    return root


def _explained(text: str, first_line: int) -> yaml.Node | None:
    """The same, or a sentence about what is wrong and where."""
    try:
        return _composed(text, _ExactLoader)
    except _Refused as refused:
        raise YamlFault(first_line + refused.line, refused.sentence) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise YamlFault(line, f"this is not valid YAML. {_hint(f'{error.problem} {error.context}')}") from None
    except yaml.YAMLError:
        raise YamlFault(first_line, f"this is not valid YAML. {_hint('special characters')}") from None


HINTS = {
    "mapping values are not allowed": "Two colons, or none one line above; text with a colon takes quotation marks.",
    "could not find expected ':'": "A name needs a colon and a space after it, such as “hours: 8”.",
    "cannot start any token": "A line cannot begin with this character, such as a tab: indent with spaces.",
    "quoted scalar": "A quotation mark is opened and not closed.",
    "flow": "A bracket is opened and not closed, or a comma is missing.",
    "block": "The line is not indented like the ones it belongs with.",
    "special characters": "It holds a character that cannot be printed.",
}


def _hint(problem: str) -> str:
    """The most frequent cause of a parser error, in plain words."""
    hints = (words for part, words in HINTS.items() if part in problem)
    return next(hints, "Look at its colons, its quotation marks and how far it is indented.")


def _scalar(node: yaml.Node, line: int) -> Any:
    if node.tag.removeprefix("tag:yaml.org,2002:") not in PLAIN:
        raise YamlFault(line, f"the tag “{node.tag}” is not taken here.")
    try:
        value = _CONSTRUCTOR.construct_object(node)
    except (yaml.YAMLError, ValueError, ArithmeticError) as error:
        raise YamlFault(line, f"this value cannot be read ({error}).") from None
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _kept(value, line)
    if isinstance(value, int | float) and ":" not in node.value:
        if abs(value) > LARGEST_NUMBER or not math.isfinite(value):
            raise YamlFault(line, "this number is larger than any figure of a policy.")
        return value
    # Dates and bytes stay text as typed, and so does 21:15, which YAML 1.1 reads as 1275.
    return str(node.value)


def _kept(text: str, line: int) -> str:
    if CANNOT_BE_KEPT.search(text):
        raise YamlFault(line, "this holds a character that is none, written as \\0 or as half of a pair.")
    return text


PLAIN = {"str", "int", "float", "bool", "null", "timestamp"}
_CONSTRUCTOR = yaml.SafeLoader("")
