"""Shifts that a coordinator adds to a rota by hand or takes off it, before it is published and afterwards."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.people.models import Role
from app.refusals import Conflict, NotFound
from progression.duties import Duty
from rota.planning import removing_rotas, shifts_of_rota
from rota.scheduling.cover_pattern import Need, PatternSpan, PlannedShift, shifts_between
from rota.store.models import Channel, Rota
from rota.store.one_off_shifts import OneOffShift
from tests.conftest import SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, board_of, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

ONE = (Need(Duty.MODERATOR, 1, 1, 1),)


def shift(starts: time, ends: time, day: date = MONDAY) -> PlannedShift:
    return next(shifts_between([PatternSpan(EVERY_DAY, starts, ends, " Extra ", ONE)], day, day, LONDON))


def add(rota: Rota, channel: Channel, extra: PlannedShift, crew: Crew) -> int:
    with db.writing():
        return shifts_of_rota.add_one_off(rota.id, channel.id, extra, by=crew.assessor.id, now=NOW).id


def take_off(rota: Rota, shift_id: int, crew: Crew) -> None:
    with db.writing():
        shifts_of_rota.take_off_one(rota.id, shift_id, by=crew.assessor.id, now=NOW)


@pytest.mark.both_databases
def test_before_it_is_published_a_shift_comes_and_goes_without_a_trace(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    board = crew.evenings()
    rota = crew.rota(board)
    added = add(rota, board, shift(time(10), time(12)), crew)
    assert [(seat.starts_at.day, seat.label) for seat in seats(rota)] == [
        (22, "Extra"),
        (22, "Evening"),
        (23, "Evening"),
    ]
    crew.give(rota, seats(rota)[0], wren)
    take_off(rota, added, crew)
    with pytest.raises(NotFound):
        take_off(rota, added, crew)
    assert [seat.label for seat in seats(rota)] == ["Evening", "Evening"]
    assert board_of(rota).changes == {}
    assert db.session.scalar(select(func.count()).select_from(OneOffShift)) == 0
    assert db.session.get_one(Rota, rota.id).version == 0
    add(rota, board, shift(time(10), time(12)), crew)
    with db.writing():
        removing_rotas.delete_rota(rota.id, by=crew.assessor.id, now=NOW)


@pytest.mark.both_databases
def test_on_a_published_rota_each_change_is_a_version_and_who_loses_a_shift_is_told(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, held = crew.published(wren)
    board = db.session.get_one(Channel, held.channel_id)
    added = add(rota, board, shift(time(10), time(12)), crew)
    assert [seat.is_open for seat in seats(rota)] == [True, False, True]
    take_off(rota, held.shift_id, crew)
    assert [seat.label for seat in seats(rota)] == ["Extra", "Evening"]
    assert "No longer yours" in newest_email("seats-changed", wren.id)[1]
    take_off(rota, added, crew)
    assert len(queued("seats-changed")) == 1
    assert db.session.get_one(Rota, rota.id).version == 4


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (shift(time(17), time(18, 15)), None),
        (shift(time(16), time(23)), "put more people on"),
        (shift(time(18), time(20)), "put more people on"),
        (shift(time(10), time(12), MONDAY + timedelta(days=2)), "not one of this rota"),
        (shift(time(10), time(12), NOW.date() - timedelta(days=1)), "not one of this rota"),
    ],
)
def test_a_shift_beside_another_for_more_than_a_handover_or_outside_the_rota_is_refused(
    crew: Crew, extra: PlannedShift, why: str | None
) -> None:
    board = crew.evenings()
    rota = crew.rota(board)
    if why is None:
        add(rota, board, extra, crew)
    else:
        with pytest.raises(Conflict, match=why):
            add(rota, board, extra, crew)


def test_a_shift_that_has_begun_with_somebody_on_it_stays(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, held = crew.published(wren)
    with pytest.raises(Conflict, match="has begun"), db.writing():
        shifts_of_rota.take_off_one(rota.id, held.shift_id, by=crew.assessor.id, now=held.starts_at)


def test_a_coordinator_adds_and_takes_off_a_shift_by_the_pages(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, held = crew.published(wren)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    address = f"/rota/{rota.id}/shifts"
    numbers = {"lead": "0", "moderator": "0", "host": "0", "on_call": "0", "shadow": "0"}
    typed = {"channel": str(held.channel_id), "day": ["22", "2", "2027"], "label": "Extra"}
    typed |= {"starts": "10:00", "ends": "12:00"} | numbers
    assert "Say who is needed." in client.post(address, data=typed).text
    page = client.post(address, data=typed | {"moderator": "1"}, follow_redirects=True).text
    assert "Added by hand" in page
    ask = client.get(f"{address}/{held.shift_id}/take-off").text
    assert "Wren loses it and" in " ".join(ask.split())
    page = client.post(f"{address}/{held.shift_id}/take-off", follow_redirects=True).text
    assert "Everybody who had it is being told." in page
