"""Availability: the week, exceptions over it, and leave over everything. Time nobody offered is unavailable."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import db
from app.people.models import Person
from app.refusals import Invalid, NotFound
from progression.intervals import Interval
from rota.store import availability
from rota.store.availability import DatedTime, stated_times
from rota.store.models import DatedKind
from rota.store.weekly_times import WeeklyTime
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.times import NOW

LONDON, OSLO = ZoneInfo("Europe/London"), ZoneInfo("Europe/Oslo")
FRIDAY = 4
CAN, CANNOT, LEAVE = DatedKind.CAN, DatedKind.CANNOT, DatedKind.LEAVE


def at(day: int, hour: int = 0, month: int = 2) -> datetime:
    """An instant of 2027, in UTC, which in February is London's time too."""
    return datetime(2027, month, day, hour, tzinfo=UTC)


FRIDAY_NIGHT = (WeeklyTime(FRIDAY, time(22), time(2)), LONDON)
WEEK = (at(15), at(22))  # Monday to Monday; its Friday is the 19th


@pytest.fixture
def fern(people: People) -> Person:
    return people.person("Fern")


def test_without_any_statement_nobody_is_available() -> None:
    assert stated_times([], [], *WEEK).able == ()


def test_a_weekly_time_falls_on_its_day_and_may_reach_into_the_next() -> None:
    assert stated_times([FRIDAY_NIGHT], [], *WEEK).able == (Interval(at(19, 22), at(20, 2)),)


def test_a_night_that_began_the_day_before_still_counts() -> None:
    assert stated_times([FRIDAY_NIGHT], [], at(20), at(21)).able == (Interval(at(20), at(20, 2)),)


def test_times_that_touch_are_one() -> None:
    morning = (WeeklyTime(5, time(2), time(6)), LONDON)
    assert stated_times([FRIDAY_NIGHT, morning], [], *WEEK).able == (Interval(at(19, 22), at(20, 6)),)


def test_a_week_is_read_on_the_clock_of_the_person_who_wrote_it() -> None:
    there = (WeeklyTime(FRIDAY, time(22), time(2)), OSLO)
    assert stated_times([there], [], *WEEK).able == (Interval(at(19, 21), at(20, 1)),)


def test_a_night_over_the_clock_change_has_its_true_length() -> None:
    saturday = (WeeklyTime(5, time(22), time(6)), LONDON)
    (night,) = stated_times([saturday], [], at(27, month=3), at(29, month=3)).able
    assert night.end - night.start == timedelta(hours=7)


def test_cannot_takes_away_and_can_adds() -> None:
    stated = [DatedTime(CANNOT, at(19, 23), at(20)), DatedTime(CAN, at(17, 18), at(17, 20))]
    assert stated_times([FRIDAY_NIGHT], stated, *WEEK).able == (
        Interval(at(17, 18), at(17, 20)),
        Interval(at(19, 22), at(19, 23)),
        Interval(at(20), at(20, 2)),
    )


def test_the_later_statement_holds() -> None:
    evening = (at(19, 18), at(19, 22))
    assert stated_times([], [DatedTime(CANNOT, *evening), DatedTime(CAN, *evening)], *WEEK).able == (
        Interval(*evening),
    )
    assert stated_times([], [DatedTime(CAN, *evening), DatedTime(CANNOT, *evening)], *WEEK).able == ()


def test_leave_holds_over_every_other_statement() -> None:
    stated = [DatedTime(LEAVE, at(18), at(21)), DatedTime(CAN, at(19, 18), at(19, 22))]
    assert stated_times([FRIDAY_NIGHT], stated, *WEEK).able == ()


@given(
    st.lists(st.tuples(st.sampled_from(list(DatedKind)), st.integers(0, 167), st.integers(1, 48)), max_size=8),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 23)), max_size=5),
)
def test_each_hour_is_decided_by_leave_then_by_the_latest_exception_then_by_the_week(
    stated: list[tuple[DatedKind, int, int]], week: list[tuple[int, int, int]]
) -> None:
    """Compared with an hour-by-hour reading of the rule that shares nothing with the code."""
    dated = [
        DatedTime(kind, WEEK[0] + timedelta(hours=start), WEEK[0] + timedelta(hours=start + length))
        for kind, start, length in stated
    ]
    weekly = [(WeeklyTime(day, time(starts), time(ends)), LONDON) for day, starts, ends in week]
    found = stated_times(weekly, dated, *WEEK).able
    for hour in range(168):
        instant = WEEK[0] + timedelta(hours=hour)
        able = any((hour - (day * 24 + starts)) % 168 < ((ends - starts) % 24 or 24) for day, starts, ends in week)
        for kind, start, length in stated:
            if kind is not LEAVE and start <= hour < start + length:
                able = kind is CAN
        if any(kind is LEAVE and start <= hour < start + length for kind, start, length in stated):
            able = False
        assert able == any(span.start <= instant < span.end for span in found)


