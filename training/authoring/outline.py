"""A draft as its pages show it: its parts in order, what they are called, and what is to be mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from app.organisation.slots import SLOTS
from progression.documents.shipped import DOCUMENTS
from training.authoring import drafts
from training.authoring.branch_map import BranchMap, branch_map, finish_of, scene_of
from training.authoring.checking import KINDS_IN_WORDS, Checked, DraftFault, checked, label_of, place_of
from training.authoring.models import CourseDraft, DraftPart, PartKind
from training.authoring.pack_text import UNITS, Written, values_in
from training.authoring.part_forms import field_at, shape_of

MOST_FAULTS = 60  # listed on one page, so that it stays light
KEY = re.compile("“([a-z][a-z0-9-]*)”")  # the name by which files, and the checks of an import, call a part


@dataclass(frozen=True)
class Line:
    """A part in the outline: what it is called, what is to be mended in it, and the parts within it."""

    part: DraftPart
    label: str
    kind: str
    faults: int
    within: tuple[Line, ...] = ()

    @property
    def faults_within(self) -> int:
        """What is to be mended in the parts within it."""
        return sum(line.faults for line in self.within)


@dataclass(frozen=True)
class FaultLine:
    """One thing to mend: where, in words, and the part and field that mend it. Without a part, the outline mends it."""

    where: str
    sentence: str
    part_id: int | None
    field: str


@dataclass(frozen=True)
class FaultGroup:
    """What is to be mended in one part, or in one unit with all that is within it."""

    title: str
    count: int
    lines: tuple[FaultLine, ...]  # as many of them as a page has room for


@dataclass(frozen=True)
class FaultGroups:
    """Everything to mend, as a page lists it: first of the part that the page is about, then of everything else."""

    here: FaultGroup | None
    others: tuple[FaultGroup, ...]

    @property
    def in_others(self) -> int:
        """How much is to be mended elsewhere."""
        return sum(group.count for group in self.others)


@dataclass(frozen=True)
class Outline:
    """A whole draft, read once for a page."""

    draft: CourseDraft
    title: str
    parts: tuple[DraftPart, ...]
    written: tuple[Written, ...]
    read: Checked

    def part(self, kind: PartKind) -> DraftPart | None:
        """The one part of this kind, or None."""
        return next((part for part in self.parts if part.kind == kind), None)

    def lines(self, *, of: int | None = None, kinds: tuple[PartKind, ...] = UNITS) -> list[Line]:
        """The units of the draft, or the parts within one, each with those within it."""
        return [self._line(part) for part in self.parts if part.parent_id == of and part.kind in kinds]

    def _line(self, part: DraftPart) -> Line:
        within = tuple(self._line(each) for each in self.parts if each.parent_id == part.id)
        return Line(part, self.label(part.id), KINDS_IN_WORDS[part.kind], len(self.read.of(part.id)), within)

    def label(self, part_id: int) -> str:
        """What authors call a part."""
        return label_of(next(each for each in self.written if each.id == part_id), self.written)

    def faults(self, *, of: int | None = None) -> list[FaultLine]:
        """Everything to mend, or what there is in one part, each with its place in words."""
        return [self._fault(each) for each in (self.read.faults if of is None else self.read.of(of))]

    def fault_groups(self, here: int | None = None) -> FaultGroups:
        """Everything to mend: of the part `here` by itself, of everything else by unit. At most `MOST_FAULTS` lines."""
        mine = self.read.of(here) if here is not None else []
        room = MOST_FAULTS
        group = self._group(self.label(here), mine, room) if here is not None and mine else None
        room -= len(group.lines) if group else 0
        others = []
        rest = [fault for fault in self.read.faults if fault not in mine]
        for unit_id, found in groupby(sorted(rest, key=self._unit_place), key=self._unit_of):
            unit = next((each for each in self.written if each.id == unit_id), None)
            title = place_of(unit, self.written) if unit else "The course as a whole"
            others.append(self._group(title, list(found), room))
            room -= len(others[-1].lines)
        return FaultGroups(group, tuple(others))

    def _group(self, title: str, faults: Sequence[DraftFault], room: int) -> FaultGroup:
        return FaultGroup(title, len(faults), tuple(self._fault(each) for each in faults[: max(0, room)]))

    def _unit_of(self, fault: DraftFault) -> int | None:
        return (fault.part.parent_id or fault.part.id) if fault.part else None

    def _unit_place(self, fault: DraftFault) -> int:
        """Where the unit of a fault stands in the draft; what is about the course as a whole stands first."""
        return next((place for place, each in enumerate(self.written) if each.id == self._unit_of(fault)), -1)

    def _fault(self, fault: DraftFault) -> FaultLine:
        sentence = KEY.sub(lambda key: f"“{self._labels.get(key[1], key[1])}”", fault.sentence)
        sentence = f"{sentence[:1].upper()}{sentence[1:]}"
        if fault.part is None:
            return FaultLine("The course as a whole", sentence, None, "")
        values = values_in(fault.part.kind, fault.part.text)
        found = field_at(shape_of(fault.part.kind, values) or (), values, fault.field)
        if found is not None and found[1] in (None, "", []):
            sentence = f"“{found[0]}” is not filled in yet."
        return FaultLine(place_of(fault.part, self.written), sentence, fault.part.id, fault.field)

    @cached_property
    def _labels(self) -> dict[str, str]:
        """What authors call the parts, by the slugs and keys of the files. A key that two parts have names neither."""
        found = self._by_slug(list(self.written))
        keys = [key for key, _label in found]
        return {key: label for key, label in found if keys.count(key) == 1}

    def offered(self, part: DraftPart) -> Mapping[str, list[tuple[str, str]]]:
        """What the fields of a part can choose from, by the `source` that they name: values with their words."""
        unit_id = part.parent_id
        scenes = [each for each in self.written if each.parent_id == unit_id and each.kind == PartKind.STEP]
        endings = [each for each in self.written if each.parent_id == unit_id and each.kind == PartKind.ENDING]
        return {
            "lessons": self._by_slug([each for each in self.written if each.kind == PartKind.LESSON]),
            "units": self._by_slug([each for each in self.written if each.kind in UNITS]),
            "scenes": [
                *((key, f"{number}. {words}") for number, (key, words) in enumerate(self._by_slug(scenes), 1)),
                *((key, f"Ending: {words}") for key, words in self._by_slug(endings)),
            ],
            "slots": [(key, slot.title) for key, slot in SLOTS.items()],
            "documents": [(each.key, each.title) for each in DOCUMENTS],
        }

    def story_map(self, part: DraftPart) -> BranchMap | None:
        """The map of the story that a part is, or belongs to; None for parts of anything else."""
        story = part.id if part.kind == PartKind.SCENARIO else part.parent_id
        if part.kind not in (PartKind.SCENARIO, PartKind.STEP, PartKind.ENDING):
            return None
        within = [each for each in self.written if each.parent_id == story]
        scenes = [each for each in within if each.kind == PartKind.STEP]
        endings = [each for each in within if each.kind == PartKind.ENDING]
        return branch_map(
            [scene_of(each.id, values_in(each.kind, each.text)) for each in scenes],
            [finish_of(each.id, values_in(each.kind, each.text)) for each in endings],
        )

    def _by_slug(self, parts: list[Written]) -> list[tuple[str, str]]:
        found = []
        for part in parts:
            values = values_in(part.kind, part.text)
            slug = values.get("slug") or values.get("key")
            if isinstance(slug, str):
                found.append((slug, label_of(part, self.written)))
        return found


def outline_of(draft_id: int) -> Outline:
    """A draft as it is saved now."""
    draft = drafts.draft_numbered(draft_id)
    parts = drafts.parts_of(draft_id)
    written = drafts.written(parts)
    course = next(each for each in written if each.kind == PartKind.COURSE)
    return Outline(draft, label_of(course, written), tuple(parts), written, checked(written))
