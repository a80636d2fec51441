"""Asking for cover, answering, and what happens when something changes in between."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import NotAllowed, NotFound
from rota.exchanges import changes
from rota.exchanges.changes import DoesNotFit, NewMove, NotOpenAnyMore
from rota.exchanges.models import ChangeKind, ChangeState, SeatChange, SeatChangeReceipt
from rota.shifts import claims_and_drops
from rota.store.assignments import SeatHolderChanged
from rota.store.models import AssignmentChange, ChangeReason, RotaVersion, VersionKind
from rota.store.seats import SeatRow
from tests.rota.crew import Crew, seats
from tests.times import NOW


def ask_for_cover(seat: SeatRow, person: Person, *, now: datetime = NOW) -> SeatChange:
    with db.writing():
        return changes.propose(
            ChangeKind.COVER, [NewMove(seat.id, None)], asker=person.id, asked=(), by=person.id, now=now
        )


def queued(kind: str) -> list[int]:
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind))
    return sorted(row.person_id for row in rows)


def test_a_shift_for_which_cover_is_asked_stays_with_its_holder_until_somebody_takes_it(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    change = ask_for_cover(seat, wren)
    assert seats(rota)[0].person_id == wren.id
    assert queued("seat-change-waits") == [tansy.id]
    with db.writing():
        changes.take(change.id, teal.id, by=teal.id, now=NOW)
    assert seats(rota)[0].person_id == teal.id
    assert db.session.get_one(SeatChange, change.id).state is ChangeState.APPLIED
    assert queued("seat-change-done") == sorted([wren.id, teal.id])
    newest = db.session.scalars(select(RotaVersion).order_by(RotaVersion.id.desc())).first()
    assert newest is not None
    assert (newest.number, newest.kind) == (2, VersionKind.EXCHANGED)
    moved = db.session.scalars(select(AssignmentChange).order_by(AssignmentChange.id.desc())).first()
    assert moved is not None
    assert (moved.from_person_id, moved.to_person_id, moved.why) == (wren.id, teal.id, ChangeReason.COVERED)
    receipt = db.session.scalars(select(SeatChangeReceipt)).one()
    assert receipt.results["people"] == sorted([wren.id, teal.id])
    assert {"clearance", "rest", "overlap"} <= set(receipt.results["rules"])
    assert receipt.results["broken"] == []
    said = db.session.scalars(
        select(AuditLine.action).where(AuditLine.action.in_(["rota.change-asked", "rota.exchanged"]))
    )
    assert said.all() == ["rota.change-asked", "rota.exchanged"]


def test_who_fits_sees_it_among_the_open_shifts_and_takes_it_in_one_press(crew: Crew) -> None:
    wren, teal, otter = crew.moderator("Wren"), crew.moderator("Teal"), crew.peer("Otter")
    crew.always_can(wren, teal, otter)
    rota, seat = crew.published(wren)
    ask_for_cover(seat, wren)
    offered = [each.id for each in claims_and_drops.open_shifts_for(teal, now=NOW)]
    assert seat.id in offered
    assert seat.id not in [each.id for each in claims_and_drops.open_shifts_for(wren, now=NOW)]
    assert seat.id not in [each.id for each in claims_and_drops.open_shifts_for(otter, now=NOW)]
    with db.writing():
        claims_and_drops.claim(seat.id, teal, now=NOW)
    assert seats(rota)[0].person_id == teal.id


def test_the_second_who_takes_it_reads_that_somebody_was_quicker(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    rota, seat = crew.published(wren)
    change = ask_for_cover(seat, wren)
    with db.writing():
        changes.take(change.id, teal.id, by=teal.id, now=NOW)
    with pytest.raises(SeatHolderChanged, match="a moment quicker"), db.writing():
        changes.take(change.id, fern.id, by=fern.id, now=NOW)
    with pytest.raises(SeatHolderChanged, match="a moment quicker"), db.writing():
        claims_and_drops.claim(seat.id, fern, now=NOW)
    assert seats(rota)[0].person_id == teal.id


def test_whom_a_rule_forbids_it_reads_why_and_the_shift_stays_where_it_is(crew: Crew) -> None:
    wren, otter = crew.moderator("Wren"), crew.peer("Otter")
    crew.always_can(wren, otter)
    rota, seat = crew.published(wren)
    change = ask_for_cover(seat, wren)
    with pytest.raises(DoesNotFit, match="Otter is not cleared for moderator"), db.writing():
        changes.take(change.id, otter.id, by=otter.id, now=NOW)
    assert seats(rota)[0].person_id == wren.id
    assert db.session.get_one(SeatChange, change.id).state is ChangeState.OPEN


def test_what_is_taken_back_can_no_longer_be_taken(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    change = ask_for_cover(seat, wren)
    for _ in range(2):
        with db.writing():
            changes.withdraw(change.id, by=wren.id, now=NOW)
    assert seat.id not in [each.id for each in claims_and_drops.open_shifts_for(teal, now=NOW)]
    with pytest.raises(NotOpenAnyMore), db.writing():
        changes.take(change.id, teal.id, by=teal.id, now=NOW)
    assert seats(rota)[0].person_id == wren.id


def test_asking_for_the_same_cover_again_changes_nothing(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    first, again = ask_for_cover(seat, wren).id, ask_for_cover(seat, wren).id
    assert first == again


def test_nobody_asks_for_cover_of_a_shift_that_is_not_theirs(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    with pytest.raises(NotFound):
        ask_for_cover(seat, teal)


def test_a_coordinator_may_ask_and_take_on_somebodys_behalf_and_nobody_else_may(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, seat = crew.published(wren)
    with pytest.raises(NotAllowed), db.writing():
        changes.propose(ChangeKind.COVER, [NewMove(seat.id, None)], asker=wren.id, asked=(), by=teal.id, now=NOW)
    with db.writing():
        change = changes.propose(
            ChangeKind.COVER, [NewMove(seat.id, None)], asker=wren.id, asked=(), by=tansy.id, now=NOW
        )
        changes.take(change.id, teal.id, by=tansy.id, now=NOW)
        assert (change.asker_id, change.made_by_id) == (wren.id, tansy.id)
    assert seats(rota)[0].person_id == teal.id
