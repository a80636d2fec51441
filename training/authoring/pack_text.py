"""Packs as the texts that drafts are made of, and back to the files that `pack_reader` reads. Pure.

A draft holds a part for each unit, and one for each exercise, question, step and ending. The text of a part is YAML as
it stands in the file, but for indentation; a lesson's is its head and its Markdown. So a draft and a folder are read by
the same reader.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import BaseModel

from app.policies import yaml_lines
from app.policies.yaml_lines import Place
from training.authoring.models import PartKind
from training.pack import Lesson, Pack, Quiz, Scenario, Unit
from training.pack_reader import COURSE_FILE, TO_KEEP_FILE

UNITS = (
    PartKind.LESSON,
    PartKind.QUIZ,
    PartKind.SCENARIO,
    PartKind.REFLECTION,
    PartKind.AGREEMENT,
    PartKind.PRACTICAL,
    PartKind.WORKSHOP,
)
"""The kinds of part that are units of the course."""

LISTS: Mapping[PartKind, tuple[PartKind, str]] = {
    PartKind.EXERCISE: (PartKind.LESSON, "exercises"),
    PartKind.QUESTION: (PartKind.QUIZ, "questions"),
    PartKind.STEP: (PartKind.SCENARIO, "steps"),
    PartKind.ENDING: (PartKind.SCENARIO, "endings"),
}
"""Of each kind of part that a unit holds several of: the kind of unit, and the name of the list."""

DASHES = "---"


@dataclass(frozen=True)
class Text:
    """A part of a draft that is not kept yet, with the parts within it."""

    kind: PartKind
    text: str
    within: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Written:
    """A part of a draft as it is kept."""

    id: int
    parent_id: int | None
    kind: PartKind
    text: str


@dataclass(frozen=True)
class Origin:
    """From which line of a file on a part stands, and its place in the file."""

    part: Written
    first_line: int
    place: Place = ()


@dataclass(frozen=True)
class DraftFiles:
    """The files of a draft, and where each part of it stands in them."""

    files: dict[str, bytes]
    origins: dict[str, list[Origin]] = field(default_factory=dict)  # by file, in the order of lines
    units: tuple[Written, ...] = ()  # in the order in which course.yaml names them

    @property
    def mark(self) -> str:
        """Names exactly this content."""
        content = repr(sorted(self.files.items()))
        return hashlib.sha256(content.encode()).hexdigest()[:32]


class _Dumper(yaml.SafeDumper):
    """Writes YAML for people: texts of several lines as blocks, and nothing by reference, which packs refuse."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


