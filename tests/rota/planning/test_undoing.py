"""Undoing and redoing steps of a draft, also those of somebody else; what others changed since stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.people.models import Person, Role
from app.refusals import NotFound
from rota.planning import drafts, undoing
from rota.planning.drafts import BreaksRules, SeatLocked
from rota.planning.undoing import LastSteps, StepOvertaken, StepTurned, Turned, last_steps
from rota.store.left_shifts import people_who_left
from rota.store.models import Rota
from rota.store.seats import SeatRow
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, board_of, seats
from tests.times import NOW


@pytest.fixture
def rota(crew: Crew) -> Rota:
    """Two evenings that Wren and Teal can both do."""
    crew.always_can(crew.moderator("Wren"), crew.moderator("Teal"))
    return crew.rota(crew.evenings())


def named(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.display_name == name)).one()


def steps_of(rota: Rota) -> LastSteps:
    return last_steps(board_of(rota))


def undo(rota: Rota, crew: Crew, step_id: int | None = None) -> Turned:
    step = steps_of(rota).to_undo
    assert step is not None
    with db.writing():
        return undoing.undo(rota, step_id or step.id, by=crew.assessor.id, now=NOW)


def redo(rota: Rota, crew: Crew) -> Turned:
    step = steps_of(rota).to_redo
    assert step is not None
    with db.writing():
        return undoing.redo(rota, step.id, by=crew.assessor.id, now=NOW)


def holders(rota: Rota) -> list[int | None]:
    board = board_of(rota)
    return [board.holder(seat) for seat in board.seats]


def first(rota: Rota) -> SeatRow:
    return seats(rota)[0]


@pytest.mark.both_databases
def test_steps_are_undone_from_the_newest_on_and_redone_in_the_order_in_which_they_were_made(
    crew: Crew, rota: Rota
) -> None:
    wren, teal = named("Wren"), named("Teal")
    crew.give(rota, first(rota), wren)
    crew.give(rota, first(rota), teal)
    with db.writing():
        drafts.clear(rota, first(rota).id, by=crew.assessor.id, now=NOW)
    seen = [holders(rota)[0]]
    for turn in (undo, undo, undo, redo, redo, redo):
        turn(rota, crew)
        seen.append(holders(rota)[0])
    assert seen == [None, teal.id, wren.id, None, wren.id, teal.id, None]
    assert steps_of(rota).to_redo is None


def test_a_step_says_what_it_was_and_who_made_and_undid_it(crew: Crew, rota: Rota, people: People) -> None:
    crew.give(rota, first(rota), named("Wren"))
    step = steps_of(rota).to_undo
    assert step is not None
    assert (step.by, step.words) == ("Assessor", "gave Wren the seat Board, moderator")
    other = people.person("Hazel")
    with db.writing():
        undoing.undo(rota, step.id, by=other.id, now=NOW)
    undone = steps_of(rota).to_redo
    assert undone is not None
    assert undone.undone_by == "Hazel"


def test_an_older_step_is_undone_alone_and_what_somebody_changed_since_stays(crew: Crew, rota: Rota) -> None:
    wren, teal = named("Wren"), named("Teal")
    crew.give(rota, first(rota), wren)
    older = steps_of(rota).to_undo
    assert older is not None
    crew.give(rota, seats(rota)[1], teal)
    undo(rota, crew, older.id)
    assert holders(rota) == [None, teal.id]
    redo(rota, crew)
    crew.give(rota, first(rota), teal)
    with pytest.raises(StepOvertaken):
        undo(rota, crew, older.id)
    assert holders(rota) == [teal.id, teal.id], "the other coordinator's change is kept"


@pytest.mark.both_databases
def test_undoing_a_clearance_suggests_the_person_again(crew: Crew, rota: Rota) -> None:
    wren = named("Wren")
    crew.give(rota, first(rota), wren)
    with db.writing():
        drafts.clear(rota, first(rota).id, by=crew.assessor.id, now=NOW)
    assert people_who_left(board_of(rota), now=NOW) == {wren.id: {first(rota).shift_id}}
    undo(rota, crew)
    undo(rota, crew)
    assert people_who_left(board_of(rota), now=NOW) == {}


def test_of_two_who_undo_one_step_the_second_is_told(crew: Crew, rota: Rota) -> None:
    crew.give(rota, first(rota), named("Wren"))
    step = steps_of(rota).to_undo
    assert step is not None
    undo(rota, crew, step.id)
    with pytest.raises(StepTurned), db.writing():
        undoing.undo(rota, step.id, by=crew.assessor.id, now=NOW)


def test_nothing_is_redone_that_would_give_somebody_two_seats_at_once(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings("Board"), crew.evenings("Chat"), days=1)
    board, chat = seats(rota)
    crew.give(rota, board, wren)
    undo(rota, crew)
    crew.give(rota, chat, wren)
    with pytest.raises(BreaksRules, match="Wren"):
        redo(rota, crew)
    assert holders(rota) == [None, wren.id]


def test_a_reason_that_was_given_comes_back_with_its_step(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    rota = crew.rota(crew.evenings())
    crew.give(rota, first(rota), wren, reason="She said yes.")
    undo(rota, crew)
    redo(rota, crew)
    (change,) = board_of(rota).changes.values()
    assert (change.overrides, change.override_words) == (["availability"], "She said yes.")


def test_a_locked_seat_is_changed_by_nobody_until_it_is_unlocked_and_a_lock_is_a_step(crew: Crew, rota: Rota) -> None:
    wren, teal = named("Wren"), named("Teal")
    crew.give(rota, first(rota), wren)
    with db.writing():
        drafts.lock(rota, first(rota).id, by=crew.assessor.id, now=NOW)
    with pytest.raises(SeatLocked, match="Assessor locked this seat"):
        crew.give(rota, first(rota), teal)
    with pytest.raises(SeatLocked), db.writing():
        drafts.clear(rota, first(rota).id, by=crew.assessor.id, now=NOW)
    with pytest.raises(SeatLocked), db.writing():
        drafts.leave_as_published(rota, first(rota).id, by=crew.assessor.id, now=NOW)
    undo(rota, crew)
    crew.give(rota, first(rota), teal)
    assert holders(rota)[0] == teal.id


def test_what_was_done_in_a_draft_that_was_published_is_not_undone_as_a_step(crew: Crew, rota: Rota) -> None:
    crew.give(rota, first(rota), named("Wren"))
    step = steps_of(rota).to_undo
    assert step is not None
    crew.publish(rota)
    with pytest.raises(NotFound, match="published or put away"), db.writing():
        undoing.undo(rota, step.id, by=crew.assessor.id, now=NOW + timedelta(minutes=1))


def test_the_pages_offer_undo_redo_and_lock_by_name(
    client: FlaskClient, crew: Crew, rota: Rota, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    crew.give(rota, first(rota), named("Wren"))
    step = steps_of(rota).to_undo
    assert step is not None
    page = client.get(f"/rota/{rota.id}").text
    assert "Undo: Assessor gave Wren the seat Board, moderator, Mon 22 Feb, 18:00" in page
    answer = client.post(f"/rota/{rota.id}/undo", data={"step": step.id}, follow_redirects=True).text
    assert "Undone in the draft. 1 seat changed." in answer
    assert "Redo: Assessor gave Wren" in answer
    assert "Undone by Tansy" in client.get(f"/rota/{rota.id}/history").text
    answer = client.post(f"/rota/{rota.id}/undo", data={"step": step.id}, follow_redirects=True).text
    assert "Somebody undid this a moment ago." in answer
    seat = first(rota)
    answer = client.post(f"/rota/{rota.id}/seats/{seat.id}/lock", follow_redirects=True).text
    assert "Locked by Tansy" in answer
    assert ", locked</span>" in answer
    assert "Give to" not in answer, "what a lock forbids is not offered"
    review = client.get(f"/rota/{rota.id}/publish").text
    assert "Publish and tell" not in review
    answer = client.post(f"/rota/{rota.id}/seats/{seat.id}/unlock", follow_redirects=True).text
    assert "Lock this seat as it is" in answer
    assert "Give to" in answer
