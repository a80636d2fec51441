"""People whom an offered part fits are asked in waves where who offers it wants that, by the rules of empty seats."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.outbox.models import DeliveryState
from app.people.models import Person, Role
from app.refusals import Conflict, NotAllowed
from rota.exchanges import changes
from rota.exchanges.models import ChangeState, SeatChange
from rota.shifts import answers, offers, part_asking
from rota.store.asking_hours import set_asked_at_night
from rota.store.seat_asks import SeatAsk, open_askings, open_askings_about_parts
from rota.store.seat_parts import parts_of_seat
from tests.conftest import SignIn
from tests.rota.crew import Crew
from tests.rota.emails import newest_email, queued
from tests.rota.exchanges.test_parts import Shared
from tests.times import NOW

SOON = NOW + timedelta(minutes=1)
LATE = NOW.replace(hour=23)


@pytest.fixture
def shared(crew: Crew) -> Shared:
    return Shared(crew)


def ask_around(shared: Shared, *, by: Person | None = None) -> int:
    change = shared.offer(2, 4)
    with db.writing():
        part_asking.ask_around(change.id, by=by or shared.wren, now=NOW)
    return change.id


def asked() -> dict[int, int]:
    """The questions that were asked, by the person."""
    db.session.rollback()
    return {ask.person_id: ask.id for ask in db.session.scalars(select(SeatAsk).order_by(SeatAsk.id))}


def test_those_whom_the_hours_fit_are_asked_once_and_never_who_has_the_shift(shared: Shared, crew: Crew) -> None:
    otter = crew.peer("Otter")
    crew.always_can(otter)
    shared.offer(2, 4)
    part_asking.ask_about_parts(SOON)
    assert asked() == {}, "nobody is asked unless it is wished"
    ask_around(shared)
    for _ in range(2):
        part_asking.ask_about_parts(SOON)
        offers.ask_people(SOON)
    assert asked().keys() == {shared.teal.id, shared.fern.id}
    assert sorted(row.person_id or 0 for row in queued("seat-offered")) == sorted(asked())
    assert open_askings() == [], "nobody is asked to take all of the shift"
    subject, text, html = newest_email("seat-offered", shared.teal.id)
    assert subject == "Could you take a part of a shift? Board, Mon 22 Feb, 20:00"
    for body in (text, html):
        assert "20:00 to" in body
        assert f"/shifts/asked/{asked()[shared.teal.id]}" in body
        assert "Wren" not in body
        assert "Fern" not in body


def test_the_first_yes_has_the_hours_and_the_others_are_thanked_once(shared: Shared) -> None:
    ask_around(shared)
    part_asking.ask_about_parts(SOON)
    with db.writing():
        for row in queued("seat-offered"):
            row.state = DeliveryState.SENT
    with db.writing():
        done = answers.say_yes(asked()[shared.teal.id], shared.teal, now=SOON)
        assert done is not None
    assert [part.person_id for part in parts_of_seat(shared.seat.id)] == [shared.teal.id]
    with pytest.raises(Conflict, match="a moment quicker"), db.writing():
        answers.say_yes(asked()[shared.fern.id], shared.fern, now=SOON)
    assert answers.asked_seat(asked()[shared.fern.id], shared.fern, now=SOON).is_covered
    assert answers.asked_seat(asked()[shared.teal.id], shared.teal, now=SOON).is_mine
    for _ in range(2):
        part_asking.ask_about_parts(SOON + timedelta(minutes=5))
    assert [row.person_id for row in queued("seat-filled")] == [shared.fern.id]
    assert "Teal" not in newest_email("seat-filled", shared.fern.id)[1]
    assert open_askings_about_parts() == []


def test_who_said_no_is_not_asked_again_about_that_shift_nor_any_hours_of_it(shared: Shared) -> None:
    change_id = ask_around(shared)
    part_asking.ask_about_parts(SOON)
    with db.writing():
        answers.say_no(asked()[shared.teal.id], shared.teal, now=SOON)
    with db.writing():
        changes.withdraw(change_id, by=shared.wren.id, now=SOON)
    part_asking.ask_about_parts(SOON)
    with pytest.raises(Conflict), db.writing():
        answers.say_yes(asked()[shared.fern.id], shared.fern, now=SOON)
    other = shared.offer(4, 6, now=SOON)
    with db.writing():
        part_asking.ask_around(other.id, by=shared.wren, now=SOON)
    part_asking.ask_about_parts(SOON)
    db.session.rollback()
    of_teal = db.session.scalars(select(SeatAsk).where(SeatAsk.person_id == shared.teal.id)).all()
    assert len(of_teal) == 1
    assert len(queued("seat-filled")) == 0, "nobody is thanked for what nobody took"


def test_nobody_is_asked_in_their_night_unless_they_said_so(shared: Shared) -> None:
    ask_around(shared)
    with db.writing():
        set_asked_at_night(shared.fern.id, True, now=NOW)
    part_asking.ask_about_parts(LATE)
    assert asked().keys() == {shared.fern.id}


def test_only_who_offers_the_hours_or_plans_lets_people_be_asked(
    shared: Shared, crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    change_id = shared.offer(2, 4).id
    with pytest.raises(NotAllowed), db.writing():
        part_asking.ask_around(change_id, by=shared.teal, now=NOW)
    sign_in(client, tansy)
    page = client.post(f"/people/{shared.wren.id}/shifts/changes/{change_id}/ask-around", follow_redirects=True).text
    assert "People whom these hours fit are asked by e-mail" in page
    sign_in(client, shared.wren)
    assert "Ask people whom they fit" not in client.get(f"/shifts/changes/{change_id}").text
    shared.take(db.session.get_one(SeatChange, change_id), shared.teal)
    assert db.session.get_one(SeatChange, change_id).state is ChangeState.APPLIED
    with pytest.raises(changes.NotOpenAnyMore), db.writing():
        part_asking.ask_around(change_id, by=shared.wren, now=NOW)
