"""Seats that became empty after publishing: filled again in the draft, others moving only where nothing else does."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from app import db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.people.models import Person, Role
from app.people.rights import suspend
from progression.duties import Duty
from rota.planning import drafts, proposals, vacated_seats
from rota.planning.proposals import AlreadyProposing, SnapshotOutdated
from rota.planning.vacated_seats import FillSummary, NothingVacated
from rota.scheduling.cover_pattern import Need
from rota.scheduling.replan_task import run_task
from rota.shifts import claims_and_drops
from rota.store import availability
from rota.store.models import ChangeReason, DatedKind, Draft, Rota
from rota.store.seats import SeatRow
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, board_of, seats
from tests.times import NOW

LEAD_AND_MODERATOR = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1))


def drop(seat: SeatRow, person: Person) -> None:
    """Give a published seat back, as its holder does."""
    assert seat.assignment_id is not None
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, person, now=NOW)


def ask(rota: Rota) -> Task:
    with db.writing():
        return vacated_seats.ask_to_fill(db.session.get_one(Rota, rota.id), by=None, now=NOW)


def worked_out(task: Task) -> tuple[dict[str, object], dict[str, object]]:
    """What the worker would give the child process and get back, through JSON."""
    prepared = json.loads(json.dumps(vacated_seats.prepare(task.arguments, NOW)))
    db.session.rollback()
    return prepared, json.loads(json.dumps(run_task(prepared, lambda _news: None, lambda: False)))


def keep(task: Task, prepared: dict[str, object], output: dict[str, object]) -> None:
    with db.writing():
        task = db.session.get_one(Task, task.id)
        vacated_seats.keep(task, prepared, output, NOW)
        task.state, task.finished_at = TaskState.DONE, NOW


def fill(rota: Rota) -> FillSummary:
    """Fill what became empty, and return what the page would say of it."""
    task = ask(rota)
    keep(task, *worked_out(task))
    summary = vacated_seats.last_fill(board_of(rota))
    assert summary is not None
    return summary


def still_vacated(rota: Rota) -> list[int]:
    return [seat.id for seat in vacated_seats.vacated_seats(board_of(rota), now=NOW)]


@pytest.fixture
def wren(crew: Crew) -> Person:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


@pytest.mark.both_databases
def test_a_seat_that_was_given_back_is_filled_by_somebody_free_and_nobody_else_moves(crew: Crew, wren: Person) -> None:
    teal, fern = crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(teal)
    rota = crew.rota(crew.evenings())
    first, second = seats(rota)
    crew.give(rota, first, wren)
    crew.give(rota, second, teal)
    crew.publish(rota)
    crew.always_can(fern)
    drop(seats(rota)[0], wren)
    assert still_vacated(rota) == [first.id]
    summary = fill(rota)
    board = board_of(rota)
    assert (summary.seats, summary.filled, summary.moved) == (1, 1, 0)
    assert set(board.changes) == {first.id}
    assert board.changes[first.id].to_person_id in (teal.id, fern.id)
    assert board.changes[first.id].why == ChangeReason.PROPOSED
    assert still_vacated(rota) == []
    crew.publish(rota)
    assert seats(rota)[1].person_id == teal.id
    assert still_vacated(rota) == []


def test_nobody_is_given_a_shift_that_they_gave_back(crew: Crew, wren: Person) -> None:
    rota, first = crew.published(wren)
    drop(first, wren)
    summary = fill(rota)
    assert (summary.filled, summary.unfilled) == (0, 1)
    assert board_of(rota).changes == {}
    assert still_vacated(rota) == [first.id]


def test_a_whole_proposal_does_not_give_it_to_them_either_but_gives_them_others(crew: Crew, wren: Person) -> None:
    rota, first = crew.published(wren)
    drop(first, wren)
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)
    tasks.run_next()
    assert [board_of(rota).holder(seat) for seat in seats(rota)] == [None, wren.id]


def test_one_person_moves_where_that_alone_fills_the_seat(crew: Crew) -> None:
    heron, ember, fern = crew.lead("Heron"), crew.lead("Ember"), crew.moderator("Fern")
    crew.always_can(heron, ember, fern)
    rota = crew.rota(crew.evenings("Board", *LEAD_AND_MODERATOR), days=1)
    lead, moderator = seats(rota)
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, ember)
    crew.publish(rota)
    drop(seats(rota)[0], heron)
    assert fill(rota).moved == 1
    board = board_of(rota)
    assert [board.holder(lead), board.holder(moderator)] == [ember.id, fern.id]
    crew.publish(rota)
    assert [seat.person_id for seat in seats(rota)] == [ember.id, fern.id]


def test_nobody_moves_to_fill_a_seat_that_was_empty_before(crew: Crew, wren: Person) -> None:
    ember, fern = crew.lead("Ember"), crew.moderator("Fern")
    crew.always_can(ember)
    rota = crew.rota(crew.evenings("Board", *LEAD_AND_MODERATOR))
    _, moderator, _, other = seats(rota)
    crew.give(rota, moderator, ember)
    crew.give(rota, other, wren)
    crew.publish(rota)
    crew.always_can(fern)
    drop(seats(rota)[3], wren)
    assert still_vacated(rota) == [other.id]
    summary = fill(rota)
    assert (summary.seats, summary.filled, summary.moved) == (1, 1, 0)
    assert set(board_of(rota).changes) == {other.id}


def test_somebody_who_was_given_a_seat_against_a_rule_keeps_it_while_others_move(crew: Crew) -> None:
    heron, ember = crew.lead("Heron"), crew.lead("Ember")
    sorrel, fern = crew.moderator("Sorrel"), crew.moderator("Fern")
    crew.always_can(heron, ember, fern)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 2, 2)), days=1)
    lead, first, second = seats(rota)
    crew.give(rota, lead, heron)
    crew.give(rota, first, sorrel, reason="Said yes on the phone")
    crew.give(rota, second, ember)
    crew.publish(rota)
    drop(seats(rota)[0], heron)
    assert fill(rota).moved == 1
    board = board_of(rota)
    assert [board.holder(seat) for seat in board.seats] == [ember.id, sorrel.id, fern.id]


def test_what_is_placed_or_cleared_by_hand_in_the_draft_stays(crew: Crew, wren: Person) -> None:
    teal, fern = crew.moderator("Teal"), crew.moderator("Fern")
    crew.always_can(teal)
    rota = crew.rota(crew.evenings(), days=3)
    first, second, third = seats(rota)
    crew.give(rota, first, wren)
    crew.give(rota, second, teal)
    crew.publish(rota)
    drop(seats(rota)[0], wren)
    with db.writing():
        drafts.clear(db.session.get_one(Rota, rota.id), second.id, by=crew.assessor.id, now=NOW)
    crew.give(rota, third, wren)
    crew.always_can(fern)
    fill(rota)
    board = board_of(rota)
    assert (board.holder(second), board.changes[second.id].why) == (None, ChangeReason.CLEARED)
    assert (board.holder(third), board.changes[third.id].why) == (wren.id, ChangeReason.BY_HAND)
    assert board.holder(first) in (teal.id, fern.id)


def test_seats_of_a_closed_account_became_empty_too(crew: Crew, wren: Person) -> None:
    rota, first = crew.published(wren)
    with db.writing():
        suspend(db.session.get_one(Person, wren.id), by=crew.assessor, now=NOW)
    assert still_vacated(rota) == [first.id]


def test_seats_that_a_coordinator_left_empty_did_not_become_empty(crew: Crew, wren: Person) -> None:
    rota, first = crew.published(wren)
    with db.writing():
        drafts.clear(db.session.get_one(Rota, rota.id), first.id, by=crew.assessor.id, now=NOW)
    crew.publish(rota)
    assert still_vacated(rota) == []
    with pytest.raises(NothingVacated):
        ask(rota)


def test_it_is_one_piece_of_work_at_a_time_beside_proposals(crew: Crew, wren: Person) -> None:
    rota, first = crew.published(wren)
    drop(first, wren)
    ask(rota)
    with pytest.raises(AlreadyProposing):
        ask(rota)


@pytest.mark.both_databases
def test_it_is_not_kept_when_somebody_took_time_back_or_the_draft_was_put_away_meanwhile(
    crew: Crew, wren: Person
) -> None:
    fern = crew.moderator("Fern")
    crew.always_can(fern)
    rota, first = crew.published(wren)
    drop(first, wren)
    task = ask(rota)
    prepared, output = worked_out(task)
    with db.writing():
        availability.set_exception(fern.id, DatedKind.CANNOT, first.starts_at, first.ends_at, now=NOW)
    with pytest.raises(SnapshotOutdated, match="Fill the seats again"):
        keep(task, prepared, output)
    assert board_of(rota).changes == {}
    with db.writing():
        drafts.discard(db.session.get_one(Rota, rota.id), by=crew.assessor.id, now=NOW)
    with pytest.raises(SnapshotOutdated, match="put away"):
        keep(task, prepared, output)


def test_a_new_proposal_after_it_stays_consistent_with_what_was_moved(crew: Crew) -> None:
    heron, ember, fern = crew.lead("Heron"), crew.lead("Ember"), crew.moderator("Fern")
    crew.always_can(heron, ember, fern)
    rota = crew.rota(crew.evenings("Board", *LEAD_AND_MODERATOR), days=1)
    lead, moderator = seats(rota)
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, ember)
    crew.publish(rota)
    drop(seats(rota)[0], heron)
    fill(rota)
    with db.writing():
        availability.set_exception(fern.id, DatedKind.CANNOT, lead.starts_at, lead.ends_at, now=NOW)
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)
    tasks.run_next()
    board = board_of(rota)
    # Ember once, not as lead by the proposal and as moderator by what is published.
    assert sorted([board.holder(lead) or 0, board.holder(moderator) or 0]) == [0, ember.id]


def test_a_coordinator_fills_what_became_empty_from_the_page(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, wren: Person
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    rota, first = crew.published(wren)
    address = f"/rota/{rota.id}"

    def page(path: str = address) -> str:
        return " ".join(client.get(path).text.split())

    assert "became empty" not in page()
    drop(first, wren)
    fern = crew.moderator("Fern")
    crew.always_can(fern)
    for path in (address, f"{address}/list"):
        assert "1 published seat became empty." in page(path)
        assert "Fill what became empty" in page(path)
    answer = client.post(f"{address}/fill", data={"from": "list"})
    assert answer.location == f"{address}/list"
    assert "Stop and keep this" in page()
    assert "Fill what became empty" not in page()
    tasks.run_next()
    assert "The seat that became empty is filled in the draft." in page()
    assert "Nobody else moves." in page()
    assert "Fill what became empty" not in page()
    review = page(f"{address}/publish")
    assert "Fern" in review
    assert "to fill empty seats with the fewest moves" in review
    crew.publish(rota)
    assert seats(rota)[0].person_id == fern.id
    assert "became empty" not in page()


def test_a_seat_that_nobody_can_take_is_said_to_stay_empty(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, wren: Person
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    rota, first = crew.published(wren)
    drop(first, wren)
    fill(rota)
    page = " ".join(client.get(f"/rota/{rota.id}").text.split())
    assert "0 of 1 seats that became empty are filled in the draft." in page
    assert "For one seat nobody was found." in page
    crew.always_can(crew.moderator("Fern"))
    page = " ".join(client.get(f"/rota/{rota.id}").text.split())
    assert "1 published seat became empty." in page


def test_the_draft_is_opened_for_it(crew: Crew, wren: Person) -> None:
    rota, first = crew.published(wren)
    drop(first, wren)
    task = ask(rota)
    draft = db.session.get_one(Draft, task.arguments["draft_id"])
    assert (draft.rota_id, draft.task_id) == (rota.id, task.id)
