"""The calendar feed: what calendar programs receive, over clock changes too, and when they receive nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select

from app import clock, db, settings
from app.people.models import Attempts, Person
from app.people.rate_limits import FEED
from app.people.rights import suspend
from progression.duties import Duty
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import calendar_feed, claims_and_drops
from rota.store.models import ChannelKind
from rota.views.calendar_feed import COUNTED_TOGETHER
from tests.conftest import SignIn, clock_at
from tests.rota.crew import EVERY_DAY, LONDON, Crew, seats
from tests.times import NOW


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


def address(person: Person) -> str:
    with db.writing():
        return f"/calendar/{calendar_feed.open_feed(person, now=clock.now())}.ics"


def events(client: FlaskClient, feed: str) -> list[dict[str, object]]:
    """Every entry as a calendar program reads it."""
    answer = client.get(feed)
    assert answer.status_code == 200
    return [
        {
            "uid": str(event["UID"]),
            "starts": event.start,
            "ends": event.end,
            "status": str(event["STATUS"]),
            "sequence": event.sequence,
            "summary": str(event["SUMMARY"]),
        }
        for event in Calendar.from_ical(answer.data).events
    ]


def test_the_feed_holds_the_published_shifts_as_instants_and_gives_nothing_away(
    client: FlaskClient, crew: Crew, wren: Person
) -> None:
    _, seat = crew.published(wren)
    (event,) = events(client, address(wren))
    assert (event["starts"], event["ends"]) == (seat.starts_at, seat.ends_at)
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)
    assert event["summary"] == "Nightlight shift"
    answer = client.get(address(wren))
    for secret in (b"Board", b"moderator", b"Wren", b"METHOD", b"TZID"):
        assert secret not in answer.data
    assert b"\r\nDTSTART:20270222T180000Z\r\n" in answer.data
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=300"


@pytest.mark.parametrize(
    "organisation",
    [
        "Mind, Leeds; North",
        'The "Lantern" \\ Lamp, Ltd; est. 1999\\nhere',
        "Line one\r\nBEGIN:VEVENT\nSUMMARY:not ours",
        "Cwmni’r Goleuni " + "ŵ" * 70 + "🌙" * 10,
    ],
)
def test_the_name_of_any_organisation_reads_as_it_is_written_and_every_line_is_folded(
    client: FlaskClient, crew: Crew, wren: Person, organisation: str
) -> None:
    crew.published(wren)
    feed = address(wren)
    before = settings.current()
    settings.use(replace(before, organisation=organisation))
    body = client.get(feed).data
    settings.use(before)
    assert len(Calendar.from_ical(body).events) == 1
    named = dict(line.partition(":")[::2] for line in body.decode().replace("\r\n ", "").split("\r\n"))
    for name in ("NAME", "X-WR-CALNAME"):
        # RFC 5545, 3.3.11: what a program shows of a TEXT value.
        shown = re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), named[name])
        assert shown == f"{organisation}: my shifts".replace("\r\n", "\n")
    lines = body.split(b"\r\n")
    assert lines.pop() == b""
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() and b"\n" not in line for line in lines)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert b"X-PUBLISHED-TTL:PT1H" in lines


def test_a_night_over_the_clock_change_has_its_true_length(client: FlaskClient, crew: Crew, wren: Person) -> None:
    with db.writing():
        channel = channels.open_channel("Night", ChannelKind.CHAT, by=None, now=NOW)
        night = PatternSpan(EVERY_DAY, time(22), time(6), "Night", (Need(Duty.MODERATOR, 1, 1, 1),))
        channels.write_pattern(channel, [night], starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
    rota = crew.rota(channel, starts_on=datetime(2027, 3, 27, tzinfo=UTC).date(), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    (event,) = events(client, address(wren))
    assert (event["starts"], event["ends"]) == (
        datetime(2027, 3, 27, 22, tzinfo=UTC),
        datetime(2027, 3, 28, 5, tzinfo=UTC),
    )


def test_a_shift_given_back_stays_as_cancelled_under_the_same_uid_with_a_higher_sequence(
    client: FlaskClient, crew: Crew, wren: Person
) -> None:
    _, seat = crew.published(wren)
    feed = address(wren)
    (before,) = events(client, feed)
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    (after,) = events(client, feed)
    assert after["uid"] == before["uid"]
    assert (after["status"], after["sequence"]) == ("CANCELLED", 1)
    clock.set_to(NOW + timedelta(days=59))
    assert len(events(client, feed)) == 1
    clock.set_to(NOW + timedelta(days=61))
    assert events(client, feed) == []


def test_a_program_that_has_the_newest_version_gets_an_empty_not_modified_response(
    client: FlaskClient, crew: Crew, wren: Person
) -> None:
    _, seat = crew.published(wren)
    feed = address(wren)
    first = client.get(feed)
    mark = {"If-None-Match": first.headers["ETag"]}
    second = client.get(feed, headers=mark)
    assert (second.status_code, second.data) == (304, b"")
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    assert client.get(feed, headers=mark).status_code == 200
    assert client.head(feed).status_code == 200


def test_a_closed_address_is_gone_and_an_unknown_one_not_found_both_without_a_sign_in_page(
    client: FlaskClient, wren: Person
) -> None:
    old = address(wren)
    new = address(wren)
    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200
    with db.writing():
        calendar_feed.close_feed(wren, now=NOW)
    assert client.get(new).status_code == 410
    unknown = client.get("/calendar/guess.ics")
    assert unknown.status_code == 404
    assert unknown.content_type.startswith("text/plain")


def test_the_feed_of_a_suspended_person_is_gone(client: FlaskClient, crew: Crew, wren: Person) -> None:
    crew.published(wren)
    feed = address(wren)
    with db.writing():
        suspend(wren, by=crew.assessor, now=NOW)
    assert client.get(feed).status_code == 410


def test_the_token_is_kept_only_as_a_hash(wren: Person) -> None:
    token = address(wren).removeprefix("/calendar/").removesuffix(".ics")
    feed = calendar_feed.feed_of(wren)
    assert feed is not None
    assert token not in feed.token_hash
    assert len(token) >= 43


def test_the_page_shows_the_address_once_and_when_a_phone_last_looked(
    client: FlaskClient, wren: Person, sign_in: SignIn
) -> None:
    sign_in(client, wren)
    page = client.post("/shifts/calendar/open").text
    feed = page.split('id="feed" value="')[1].split('"')[0].removeprefix("http://127.0.0.1:8000")
    assert "No calendar has looked yet" in client.get("/shifts/calendar").text
    assert client.get(feed).status_code == 200
    page = client.get("/shifts/calendar").text
    assert "A calendar last looked on Thu 18 Feb, 19:30" in page
    assert feed not in page


@pytest.mark.both_databases
def test_a_program_that_asks_far_too_often_gets_a_retry_after_and_others_do_not(
    client: FlaskClient, crew: Crew, wren: Person
) -> None:
    feed, of_rook = address(wren), address(crew.moderator("Rook"))
    answers = [client.get(feed) for _ in range(FEED.most + COUNTED_TOGETHER)]
    assert {answer.status_code for answer in answers[: FEED.most]} == {200}
    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.mimetype == "text/plain"
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert client.get(of_rook).status_code == 200
    with clock_at(NOW + timedelta(minutes=15)):
        assert client.get(feed).status_code == 200


def test_a_program_that_asks_every_five_minutes_is_never_written_down(client: FlaskClient, wren: Person) -> None:
    feed = address(wren)
    for turn in range(30):
        with clock_at(NOW + timedelta(minutes=5 * turn)):
            assert client.get(feed).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Attempts)) == 0
