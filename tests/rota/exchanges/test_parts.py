"""A part of a shift: offered by who has the seat, taken by the first whom it fits, given back, and undone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound
from rota.duty.on_duty import on_duty
from rota.exchanges import changes, parts
from rota.exchanges.changes import DoesNotFit, NotOpenAnyMore
from rota.exchanges.models import ChangeState, SeatChange, SeatChangeReceipt
from rota.shifts import my_shifts
from rota.store.assignments import SeatHolderChanged
from rota.store.seat_parts import parts_where, worked
from rota.store.seats import SeatRow
from tests.rota.crew import Crew, seats
from tests.rota.exchanges.test_changes import ask_for_cover, queued
from tests.times import NOW


class Shared:
    """A shift from 18:00 to 02:00 that Wren has; hours are counted from its start."""

    def __init__(self, crew: Crew) -> None:
        self.wren, self.teal, self.fern = (crew.moderator(name) for name in ("Wren", "Teal", "Fern"))
        crew.always_can(self.wren, self.teal, self.fern)
        self.rota, _ = crew.published(self.wren, channel=crew.evenings(ends=time(2)))

    @property
    def seat(self) -> SeatRow:
        return seats(self.rota)[0]

    def at(self, hour: float) -> datetime:
        return self.seat.starts_at + timedelta(hours=hour)

    def offer(self, since: float, until: float, *, now: datetime = NOW) -> SeatChange:
        seat, hours = self.seat, (self.at(since), self.at(until))
        with db.writing():
            return parts.offer_part(seat.assignment_id or 0, self.wren, *hours, by=self.wren.id, now=now)

    def take(self, change: SeatChange, person: Person, *, now: datetime = NOW) -> SeatChange:
        with db.writing():
            return changes.take(change.id, person.id, by=person.id, now=now)

    def taken(self, since: float, until: float, person: Person) -> SeatRow:
        self.take(self.offer(since, until), person)
        return next(each for each in parts_where() if each.person_id == person.id)

    def who(self) -> list[tuple[str | None, float, float]]:
        """Who works the shift, from which hour until which."""
        start = self.seat.starts_at
        hour = timedelta(hours=1)
        at_work = worked([self.seat])
        return [(each.holder, (each.starts_at - start) / hour, (each.ends_at - start) / hour) for each in at_work]


@pytest.fixture
def shared(crew: Crew) -> Shared:
    return Shared(crew)


def test_a_part_stays_with_the_holder_until_somebody_takes_it_and_the_rest_stays_afterwards(shared: Shared) -> None:
    change = shared.offer(2, 4)
    assert shared.who() == [("Wren", 0, 8)]
    assert shared.take(change, shared.teal).state is ChangeState.APPLIED
    assert shared.who() == [("Wren", 0, 2), ("Teal", 2, 4), ("Wren", 4, 8)]
    assert shared.seat.person_id == shared.wren.id, "who has the seat answers for it"
    assert queued("seat-change-done") == sorted([shared.wren.id, shared.teal.id])
    receipt = db.session.scalars(select(SeatChangeReceipt)).one()
    assert {"clearance", "rest", "overlap"} <= set(receipt.results["rules"])


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        pytest.param(0, 2, [("Teal", 0, 2), ("Wren", 2, 8)], id="at the start"),
        pytest.param(6, 8, [("Wren", 0, 6), ("Teal", 6, 8)], id="to the end"),
        pytest.param(2, 6, [("Wren", 0, 2), ("Teal", 2, 6), ("Wren", 6, 8)], id="in the middle"),
        pytest.param(2, 8, [("Wren", 0, 2), ("Teal", 2, 8)], id="all but the shortest"),
    ],
)
def test_any_hours_may_be_a_part(shared: Shared, since: float, until: float, left: list[object]) -> None:
    shared.taken(since, until, shared.teal)
    assert shared.who() == left


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        pytest.param(0, 8, "the whole shift", id="all of it"),
        pytest.param(0, 1.5, "2 hours or more", id="too short"),
        pytest.param(1, 4, "less than 2 hours", id="leaves too little before"),
        pytest.param(4, 7, "less than 2 hours", id="leaves too little after"),
        pytest.param(6, 9, "hours of this shift", id="beyond the end"),
        pytest.param(4, 4, "an end after the start", id="nothing"),
        pytest.param(5, 3, "an end after the start", id="backwards"),
    ],
)
def test_hours_that_cannot_be_shared_are_refused_with_the_reason(
    shared: Shared, since: float, until: float, says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        shared.offer(since, until)


def test_two_parts_of_one_seat_do_not_overlap(shared: Shared) -> None:
    shared.taken(2, 4, shared.teal)
    with pytest.raises(Invalid, match="Somebody has some of these hours"):
        shared.offer(3, 6)
    shared.taken(4, 6, shared.fern)
    assert shared.who() == [("Wren", 0, 2), ("Teal", 2, 4), ("Fern", 4, 6), ("Wren", 6, 8)]


def test_hours_that_are_offered_are_not_offered_twice(shared: Shared) -> None:
    assert shared.offer(2, 4).id == shared.offer(2, 4).id
    with pytest.raises(Conflict, match="some of these hours already"):
        shared.offer(3, 6)


def test_of_two_offers_that_would_leave_nothing_the_second_is_not_made(shared: Shared) -> None:
    first, second = shared.offer(0, 4), shared.offer(4, 8)
    shared.take(first, shared.teal)
    assert shared.take(second, shared.fern).state is ChangeState.OVERTAKEN
    assert shared.who() == [("Teal", 0, 4), ("Wren", 4, 8)]


def test_the_second_who_takes_a_part_reads_that_somebody_was_quicker(shared: Shared) -> None:
    change = shared.offer(2, 4)
    shared.take(change, shared.teal)
    with pytest.raises(SeatHolderChanged, match="a moment quicker"):
        shared.take(change, shared.fern)
    assert shared.take(change, shared.teal).state is ChangeState.APPLIED, "twice changes nothing"


def test_an_offer_that_was_taken_back_can_no_longer_be_taken(shared: Shared) -> None:
    change = shared.offer(2, 4)
    with db.writing():
        changes.withdraw(change.id, by=shared.wren.id, now=NOW)
    with pytest.raises(NotOpenAnyMore):
        shared.take(change, shared.teal)


def test_who_is_not_cleared_or_away_in_these_hours_cannot_take_them(shared: Shared, crew: Crew) -> None:
    otter, heron = crew.peer("Otter"), crew.moderator("Heron")
    crew.always_can(otter)
    change = shared.offer(2, 4)
    assert [each.change_id for each in parts.parts_offered_to(shared.teal, now=NOW)] == [change.id]
    for person in (otter, heron, shared.wren):
        assert parts.parts_offered_to(person, now=NOW) == []
    with pytest.raises(DoesNotFit, match="not cleared for moderator"):
        shared.take(change, otter)
    with pytest.raises(DoesNotFit, match="has not offered this time"):
        shared.take(change, heron)


def test_who_has_a_part_sees_it_on_my_shifts_and_is_on_duty_in_these_hours_alone(shared: Shared) -> None:
    shared.taken(2, 4, shared.teal)
    mine = my_shifts.upcoming(shared.teal.id, now=NOW)
    assert [(each.starts_at, each.ends_at, each.is_part) for each in mine] == [(shared.at(2), shared.at(4), True)]
    assert [(each.starts_at, each.ends_at) for each in my_shifts.upcoming(shared.wren.id, now=NOW)] == [
        (shared.at(0), shared.at(2)),
        (shared.at(4), shared.at(8)),
    ]
    for hour, name in ((1, "Wren"), (2, "Teal"), (3.9, "Teal"), (4, "Wren")):
        [board] = on_duty(shared.wren, shared.at(hour))
        assert [each.name for each in board.now] == [name]
        assert board.shortage is not None, "it is short of somebody beside, with and without the part"
        assert board.shortage.present == 1


def test_who_took_a_part_gives_it_back_before_the_deadline_and_the_holder_is_told_once(shared: Shared) -> None:
    part = shared.taken(2, 4, shared.teal)
    with db.writing():
        parts.give_part_back(part.part_id or 0, shared.teal, by=shared.teal.id, now=NOW)
    assert shared.who() == [("Wren", 0, 8)]
    assert queued("part-ended") == [shared.wren.id]
    with pytest.raises(NotFound), db.writing():
        parts.give_part_back(part.part_id or 0, shared.teal, by=shared.teal.id, now=NOW)
    late = shared.taken(2, 4, shared.teal)
    with pytest.raises(parts.TooLateToGiveBack, match="stays yours"), db.writing():
        parts.give_part_back(
            late.part_id or 0, shared.teal, by=shared.teal.id, now=late.starts_at - timedelta(hours=47)
        )


def test_a_part_ends_with_the_seat_and_who_took_it_is_told_once(shared: Shared) -> None:
    shared.taken(2, 4, shared.teal)
    change = ask_for_cover(shared.seat, shared.wren)
    shared.take(change, shared.fern)
    assert shared.who() == [("Fern", 0, 8)]
    assert queued("part-ended") == [shared.teal.id]


def test_who_took_a_part_may_take_the_whole_shift_and_hears_of_it_once(shared: Shared, crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    shared.taken(2, 4, shared.teal)
    change = ask_for_cover(shared.seat, shared.wren)
    with db.writing():
        changes.take(change.id, shared.teal.id, by=tansy.id, now=NOW)  # on the telephone, for Teal
    assert shared.who() == [("Teal", 0, 8)]
    assert queued("part-ended") == []
