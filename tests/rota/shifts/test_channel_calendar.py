"""The calendar of a channel: who is on, for people who may read that, from published shifts alone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from app import audit, clock, db
from app.people.models import Person, Role, RoleGrant
from app.people.rights import end_role, suspend
from app.refusals import NotAllowed
from rota.planning import shifts_of_rota
from rota.shifts import channel_calendar, claims_and_drops
from rota.store.channel_feeds import ChannelFeed
from rota.store.models import Channel
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW


@pytest.mark.parametrize(
    ("evening", "hours"),
    [(date(2027, 3, 27), 7), (date(2027, 10, 30), 9)],
)
def test_a_night_on_which_the_clocks_change_lasts_as_long_as_it_does(
    client: FlaskClient, crew: Crew, wren: Person, tansy: Person, evening: date, hours: int
) -> None:
    night = crew.nights()
    rota = crew.rota(night, starts_on=evening, days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    with clock_at(clock.starts(evening, LONDON)):
        body = client.get(address(tansy, night)).text
    starts, ends = (
        datetime.strptime(each, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        for each in re.findall(r"DT(?:START|END):(\w+)", body)
    )
    assert ends - starts == timedelta(hours=hours)
    assert starts.astimezone(LONDON).hour == 22


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


@pytest.fixture
def tansy(crew: Crew) -> Person:
    return crew.people.person("Tansy", roles=(Role.COORDINATOR,))


def address(person: Person, channel: Channel) -> str:
    with db.writing():
        token, _ = channel_calendar.open_feed(person, channel.id, now=clock.now())
    return f"/calendar/channels/{token}.ics"


def entries(client: FlaskClient, feed: str) -> list[tuple[str, str, int]]:
    answer = client.get(feed)
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.data).events
    return [(str(each["SUMMARY"]), str(each["STATUS"]), each.sequence) for each in events]


def test_it_has_who_is_on_the_published_shifts_of_its_channel_and_never_a_draft(
    client: FlaskClient, crew: Crew, wren: Person, tansy: Person
) -> None:
    board = crew.evenings()
    crew.published(wren, channel=board)
    elsewhere = crew.moderator("Elsewhere")
    crew.always_can(elsewhere)
    crew.published(elsewhere, channel=crew.evenings("Other"))
    draft = crew.rota(board, starts_on=MONDAY + timedelta(days=7), days=1, title="Not yet")
    crew.give(draft, seats(draft)[0], wren)
    feed = address(tansy, board)

    assert entries(client, feed) == [
        ("Board: Wren (moderator)", "CONFIRMED", 1),
        ("Board: nobody yet", "CONFIRMED", 1),
    ]
    body = client.get(feed).data
    assert b"DTSTART:20270222T180000Z" in body
    for secret in (b"Elsewhere", b"Legalname", b"wren@example.org"):
        assert secret not in body

    crew.publish(draft)
    assert len(entries(client, feed)) == 3


def test_a_shift_that_is_given_back_or_taken_off_is_an_update_of_the_same_entry(
    client: FlaskClient, crew: Crew, wren: Person, tansy: Person
) -> None:
    board = crew.evenings()
    rota, seat = crew.published(wren, channel=board)
    feed = address(tansy, board)
    mark = {"If-None-Match": client.get(feed).headers["ETag"]}
    assert client.get(feed, headers=mark).status_code == 304

    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    assert entries(client, feed)[0] == ("Board: nobody yet", "CONFIRMED", 2)
    with db.writing():
        shifts_of_rota.take_off_one(rota.id, seat.shift_id, by=crew.assessor.id, now=NOW)
    assert entries(client, feed)[-1] == ("Board: taken off", "CANCELLED", 4)


def test_names_go_only_to_those_who_may_read_who_is_on(
    client: FlaskClient, crew: Crew, wren: Person, tansy: Person, sign_in: SignIn
) -> None:
    board = crew.evenings()
    with pytest.raises(NotAllowed), db.writing():
        channel_calendar.open_feed(wren, board.id, now=NOW)
    sign_in(client, wren)
    assert "Calendars of channels" not in client.get("/shifts/calendar").text
    assert client.post(f"/shifts/calendar/channels/{board.id}/open").status_code == 403

    sign_in(client, tansy)
    page = client.post(f"/shifts/calendar/channels/{board.id}/open").text
    assert "Your new address: Board" in page
    feed = page.split('id="feed" value="')[1].split('"')[0].removeprefix("http://127.0.0.1:8000")
    assert client.get(feed).status_code == 200
    assert feed not in client.get("/shifts/calendar").text
    assert client.post("/shifts/calendar/channels/999/open").status_code == 404


def test_an_address_ends_with_the_right_the_account_and_the_next_address(
    client: FlaskClient, crew: Crew, tansy: Person
) -> None:
    board = crew.evenings()
    old, new = address(tansy, board), address(tansy, board)
    other = address(tansy, crew.evenings("Other"))
    assert [client.get(each).status_code for each in (old, new, other)] == [410, 200, 200]
    with db.writing():
        channel_calendar.close_feed(crew.assessor, board.id, now=NOW)
    assert client.get(new).status_code == 200  # somebody else's stays
    with db.writing():
        channel_calendar.close_feed(tansy, board.id, now=NOW)
    assert [client.get(each).status_code for each in (new, other)] == [410, 200]

    admin = crew.people.person("Admin", roles=(Role.ADMIN,))
    suspended = crew.people.person("Sable", roles=(Role.COORDINATOR,))
    of_suspended = address(suspended, board)
    with db.writing():
        suspend(suspended, by=crew.assessor, now=NOW)
        end_role(tansy, Role.COORDINATOR, by=admin, today=NOW.date(), now=NOW)
    assert [client.get(each).status_code for each in (other, of_suspended)] == [410, 410]
    assert db.session.scalars(select(ChannelFeed).where(ChannelFeed.ended_at.is_(None))).all() == []
    assert client.get("/calendar/channels/guess.ics").status_code == 404


def test_an_address_tells_nothing_once_a_role_has_ended_by_its_date(
    client: FlaskClient, crew: Crew, tansy: Person
) -> None:
    feed = address(tansy, crew.evenings())
    with db.writing():
        grant = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == tansy.id)).one()
        grant.ends_on = NOW.date()
        audit.record("people.role-ended", by=crew.assessor.id, subject=f"person:{tansy.id}", now=NOW)
    assert client.get(feed).status_code == 200
    clock.set_to(NOW + timedelta(days=1))
    assert client.get(feed).status_code == 410
