"""Channels and their cover patterns: which pattern holds on which day, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import Conflict, Invalid, NotFound
from progression.duties import Duty
from rota.planning import channels
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store.models import Channel, ChannelKind
from tests.conftest import People, SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, seats
from tests.times import NOW

FIRST = date(2027, 3, 1)
ONE = (Need(Duty.MODERATOR, 1, 1, 1),)
EVENING = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", ONE)
NIGHT = PatternSpan(EVERY_DAY, time(22), time(6), "Night", ONE)


@pytest.fixture
def board(app: Flask) -> Channel:
    with db.writing():
        channel = channels.open_channel("  Board ", ChannelKind.BOARD, by=None, now=NOW)
        channels.write_pattern(channel, [EVENING], starts_on=FIRST, zone=LONDON, by=None, now=NOW)
    return channel


@pytest.mark.parametrize("name", ["", "   ", "Board"])
def test_a_channel_needs_a_name_that_no_other_has(board: Channel, name: str) -> None:
    with pytest.raises(Invalid), db.writing():
        channels.open_channel(name, ChannelKind.CHAT, by=None, now=NOW)


def test_each_day_has_the_pattern_in_force_on_it(board: Channel) -> None:
    second = FIRST + timedelta(days=7)
    with db.writing():
        channels.add_span(board, NIGHT, starts_on=second, zone=LONDON, by=None, now=NOW)
    assert channels.pattern_on(board, FIRST - timedelta(days=1)) is None
    shifts = channels.planned(board, channels.patterns_of([board.id])[board.id], second - timedelta(days=1), second)
    assert [shift.label for shift in shifts] == ["Evening", "Evening", "Night"]


def test_a_pattern_of_the_same_day_is_replaced(board: Channel) -> None:
    with db.writing():
        channels.write_pattern(board, [NIGHT], starts_on=FIRST, zone=LONDON, by=None, now=NOW)
    (pattern,) = channels.patterns_of([board.id])[board.id]
    assert [each.label for each in pattern.spans] == ["Night"]


def test_a_wrong_span_is_changed_or_removed_even_if_it_is_the_only_one(board: Channel) -> None:
    (span,) = channels.patterns_of([board.id])[board.id][0].spans
    day = FIRST + timedelta(days=1)
    with db.writing():
        changed = replace(EVENING, ends=time(23))
        channels.change_span(board, span.id, changed, starts_on=day, by=None, now=NOW)
    pattern = channels.pattern_on(board, day)
    assert pattern is not None
    assert [(each.starts, each.ends) for each in pattern.spans] == [(time(18), time(23))]
    with db.writing():
        channels.remove_span(board, pattern.spans[0].id, starts_on=day, by=None, now=NOW)
    shifts = channels.planned(board, channels.patterns_of([board.id])[board.id], FIRST, day)
    assert [(shift.day, shift.ends_at.hour) for shift in shifts] == [(FIRST, 22)]
    with pytest.raises(NotFound), db.writing():
        channels.change_span(board, span.id, EVENING, starts_on=day, by=None, now=NOW)


def test_a_shift_may_be_safe_with_fewer_and_have_room_for_more_and_stays_so_when_its_times_change(
    client: FlaskClient, people: People, sign_in: SignIn, board: Channel
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = f"/rota/channels/{board.id}"
    numbers = {"lead": "0", "moderator": "2", "host": "1", "on_call": "0", "shadow": "0"}
    typed = {"label": "Night", "starts": "22:00", "ends": "02:00", "days": ["4"]} | numbers
    wide = {"moderator_least": "1", "moderator_most": "3", "host_least": "0"}
    refused = client.post(page, data=typed | {"moderator_least": "3"})
    assert "Moderators: 3 make it safe, and the shift asks for 2." in refused.text
    assert (
        "Moderators: there is room for 1, and the shift asks for 2."
        in client.post(page, data=typed | {"moderator_most": "1"}).text
    )
    said = " ".join(client.post(page, data=typed | wide, follow_redirects=True).text.split())
    assert "(safe with 1, room for 3)" in said
    assert "(safe without)" in said
    change = re.findall(rf"{page}/times/\d+\"", said)[-1].rstrip('"')

    def kept() -> set[Need]:
        db.session.rollback()
        pattern = channels.pattern_on(board, NOW.date())
        assert pattern is not None
        return set(next(span for span in channels.spans_of(pattern) if span.label == "Night").needs)

    filled = client.get(change).text
    fields = {name: re.findall(rf'name="{name}"[^>]*value="(\d+)"', filled) for name in wide}
    assert fields == {name: [number] for name, number in wide.items()}
    client.post(change, data=typed | wide | {"ends": "03:00"})
    assert kept() == {Need(Duty.MODERATOR, 1, 2, 3), Need(Duty.HOST, 0, 1, 1)}


def test_a_channel_is_renamed_unless_another_has_the_name(board: Channel, people: People) -> None:
    by = people.person("Tansy")
    with db.writing():
        other = channels.open_channel("Chat", ChannelKind.CHAT, by=by.id, now=NOW)
        channels.rename_channel(board, " Evening  board ", by=by.id, now=NOW)
    assert board.name == "Evening board"
    with pytest.raises(Invalid, match="“Evening board” already"), db.writing():
        channels.rename_channel(other, "Evening board", by=by.id, now=NOW)


def test_a_closed_channel_is_needed_up_to_its_day_and_opens_again(board: Channel, people: People) -> None:
    by = people.person("Tansy").id
    day = FIRST + timedelta(days=2)
    with db.writing():
        channels.close_channel(board, day, zone=LONDON, by=by, now=NOW)
    patterns = channels.patterns_of([board.id])[board.id]
    assert [shift.day for shift in channels.planned(board, patterns, FIRST, day)] == [FIRST, FIRST + timedelta(days=1)]
    assert channels.open_channels(day - timedelta(days=1)) == [board]
    assert channels.open_channels(day) == []
    with db.writing():
        channels.reopen_channel(board, by=by, now=NOW)
    assert channels.open_channels(day) == [board]


def test_a_channel_with_shifts_may_be_closed_takes_none_from_a_rota_and_is_never_removed(crew: Crew) -> None:
    board, by = crew.evenings(), crew.assessor.id
    rota = crew.rota(board, days=2, title="Late February")
    with pytest.raises(Conflict, match="Close it"), db.writing():
        channels.remove_channel(board, by=by, now=NOW)
    with db.writing():
        channels.close_channel(board, MONDAY + timedelta(days=1), zone=LONDON, by=by, now=NOW)
    assert len(seats(rota)) == 2
    assert channels.closed_channels(MONDAY) == []
    assert channels.closed_channels(MONDAY + timedelta(days=1)) == channels.all_channels()
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=400)):
        with pytest.raises(Invalid), db.writing():
            channels.close_channel(board, day, zone=LONDON, by=by, now=NOW)


def test_a_channel_without_any_shift_is_removed_with_its_patterns(board: Channel, people: People) -> None:
    by = people.person("Tansy").id
    with db.writing():
        channels.remove_channel(board, by=by, now=NOW)
    assert channels.all_channels() == []


def test_a_coordinator_mends_closes_and_removes_a_channel_by_the_pages(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    client.post("/rota/channels", data={"name": "Bord", "kind": "board"})
    numbers = {"lead": "1", "moderator": "0", "host": "0", "on_call": "0", "shadow": "0"}
    span = {"label": "Night", "starts": "22:00", "ends": "02:00", "days": ["4"]} | numbers
    page = client.post("/rota/channels/1", data=span, follow_redirects=True).text
    change = re.findall(r"/rota/channels/1/times/\d+", page)[0]
    form = client.get(change).text
    assert 'value="Night"' in form
    assert '<option value="22:00" selected' in form
    page = client.post(change, data=span | {"ends": "03:00"}, follow_redirects=True).text
    assert "22:00 to 03:00" in page
    assert "22:00 to 02:00" not in page
    refused = client.post("/rota/channels/1/name", data={"name-name": " "})
    assert refused.status_code == 422
    assert "Give the channel a name." in refused.text
    page = client.post("/rota/channels/1/name", data={"name-name": "Board"}, follow_redirects=True).text
    assert "Weekly pattern of Board" in page
    day = {"close-on": ["1", "3", "2027"]}
    page = client.post("/rota/channels/1/close", data=day, follow_redirects=True).text
    assert "Closes on Monday 1 March" in " ".join(page.split())
    page = client.post("/rota/channels/1/open-again", follow_redirects=True).text
    assert "Close the channel" in page
    remove = re.findall(r"/rota/channels/1/times/\d+/remove", page)[0]
    assert "Nothing yet. Add the first shift." in client.post(remove, follow_redirects=True).text
    page = client.post("/rota/channels/1/remove", follow_redirects=True).text
    assert "It never had a shift." in page
    assert channels.all_channels() == []


def test_a_channel_that_does_not_exist_is_refused(app: Flask) -> None:
    with pytest.raises(NotFound):
        channels.channel(404)