ODD_BREAKS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # what some count as the end of a line, and we do not


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if ODD_BREAKS.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(value: Mapping[str, Any]) -> str:
    """Values as YAML, in their order; empty for none."""
    if not value:
        return ""
    return yaml.dump(dict(value), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def texts_of(pack: Pack, *, with_change: bool) -> list[Text]:
    """The parts of a draft with the content of this pack; without what it changed against the version before."""
    head = _plain(pack, without=("units", "change", "to_keep"))
    found = [Text(PartKind.COURSE, to_yaml(head))]
    if with_change and pack.change is not None:
        found.append(Text(PartKind.CHANGE, to_yaml(_plain(pack.change))))
    if pack.to_keep:
        found.append(Text(PartKind.TO_KEEP, pack.to_keep))
    return [*found, *(_unit(unit) for unit in pack.units)]


def _unit(unit: Unit) -> Text:
    match unit:
        case Lesson():
            head = to_yaml(_plain(unit, without=("body", "exercises")))
            return Text(PartKind.LESSON, lesson_text(head, unit.body), _list(PartKind.EXERCISE, unit.exercises))
        case Quiz():
            text = to_yaml(_plain(unit, without=("questions",)))
            return Text(PartKind.QUIZ, text, _list(PartKind.QUESTION, unit.questions))
        case Scenario():
            text = to_yaml(_plain(unit, without=("steps", "endings")))
            within = (*_list(PartKind.STEP, unit.steps), *_list(PartKind.ENDING, unit.endings))
            return Text(PartKind.SCENARIO, text, within)
        case _:
            return Text(PartKind(unit.kind), to_yaml(_plain(unit)))


def text_of(part: BaseModel) -> str:
    """The text of something that is in a list of a unit."""
    return to_yaml(_plain(part))


def _list(kind: PartKind, values: Sequence[BaseModel]) -> tuple[Text, ...]:
    return tuple(Text(kind, text_of(value)) for value in values)


def _plain(part: BaseModel, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values of a part of a pack, without those that it has anyway."""
    return part.model_dump(mode="json", exclude_defaults=True, exclude=set(without))


def lesson_text(head: str, body: str) -> str:
    """The text of a lesson from the YAML of its head and its Markdown."""
    return f"{DASHES}\n{head}{DASHES}\n\n{body}"


def head_and_body(text: str) -> tuple[str, str]:
    """The YAML of a lesson's head, and its Markdown."""
    lines = text.split("\n")
    ends_at = next((number for number, line in enumerate(lines) if number and line.rstrip() == DASHES), len(lines) - 1)
    head = "".join(f"{line}\n" for line in lines[1:ends_at])
    return head, "\n".join(lines[ends_at + 1 :]).strip("\n") + "\n"


def values_in(kind: PartKind, text: str) -> dict[str, Any]:
    """The values of a part; the Markdown of a lesson, or of the page to keep, is its `body`."""
    if kind == PartKind.TO_KEEP:
        return {"body": text}
    if kind == PartKind.LESSON:
        head, body = head_and_body(text)
        return {**(yaml_lines.read(head).value or {}), "body": body}
    return dict(yaml_lines.read(text).value or {})


def text_with(kind: PartKind, values: Mapping[str, Any]) -> str:
    """The text of a part with these values."""
    if kind == PartKind.TO_KEEP:
        return f"{str(values['body']).strip()}\n"
    if kind == PartKind.LESSON:
        head = {name: value for name, value in values.items() if name != "body"}
        return lesson_text(to_yaml(head), f"{str(values['body']).rstrip()}\n")
    return to_yaml(values)


def files_of(parts: Sequence[Written]) -> DraftFiles:
    """The files of a draft, of parts in the order of their positions."""
    by_kind = {part.kind: part for part in parts if part.parent_id is None}
    units = tuple(part for part in parts if part.kind in UNITS)
    drafted = DraftFiles({}, {}, units)
    names = [_file_name(number, part) for number, part in enumerate(units, 1)]
    for name, part in zip(names, units, strict=True):
        _write_unit(drafted, name, part, [each for each in parts if each.parent_id == part.id])
    course = _File()
    course.add(by_kind[PartKind.COURSE])
    if PartKind.CHANGE in by_kind:
        course.add(by_kind[PartKind.CHANGE], under="change")
    course.lines += ["units:", *(f"  - {name}" for name in names)] if names else ["units: []"]
    course.close(drafted, COURSE_FILE)
    if PartKind.TO_KEEP in by_kind:
        kept = by_kind[PartKind.TO_KEEP]
        drafted.files[TO_KEEP_FILE] = kept.text.encode()
        drafted.origins[TO_KEEP_FILE] = [Origin(kept, 1)]
    return drafted


def _file_name(number: int, part: Written) -> str:
    """Such as 02-listening.md. The slug is only for people who read the files, so a text without one has none."""
    found = re.search(r"^slug: '?([a-z0-9-]{1,60})'?$", part.text, re.MULTILINE)
    return f"{number:02}-{found[1] if found else part.kind}.{'md' if part.kind == PartKind.LESSON else 'yaml'}"


def _write_unit(drafted: DraftFiles, name: str, part: Written, within: Sequence[Written]) -> None:
    file = _File()
    if part.kind == PartKind.LESSON:
        head, body = head_and_body(part.text)
        file.lines.append(DASHES)
        file.add(part, text=head)
        file.add_list("exercises", within)
        file.origins.append(Origin(part, len(file.lines) + 1))
        file.lines += [DASHES, "", *body.rstrip("\n").split("\n")]
    else:
        file.add(part)
        for kind, (unit, listed) in LISTS.items():
            if unit == part.kind:
                file.add_list(listed, [each for each in within if each.kind == kind], even_if_empty=True)
    file.close(drafted, name)


class _File:
    """The lines of one file while they are put together."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.origins: list[Origin] = []

    def add(self, part: Written, *, text: str | None = None, under: str | None = None) -> None:
        """Add the text of a part; `under` a name, it is indented."""
        if under is not None:
            self.lines.append(f"{under}:")
        self.origins.append(Origin(part, len(self.lines) + 1, (under,) if under else ()))
        indent = "  " if under else ""
        self.lines += [f"{indent}{line}" for line in (part.text if text is None else text).rstrip("\n").split("\n")]

    def add_list(self, name: str, parts: Sequence[Written], *, even_if_empty: bool = False) -> None:
        """Add a list, each text on lines of its own below its dash."""
        if not parts:
            self.lines += [f"{name}: []"] if even_if_empty else []
            return
        self.lines.append(f"{name}:")
        for number, part in enumerate(parts):
            self.lines.append("  -")
            self.origins.append(Origin(part, len(self.lines) + 1, (name, number)))
            self.lines += [f"    {line}" for line in part.text.rstrip("\n").split("\n")]

    def close(self, drafted: DraftFiles, name: str) -> None:
        drafted.files[name] = ("\n".join(self.lines) + "\n").encode()
        drafted.origins[name] = self.origins
