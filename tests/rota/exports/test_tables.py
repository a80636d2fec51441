"""The rota and availability for a spreadsheet: the right hours in every zone, no formula, and no reason."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.audit import AuditLine
from app.people.models import Role
from progression.duties import Duty
from progression.intervals import Interval
from rota.exports import tables
from rota.store import availability
from rota.store.models import ChannelKind, DatedKind
from rota.store.seats import SeatRow
from tests.conftest import SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew
from tests.times import NOW


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def seat(starts: datetime, ends: datetime, *, channel: str = "Board", holder: str | None = "Wren") -> SeatRow:
    return SeatRow(
        1, 1, 1, Duty.MODERATOR, 1, 1, 1, 1, starts, ends, "Night", 1, 1, starts.date(), ends.date(), 1, channel,
        ChannelKind.BOARD, 1 if holder else None, 1 if holder else None, holder,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "hours", "starts", "ends"),
    [
        ("Europe/London", date(2027, 3, 27), "7", "22:00", "06:00"),
        ("Europe/London", date(2027, 10, 30), "9", "22:00", "06:00"),
        ("America/New_York", date(2027, 3, 13), "7", "22:00", "06:00"),
        ("America/New_York", date(2027, 11, 6), "9", "22:00", "06:00"),
        ("Australia/Lord_Howe", date(2027, 4, 3), "8.5", "22:00", "06:00"),
        ("Australia/Lord_Howe", date(2027, 10, 2), "7.5", "22:00", "06:00"),
        ("Europe/London", date(2028, 2, 28), "8", "22:00", "06:00"),
        ("Europe/London", date(2028, 2, 29), "8", "22:00", "06:00"),
    ],
)
def test_a_night_has_the_hours_that_pass(zone: str, day: date, hours: str, starts: str, ends: str) -> None:
    home, after = ZoneInfo(zone), day + timedelta(days=1)
    from_, until = clock.local(home, *day.timetuple()[:3], 22), clock.local(home, *after.timetuple()[:3], 6)
    (line,) = lines(tables.rota_table([seat(from_, until)], home, {}))
    assert (line["Day"], line["Starts"], line["Ends"], line["Ends on"]) == (
        day.isoformat(), starts, ends, after.isoformat(),
    )  # fmt: skip
    assert (line["Hours"], line["Time zone"], line["Starts (UTC)"]) == (hours, zone, from_.strftime("%Y-%m-%dT%H:%MZ"))


def test_the_two_times_of_an_autumn_night_are_told_apart() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    (line,) = lines(tables.rota_table([seat(first, first + timedelta(hours=1))], LONDON, {}))
    assert (line["Starts"], line["Ends"], line["Hours"]) == ("01:30 (first)", "01:30 (second)", "1")


def test_no_name_is_a_formula_and_every_script_comes_back() -> None:
    start = datetime(2027, 2, 22, 18, tzinfo=UTC)
    seats = [
        seat(start, start + timedelta(hours=4), channel="+Board", holder=name) for name in ("-Wren", "李 🦊", None)
    ]
    found = lines(tables.rota_table(seats, LONDON, {}))
    assert [(line["Channel"], line["Who"], line["State"]) for line in found] == [
        ("'+Board", "'-Wren", "taken"),
        ("'+Board", "李 🦊", "taken"),
        ("'+Board", "", "empty"),
    ]


def test_offered_times_are_cut_at_midnight_and_an_autumn_day_has_25_hours() -> None:
    days = [
        Interval(clock.starts(day, LONDON), clock.ends(day, LONDON)) for day in (date(2027, 10, 30), date(2027, 10, 31))
    ]
    whole = Interval(days[0].start, days[1].end)
    found = lines(tables.availability_table({2: "Wren", 1: "moth"}, {2: [whole]}, days, LONDON))
    assert [(line["Name"], line["Day"], line["Hours"]) for line in found] == [
        ("Wren", "2027-10-30", "24"),
        ("Wren", "2027-10-31", "25"),
    ]


def test_nothing_tells_leave_from_cannot_or_from_a_time_never_offered(
    crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    able, away, never = crew.moderator("Able"), crew.moderator("Wren"), crew.moderator("Moth")
    with db.writing():
        for person in (able, away):
            availability.add_weekly_time(person.id, EVERY_DAY, time(18), time(22), zone=LONDON, now=NOW)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    address = f"/rota/out/availability.csv?of={MONDAY.isoformat()}"

    def without_wren(kind: DatedKind) -> str:
        with db.writing():
            starts, ends = clock.starts(MONDAY, LONDON), clock.ends(MONDAY + timedelta(days=6), LONDON)
            exception = availability.set_exception(away.id, kind, starts, ends, now=NOW)
        text = client.get(address).text
        with db.writing():
            availability.remove_exception(away.id, exception.id, now=NOW)
        return text

    assert client.get(address).text.count("Wren") == 7
    assert without_wren(DatedKind.LEAVE) == without_wren(DatedKind.CANNOT)
    assert "Wren" not in without_wren(DatedKind.LEAVE)
    assert never.display_name not in client.get(address).text


def test_who_may_know_who_is_on_takes_the_rota_out_and_it_is_written_down(
    crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    lead = crew.people.person("Rowan", roles=(Role.LEAD,))
    sign_in(client, lead)
    page = client.get(f"/rota/out?of={MONDAY.isoformat()}").text
    assert "availability.csv" not in page
    found = lines(client.get(f"/rota/out/rota.csv?of={MONDAY.isoformat()}").data)
    assert [(line["Who"], line["State"]) for line in found] == [("Wren", "taken"), ("", "empty")]
    db.session.rollback()
    assert db.session.query(AuditLine).filter_by(action="rota.exported").one().by_id == lead.id