def test_times_of_one_day_that_overlap_are_kept_as_one(app: Flask, fern: Person) -> None:
    with db.writing():
        availability.add_weekly_time(fern.id, {0, 1}, time(18), time(21), zone=LONDON, now=NOW)
        availability.add_weekly_time(fern.id, {0}, time(20), time(2), zone=LONDON, now=NOW)
    kept = [(row.weekday, row.starts, row.ends) for row in availability.weekly_times_of(fern.id)]
    assert kept == [(0, time(18), time(2)), (1, time(18), time(21))]


def test_the_same_time_offered_twice_is_kept_once(app: Flask, fern: Person) -> None:
    for _ in range(2):
        with db.writing():
            availability.add_weekly_time(fern.id, {0}, time(18), time(21), zone=LONDON, now=NOW)
    assert len(availability.weekly_times_of(fern.id)) == 1


def test_many_people_are_read_at_once_each_with_their_own(app: Flask, people: People) -> None:
    fern, wren, rook = (people.person(name) for name in ("Fern", "Wren", "Rook"))
    with db.writing():
        availability.add_weekly_time(fern.id, {FRIDAY}, time(22), time(2), zone=LONDON, now=NOW)
        availability.set_exception(wren.id, CAN, at(20, 10), at(20, 12), now=NOW)
    found = availability.availability_of([fern.id, wren.id, rook.id], *WEEK)
    assert found == {
        fern.id: (Interval(at(19, 22), at(20, 2)),),
        wren.id: (Interval(at(20, 10), at(20, 12)),),
        rook.id: (),
    }


def test_leave_is_whole_days_of_the_persons_own_calendar(app: Flask, fern: Person) -> None:
    with db.writing():
        exception = availability.set_leave(fern.id, date(2027, 3, 1), date(2027, 3, 2), zone=OSLO, now=NOW)
    assert (exception.starts_at, exception.ends_at) == (at(28, 23), at(2, 23, month=3))


@pytest.mark.parametrize(
    ("kind", "starts_at", "ends_at", "words"),
    [
        (CANNOT, at(20, 12), at(20, 12), "end must come after"),
        (CANNOT, NOW - timedelta(hours=2), NOW, "over already"),
        (LEAVE, NOW + timedelta(days=400), NOW + timedelta(days=401), "more than a year away"),
        (LEAVE, NOW + timedelta(days=1), NOW + timedelta(days=400), "More than a year at once"),
        (CAN, at(20), at(20) + timedelta(days=15), "change your usual week"),
    ],
)
def test_impossible_times_are_refused_with_a_sentence(
    app: Flask, fern: Person, kind: DatedKind, starts_at: datetime, ends_at: datetime, words: str
) -> None:
    with pytest.raises(Invalid, match=words), db.writing():
        availability.set_exception(fern.id, kind, starts_at, ends_at, now=NOW)


def test_nobody_removes_another_persons_times(app: Flask, people: People, fern: Person) -> None:
    wren = people.person("Wren")
    with db.writing():
        exception = availability.set_exception(fern.id, CAN, at(20, 10), at(20, 12), now=NOW)
        availability.add_weekly_time(fern.id, {FRIDAY}, time(18), time(22), zone=LONDON, now=NOW)
    (weekly,) = availability.weekly_times_of(fern.id)
    with pytest.raises(NotFound), db.writing():
        availability.remove_exception(wren.id, exception.id, now=NOW)
    with db.writing():
        availability.remove_weekly_time(wren.id, weekly.id, now=NOW)
    assert len(availability.exceptions_of(fern.id, now=NOW)) == 1
    assert len(availability.weekly_times_of(fern.id)) == 1
    with db.writing():
        availability.remove_weekly_time(fern.id, weekly.id, now=NOW)
    assert availability.weekly_times_of(fern.id) == []


def spans(person: Person) -> list[tuple[DatedKind, datetime, datetime]]:
    """What is kept of a person's exceptions."""
    rows = availability.exceptions_of(person.id, now=NOW)
    return [(DatedKind(row.kind), row.starts_at, row.ends_at) for row in rows]


def test_leave_that_is_sent_twice_or_overlaps_or_touches_is_kept_once(app: Flask, fern: Person) -> None:
    for first, last in ((22, 23), (22, 23), (23, 25), (26, 26)):
        with db.writing():
            availability.set_leave(fern.id, date(2027, 2, first), date(2027, 2, last), zone=LONDON, now=NOW)
    with db.writing():
        availability.set_leave(fern.id, date(2027, 2, 28), date(2027, 2, 28), zone=LONDON, now=NOW)
    assert spans(fern) == [(LEAVE, at(22), at(27)), (LEAVE, at(28), at(1, month=3))]


