"""A night on which clocks change, and 29 February, from the pattern to the calendar: the same true hours everywhere."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from app import clock, db
from app.organisation import changing
from app.organisation.changing import Identity
from app.people.models import Role
from app.wording import duration
from progression.duties import Duty
from rota.planning import channels, drafts, new_rota, publishing
from rota.reports.month_figures import figures_of
from rota.reports.months import Month
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import calendar_feed, channel_calendar
from rota.store import availability
from rota.store.models import ChannelKind
from tests.conftest import SignIn, clock_at
from tests.pdf_text import text_of_pdf
from tests.rota.crew import EVERY_DAY, Crew, seats

NIGHT = PatternSpan(EVERY_DAY, time(22), time(6), "Night", (Need(Duty.MODERATOR, 1, 1, 1),))


@pytest.mark.parametrize(
    ("zone_name", "evening", "hours"),
    [
        ("Europe/London", date(2027, 10, 30), 9.0),
        ("America/New_York", date(2027, 3, 13), 7.0),
        ("Australia/Lord_Howe", date(2027, 4, 3), 8.5),
        ("Europe/London", date(2028, 2, 28), 8.0),
    ],
)
def test_a_night_is_planned_shown_printed_exported_and_counted_with_the_hours_that_pass(
    client: FlaskClient, crew: Crew, sign_in: SignIn, zone_name: str, evening: date, hours: float
) -> None:
    zone, morning = ZoneInfo(zone_name), evening + timedelta(days=1)
    begins, ends = clock.local(zone, *evening.timetuple()[:3], 22), clock.local(zone, *morning.timetuple()[:3], 6)
    wren, tansy = crew.moderator("Wren"), crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    with clock_at(begins - timedelta(days=20)):
        now = clock.now()
        with db.writing():
            changing.describe(Identity("Harbour Watch", zone_name, ""), seen=0, by=crew.assessor.id, now=now)
            availability.add_weekly_time(wren.id, EVERY_DAY, time(0), time(0), zone=zone, now=now)
            chat = channels.open_channel("Night chat", ChannelKind.CHAT, by=None, now=now)
            channels.write_pattern(chat, [NIGHT], starts_on=clock.on(now, zone), zone=zone, by=None, now=now)
            rota = new_rota.make_rota("", evening, morning, [chat.id], by=None, now=now)
        with db.writing():
            drafts.assign(rota, seats(rota)[0].id, wren.id, by=crew.assessor.id, now=now)
        with db.writing():
            publishing.publish(rota.id, by=crew.assessor.id, now=now, gaps_read=True)
        first = seats(rota)[0]
        assert (first.starts_at, first.ends_at, hours) == (begins, ends, (ends - begins) / timedelta(hours=1))

        sign_in(client, tansy)
        note = "" if hours == 8 else duration(hours * 60)
        shown = client.get(f"/rota/{rota.id}?week={evening.isoformat()}").text
        assert note in " ".join(shown.split("<table")[1].split())
        printed = text_of_pdf(client.get(f"/rota/out/rota.pdf?of={evening.isoformat()}").data)
        assert "Wren" in printed
        assert note in printed
        assert f"Times of {zone_name.replace('_', ' ')}" in printed
        content = client.get(f"/rota/out/rota.csv?of={evening.isoformat()}").data.decode("utf-8-sig")
        line = next(row for row in csv.DictReader(content.splitlines()) if row["Who"] == "Wren")
        assert (line["Day"], line["Starts"], line["Ends"], line["Hours"]) == (
            evening.isoformat(), "22:00", "06:00", f"{hours:g}",
        )  # fmt: skip
        with db.writing():
            own = calendar_feed.open_feed(wren, now=now)
            of_channel, _ = channel_calendar.open_feed(tansy, chat.id, now=now)
        for feed in (f"/calendar/{own}.ics", f"/calendar/channels/{of_channel}.ics"):
            (event, *_) = Calendar.from_ical(client.get(feed).data).events
            assert (event.start, event.end) == (begins, ends)
    figures = figures_of(Month(evening.replace(day=1)), zone, now=_after(evening, zone))
    assert [(each.name, each.hours, each.nights) for each in figures.people] == [("Wren", hours, 1)]


def _after(evening: date, zone: ZoneInfo) -> datetime:
    """When the month of the night is over."""
    return clock.starts(evening + timedelta(days=40), zone)
