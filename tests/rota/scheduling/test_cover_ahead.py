"""Cover ahead as plain values: as many seats are filled as could be, and one expiry moves exactly its seats."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, Interval
from rota.scheduling.cover_ahead import Ahead, AheadLine, AheadPerson, AheadSeat, AheadShift, Asked

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONG = (Interval(MONDAY - DAY, MONDAY + 90 * DAY),)
REFRESHER = "training:safeguarding"


def evening(day: int, *lines: AheadLine, hour: int = 18, least: int = 1, id_: int | None = None) -> AheadShift:
    starts = MONDAY + day * DAY + hour * HOUR
    return AheadShift(
        id_ or day * 24 + hour,
        1,
        starts.date(),
        starts,
        starts + 4 * HOUR,
        lines or (AheadLine(Duty.MODERATOR, 1, 1),),
        least=least,
        is_night=hour >= 22,
    )


def lapsing(evidence: str, ends: datetime) -> Asked:
    return Asked(evidence, (Interval(ALWAYS_SINCE, ends),), ends)


def person(
    id_: int, *lapses: Asked, duties: Iterable[Duty] = (Duty.MODERATOR,), able: tuple[Interval, ...] = LONG
) -> AheadPerson:
    return AheadPerson(id_, able, dict.fromkeys(duties, lapses))


def days_filled(ahead: Ahead) -> list[int]:
    return sorted((seat.starts_at.date() - MONDAY.date()).days for seat in ahead.filled())


def test_a_seat_is_filled_while_somebody_offers_it_and_may_do_it() -> None:
    wren = person(1, lapsing(REFRESHER, MONDAY + 3 * DAY))
    week = tuple(evening(day) for day in range(7))
    assert days_filled(Ahead(week, (wren,))) == [0, 1, 2]


def test_one_expiry_a_day_later_fills_exactly_the_seat_of_that_day() -> None:
    weeks = tuple(evening(day) for day in range(28))
    before = Ahead(weeks, (person(1, lapsing(REFRESHER, MONDAY + 10 * DAY)),)).filled()
    after = Ahead(weeks, (person(1, lapsing(REFRESHER, MONDAY + 11 * DAY)),)).filled()
    assert [seat.starts_at.date() for seat in after - before] == [date(2027, 3, 11)]
    assert before <= after


def test_a_clearance_that_ends_during_a_shift_does_not_count_for_it() -> None:
    ends = MONDAY + 20 * HOUR
    assert days_filled(Ahead((evening(0),), (person(1, lapsing(REFRESHER, ends)),))) == []


def test_nobody_is_counted_for_two_shifts_of_one_day() -> None:
    both = (evening(0, hour=8), evening(0, hour=18))
    assert len(Ahead(both, (person(1),)).filled()) == 1


def test_nobody_is_counted_for_more_than_they_asked_for_in_a_week() -> None:
    weeks = tuple(evening(day) for day in range(14))
    wren = replace(person(1), shifts_a_week=2)
    assert days_filled(Ahead(weeks, (wren,))) == [0, 1, 7, 8]
    by_hours = replace(person(1), minutes_a_week=12 * 60)
    assert days_filled(Ahead(weeks, (by_hours,))) == [0, 1, 2, 7, 8, 9]


def test_nights_have_a_limit_of_their_own() -> None:
    nights = tuple(evening(day, hour=22) for day in range(3))
    days = tuple(evening(day, hour=8) for day in range(3, 6))
    wren = replace(person(1), nights_a_week=1, shifts_a_week=3)
    assert days_filled(Ahead((*nights, *days), (wren,))) == [0, 3, 4]


def test_somebody_moves_over_for_a_seat_that_only_they_can_fill() -> None:
    lead = AheadLine(Duty.LEAD, 1, 1)
    shift = evening(0, AheadLine(Duty.MODERATOR, 1, 1), lead)
    team = (person(1, duties=(Duty.MODERATOR, Duty.LEAD)), person(2))
    assert len(Ahead((shift,), team).filled()) == 2


def test_holders_keep_their_seats_and_a_lapsed_one_leaves_it_empty() -> None:
    held = evening(5, AheadLine(Duty.MODERATOR, 1, 1, holders=(1,)))
    assert days_filled(Ahead((held,), (replace(person(1), shifts_a_week=0),))) == [5]
    gone = person(1, lapsing(REFRESHER, MONDAY + 2 * DAY))
    assert days_filled(Ahead((held,), (gone,))) == []
    assert days_filled(Ahead((held,), (gone, person(2)))) == [5]


def test_a_holder_is_not_counted_elsewhere_on_that_day() -> None:
    held, other = evening(0, AheadLine(Duty.MODERATOR, 1, 1, holders=(1,))), evening(0, hour=8)
    assert days_filled(Ahead((held, other), (person(1),))) == [0]


def test_what_a_safe_mix_needs_is_filled_before_the_rest() -> None:
    plenty = evening(0, AheadLine(Duty.MODERATOR, 1, 3), hour=8)
    needed = evening(0, hour=18)
    found = Ahead((plenty, needed), (person(1), person(2))).filled()
    assert {seat.shift_id for seat in found} == {plenty.id, needed.id}


def test_where_nobody_may_be_alone_the_second_seat_is_part_of_the_safe_mix() -> None:
    shift = evening(0, AheadLine(Duty.MODERATOR, 0, 3), least=2)
    seats = Ahead((shift,), ()).weeks[0].seats
    assert [seat.is_beyond_safe for seat in seats] == [False, False, True]


def crowd(chance: random.Random) -> Ahead:
    """A small week of shifts with a few people who offer, do and ask for different things."""
    shifts = tuple(
        evening(day, AheadLine(Duty.MODERATOR, 1, chance.randint(1, 2)), AheadLine(Duty.LEAD, 0, 1), hour=hour)
        for day in range(3)
        for hour in chance.sample((8, 14, 22), chance.randint(1, 2))
    )
    people = []
    for number in range(1, chance.randint(2, 4)):
        able = tuple(
            Interval(shift.starts_at, shift.ends_at)
            for shift in sorted(shifts, key=lambda each: each.starts_at)
            if chance.random() < 0.6
        )
        duties = chance.sample((Duty.MODERATOR, Duty.LEAD), chance.randint(1, 2))
        lapses = (lapsing(REFRESHER, MONDAY + chance.randint(1, 3) * DAY),) if chance.random() < 0.5 else ()
        one = person(number, *lapses, duties=duties, able=able)
        people.append(
            replace(one, shifts_a_week=chance.choice((None, 1, 2)), nights_a_week=chance.choice((None, 0, 1)))
        )
    return Ahead(shifts, tuple(people))


def most_by_trying_all(ahead: Ahead, seats: list[AheadSeat]) -> int:
    """How many of these seats can be filled together, found by trying everybody on each."""
    shifts = {shift.id: shift for shift in ahead.shifts}

    def best(place: int, had: Mapping[int, frozenset[tuple[date, bool]]]) -> int:
        if place == len(seats):
            return 0
        shift = shifts[seats[place].shift_id]
        most = best(place + 1, had)
        for each in ahead.people:
            theirs, now = had.get(each.id, frozenset()), (shift.day, shift.is_night)
            covered = any(i.start <= shift.starts_at and shift.ends_at <= i.end for i in each.able)
            lacks = each.lacks(shift.lines[seats[place].line].duty, shift.starts_at, shift.ends_at)
            nights = sum(night for _, night in theirs) + shift.is_night
            within = each.shifts_a_week is None or len(theirs) < each.shifts_a_week
            within = within and (not shift.is_night or each.nights_a_week is None or nights <= each.nights_a_week)
            if covered and lacks == frozenset() and within and now not in theirs:
                most = max(most, 1 + best(place + 1, {**had, each.id: theirs | {now}}))
        return most

    return best(0, {})


@pytest.mark.parametrize("seed", range(25))
def test_no_other_way_fills_more_seats_or_more_of_those_that_a_safe_mix_needs(seed: int) -> None:
    ahead = crowd(random.Random(seed))
    seats = list(ahead.weeks[0].seats)
    found = ahead.filled()
    assert len(found) == most_by_trying_all(ahead, seats)
    safe = [seat for seat in seats if not seat.is_beyond_safe]
    assert len([seat for seat in found if not seat.is_beyond_safe]) == most_by_trying_all(ahead, safe)


@pytest.mark.parametrize("seed", range(25))
def test_moving_one_expiry_by_a_day_changes_that_week_by_the_shifts_of_that_day_at_most(seed: int) -> None:
    one, other = crowd(random.Random(seed)), crowd(random.Random(seed + 1_000))
    later = tuple(
        replace(
            each,
            id=each.id + 1_000,
            day=each.day + 7 * DAY,
            starts_at=each.starts_at + 7 * DAY,
            ends_at=each.ends_at + 7 * DAY,
        )
        for each in other.shifts
    )
    ends = MONDAY + DAY
    wren = person(99, lapsing(REFRESHER, ends), duties=(Duty.MODERATOR, Duty.LEAD))
    moved = person(99, lapsing(REFRESHER, ends + DAY), duties=(Duty.MODERATOR, Duty.LEAD))
    before = Ahead((*one.shifts, *later), (*one.people, wren)).filled()
    after = Ahead((*one.shifts, *later), (*one.people, moved)).filled()
    concerned = {(s.day, s.is_night) for s in one.shifts if ends < s.ends_at <= ends + DAY}
    assert 0 <= len(after) - len(before) <= len(concerned)
    assert {seat for seat in after ^ before if seat.shift_id > 1_000} == set()
