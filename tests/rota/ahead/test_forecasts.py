"""The forecast through the database and a real child process: what lapses, who is invited, and what it then is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app import db
from app.jobs import tasks
from app.people.models import Person
from app.refusals import Conflict
from progression import evidence
from progression.evidence import NewEvidence
from rota.ahead import forecasts
from rota.ahead.models import Forecast
from rota.store import availability
from rota.store.models import DatedKind
from tests.rota.crew import LONDON, LONG_AGO, Crew
from tests.times import NOW

LAPSES = date(2027, 3, 5)


@pytest.fixture
def wren(crew: Crew) -> Person:
    """A moderator whose training lapses after 5 March, the only one for a board that is open every evening."""
    crew.evenings()
    person = crew.moderator("Wren", until=LAPSES)
    crew.always_can(person)
    return person


def look() -> Forecast:
    """Ask for a forecast and let a worker make it."""
    with db.writing():
        task = forecasts.ask(by=None, now=NOW)
    assert tasks.run_next() == task.id
    db.session.rollback()
    found = forecasts.latest()
    assert found is not None
    return found


def renew(person: Person, until: date, *, keys: tuple[str, ...] = ("safeguarding", "conflict")) -> None:
    with db.writing():
        for key in keys:
            new = NewEvidence(person_id=person.id, kind="training", key=key, facts={}, valid_until=until)
            evidence.record(new, by=None, now=LONG_AGO)


def empty_days(forecast: Forecast, which: str = "now") -> list[str]:
    """The days with an empty seat, as things stand or with the invitations."""
    shifts: list[dict[str, Any]] = forecast.result["shifts"]
    return [each["day"] for each in shifts if any(line[which] < line["wanted"] for line in each["lines"])]


def test_from_the_day_after_a_lapse_on_every_evening_is_empty_and_one_invitation_fills_them(wren: Person) -> None:
    found = look()
    assert empty_days(found)[0] == "2027-03-06"
    assert found.result["seats"] - found.result["filled"] == len(empty_days(found)) == 65
    [invitation] = found.result["invitations"]
    assert invitation["person_id"] == wren.id
    assert set(invitation["lapses"]) == {"training:conflict", "training:safeguarding"}
    assert invitation["seats"] == 65
    assert empty_days(found, "then") == []


def test_moving_one_expiry_by_a_day_changes_exactly_the_seat_of_that_day(wren: Person) -> None:
    before = look()
    renew(wren, LAPSES + timedelta(days=1), keys=("safeguarding",))
    assert empty_days(look()) == empty_days(before)  # the other course still lapses
    renew(wren, LAPSES + timedelta(days=1), keys=("conflict",))
    after = look()
    assert set(empty_days(before)) - set(empty_days(after)) == {"2027-03-06"}
    assert set(empty_days(after)) <= set(empty_days(before))


def test_finishing_what_was_promised_fills_exactly_those_seats(crew: Crew, wren: Person) -> None:
    with db.writing():
        availability.set_leave(wren.id, date(2027, 4, 1), date(2027, 4, 3), zone=LONDON, now=NOW)
    before = look()
    assert empty_days(before, "then") == ["2027-04-01", "2027-04-02", "2027-04-03"]
    renew(wren, date(2028, 3, 5))
    after = look()
    assert empty_days(after) == empty_days(before, "then")
    assert after.result["filled"] == before.result["filled_then"]
    assert after.result["invitations"] == []


def test_published_shifts_are_as_they_are_with_their_holders(crew: Crew, wren: Person) -> None:
    rota, seat = crew.published(wren, channel=crew.evenings("Chat"))
    otter = crew.moderator("Otter")
    with db.writing():
        availability.set_exception(otter.id, DatedKind.CAN, seat.starts_at, seat.ends_at, now=NOW)
    found = look()
    published = [each for each in found.result["shifts"] if each["rota_id"] == rota.id]
    # Wren has the first evening of the chat, so Otter fills the board of that day; the second evening has one of two.
    first_day = [each for each in found.result["shifts"] if each["day"] == "2027-02-22"]
    assert first_day == []
    assert len([each for each in found.result["shifts"] if each["day"] == "2027-02-23"]) == 1
    assert all(each["day"] == "2027-02-23" for each in published)


def test_one_at_a_time_and_nightly_once(wren: Person) -> None:
    forecasts.look_nightly(NOW)
    forecasts.look_nightly(NOW)
    with pytest.raises(Conflict), db.writing():
        forecasts.ask(by=wren.id, now=NOW)
    tasks.run_next()
    assert tasks.run_next() is None


def test_it_says_what_changed_since(crew: Crew, wren: Person) -> None:
    found = look()
    assert not forecasts.since(found).is_older
    with db.writing():
        availability.set_leave(
            wren.id, date(2027, 4, 1), date(2027, 4, 3), zone=LONDON, now=found.looked_at + timedelta(hours=1)
        )
    since = forecasts.since(found)
    assert since.is_older
    assert since.words == "Since then: 1 change of when people can come."
