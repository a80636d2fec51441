"""An hour that comes without anybody on call is an alarm for staff; one that is covered is not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.health import views
from app.jobs.worker import send_heartbeat
from app.outbox.notice import from_row
from app.people.models import Person, Role
from progression.duties import Duty
from progression.intervals import Interval
from rota.duty.on_call_gaps import alarm, nobody_on_call
from rota.planning.channels import open_channel, write_pattern
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store.models import Channel, ChannelKind
from rota.store.on_call import gaps
from tests.conftest import People, SignIn, clock_at
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew
from tests.rota.emails import newest_email, queued
from tests.times import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def crew(people: People) -> Crew:
    return Crew(people)


def heron(crew: Crew) -> Person:
    """Somebody who may be on call, and can at any hour."""
    person = crew.lead("Heron")
    crew.always_can(person)
    return person


def publish_another_rota(crew: Crew) -> None:
    """Publish a rota of a board, without anybody on call."""
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren, channel=crew.evenings("Board"))


def on_call_line(crew: Crew) -> Channel:
    """A line that is on call every evening from 18:00 to 22:00."""
    return crew.evenings(
        "On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL, starts=time(18), ends=time(22)
    )


def between(start: datetime, end: datetime) -> list[Interval]:
    return list(gaps(start, end, zone=LONDON))


def round_the_clock_line(crew: Crew) -> Channel:
    """A line that is on call at every hour, in two shifts: the evening from 18:00 to 22:00, and the rest."""
    need = Need(Duty.ON_CALL, 1, 1, 1)
    line = crew.evenings("On call", need, kind=ChannelKind.ON_CALL)
    with db.writing():
        evening = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", (need,))
        rest = PatternSpan(EVERY_DAY, time(22), time(18), "Rest", (need,))
        write_pattern(line, [evening, rest], starts_on=date(2027, 1, 25), zone=LONDON, by=None, now=NOW)
    return line


def test_an_organisation_without_an_on_call_line_has_no_gaps(crew: Crew) -> None:
    crew.evenings()
    assert between(NOW, NOW + 4 * HOUR) == []


@pytest.mark.both_databases
def test_an_hour_of_the_pattern_without_a_named_holder_is_a_gap_also_where_no_shift_is_planned(crew: Crew) -> None:
    line = on_call_line(crew)
    _, seat = crew.published(heron(crew), channel=line)
    start, end = seat.starts_at, seat.ends_at
    assert between(start - HOUR, end + HOUR) == [], "nobody is to be on call before and after the evening"
    tomorrow, in_a_week = Interval(start + 24 * HOUR, end + 24 * HOUR), timedelta(days=7)
    assert between(tomorrow.start - HOUR, tomorrow.end + HOUR) == [tomorrow], "the seat is published and empty"
    assert between(start + in_a_week, end + in_a_week) == [Interval(start + in_a_week, end + in_a_week)]
    assert between(start + HOUR + in_a_week, start + 2 * HOUR + in_a_week) == [
        Interval(start + HOUR + in_a_week, start + 2 * HOUR + in_a_week)
    ]


def test_before_the_first_day_of_the_first_published_rota_there_is_no_gap(crew: Crew) -> None:
    round_the_clock_line(crew)
    first = clock.starts(MONDAY, LONDON)
    assert between(first, first + HOUR) == []
    publish_another_rota(crew)
    assert between(first - HOUR, first + HOUR) == [Interval(first, first + HOUR)]


def test_where_nobody_has_said_when_somebody_is_to_be_on_call_every_hour_is_a_gap(crew: Crew) -> None:
    publish_another_rota(crew)
    with db.writing():
        open_channel("On call", ChannelKind.ON_CALL, by=None, now=NOW)
    first = clock.starts(MONDAY, LONDON)
    assert between(first, first + 4 * HOUR) == [Interval(first, first + 4 * HOUR)]


def test_a_handover_in_the_middle_of_a_needed_time_leaves_the_gap_between_two_holders(crew: Crew) -> None:
    line = round_the_clock_line(crew)
    _, seat = crew.published(heron(crew), channel=line)
    assert between(seat.starts_at - HOUR, seat.ends_at + HOUR) == [
        Interval(seat.starts_at - HOUR, seat.starts_at),
        Interval(seat.ends_at, seat.ends_at + HOUR),
    ]


def test_the_alarm_names_the_hours_with_their_zone(crew: Crew) -> None:
    _, seat = crew.published(heron(crew), channel=round_the_clock_line(crew))
    assert nobody_on_call(seat.starts_at) == ()
    (trouble,) = nobody_on_call(seat.starts_at - HOUR)
    assert trouble.words.startswith("Nobody is on call from now until Mon 22 February, 18:00 (Europe/London).")
    (trouble,) = nobody_on_call(seat.ends_at - HOUR)
    assert trouble.words.startswith("Nobody is on call from Mon 22 February, 22:00 (Europe/London).")


def test_staff_read_the_alarm_on_their_next_page(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    _, seat = crew.published(heron(crew), channel=round_the_clock_line(crew))
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    for minutes, is_told in ((0, False), (1, True)):
        with clock_at(seat.ends_at - timedelta(hours=4) + timedelta(minutes=minutes)):
            sign_in(client, tansy)
            send_heartbeat()
            views.glance_of(client.application).forget()
            assert ("Nobody is on call from" in client.get("/support").text) is is_told


def test_who_plans_and_who_leads_is_told_once_before_and_once_when_it_begins(crew: Crew, people: People) -> None:
    _, seat = crew.published(heron(crew), channel=round_the_clock_line(crew))
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    people.person("Bracken", roles=(Role.LEAD,))
    people.person("Wren")
    for minutes_before in (239, 235, 5, 0, -5):
        alarm(seat.ends_at - timedelta(minutes=minutes_before))
    assert [row.deadline - seat.ends_at for row in queued("nobody-on-call")] == [4 * HOUR] * 4
    subject, text, html = newest_email("nobody-on-call", tansy.id, now=seat.ends_at - HOUR)
    assert subject == "Nobody is on call from Mon 22 Feb, 22:00"
    for body in (text, html):
        assert "Europe/London time" in body
    assert newest_email("nobody-on-call", tansy.id, now=seat.ends_at)[0] == "Nobody is on call now"


def test_the_alarm_is_not_sent_once_somebody_is_named(crew: Crew, people: People) -> None:
    line = on_call_line(crew)
    publish_another_rota(crew)
    people.person("Tansy", roles=(Role.COORDINATOR,))
    evening = clock.starts(MONDAY, LONDON) + 18 * HOUR
    for minutes in (0, 5, 10):
        alarm(evening + timedelta(minutes=minutes))
    (row,) = queued("nobody-on-call")
    notice = from_row(row.kind, row.facts)
    assert notice.still_wanted(row.person_id, evening)
    crew.published(heron(crew), channel=line)
    assert not notice.still_wanted(row.person_id, evening)
    assert notice.still_wanted(row.person_id, evening + 24 * HOUR), "the next evening has nobody"
