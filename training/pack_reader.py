"""Read a course pack from its files: the whole pack, or a refusal that names every fault by file and line.

The files are a folder, or are given by name: a draft that is written in the browser, or an archive.

course.yaml          code, title, summary, shows, valid_for, and the list of unit files in order
01-beginning.md      a lesson: a head between two lines of ---, then Markdown (see `lessons`)
02-practice.yaml     kind: scenario, or kind: quiz
to-keep.md           the page to keep, if there is one: Markdown without a head
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from app.policies import yaml_lines
from app.policies.messages import causes, sentence_of
from app.policies.yaml_lines import Place, Placed, YamlFault
from app.refusals import Invalid
from training import pack_checks, to_keep
from training.pack import Change, Lesson, Pack, Unit, Validity
from training.pack_parts import Line, Part, Slug, Words
from training.unit_kinds import KINDS, UnitKind, check_unit

COURSE_FILE = "course.yaml"
TO_KEEP_FILE = "to-keep.md"
MOST_BYTES = 1_000_000  # per file; far above any real lesson
MOST_UNITS = 40


@dataclass(frozen=True, order=True)
class PackFault:
    """One thing that is wrong with a pack, and where."""

    file: str
    line: int
    sentence: str
    place: Place = field(default=(), compare=False)  # within the file, by names and positions, as far as it is known

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.sentence}"


class PackHasFaults(Invalid):
    """The pack was refused; `faults` lists everything that is wrong with it."""

    def __init__(self, faults: list[PackFault]) -> None:
        super().__init__(*(str(fault) for fault in faults))
        self.faults = faults


class _CourseFile(BaseModel):
    """The content of course.yaml: a pack whose units are still file names."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: Slug
    title: Line
    summary: Words
    shows: Words
    valid_for: Validity
    refresher: Annotated[list[Slug], Field(max_length=40)] = []
    change: Change | None = None
    needs: Annotated[list[Slug], Field(max_length=20)] = []
    units: Annotated[list[Line], Field(min_length=1, max_length=MOST_UNITS)]


@dataclass(frozen=True)
class _UnitFile:
    """A unit as it was read, with the lines of its parts."""

    name: str
    unit: Unit
    placed: Placed
    body_line: int  # the line of the file on which a lesson's Markdown begins; 0 where there is none

    def line_of(self, place: Place) -> int:
        if place and place[0] == "body" and len(place) > 1:
            return self.body_line + int(place[1]) - 1
        return self.placed.line_of(place)


Files = Mapping[str, bytes]
"""The content of each file of a pack, by its name."""


def read_pack(folder: Path) -> Pack:
    """Read and check the pack in a folder; refuses with `PackHasFaults`, which names every fault found."""
    return _read(lambda name: _content_of(folder, name))


def read_files(files: Files) -> Pack:
    """The same for files that are given by name."""
    return _read(files.get)


Opened = Callable[[str], bytes | None]  # the content of a file, or None where there is none


def _read(opened: Opened) -> Pack:
    faults: list[PackFault] = []
    course_text = _read_file(opened, COURSE_FILE, faults, asked_at=1, asked_in=COURSE_FILE)
    course_placed = _read_yaml(course_text, COURSE_FILE, faults) if course_text is not None else None
    if course_placed is None:
        raise PackHasFaults(sorted(faults))
    course = _validate(_CourseFile, course_placed, COURSE_FILE, faults)
    names = course.units if course else _names_in(course_placed)
    units: list[_UnitFile] = []
    for position, name in enumerate(names):
        asked_at = course_placed.line_of(("units", position))
        text = _read_file(opened, name, faults, asked_at=asked_at, asked_in=COURSE_FILE)
        if text is not None and (unit := _read_unit(text, name, faults, asked_at)):
            units.append(unit)
    for unit_file in units:
        for place, sentence in check_unit(unit_file.unit):
            faults.append(PackFault(unit_file.name, unit_file.line_of(place), sentence, place))
    kept = _read_to_keep(opened, faults)
    if course is not None and len(units) == len(course.units):
        # Faults between units can only be found when all of them could be read.
        pack = Pack(
            code=course.code,
            title=course.title,
            summary=course.summary,
            shows=course.shows,
            valid_for=course.valid_for,
            refresher=tuple(course.refresher),
            change=course.change,
            needs=tuple(course.needs),
            to_keep=kept,
            units=tuple(unit_file.unit for unit_file in units),
        )
        faults += _course_faults(pack, units, course_placed)
        if not faults:
            return pack
    raise PackHasFaults(sorted(faults))


def _names_in(course: Placed) -> list[str]:
    """The files that a course names whose other fields have faults, so that those of its units are found as well."""
    named = course.value.get("units")
    return [name for name in named if isinstance(name, str)][:MOST_UNITS] if isinstance(named, list) else []


def _course_faults(pack: Pack, units: list[_UnitFile], course: Placed) -> Iterator[PackFault]:
    for place, sentence in pack_checks.check_course(pack):
        if len(place) > 2 and isinstance(place[1], int):
            unit_file = units[place[1]]
            yield PackFault(unit_file.name, unit_file.line_of(place[2:]), sentence, place[2:])
        else:
            yield PackFault(COURSE_FILE, course.line_of(place), sentence, place)


def _read_to_keep(opened: Opened, faults: list[PackFault]) -> str | None:
    """The text of the page to keep, or None where the pack has none."""
    if opened(TO_KEEP_FILE) is None:
        return None
    text = _read_file(opened, TO_KEEP_FILE, faults, asked_at=1, asked_in=TO_KEEP_FILE)
    if text is not None:
        faults += (PackFault(TO_KEEP_FILE, *fault) for fault in to_keep.faults(text))
    return text


