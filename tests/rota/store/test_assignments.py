"""Changes of hands: one version, one permanent row a seat, and a calendar entry that knows of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import db
from app.refusals import NotFound
from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.models import Assignment, AssignmentChange, ChangeReason, VersionKind
from tests.rota.crew import Crew, seats
from tests.times import NOW


def test_a_seat_that_changes_hands_ends_one_assignment_and_begins_another(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    with db.writing():
        version = new_version(lock_rota(rota.id), VersionKind.PUBLISHED, by=crew.assessor.id, now=NOW)
        held = current_assignments([seat.id])[seat.id]
        change = reassign(
            seat.id, teal.id, held=held, version=version, why=ChangeReason.BY_HAND, overrides=["availability"]
        )
    assert (change.from_person_id, change.to_person_id) == (wren.id, teal.id)
    assert (change.by_id, change.changed_at, change.overrides) == (crew.assessor.id, NOW, ["availability"])
    before, after = db.session.scalars(select(Assignment).order_by(Assignment.id))
    assert (before.person_id, before.ended_at, before.sequence) == (wren.id, NOW, 1)
    assert (after.person_id, after.ended_at, after.sequence) == (teal.id, None, 0)
    assert seats(rota)[0].person_id == teal.id


def test_a_seat_given_to_nobody_is_vacant_and_the_history_keeps_who_had_it(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        version = new_version(lock_rota(rota.id), VersionKind.RELEASED, by=None, now=NOW)
        held = current_assignments([seat.id])[seat.id]
        reassign(seat.id, None, held=held, version=version, why=ChangeReason.NOT_CLEARED)
    assert current_assignments([seat.id]) == {}
    last = db.session.scalars(select(AssignmentChange).order_by(AssignmentChange.id.desc())).first()
    assert last is not None
    assert (last.from_person_id, last.to_person_id, last.by_id) == (wren.id, None, None)


def test_versions_are_numbered_from_one_without_gaps(crew: Crew) -> None:
    rota = crew.rota(crew.evenings())
    numbers = []
    for _ in range(3):
        with db.writing():
            numbers.append(new_version(lock_rota(rota.id), VersionKind.PUBLISHED, by=None, now=NOW).number)
    assert numbers == [1, 2, 3]


def test_a_rota_that_does_not_exist_cannot_be_locked(crew: Crew) -> None:
    with pytest.raises(NotFound), db.writing():
        lock_rota(404)