def test_a_day_that_is_said_twice_is_kept_once_and_never_over_what_was_said_since(app: Flask, fern: Person) -> None:
    for kind, starts, ends in ((CAN, 18, 22), (CAN, 18, 22), (CANNOT, 20, 21), (CAN, 22, 23)):
        with db.writing():
            availability.set_exception(fern.id, kind, at(20, starts), at(20, ends), now=NOW)
    assert spans(fern) == [
        (CAN, at(20, 18), at(20, 22)),
        (CANNOT, at(20, 20), at(20, 21)),
        (CAN, at(20, 22), at(20, 23)),
    ]
    [stated] = availability.stated_times_of([fern.id], at(20), at(21)).values()
    assert stated.away == (Interval(at(20, 20), at(20, 21)),)


def test_taking_leave_back_says_what_still_holds_in_its_time(
    client: FlaskClient, fern: Person, sign_in: SignIn
) -> None:
    with db.writing():
        leave = availability.set_leave(fern.id, date(2027, 2, 22), date(2027, 2, 25), zone=LONDON, now=NOW)
        cannot = availability.set_exception(fern.id, CANNOT, at(24, 18), at(24, 22), now=NOW)
    sign_in(client, fern)
    page = client.post(f"/shifts/availability/{leave.id}/remove", follow_redirects=True).text
    assert "Still in your list for that time: I can’t, Wed 24 Feb" in page
    assert "usual week holds again" not in page
    page = client.post(f"/shifts/availability/{cannot.id}/remove", follow_redirects=True).text
    assert "Your usual week holds again for that time." in page
    assert spans(fern) == []


def test_days_away_differ_from_time_that_was_not_offered(app: Flask, fern: Person) -> None:
    with db.writing():
        availability.add_weekly_time(fern.id, {FRIDAY}, time(22), time(2), zone=LONDON, now=at(1))
        availability.set_exception(fern.id, CANNOT, at(16), at(17), now=at(1))
        availability.set_exception(fern.id, CAN, at(16, 10), at(16, 12), now=at(1))
        availability.set_exception(fern.id, LEAVE, at(19), at(20), now=at(1))
    [stated] = availability.stated_times_of([fern.id], *WEEK).values()
    assert stated.able == (Interval(at(16, 10), at(16, 12)), Interval(at(20), at(20, 2)))
    assert stated.away == (Interval(at(16), at(16, 10)), Interval(at(16, 12), at(17)), Interval(at(19), at(20)))


KATHMANDU = ZoneInfo("Asia/Kathmandu")


def test_hours_in_another_zone_keep_it_when_more_are_offered(app: Flask, fern: Person) -> None:
    with db.writing():
        availability.add_weekly_time(fern.id, {0}, time(18), time(22), zone=LONDON, now=NOW)
    with db.writing():
        availability.add_weekly_time(fern.id, {0}, time(20), time(23), zone=KATHMANDU, now=NOW)
    assert [(each.zone_name, each.starts, each.ends) for each in availability.weekly_times_of(fern.id)] == [
        ("Europe/London", time(18), time(22)),
        ("Asia/Kathmandu", time(20), time(23)),
    ]
    with pytest.raises(Invalid, match="on the clock of Europe/London"), db.writing():
        availability.add_weekly_time(fern.id, {0}, time(18), time(19), zone=KATHMANDU, now=NOW)


def test_a_week_moved_to_another_zone_keeps_its_hours_and_joins_those_that_touch(app: Flask, fern: Person) -> None:
    with db.writing():
        availability.add_weekly_time(fern.id, {0, 1}, time(18), time(22), zone=LONDON, now=NOW)
        availability.add_weekly_time(fern.id, {0}, time(20), time(23), zone=KATHMANDU, now=NOW)
        availability.move_week_to_zone(fern.id, KATHMANDU, now=NOW)
    assert [
        (each.weekday, each.zone_name, each.starts, each.ends) for each in availability.weekly_times_of(fern.id)
    ] == [
        (0, "Asia/Kathmandu", time(18), time(23)),
        (1, "Asia/Kathmandu", time(18), time(22)),
    ]


def test_after_a_change_of_zone_the_account_and_the_week_name_the_zone_of_the_hours(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    moss = people.person("Moss")
    sign_in(client, moss)
    with db.writing():
        availability.add_weekly_time(moss.id, {0}, time(18), time(22), zone=LONDON, now=NOW)
    assert "still means the hours" not in client.get("/account").text
    assert "on the clock of" not in client.get("/shifts/availability").text
    seen = {"seen": hidden(client.get("/account").text, "seen")}
    answer = client.post(
        "/account",
        data={**seen, "display_name": "Moss", "phone": "", "zone_name": "Asia/Kathmandu"},
        follow_redirects=True,
    )
    assert "Your usual week still means the hours on the clock of Europe/London" in answer.text
    assert 'href="/shifts/availability"' in answer.text
    assert "on the clock of Europe/London" in client.get("/shifts/availability").text
    page = client.post("/shifts/availability/week/clock", follow_redirects=True).text
    assert "Your usual week is on your clock now (Asia/Kathmandu)" in page
    assert "on the clock of" not in page
    assert "still means the hours" not in client.get("/account").text
