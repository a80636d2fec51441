"""A draft as its pages show it: its parts in order, what they are called, and what is to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.organisation.slots import SLOTS
from progression.documents.shipped import DOCUMENTS
from training.authoring import drafts
from training.authoring.branch_map import BranchMap, branch_map, finish_of, scene_of
from training.authoring.checking import KINDS_IN_WORDS, Checked, DraftFault, checked, label_of, place_of
from training.authoring.models import CourseDraft, DraftPart, PartKind
from training.authoring.pack_text import UNITS, Written, values_in
from training.authoring.part_forms import field_at, shape_of


@dataclass(frozen=True)
class Line:
    """A part in the outline: what it is called, what is to be mended in it, and the parts within it."""

    part: DraftPart
    label: str
    kind: str
    faults: int
    within: tuple[Line, ...] = ()

    @property
    def faults_in_all(self) -> int:
        """What is to be mended in it and in what is within it."""
        return self.faults + sum(line.faults for line in self.within)


@dataclass(frozen=True)
class FaultLine:
    """One thing to mend: where, in words, and the part and field that mend it."""

    where: str
    sentence: str
    part_id: int | None
    field: str


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
        return label_of(next(each for each in self.written if each.id == part_id))

    def faults(self) -> list[FaultLine]:
        """Everything to mend, each with its place in words."""
        return [self._fault(fault) for fault in self.read.faults]

    def _fault(self, fault: DraftFault) -> FaultLine:
        sentence = f"{fault.sentence[:1].upper()}{fault.sentence[1:]}"
        if fault.part is None:
            return FaultLine("The course", sentence, None, "")
        values = values_in(fault.part.kind, fault.part.text)
        found = field_at(shape_of(fault.part.kind, values) or (), values, fault.field)
        if found is not None and found[1] in (None, "", []):
            sentence = f"“{found[0]}” is not filled in yet."
        return FaultLine(place_of(fault.part, self.written), sentence, fault.part.id, fault.field)

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
                found.append((slug, label_of(part)))
        return found


def outline_of(draft_id: int) -> Outline:
    """A draft as it is saved now."""
    draft = drafts.draft_numbered(draft_id)
    parts = drafts.parts_of(draft_id)
    written = drafts.written(parts)
    course = next(each for each in written if each.kind == PartKind.COURSE)
    return Outline(draft, label_of(course), tuple(parts), written, checked(written))