class _NotAFile(Exception):
    """The name is not that of a file in the folder of the pack."""


def _content_of(folder: Path, name: str) -> bytes | None:
    """The content of a file in a folder; of a larger one, a byte more than is taken."""
    path = folder / name
    if Path(name).name != name or path.is_symlink():
        raise _NotAFile
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _read_file(opened: Opened, name: str, faults: list[PackFault], *, asked_at: int, asked_in: str) -> str | None:
    def fault(sentence: str) -> None:
        faults.append(PackFault(asked_in, asked_at, sentence))

    try:
        content = opened(name)
    except _NotAFile:
        fault(f"“{name}” must be the name of a file in the same folder.")
        return None
    if content is None:
        fault(f"there is no file “{name}” in the folder.")
        return None
    if len(content) > MOST_BYTES:
        fault(f"“{name}” is larger than a megabyte.")
        return None
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(PackFault(name, line, "this is not UTF-8 text. Save the file as UTF-8."))
        return None


def _read_yaml(text: str, name: str, faults: list[PackFault], first_line: int = 1) -> Placed | None:
    try:
        placed = yaml_lines.read(text, first_line=first_line)
    except YamlFault as fault:
        faults.append(PackFault(name, fault.line, fault.sentence))
        return None
    if not isinstance(placed.value, dict):
        faults.append(PackFault(name, first_line, "this must be a list of names and values, such as “title: …”."))
        return None
    return placed


def _read_unit(text: str, name: str, faults: list[PackFault], asked_at: int) -> _UnitFile | None:
    if name.endswith(".md"):
        return _read_lesson(text, name, faults)
    if not name.endswith(".yaml"):
        faults.append(PackFault(COURSE_FILE, asked_at, f"“{name}” must end in .md (a lesson) or .yaml."))
        return None
    placed = _read_yaml(text, name, faults)
    if placed is None:
        return None
    kinds: dict[Any, UnitKind] = {name: kind for name, kind in KINDS.items() if kind.model is not Lesson}
    kind = kinds.get(placed.value.get("kind"))
    if kind is None:
        faults.append(PackFault(name, placed.line_of(("kind",)), f"“kind” must be one of {', '.join(kinds)}."))
        return None
    unit = _validate(kind.model, placed, name, faults)
    return _UnitFile(name, unit, placed, 0) if unit else None


def _read_lesson(text: str, name: str, faults: list[PackFault]) -> _UnitFile | None:
    lines = text.splitlines()
    ends_at = next((number for number, line in enumerate(lines) if number and line.rstrip() == "---"), None)
    if not lines or lines[0].rstrip() != "---" or ends_at is None:
        faults.append(PackFault(name, 1, "a lesson begins with a head between two lines of ---."))
        return None
    head = _read_yaml("\n".join(lines[1:ends_at]), name, faults, first_line=2)
    if head is None:
        return None
    for ours in ("body", "kind"):
        if ours in head.value:
            faults.append(PackFault(name, head.line_of((ours,)), f"“{ours}” does not belong in a lesson's head."))
            return None
    head.value["body"] = "\n".join(lines[ends_at + 1 :]).strip("\n") + "\n"
    skipped = next((number for number, line in enumerate(lines[ends_at + 1 :]) if line.strip()), 0)
    head.lines[("body",)] = ends_at + 2 + skipped
    lesson = _validate(Lesson, head, name, faults)
    return _UnitFile(name, lesson, head, ends_at + 2 + skipped) if lesson else None


Shape = TypeVar("Shape", bound=BaseModel)


def _validate(model: type[Shape], placed: Placed, name: str, faults: list[PackFault]) -> Shape | None:
    try:
        # Through JSON, because strict JSON validation accepts a list for a tuple but not a string for a number.
        return model.model_validate_json(json.dumps(placed.value))
    except ValidationError as error:
        shapes: list[type[BaseModel]] = [model, *Part.__subclasses__()]
        known = {field for shape in shapes for field in shape.model_fields}
        for problem in causes(error.errors(include_url=False)):
            place = problem["loc"]
            faults.append(PackFault(name, placed.line_of(place), _sentence(problem, known), _known(placed, place)))
        return None


def _known(placed: Placed, place: Place) -> Place:
    """The same place without the members of unions that validation tried, and with a last name that is missing."""
    known: Place = ()
    for number, step in enumerate(place):
        if (*known, step) in placed.lines or (number == len(place) - 1 and isinstance(step, str)):
            known = (*known, step)
    return known


def _sentence(problem: ErrorDetails, known: set[str]) -> str:
    """A sentence for a fault: clearer ones for fields of packs, else the one for all documents."""
    field = str(next((step for step in reversed(problem["loc"]) if isinstance(step, str)), "this"))
    match problem["type"]:
        case "string_pattern_mismatch" if field == "at":
            return "“at” must be a time such as 01:12, in quotation marks."
        case "string_pattern_mismatch":
            return f"“{field}” must be lower-case words joined by hyphens, such as calm-thread."
        case "union_tag_invalid" | "union_tag_not_found" if "exercises" in problem["loc"]:
            return "“kind” must be spot, sort, order or rewrite."
        case "union_tag_invalid" | "union_tag_not_found":
            return "“kind” must be single, multiple, true-false, matching, ordering, short-text or number."
        case _:
            return sentence_of(problem, known)
