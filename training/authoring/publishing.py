"""Publishing a draft: what it changes against the version that people learn now, and making it the next version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict, Invalid
from app.wording import listed
from training import catalogue, updates
from training.authoring import drafts
from training.authoring.checking import Checked, checked
from training.authoring.models import CourseDraft
from training.models import Course, CourseVersion
from training.pack import Pack
from training.updates import Effect

FACTS = {
    "title": "its title",
    "summary": "what it is about",
    "shows": "what somebody who passed has shown",
    "valid_for": "how long it counts",
    "refresher": "what a refresher asks for",
    "needs": "what must be said before it is taught",
}
"""What a course says of itself, apart from its units and the page to keep."""


@dataclass(frozen=True)
class UnitChange:
    """What became of one unit: its title, and in words what happened to it."""

    slug: str
    title: str
    words: str


@dataclass(frozen=True)
class Comparison:
    """A draft beside the version that people learn now."""

    newest: CourseVersion | None
    changes: tuple[UnitChange, ...]
    is_overtaken: bool  # a version came after the one that the draft began with
    effect: Effect | None  # what publishing now would ask of people; None: nobody


def newest_version(code: str) -> CourseVersion | None:
    """The version of a course that people learn now, if there is one."""
    course_id = db.session.scalar(select(Course.id).where(Course.code == code))
    return catalogue.latest_version(course_id) if course_id is not None else None


def compare(draft: CourseDraft, pack: Pack, *, now: datetime) -> Comparison:
    """What the draft changes, and whom publishing it now would ask for what."""
    newest = newest_version(draft.code)
    if newest is None:
        return Comparison(None, (), False, None)
    overtaken = draft.base_id is not None and draft.base_id != newest.id
    changes = changes_between(catalogue.pack_of(newest), pack)
    return Comparison(newest, changes, overtaken, updates.effects_of([pack], now=now).get(pack.code))


def changes_between(before: Pack, after: Pack) -> tuple[UnitChange, ...]:
    """What differs between two versions of a course, unit by unit, in the order of the later one."""
    found = []
    if facts := [words for name, words in FACTS.items() if getattr(before, name) != getattr(after, name)]:
        found.append(UnitChange("", "About the course", f"other than before: {listed(facts)}"))
    if before.to_keep != after.to_keep:
        words = "new" if not before.to_keep else "changed" if after.to_keep else "taken out"
        found.append(UnitChange("", "The page to keep", words))
    for unit in after.units:
        earlier = before.unit(unit.slug)
        if earlier is None:
            found.append(UnitChange(unit.slug, unit.title, "new"))
        elif earlier != unit:
            found.append(UnitChange(unit.slug, unit.title, "changed"))
    kept = {unit.slug for unit in after.units}
    found += [UnitChange(unit.slug, unit.title, "taken out") for unit in before.units if unit.slug not in kept]
    order = [unit.slug for unit in before.units if unit.slug in kept]
    if order != [unit.slug for unit in after.units if before.unit(unit.slug)]:
        found.append(UnitChange("", "The order of the units", "changed"))
    return tuple(found)


def check(draft_id: int) -> Checked:
    """The draft as it is saved, read with every check of an import."""
    return checked(drafts.written(drafts.parts_of(draft_id)))


def publish(draft_id: int, read: Checked, *, seen: str, by: Person, now: datetime) -> CourseVersion:
    """Install the draft as the next version of its course, which never changes; the draft is closed.

    `read` is the draft, checked before the transaction, and `seen` the mark of what the page showed. Refuses a draft
    with faults, one that changed since, one that changes nothing, and a next version that does not say what changed.
    """
    draft = drafts.locked(draft_id)
    if not seen == read.files.mark == drafts.files_of_draft(draft_id).mark:
        raise Conflict("The draft changed after this page was opened. Look at what would be published now.")
    if read.pack is None:
        raise Invalid("The draft has things to mend. They are listed on its page.")
    newest = newest_version(draft.code)
    if newest is not None and read.pack.change is None:
        raise Invalid("Say what this version changes, and whether it is a minor or a major one.")
    if newest is not None and not changes_between(catalogue.pack_of(newest), read.pack):
        raise Conflict(f"Nothing differs from version {newest.number}, so there is nothing to publish.")
    version = catalogue.install(read.pack, by=by.id, now=now)
    draft.published_at, draft.version_id = now, version.id
    audit.record(
        "training.draft-published",
        by=by.id,
        subject=f"course_draft:{draft.id}",
        now=now,
        details={"course": draft.code, "number": version.number, "content_hash": version.content_hash},
    )
    return version
