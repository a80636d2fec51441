"""A copied rota: the same channels whole weeks later, as they need people then; and drafts that only planners see."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import Invalid
from rota.planning import copying_rotas, shifts_of_rota, special_days, undoing
from rota.scheduling.cover_pattern import PatternSpan, shifts_between
from tests.conftest import SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, board_of, seats
from tests.rota.planning.test_shifts_of_rota import ONE
from tests.times import NOW


def test_a_copy_has_the_shifts_of_its_own_days_and_those_that_were_added_by_hand(crew: Crew) -> None:
    board, by = crew.evenings(), crew.assessor.id
    rota = crew.rota(board)
    extra = next(shifts_between([PatternSpan(EVERY_DAY, time(10), time(12), "Extra", ONE)], MONDAY, MONDAY, LONDON))
    later = MONDAY + timedelta(days=35)  # after the clocks go forward
    with db.writing():
        shifts_of_rota.add_one_off(rota.id, board.id, extra, by=by, now=NOW)
        special_days.close_for([board], later + timedelta(days=1), "Repair", by=by, now=NOW)
    with pytest.raises(Invalid, match="whole weeks"), db.writing():
        copying_rotas.copy_rota(rota.id, "Copy", later + timedelta(days=1), by=by, now=NOW)
    with db.writing():
        copy = copying_rotas.copy_rota(rota.id, "Copy", later, by=by, now=NOW)
    local = [seat.starts_at.astimezone(LONDON) for seat in seats(copy)]
    assert [(each.date(), each.hour) for each in local] == [(later, 10), (later, 18)]
    assert {seat.person_id for seat in seats(copy)} == {None}


@pytest.mark.both_databases
def test_the_same_people_come_along_where_they_still_may_as_one_step_that_can_be_undone(crew: Crew) -> None:
    wren, fern, by = crew.moderator("Wren"), crew.moderator("Fern", until=MONDAY + timedelta(days=20)), crew.assessor.id
    crew.always_can(wren, fern)
    rota = crew.rota(crew.evenings())
    for seat, person in zip(seats(rota), (wren, fern), strict=True):
        crew.give(rota, seat, person)
    with db.writing():
        # After the clocks go forward, and after Fern's training has run out.
        copy = copying_rotas.copy_rota(rota.id, "Copy", MONDAY + timedelta(days=35), by=by, now=NOW)
        assert copying_rotas.take_people_along(rota.id, copy, by=by, now=NOW) == 1
    board = board_of(copy)
    assert [board.holder(seat) for seat in board.seats] == [wren.id, None]
    step = undoing.last_steps(board).to_undo
    assert step is not None
    with db.writing():
        undoing.undo(copy, step.id, by=by, now=NOW)
    board = board_of(copy)
    assert [board.holder(seat) for seat in board.seats] == [None, None]


def test_nobody_but_planners_sees_a_rota_before_it_is_published(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings("Harbour board"), title="Secret weeks")
    (first, *_) = seats(rota)
    crew.give(rota, first, wren)
    sign_in(client, wren)
    for address in ("/", "/shifts", "/calendar", "/duty"):
        page = client.get(address).text
        assert "Secret weeks" not in page, address
        assert "18:00" not in page, address
        assert f"/shifts/{first.shift_id}" not in page, address
    assert client.get(f"/shifts/{first.shift_id}").status_code == 404
    for address in (f"/rota/{rota.id}", f"/rota/{rota.id}/list", f"/rota/{rota.id}/shifts", "/rota"):
        assert client.get(address).status_code == 403, address
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    address = f"/rota/{rota.id}/copy"
    assert "whole weeks" in client.post(address, data={"title": "Copy", "starts_on": ["2", "3", "2027"]}).text
    page = client.post(address, data={"title": "", "starts_on": ["1", "3", "2027"]}, follow_redirects=True).text
    assert "Rota, 1 to 2 March" in page  # named by its days
    assert "The rota is copied. Nobody is on it yet." in page
    typed = {"title": "Next", "starts_on": ["8", "3", "2027"], "with_people": "y"}
    page = client.post(address, data=typed, follow_redirects=True).text
    assert "The rota is copied. 1 seat has the same people." in page
