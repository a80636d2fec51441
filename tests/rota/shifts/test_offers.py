"""People whom an empty seat fits are asked in waves, by day, until somebody has it; who said no is left alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from app import db
from app.outbox.models import DeliveryState
from app.outbox.notice import from_row
from app.people.models import Person, Role
from progression.duties import Duty
from rota.exchanges import changes
from rota.exchanges.models import ChangeKind
from rota.scheduling.cover_pattern import Need
from rota.shifts import answers, claims_and_drops, offers
from rota.store import availability
from rota.store.asking_hours import set_asked_at_night
from rota.store.seat_asks import SeatAsk, open_askings
from rota.store.seats import SeatRow, get_seat
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

SOON = NOW + timedelta(minutes=1)


def given_back(crew: Crew, wren: Person, *, now: datetime = NOW) -> SeatRow:
    _, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=now)
    return seat


def asked(wave: int | None = None) -> list[int]:
    """Who was asked, in the order in which they were."""
    db.session.rollback()
    asks = db.session.scalars(select(SeatAsk).order_by(SeatAsk.id))
    return [ask.person_id for ask in asks if wave in (None, ask.wave)]


def answer_no(person: Person, *, now: datetime = SOON) -> None:
    ask = db.session.scalars(select(SeatAsk).where(SeatAsk.person_id == person.id)).one()
    with db.writing():
        answers.say_no(ask.id, person, now=now)


def sent(kind: str) -> None:
    with db.writing():
        for row in queued(kind):
            row.state = DeliveryState.SENT


def test_those_who_are_cleared_and_free_are_asked_once_and_nobody_else(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    otter, ash = crew.peer("Otter"), crew.moderator("Ash")
    crew.always_can(wren, teal, otter, ash)  # Fern offers nothing
    with db.writing():
        availability.set_leave(ash.id, MONDAY, MONDAY, zone=LONDON, now=NOW)
    given_back(crew, wren)
    for _ in range(2):
        offers.ask_people(SOON)
    assert [row.person_id for row in queued("seat-offered")] == [teal.id] == asked()
    assert fern.id not in {row.person_id for row in queued("seat-offered")}
    subject, text, html = newest_email("seat-offered", teal.id)
    assert subject == "Could you take a shift? Board, Mon 22 Feb, 18:00"
    ask = db.session.scalars(select(SeatAsk)).one()
    for body in (text, html):
        assert f"/shifts/asked/{ask.id}" in body
        assert "Wren" not in body


def test_the_five_least_busy_are_asked_first_and_the_next_five_when_their_time_is_over(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    others = [crew.moderator(f"Moderator {number}") for number in range(offers.MOST_ASKED + 3)]
    crew.always_can(wren, *others)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 1, 1)), days=3)
    for seat, person in zip(seats(rota), (wren, *others[:2]), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    first = seats(rota)[0]
    with db.writing():
        claims_and_drops.drop(first.assignment_id or 0, wren, now=NOW)
    offers.ask_people(SOON)
    assert asked() == [each.id for each in others[2 : 2 + offers.MOST_ASKED]]
    wait = offers.wait_of(SOON, first.starts_at)
    offers.ask_people(SOON + wait - timedelta(minutes=1))
    assert len(asked()) == offers.MOST_ASKED
    offers.ask_people(SOON + wait)
    assert set(asked(wave=2)) == {others[0].id, others[1].id, others[-1].id}


def test_the_nearer_the_shift_the_sooner_the_next_are_asked() -> None:
    hours = (1, 5, 20, 60, 200)
    waits = [offers.wait_of(NOW, NOW + timedelta(hours=ahead)) for ahead in hours]
    assert waits == sorted(waits)
    assert [wait / timedelta(minutes=1) for wait in waits] == [10, 20, 60, 240, 1440]


def test_once_everybody_of_a_wave_said_no_the_next_are_asked_at_once(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    given_back(crew, wren)
    offers.ask_people(SOON)
    fern = crew.moderator("Fern")
    crew.always_can(fern)
    offers.ask_people(SOON)
    assert asked() == [teal.id]
    answer_no(teal)
    offers.ask_people(SOON)
    assert asked() == [teal.id, fern.id]


def test_who_said_no_is_not_asked_again_for_that_shift_when_it_opens_once_more(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    seat = given_back(crew, wren)
    offers.ask_people(SOON)
    answer_no(teal)
    with db.writing():
        claims_and_drops.claim(seat.id, fern, now=SOON)
    offers.ask_people(SOON)
    taken = get_seat(seat.id)
    later = SOON + timedelta(hours=1)
    with db.writing():
        claims_and_drops.drop(taken.assignment_id or 0, fern, now=later)
    offers.ask_people(later)
    assert sorted(asked()) == sorted([teal.id, fern.id])


def test_nobody_is_asked_in_their_night_unless_they_said_so_and_the_others_are_in_their_morning(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    abroad = crew.moderator("Ash", zone_name="America/New_York")
    crew.always_can(wren, teal, fern, abroad)
    with db.writing():
        set_asked_at_night(fern.id, True, now=NOW)
    night = NOW + timedelta(hours=4)  # 23:30 in London, 18:30 in New York
    given_back(crew, wren, now=night)
    offers.ask_people(night)
    assert sorted(asked()) == sorted([fern.id, abroad.id])
    answer_no(fern, now=night)
    answer_no(abroad, now=night)
    offers.ask_people(night + timedelta(hours=7))
    assert len(asked()) == 2
    offers.ask_people(night + timedelta(hours=7, minutes=30))
    assert asked()[2:] == [teal.id]


def test_those_who_plan_are_told_once_when_nobody_is_left_to_ask(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    given_back(crew, wren)
    offers.ask_people(SOON)
    assert queued("nobody-to-ask") == []
    answer_no(teal)
    for _ in range(2):
        offers.ask_people(SOON + timedelta(minutes=5))
    assert [row.person_id for row in queued("nobody-to-ask")] == [tansy.id]
    _, text, html = newest_email("nobody-to-ask", tansy.id)
    for body in (text, html):
        assert "Teal" not in body
        assert "Everybody whom it fits was asked" in body


def test_of_a_shift_before_the_morning_of_those_it_fits_planners_are_told_and_nobody_is_woken(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren, channel=crew.evenings(starts=time(3), ends=time(7)))
    night = seat.starts_at - timedelta(hours=3)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=night, by=tansy)
    offers.ask_people(night)
    assert asked() == []
    assert [row.person_id for row in queued("nobody-to-ask")] == [tansy.id]
    _, text, html = newest_email("nobody-to-ask", tansy.id, now=night)
    for body in (text, html):
        assert "whose night does not end before the shift begins" in body
        assert "Teal" not in body


def test_an_offer_is_not_sent_once_the_seat_is_taken_or_the_reader_can_no_longer_take_it(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    seat = given_back(crew, wren)
    offers.ask_people(SOON)
    with db.writing():
        availability.set_leave(teal.id, MONDAY, MONDAY, zone=LONDON, now=SOON)
    wanted = {
        row.person_id: from_row(row.kind, row.facts).still_wanted(row.person_id, SOON) for row in queued("seat-offered")
    }
    assert wanted == {teal.id: False, fern.id: True}
    with db.writing():
        claims_and_drops.claim(seat.id, fern, now=SOON)
    assert not any(from_row(row.kind, row.facts).still_wanted(row.person_id, SOON) for row in queued("seat-offered"))


def test_once_somebody_has_the_seat_those_who_have_not_answered_are_thanked_and_learn_no_name(crew: Crew) -> None:
    wren, teal, fern, ash = (crew.moderator(name) for name in ("Wren", "Teal", "Fern", "Ash"))
    crew.always_can(wren, teal, fern, ash)
    seat = given_back(crew, wren)
    offers.ask_people(SOON)
    sent("seat-offered")
    answer_no(ash)
    with db.writing():
        claims_and_drops.claim(seat.id, fern, now=SOON)
    for _ in range(2):
        offers.ask_people(SOON)
    assert [row.person_id for row in queued("seat-filled")] == [teal.id]
    subject, text, html = newest_email("seat-filled", teal.id)
    assert subject == "Covered, thank you: Board, Mon 22 Feb, 18:00"
    for body in (text, html):
        assert not any(name in body for name in ("Fern", "Ash", "Wren"))


def test_who_never_got_the_question_is_not_thanked_for_it(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    seat = given_back(crew, wren)
    offers.ask_people(SOON)
    with db.writing():
        claims_and_drops.claim(seat.id, fern, now=SOON)
    offers.ask_people(SOON)
    (row,) = queued("seat-filled")
    assert not from_row(row.kind, row.facts).still_wanted(teal.id, SOON)


def test_a_seat_that_opened_long_ago_or_was_taken_is_not_offered(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    given_back(crew, wren)
    offers.ask_people(NOW + offers.LOOK_BACK + timedelta(minutes=1))
    assert queued("seat-offered") == []


def test_a_worker_that_stops_between_finding_people_and_asking_them_asks_each_once_when_it_comes_back(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    given_back(crew, wren)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(offers, "queue_question", stopped)
        with pytest.raises(KeyboardInterrupt):
            offers.ask_people(SOON)
    assert asked() == []
    for _ in range(2):
        offers.ask_people(SOON)
    assert asked() == [teal.id] == [row.person_id for row in queued("seat-offered")]


@pytest.mark.both_databases
def test_a_shift_for_which_cover_is_asked_is_asked_for_in_waves_too_and_the_first_yes_takes_it_over(crew: Crew) -> None:
    wren, teal, fern = crew.moderator("Wren"), crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(wren, teal, fern)
    rota, seat = crew.published(wren)
    with db.writing():
        move = changes.NewMove(seat.id, None)
        changes.propose(ChangeKind.COVER, [move], asker=wren.id, asked=(), by=wren.id, now=NOW)
    offers.ask_people(SOON)
    offers.ask_people(SOON)
    assert sorted(asked()) == sorted([teal.id, fern.id])
    ask = db.session.scalars(select(SeatAsk).where(SeatAsk.person_id == teal.id)).one()
    page = answers.asked_seat(ask.id, teal, now=SOON)
    assert (page.may_be_taken, page.seat.holder) == (True, None)
    _, text, _ = newest_email("seat-offered", teal.id, now=SOON)
    assert "Wren" not in text
    with db.writing():
        answers.say_yes(ask.id, teal, now=SOON)
    assert seats(rota)[0].person_id == teal.id
    other = db.session.scalars(select(SeatAsk).where(SeatAsk.person_id == fern.id)).one()
    assert not answers.asked_seat(other.id, fern, now=SOON).may_be_taken
    offers.ask_people(SOON)
    assert [row.person_id for row in queued("seat-filled")] == [fern.id]
    offers.ask_people(SOON + timedelta(days=1))
    assert len(queued("seat-offered")) == 2


def test_cover_that_is_taken_back_is_asked_for_no_longer(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    with db.writing():
        move = changes.NewMove(seat.id, None)
        change = changes.propose(ChangeKind.COVER, [move], asker=wren.id, asked=(), by=wren.id, now=NOW)
    offers.ask_people(SOON)
    with db.writing():
        changes.withdraw(change.id, by=wren.id, now=SOON)
    ask = db.session.scalars(select(SeatAsk).where(SeatAsk.person_id == teal.id)).one()
    assert answers.asked_seat(ask.id, teal, now=SOON).is_covered
    offers.ask_people(SOON)
    assert open_askings() == []
