"""Who was asked says yes and has the shift, or not this time and is left alone; of two who say yes the first has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import NotFound
from rota.shifts import answers, claims_and_drops, offers
from rota.store.assignments import SeatHolderChanged
from rota.store.seat_asks import SeatAnswer, SeatAsk
from rota.store.seats import SeatRow, get_seat
from tests.conftest import SignIn
from tests.rota.crew import Crew
from tests.times import NOW

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def asked(crew: Crew) -> tuple[SeatRow, Person, Person]:
    """A seat that Wren gave back, about which Teal and Fern were asked; and those two."""
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    _, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW)
    offers.ask_people(SOON)
    return seat, teal, fern


def ask_of(person: Person) -> SeatAsk:
    db.session.rollback()
    return db.session.scalars(select(SeatAsk).where(SeatAsk.person_id == person.id)).one()


def holder(seat: SeatRow) -> int | None:
    db.session.rollback()
    return get_seat(seat.id).person_id


@pytest.mark.both_databases
def test_the_first_yes_has_the_shift_and_the_second_reads_that_somebody_was_quicker_and_no_name(
    asked: tuple[SeatRow, Person, Person],
) -> None:
    seat, teal, fern = asked
    with db.writing():
        answers.say_yes(ask_of(fern).id, fern, now=SOON)
    with pytest.raises(SeatHolderChanged) as refused, db.writing():
        answers.say_yes(ask_of(teal).id, teal, now=SOON)
    assert holder(seat) == fern.id
    assert "quicker" in refused.value.sentences[0]
    assert "Fern" not in " ".join(refused.value.sentences)
    assert [ask_of(each).answer for each in (fern, teal)] == [SeatAnswer.YES, None]


def test_a_no_is_kept_and_may_become_a_yes_while_the_seat_is_empty(asked: tuple[SeatRow, Person, Person]) -> None:
    seat, teal, _ = asked
    for _ in range(2):
        with db.writing():
            answers.say_no(ask_of(teal).id, teal, now=SOON)
    assert ask_of(teal).answer is SeatAnswer.NO
    with db.writing():
        answers.say_yes(ask_of(teal).id, teal, now=SOON)
    assert (holder(seat), ask_of(teal).answer) == (teal.id, SeatAnswer.YES)


def test_nobody_answers_or_reads_a_question_of_somebody_else(asked: tuple[SeatRow, Person, Person]) -> None:
    _, teal, fern = asked
    for answer in (answers.say_yes, answers.say_no, answers.asked_seat):
        with pytest.raises(NotFound), db.writing():
            answer(ask_of(teal).id, fern, now=SOON)


def test_who_has_the_shift_gives_it_back_instead_of_saying_no(asked: tuple[SeatRow, Person, Person]) -> None:
    seat, teal, _ = asked
    with db.writing():
        claims_and_drops.claim(seat.id, teal, now=SOON)
    with pytest.raises(claims_and_drops.TooLate, match="give it back"), db.writing():
        answers.say_no(ask_of(teal).id, teal, now=SOON)


def test_the_page_of_a_question_names_nobody_and_says_what_to_do_once_somebody_was_quicker(
    client: FlaskClient, asked: tuple[SeatRow, Person, Person], sign_in: SignIn
) -> None:
    _, teal, fern = asked
    sign_in(client, teal)
    page = f"/shifts/asked/{ask_of(teal).id}"
    assert "Not this time" in client.get(page).text
    with db.writing():
        answers.say_yes(ask_of(fern).id, fern, now=SOON)
    said = client.post(f"{page}/yes", follow_redirects=True).text
    assert "Somebody was a moment quicker" in said
    assert "See what else is open and fits you" in said
    assert "Fern" not in said


def test_the_reader_says_on_their_page_that_they_may_be_asked_at_night(
    client: FlaskClient, asked: tuple[SeatRow, Person, Person], sign_in: SignIn
) -> None:
    _, teal, _ = asked
    sign_in(client, teal)
    assert "checked" not in client.get("/shifts/asked/hours").text.split("<form", 1)[1]
    assert client.post("/shifts/asked/hours", data={"at_night": "y"}).status_code == 302
    assert "checked" in client.get("/shifts/asked/hours").text.split("at_night", 1)[1]
    client.post("/shifts/asked/hours", data={"submit": "Save"})
    assert "checked" not in client.get("/shifts/asked/hours").text.split("at_night", 1)[1]
