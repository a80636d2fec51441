"""Claims and drops of published shifts, also by many people at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import NotFound, Refusal
from progression.duties import Duty
from rota.exchanges.changes import DoesNotFit
from rota.planning import drafts
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops
from rota.shifts.claims_and_drops import AskForCover, TooLate
from rota.store.assignments import SeatHolderChanged
from rota.store.models import Assignment, Rota, RotaVersion, VersionKind
from rota.store.seat_reasons import reasons_against
from tests.rota.crew import Crew, seats
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def test_giving_a_shift_back_opens_it_again_and_notifies_the_coordinators(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with db.writing():
        version = claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    assert version is not None
    assert (version.number, version.kind) == (2, VersionKind.DROPPED)
    assert seats(rota)[0].person_id is None
    notified = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "shift-dropped")).all()
    assert [row.person_id for row in notified] == [tansy.id]


def test_giving_it_back_twice_changes_nothing_more(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    assert seat.assignment_id is not None
    for _ in range(2):
        with db.writing():
            claims_and_drops.drop(seat.assignment_id, wren, now=NOW)
    assert db.session.get_one(Rota, rota.id).version == 2


def test_nobody_gives_back_what_is_not_theirs(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with pytest.raises(NotFound), db.writing():
        claims_and_drops.drop(seat.assignment_id, teal, now=NOW)


def test_a_shift_that_has_begun_is_not_given_back_here(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    with pytest.raises(TooLate, match="ring the on-call line"), db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=seat.starts_at)


def test_near_its_time_a_shift_is_not_given_back_but_cover_is_asked_for(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    assert seat.assignment_id is not None
    deadline = seat.starts_at - timedelta(hours=48)
    with pytest.raises(AskForCover, match="stays yours until somebody takes it"), db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=deadline + timedelta(minutes=1))
    assert seats(rota)[0].person_id == wren.id
    with db.writing():
        assert claims_and_drops.drop(seat.assignment_id, wren, now=deadline) is not None


def test_an_open_shift_is_taken_as_a_version_of_its_own(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, _ = crew.published(wren)
    with db.writing():
        version = claims_and_drops.claim(seats(rota)[1].id, teal, now=NOW)
    assert isinstance(version, RotaVersion)
    assert (version.number, version.kind) == (2, VersionKind.CLAIMED)
    assert seats(rota)[1].person_id == teal.id


def test_taking_it_twice_changes_nothing_more(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    open_seat = seats(rota)[1].id
    for _ in range(2):
        with db.writing():
            claims_and_drops.claim(open_seat, wren, now=NOW)
    assert db.session.get_one(Rota, rota.id).version == 2


def test_a_shift_that_does_not_fit_is_refused_with_the_reason(crew: Crew) -> None:
    wren, otter = crew.moderator("Wren"), crew.peer("Otter")
    crew.always_can(wren, otter)
    rota, _ = crew.published(wren)
    with pytest.raises(DoesNotFit, match="Otter is not cleared for moderator"), db.writing():
        claims_and_drops.claim(seats(rota)[1].id, otter, now=NOW)


def test_nobody_takes_a_shift_at_a_time_they_did_not_offer(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    with pytest.raises(DoesNotFit, match="Teal has not offered this time"), db.writing():
        claims_and_drops.claim(seats(rota)[1].id, teal, now=NOW)


def test_nobody_takes_a_second_seat_of_their_shift_nor_is_offered_it(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    assert claims_and_drops.open_shifts_for(wren, now=NOW) == []
    with pytest.raises(DoesNotFit, match="Wren is on this shift already"), db.writing():
        claims_and_drops.claim(seats(rota)[1].id, wren, now=NOW)


def test_nobody_takes_two_shifts_at_once(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings("Board"), crew.evenings("Chat"), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    with pytest.raises(DoesNotFit), db.writing():
        claims_and_drops.claim(seats(rota)[1].id, wren, now=NOW)


def test_a_shift_of_an_unpublished_rota_cannot_be_taken(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    with pytest.raises(NotFound), db.writing():
        claims_and_drops.claim(seats(rota)[0].id, wren, now=NOW)


def test_a_shift_that_has_begun_cannot_be_taken(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    place = seats(rota)[1]
    with pytest.raises(TooLate), db.writing():
        claims_and_drops.claim(place.id, wren, now=place.starts_at)


def test_the_list_of_open_shifts_holds_just_what_a_claim_would_take(crew: Crew) -> None:
    wren, otter = crew.moderator("Wren"), crew.peer("Otter")
    crew.always_can(wren, otter)
    channel = crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2), Need(Duty.HOST, 0, 1, 1))
    rota = crew.rota(channel, days=3)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    for person in (wren, otter):
        offered = {(seat.shift_id, seat.duty) for seat in claims_and_drops.open_shifts_for(person, now=NOW)}
        taken = set()
        for seat in seats(rota):
            with db.writing():
                reasons = reasons_against(person, seat, now=NOW)
            if seat.person_id is None and not reasons:
                taken.add((seat.shift_id, seat.duty))
        assert offered == taken
        assert offered


def _at_once(app: Flask, tasks: list[tuple[int, int]]) -> list[str]:
    """Let people claim seats (seat id, person id), each in its own thread and transaction; return how each ended."""
    barrier = threading.Barrier(len(tasks))
    results = ["" for _ in tasks]

    def one(place: int, seat_id: int, person_id: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with db.writing():
                    claimed = claims_and_drops.claim(seat_id, db.session.get_one(Person, person_id), now=NOW)
                results[place] = "taken" if claimed else "had it"
            except Refusal as refusal:
                results[place] = type(refusal).__name__
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(place, *task)) for place, task in enumerate(tasks)]
    db.session.rollback()  # so that this thread reads again afterwards
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_twenty_who_claim_one_seat_at_once_one_gets_it(app: Flask, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    others = [crew.moderator(f"Moderator {number}") for number in range(20)]
    crew.always_can(wren, *others)
    rota, _ = crew.published(wren)
    open_seat = seats(rota)[1].id
    results = _at_once(app, [(open_seat, person.id) for person in others])
    assert sorted(results) == [SeatHolderChanged.__name__] * 19 + ["taken"]
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 2
    assert db.session.get_one(Rota, rota.id).version == 2


def test_one_person_who_claims_two_seats_of_the_same_hours_at_once_gets_one(app: Flask, crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    # Two rotas, so that no lock of a rota stands between the claims: only the person's own does.
    board, _ = crew.published(wren, channel=crew.evenings("Board"))
    chat = crew.rota(crew.evenings("Chat"))
    with db.writing():
        drafts.open_draft(chat, by=crew.assessor.id, now=NOW)
    crew.publish(chat)
    twins = [seats(board)[1].id, seats(chat)[1].id]
    assert sorted(_at_once(app, [(seat_id, teal.id) for seat_id in twins])) == [DoesNotFit.__name__, "taken"]
    held = select(func.count()).select_from(Assignment).where(Assignment.person_id == teal.id)
    assert db.session.scalar(held) == 1
