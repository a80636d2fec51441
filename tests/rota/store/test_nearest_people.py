"""Whom a seat is nearest to: first those signed off who offer its hour, whatever the zone and past midnight."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from app import db
from progression.duties import Duty
from rota.store import availability
from rota.store.nearest_people import nearest_to
from tests.rota.crew import LONDON, LONG_AGO, MONDAY, Crew, seats
from tests.times import NOW


@pytest.mark.both_databases
def test_who_offers_the_hour_comes_before_who_offers_the_day(crew: Crew) -> None:
    names = ("Another time", "Ends as it starts", "No time", "The hour", "From the day before", "Far away")
    people = {name: crew.moderator(name) for name in names}
    night = next(seat for seat in seats(crew.rota(crew.nights(), days=1)) if seat.duty is Duty.MODERATOR)
    starts = night.starts_at.astimezone(LONDON)
    assert starts.date() == MONDAY
    hour, zones = starts.time(), {"Far away": ZoneInfo("Asia/Tokyo")}
    week = {
        "Another time": (0, time(9), time(11)),
        "Ends as it starts": (0, time(12), hour),
        "The hour": (0, hour, time(23, 59)),
        "From the day before": (6, time(23, 30), time(23)),
        "Far away": (1, time(6), time(7)),
    }
    with db.writing():
        for name, (weekday, begins, ends) in week.items():
            zone = zones.get(name, LONDON)
            availability.add_weekly_time(people[name].id, {weekday}, begins, ends, zone=zone, now=LONG_AGO)
    nearest, left_out = nearest_to(night, now=NOW)
    by_id = {person.id: name for name, person in people.items()}
    in_order = [by_id[person_id] for person_id in nearest if person_id in by_id]
    assert in_order == ["The hour", "From the day before", "Far away", "Another time", "Ends as it starts", "No time"]
    assert left_out == 0
