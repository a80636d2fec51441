"""What the organisation has not said yet and the courses that are here must not be taught without."""

from __future__ import annotations

from app.organisation import in_force, slots
from app.organisation.slots import Slot
from training import catalogue


def not_said() -> dict[str, list[Slot]]:
    """The empty slots that each installed course needs, by its code; courses that lack nothing are left out."""
    details = in_force.details()
    found = {
        course.code: slots.empty(catalogue.pack_of(version).needs, details)
        for course, version in catalogue.all_courses()
    }
    return {code: empty for code, empty in found.items() if empty}
