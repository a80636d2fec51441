"""An hour that comes without anybody on call is an alarm for staff; one that is covered is not."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient

from app.health import views
from app.jobs.worker import send_heartbeat
from app.people.models import Person, Role
from progression.duties import Duty
from progression.intervals import Interval
from rota.duty.on_call_gaps import gaps, nobody_on_call
from rota.scheduling.cover_pattern import Need
from rota.store.models import Channel, ChannelKind
from tests.conftest import People, SignIn, clock_at
from tests.rota.crew import Crew
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


def on_call_line(crew: Crew) -> Channel:
    """A line that is on call every evening from 18:00 to 22:00."""
    return crew.evenings(
        "On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL, starts=time(18), ends=time(22)
    )


def test_an_organisation_without_an_on_call_line_has_no_gaps(crew: Crew) -> None:
    crew.evenings()
    assert gaps(NOW, NOW + 4 * HOUR) == ()


@pytest.mark.both_databases
def test_every_hour_without_a_named_holder_is_a_gap_also_where_nothing_is_planned(crew: Crew) -> None:
    line = on_call_line(crew)
    assert gaps(NOW, NOW + 4 * HOUR) == (Interval(NOW, NOW + 4 * HOUR),)
    _, seat = crew.published(heron(crew), channel=line)
    start, end = seat.starts_at, seat.ends_at
    assert gaps(start, end) == ()
    assert gaps(start - HOUR, end + HOUR) == (Interval(start - HOUR, start), Interval(end, end + HOUR))
    assert gaps(start + 24 * HOUR, end + 24 * HOUR) == (Interval(start + 24 * HOUR, end + 24 * HOUR),)


def test_the_alarm_names_the_hours_with_their_zone(crew: Crew) -> None:
    _, seat = crew.published(heron(crew), channel=on_call_line(crew))
    assert nobody_on_call(seat.starts_at) == ()
    (trouble,) = nobody_on_call(seat.starts_at - HOUR)
    assert trouble.words.startswith("Nobody is on call from now until Mon 22 Feb, 18:00 (Europe/London).")
    (trouble,) = nobody_on_call(seat.ends_at - HOUR)
    assert trouble.words.startswith("Nobody is on call from Mon 22 Feb, 22:00 (Europe/London).")


def test_staff_read_the_alarm_on_their_next_page(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    _, seat = crew.published(heron(crew), channel=on_call_line(crew))
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    for minutes, is_told in ((0, False), (1, True)):
        with clock_at(seat.ends_at - timedelta(hours=4) + timedelta(minutes=minutes)):
            sign_in(client, tansy)
            send_heartbeat()
            views.glance_of(client.application).forget()
            assert ("Nobody is on call from" in client.get("/support").text) is is_told
