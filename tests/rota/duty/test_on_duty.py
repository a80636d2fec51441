"""Who is on now, and who may be told the number of the person on call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.people.models import Person, PersonPrivate, Role
from app.people.private import phone_of
from app.refusals import NotAllowed
from progression.duties import Duty
from rota.duty import on_duty
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind
from tests.conftest import People, SignIn, clock_at
from tests.rota.crew import Crew, seats

BEGINS = datetime(2027, 2, 22, 18, tzinfo=UTC)  # both channels are open from here for four hours
NUMBER = "07700 900321"
MINUTE = timedelta(minutes=1)


class Evening:
    """One evening: Heron on call, Wren on the board; Fern, who is on neither; Ash, a lead; Tansy, who plans."""

    def __init__(self, crew: Crew) -> None:
        self.heron, self.wren = crew.lead("Heron"), crew.moderator("Wren")
        self.fern, self.ash = crew.moderator("Fern"), crew.people.person("Ash", roles=(Role.LEAD,))
        self.tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR, Role.ADMIN))
        with db.writing():
            db.session.get_one(PersonPrivate, self.heron.id).phone = NUMBER
        crew.always_can(self.heron, self.wren)
        line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
        crew.published(self.heron, channel=line)
        crew.published(self.wren)


@pytest.fixture
def evening(crew: Crew) -> Evening:
    return Evening(crew)


def number_for(by: Person, of: Person, now: datetime) -> str | None:
    with db.writing():
        return on_duty.number_of(of.id, by=by, now=now)


def readings() -> list[AuditLine]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditLine).where(AuditLine.action == "people.phone-read")))


@pytest.mark.parametrize("now", [BEGINS, BEGINS + timedelta(hours=4) - MINUTE])
def test_whoever_is_on_shift_is_told_the_number_and_that_is_written_down(evening: Evening, now: datetime) -> None:
    assert number_for(evening.wren, evening.heron, now) == NUMBER
    [line] = readings()
    assert (line.by_id, line.subject, line.details) == (
        evening.wren.id,
        f"person:{evening.heron.id}",
        {"why": on_duty.ON_CALL},
    )


def test_a_lead_is_told_it_without_being_on_shift(evening: Evening) -> None:
    assert number_for(evening.ash, evening.heron, BEGINS) == NUMBER


@pytest.mark.parametrize("who", ["fern", "tansy"])
def test_who_is_not_on_shift_is_not_told_it_and_nothing_is_written(evening: Evening, who: str) -> None:
    with pytest.raises(NotAllowed):
        number_for(getattr(evening, who), evening.heron, BEGINS)
    assert readings() == []


def test_nobody_is_told_it_once_the_call_is_over_or_before_it_begins(evening: Evening) -> None:
    for now in (BEGINS - MINUTE, BEGINS + timedelta(hours=4)):
        for by in (evening.wren, evening.ash):
            with pytest.raises(NotAllowed):
                number_for(by, evening.heron, now)


def test_the_number_of_somebody_who_is_on_another_seat_is_told_to_nobody(evening: Evening) -> None:
    for by in (evening.heron, evening.ash):
        with pytest.raises(NotAllowed):
            number_for(by, evening.wren, BEGINS)


def test_whose_shift_begins_within_the_hour_may_ring_already(evening: Evening, crew: Crew) -> None:
    rota = crew.rota(crew.evenings("Chat"), title="Chat")
    crew.always_can(evening.fern)
    crew.give(rota, seats(rota)[0], evening.fern)
    crew.publish(rota)
    assert on_duty.own_seats(evening.fern, BEGINS - timedelta(hours=1)) == []
    assert on_duty.own_seats(evening.fern, BEGINS - timedelta(minutes=59)) != []


def test_an_occasion_that_no_domain_brings_opens_no_number(evening: Evening) -> None:
    with pytest.raises(NotAllowed), db.writing():
        phone_of(evening.heron.id, by=evening.wren, why="curious", now=BEGINS)


def test_the_page_offers_the_number_to_whoever_may_ring_and_shows_it_when_asked(
    client: FlaskClient, sign_in: SignIn, evening: Evening
) -> None:
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.wren)
        page = client.get("/duty").text
        assert "Show Heron’s number" in page
        assert NUMBER not in page
        assert "If you can’t stay" in page
        page = client.post("/duty/number", data={"person_id": evening.heron.id}).text
        assert 'href="tel:07700900321"' in page


def test_the_page_offers_it_to_nobody_else(client: FlaskClient, sign_in: SignIn, evening: Evening) -> None:
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.fern)
        page = client.get("/duty").text
        assert "Heron" in page
        assert "number</button>" not in page
        answer = client.post("/duty/number", data={"person_id": evening.heron.id})
        assert answer.status_code == 403
        assert NUMBER not in answer.text
    assert readings() == []


def test_the_person_on_call_reads_that_they_are(client: FlaskClient, sign_in: SignIn, evening: Evening) -> None:
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.heron)
        assert "You are on call until 22:00" in client.get("/duty").text


def test_a_number_that_is_not_there_is_said_so(client: FlaskClient, sign_in: SignIn, evening: Evening) -> None:
    with db.writing():
        db.session.get_one(PersonPrivate, evening.heron.id).phone = None
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.ash)
        page = client.post("/duty/number", data={"person_id": evening.heron.id}).text
        assert "Heron has given no number" in page


def test_an_empty_on_call_line_sends_nobody_to_ring_it(
    client: FlaskClient, crew: Crew, sign_in: SignIn, people: People
) -> None:
    line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    heron = crew.lead("Heron")
    crew.always_can(heron)
    crew.published(heron, channel=line)
    with clock_at(BEGINS + timedelta(days=1)):  # the second evening, which nobody has
        sign_in(client, people.person("Juniper"))
        page = client.get("/duty").text
        assert "Nobody is on call now" in page
        assert "ring the person on call" not in page
