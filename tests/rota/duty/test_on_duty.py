"""Who is on duty now, and who may read the number of the person on call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.people.models import Person, PersonPrivate, Role
from app.people.private import phone_of
from app.people.request_session import cookie_name
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
        return on_duty.on_call_number(of.id, by=by, now=now)


def readings() -> list[AuditLine]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditLine).where(AuditLine.action == "people.phone-read")))


@pytest.mark.parametrize("now", [BEGINS, BEGINS + timedelta(hours=4) - MINUTE])
def test_a_person_on_shift_reads_the_number_and_the_audit_trail_records_it(evening: Evening, now: datetime) -> None:
    assert number_for(evening.wren, evening.heron, now) == NUMBER
    [line] = readings()
    assert (line.by_id, line.subject, line.details) == (
        evening.wren.id,
        f"person:{evening.heron.id}",
        {"why": on_duty.ON_CALL},
    )


def test_a_lead_reads_it_without_being_on_shift(evening: Evening) -> None:
    assert number_for(evening.ash, evening.heron, BEGINS) == NUMBER


@pytest.mark.parametrize("who", ["fern", "tansy"])
def test_a_person_not_on_shift_is_refused_it_and_nothing_is_recorded(evening: Evening, who: str) -> None:
    with pytest.raises(NotAllowed):
        number_for(getattr(evening, who), evening.heron, BEGINS)
    assert readings() == []


def test_nobody_reads_it_after_the_on_call_shift_or_before_it(evening: Evening) -> None:
    for now in (BEGINS - MINUTE, BEGINS + timedelta(hours=4)):
        for by in (evening.wren, evening.ash):
            with pytest.raises(NotAllowed):
                number_for(by, evening.heron, now)


def test_nobody_reads_the_number_of_a_person_on_another_seat(evening: Evening) -> None:
    for by in (evening.heron, evening.ash):
        with pytest.raises(NotAllowed):
            number_for(by, evening.wren, BEGINS)


def test_a_person_whose_shift_begins_within_the_hour_may_ring_already(evening: Evening, crew: Crew) -> None:
    rota = crew.rota(crew.evenings("Chat"), title="Chat")
    crew.always_can(evening.fern)
    crew.give(rota, seats(rota)[0], evening.fern)
    crew.publish(rota)
    assert on_duty.own_seats(evening.fern, BEGINS - timedelta(hours=1)) == []
    assert on_duty.own_seats(evening.fern, BEGINS - timedelta(minutes=59)) != []


def test_an_occasion_that_no_domain_registers_shows_no_number(evening: Evening) -> None:
    with pytest.raises(NotAllowed), db.writing():
        phone_of(evening.heron.id, by=evening.wren, why="curious", now=BEGINS)


def test_the_page_offers_the_number_to_those_who_may_ring_and_shows_it_when_asked(
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
        assert "Heron" not in page
        assert "number</button>" not in page
        answer = client.post("/duty/number", data={"person_id": evening.heron.id})
        assert answer.status_code == 403
        assert NUMBER not in answer.text
    assert readings() == []


def test_the_person_on_call_sees_that_they_are(client: FlaskClient, sign_in: SignIn, evening: Evening) -> None:
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.heron)
        assert "You are on call until 22:00" in client.get("/duty").text


def test_the_page_says_that_a_number_is_missing(client: FlaskClient, sign_in: SignIn, evening: Evening) -> None:
    with db.writing():
        db.session.get_one(PersonPrivate, evening.heron.id).phone = None
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.ash)
        page = client.post("/duty/number", data={"person_id": evening.heron.id}).text
        assert "Heron has given no number" in page


def test_no_page_says_to_ring_an_on_call_line_that_nobody_has(
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
        support = " ".join(client.get("/support").text.split())
        assert "Nobody is on call at this moment" in support
        assert "is there for this" not in support
    with clock_at(BEGINS):
        assert "Somebody is on call now, and is there for this" in " ".join(client.get("/support").text.split())
    client.delete_cookie(cookie_name())
    assert "on call now" not in client.get("/support").text


def test_the_person_on_call_is_never_told_to_ring_themself(
    client: FlaskClient, sign_in: SignIn, evening: Evening
) -> None:
    seat = on_duty.own_seats(evening.heron, BEGINS)[0]
    with clock_at(BEGINS + MINUTE):
        sign_in(client, evening.heron)
        pages = [
            " ".join(client.get(address).text.split()) for address in ("/duty", "/support", f"/shifts/{seat.shift_id}")
        ]
        for page in pages:
            assert "ing the person on call" not in page
        assert "You are the person others ring" in pages[0]
        assert "You are the person on call" in pages[1]
        assert "tell a coordinator at once" in pages[2]


def test_a_night_without_a_person_on_call_alarms_those_who_may_act(
    client: FlaskClient, sign_in: SignIn, evening: Evening
) -> None:
    with clock_at(BEGINS + timedelta(hours=5)):  # tomorrow's evening is published, and nobody has it
        sign_in(client, evening.tansy)
        for page in (" ".join(client.get(address).text.split()) for address in ("/duty", "/")):
            assert "From Tue 23 Feb, 18:00 nobody is on call." in page
            assert "Find somebody to be on call" in page
        sign_in(client, evening.ash)
        page = " ".join(client.get("/duty").text.split())
        assert "nobody is on call" in page
        assert "Find somebody" not in page


def test_an_evening_that_the_on_call_line_needs_and_nobody_planned_alarms_too(
    client: FlaskClient, crew: Crew, sign_in: SignIn, people: People
) -> None:
    crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    with clock_at(BEGINS + MINUTE):
        sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
        page = client.get("/duty").text
        assert "Nobody is on call now" in page
        assert "Plan the on-call line" in page


def test_who_is_on_is_read_by_role_and_by_those_on_the_shift_and_by_nobody_else(
    client: FlaskClient, sign_in: SignIn, evening: Evening
) -> None:
    """Wren is on the board; Heron on call, whom people on shift may ring; Fern is on neither."""
    seen = {}
    with clock_at(BEGINS + MINUTE):
        for reader in (evening.wren, evening.fern, evening.heron, evening.ash, evening.tansy):
            sign_in(client, reader)
            page = client.get("/duty").text.split("<main")[1]
            seen[reader.display_name] = ["Wren" in page, "Heron" in page, "22:00" in page]
            assert "Somebody is on" in page or seen[reader.display_name][0]
    assert seen == {
        "Wren": [True, True, True],
        "Fern": [False, False, False],
        "Heron": [False, True, True],
        "Ash": [True, True, True],
        "Tansy": [True, True, True],
    }


def test_the_duty_board_shows_who_is_on_now_and_who_comes_next(crew: Crew) -> None:
    wren, ash = crew.moderator("Wren"), crew.people.person("Ash", roles=(Role.LEAD,))
    crew.always_can(wren)
    _, seat = crew.published(wren)
    (channel,) = on_duty.on_duty(ash, seat.starts_at + timedelta(hours=1))
    assert [(each.name, each.stage) for each in channel.now] == [("Wren", "volunteer")]
    assert [each.name for each in channel.following] == [None]
    assert channel.presence is on_duty.Presence.STAFFED
    assert channel.shortage is not None
    assert channel.shortage.words == "One person alone"
    (channel,) = on_duty.on_duty(ash, seat.starts_at + timedelta(days=1, hours=1))
    assert channel.is_unwatched
    (channel,) = on_duty.on_duty(ash, seat.ends_at)
    assert channel.presence is on_duty.Presence.CLOSED


def test_a_channel_that_needs_people_now_and_has_no_shift_is_unwatched_and_not_closed(crew: Crew) -> None:
    ash = crew.people.person("Ash", roles=(Role.LEAD,))
    crew.evenings()
    (channel,) = on_duty.on_duty(ash, BEGINS + MINUTE)
    assert (channel.presence, channel.alarm) == (on_duty.Presence.UNWATCHED, None)


def test_the_on_call_line_comes_first_on_the_duty_board(crew: Crew) -> None:
    heron = crew.lead("Heron")
    crew.always_can(heron)
    line = crew.evenings("Zz line", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    rota = crew.rota(crew.evenings("Board"), line, days=1)
    place = next(seat for seat in seats(rota) if seat.duty is Duty.ON_CALL)
    crew.give(rota, place, heron)
    crew.publish(rota)
    channels = on_duty.on_duty(heron, datetime(2027, 2, 22, 19, tzinfo=UTC))
    assert [(channel.name, channel.is_on_call) for channel in channels] == [("Zz line", True), ("Board", False)]
