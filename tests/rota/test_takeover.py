"""When people can come, by an organisation's own records."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, db
from app.people.models import Person, Role
from app.takeover.models import TakenPerson
from app.takeover.parts import Taking
from rota.store import availability
from rota.store.limits import limits_of
from rota.store.models import AvailabilityDated, AvailabilityWeekly
from rota.takeover import ROTA_PART as PART
from tests.app.takeover.batches import new_batch, reading, remarks, undone, value_of
from tests.conftest import People
from tests.times import NOW

CELLS = {
    "usual_week": "Mon 19-22; Sat 10:00-14:00",
    "away": "away 1/4/27 to 7/4/27; 3 May 2027",
    "most_hours_a_week": "8 hours",
    "most_nights": "n",
}


@pytest.fixture
def admin(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


def brought(person: Person, by: Person, *, is_new: bool) -> Taking:
    value = value_of(PART, by, CELLS)
    with db.writing():
        taking = new_batch(by)
        db.session.add(TakenPerson(batch_id=taking.batch_id, person_id=person.id, line=2, is_new=is_new))
        db.session.flush()
        PART.take_in({person.id: value}, taking)
    return taking


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"usual_week": "when I can"}, "usual_week: “when i can” was not understood"),
        ({"away": "soon"}, "away: “soon” is not a date"),
        ({"away": "7/4/2027 to 1/4/2027"}, "away: “7/4/2027 to 1/4/2027” ends before it begins"),
        ({"away": "1/4/2029"}, "away: “1/4/2029” is more than a year ahead"),
        ({"most_hours_a_week": "lots"}, "most_hours_a_week: “lots” is not a limit"),
        ({"most_nights": "99"}, "most_nights: “99” is not a limit"),
    ],
)
def test_what_cannot_be_taken_says_how_to_write_it(
    app: Flask, admin: Person, cells: dict[str, str], fault: str
) -> None:
    assert any(each.startswith(fault) for each in remarks(PART, admin, cells)["faults"])


def test_every_reading_has_a_note(app: Flask, admin: Person) -> None:
    notes = remarks(PART, admin, {**CELLS, "away": "1/4/26 to 7/4/26"})["notes"]
    assert "usual_week: Read as: Monday, 19:00 to 22:00; Saturday, 10:00 to 14:00." in notes
    assert "away: “1/4/26 to 7/4/26” is over, so it is left out." in notes
    assert "most_nights: “n” is read as no nights at all." in notes


@pytest.mark.both_databases
def test_new_people_come_with_their_week_and_it_goes_with_them(app: Flask, people: People, admin: Person) -> None:
    wren = people.person("Wren", zone_name="America/New_York")
    taking = brought(wren, admin, is_new=True)
    week = availability.weekly_times_of(wren.id)
    assert [(row.weekday, row.starts.hour, row.zone_name) for row in week] == [
        (0, 19, "America/New_York"),
        (5, 10, "America/New_York"),
    ]
    away = availability.exceptions_of(wren.id, now=NOW)
    new_york = ZoneInfo("America/New_York")
    days = [(clock.on(row.starts_at, new_york), clock.on(row.ends_at - timedelta(minutes=1), new_york)) for row in away]
    assert days == [(date(2027, 4, 1), date(2027, 4, 7)), (date(2027, 5, 3), date(2027, 5, 3))]
    limits = limits_of(wren.id)
    assert limits is not None
    assert (limits.most_hours_a_week, limits.most_nights, limits.set_by_id) == (8, 0, admin.id)
    told = PART.told([wren.id], taking.batch_id, NOW)[wren.id]
    assert "Usual week: Monday, 19:00 to 22:00" in told
    undone(PART, [wren], taking)
    assert limits_of(wren.id) is None
    assert db.session.scalars(select(AvailabilityWeekly)).all() == []
    assert db.session.scalars(select(AvailabilityDated)).all() == []


def test_people_who_are_here_say_for_themselves(app: Flask, people: People, admin: Person) -> None:
    wren = people.person("Wren")
    taking = brought(wren, admin, is_new=False)
    assert availability.weekly_times_of(wren.id) == []
    value = value_of(PART, admin, CELLS)
    assert "say for themselves" in PART.compare({wren.id: value}, reading(admin))[wren.id][0].sentence
    with db.writing():
        availability.add_weekly_time(wren.id, [1], time(19), time(22), zone=ZoneInfo("Europe/London"), now=NOW)
    undone(PART, [wren], taking)
    assert len(availability.weekly_times_of(wren.id)) == 1
