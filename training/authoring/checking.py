"""What is wrong with a draft: the checks of an import, each fault with the part and the field that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import shorten

from app.policies.yaml_lines import Place
from training.authoring.models import PartKind
from training.authoring.pack_text import LISTS, UNITS, DraftFiles, Written, files_of, values_in
from training.pack import Pack
from training.pack_reader import COURSE_FILE, PackFault, PackHasFaults, read_files

LONGEST_LABEL = 90  # characters of what a part asks, where it is named


@dataclass(frozen=True)
class DraftFault:
    """One thing to mend: its part, None where it is about the draft as a whole, and the field within the part."""

    part: Written | None
    field: str  # the id of the field on the part's page, such as options-0-text; empty for the part as a whole
    line: int  # within the text of the part, from 1
    sentence: str


@dataclass(frozen=True)
class Checked:
    """A draft as it was read: its pack, or else what is to be mended."""

    files: DraftFiles
    pack: Pack | None
    faults: tuple[DraftFault, ...]

    def of(self, part_id: int) -> list[DraftFault]:
        """What is to be mended in one part."""
        return [fault for fault in self.faults if fault.part is not None and fault.part.id == part_id]


@lru_cache(maxsize=50)
def checked(parts: tuple[Written, ...]) -> Checked:
    """Read a draft with every check of an import; the same draft is read once a process."""
    files = files_of(parts)
    try:
        return Checked(files, read_files(files.files), ())
    except PackHasFaults as refusal:
        return Checked(files, None, tuple(_placed(fault, files) for fault in refusal.faults))


def _placed(fault: PackFault, files: DraftFiles) -> DraftFault:
    if fault.file == COURSE_FILE and fault.place[:1] == ("units",):
        position = fault.place[1] if len(fault.place) > 1 else None
        part = files.units[position] if isinstance(position, int) and position < len(files.units) else None
        return DraftFault(part, "", 1, fault.sentence)
    origins = files.origins.get(fault.file, [])
    fitting = [origin for origin in origins if origin.place and fault.place[: len(origin.place)] == origin.place]
    if fitting:
        origin = fitting[-1]
        return _about(origin.part, fault.place[len(origin.place) :], fault.line - origin.first_line + 1, fault)
    by_line = [origin for origin in origins if origin.first_line <= fault.line and not origin.place]
    if not by_line:
        return DraftFault(None, "", fault.line, fault.sentence)
    return _about(by_line[-1].part, fault.place, fault.line - by_line[-1].first_line + 1, fault)


def _about(part: Written, place: Place, line: int, fault: PackFault) -> DraftFault:
    field = "body" if place[:1] == ("body",) else "-".join(str(step) for step in place)
    return DraftFault(part, field, max(1, line), fault.sentence)


def label_of(part: Written, parts: Sequence[Written] = ()) -> str:
    """What authors call a part: its title, or the first words of what it asks.

    One without words is called by its kind: “Exercise 2” with its number among `parts`, or “Lesson without a title”.
    """
    values = values_in(part.kind, part.text)
    for name in ("title", "ask", "says"):
        if isinstance(values.get(name), str) and values[name].strip():
            return shorten(values[name], LONGEST_LABEL, placeholder="…")
    kind = KINDS_IN_WORDS[part.kind].capitalize()
    if part.kind in LISTS:
        return f"{kind} {_number(part, parts)}" if part in parts else f"{kind} without words"
    return f"{kind} without a title" if part.kind in UNITS else kind


def _number(part: Written, parts: Sequence[Written]) -> int:
    """Which one of its kind it is in its unit, from 1."""
    return [each.id for each in parts if (each.parent_id, each.kind) == (part.parent_id, part.kind)].index(part.id) + 1


KINDS_IN_WORDS = {
    PartKind.COURSE: "about the course",
    PartKind.CHANGE: "what this version changes",
    PartKind.TO_KEEP: "the page to keep",
    PartKind.LESSON: "lesson",
    PartKind.QUIZ: "quiz",
    PartKind.SCENARIO: "story",
    PartKind.REFLECTION: "something to think about",
    PartKind.AGREEMENT: "something to agree to",
    PartKind.PRACTICAL: "practical",
    PartKind.WORKSHOP: "live session",
    PartKind.EXERCISE: "exercise",
    PartKind.QUESTION: "question",
    PartKind.STEP: "scene",
    PartKind.ENDING: "ending",
}


def place_of(part: Written, parts: Sequence[Written]) -> str:
    """Where a part stands in its unit, such as “Scene 6”, or its label for a unit."""
    if part.kind is PartKind.COURSE:
        return KINDS_IN_WORDS[part.kind].capitalize()
    if part.kind not in LISTS:
        return label_of(part, parts)
    unit = next((each for each in parts if each.id == part.parent_id), None)
    inside = f" of “{label_of(unit, parts)}”" if unit else ""
    return f"{KINDS_IN_WORDS[part.kind].capitalize()} {_number(part, parts)}{inside}"
