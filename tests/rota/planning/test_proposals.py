"""Proposals: computed in a real child process, kept only if the snapshot they were made from still holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.people.models import Person, Role
from app.refusals import Invalid
from progression.duties import Duty
from rota.planning import drafts, proposals
from rota.planning.proposals import AlreadyProposing, SnapshotOutdated
from rota.scheduling.cover_pattern import Need
from rota.scheduling.engine.solve import run_task
from rota.scheduling.roster_json import roster_from_json
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.store import availability
from rota.store.draft_board import get_board
from rota.store.models import ChangeReason, DatedKind, Draft, Rota
from rota.store.snapshot import take_snapshot
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, board_of, seats
from tests.times import NOW

PAIR = (Need(Duty.MODERATOR, 1, 2, 2), Need(Duty.HOST, 0, 1, 1))


@pytest.fixture
def staffed(crew: Crew) -> Rota:
    """Two evenings, with more than enough people."""
    team = [crew.moderator(f"Moderator {number}") for number in range(4)]
    crew.always_can(*team, crew.peer("Otter"))
    return crew.rota(crew.evenings("Board", *PAIR))


def ask(rota: Rota) -> Task:
    with db.writing():
        return proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)


def again(task: Task) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, task.id)


@pytest.mark.both_databases
def test_a_proposal_fills_the_draft_and_breaks_no_rule(staffed: Rota) -> None:
    task = ask(staffed)
    assert tasks.run_next() == task.id
    assert again(task).state == TaskState.DONE
    board = board_of(staffed)
    assert all(board.holder(seat) is not None for seat in board.seats if seat.is_wanted)
    assert {change.why for change in board.changes.values()} == {ChangeReason.PROPOSED}
    snapshot = take_snapshot(board, now=NOW)
    assert [each for each in breaches(snapshot.roster, snapshot.plan) if each.scope is Scope.PERSON] == []
    assert all(seat.person_id is None for seat in seats(staffed))
    assert proposals.progress_figures(again(task))["filled"] == 6


def test_two_proposals_at_once_for_one_rota_are_refused(staffed: Rota) -> None:
    ask(staffed)
    with pytest.raises(AlreadyProposing):
        ask(staffed)


def test_seats_placed_by_hand_stay_where_they_are(staffed: Rota, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    seat = seats(staffed)[1]
    crew.give(staffed, seat, wren)
    ask(staffed)
    tasks.run_next()
    board = board_of(staffed)
    assert board.changes[seat.id].to_person_id == wren.id
    assert board.changes[seat.id].why == ChangeReason.BY_HAND
    assert all(board.holder(each) is not None for each in board.seats if each.is_wanted)


def test_published_seats_stay_and_a_second_proposal_fills_only_what_is_open(staffed: Rota, crew: Crew) -> None:
    ask(staffed)
    tasks.run_next()
    crew.publish(staffed)
    before = {seat.id: seat.person_id for seat in seats(staffed)}
    freed = seats(staffed)[0]
    with db.writing():
        drafts.clear(db.session.get_one(Rota, staffed.id), freed.id, by=crew.assessor.id, now=NOW)
    ask(staffed)
    tasks.run_next()
    board = board_of(staffed)
    assert set(board.changes) <= {freed.id}
    assert {seat.id: seat.person_id for seat in board.seats} == before


@pytest.fixture
def prepared(staffed: Rota) -> tuple[int, dict[str, object], dict[str, object]]:
    """A draft, the snapshot taken for it, and the proposal that the engine made from it."""
    with db.writing():
        draft_id = drafts.open_draft(db.session.get_one(Rota, staffed.id), by=None, now=NOW).id
    snapshot = proposals.prepare({"rota_id": staffed.id, "seconds": 5}, NOW)
    db.session.rollback()
    return draft_id, snapshot, run_task(snapshot, lambda _news: None, lambda: False)


def keep(prepared: tuple[int, dict[str, object], dict[str, object]]) -> None:
    with db.writing():
        draft = db.session.get_one(Draft, prepared[0])
        proposals.keep_in_draft(draft, prepared[1], prepared[2], by=None, now=NOW)


def test_a_proposal_made_from_a_snapshot_that_still_holds_is_kept(
    staffed: Rota, prepared: tuple[int, dict[str, object], dict[str, object]]
) -> None:
    keep(prepared)
    assert len(board_of(staffed).changes) == 6


def test_a_proposal_is_not_kept_when_somebody_took_time_back_meanwhile(
    staffed: Rota, prepared: tuple[int, dict[str, object], dict[str, object]]
) -> None:
    first = seats(staffed)[0]
    somebody = db.session.query(Person).filter_by(display_name="Moderator 1").one().id
    with db.writing():
        availability.set_exception(somebody, DatedKind.CANNOT, first.starts_at, first.ends_at, now=NOW)
    with pytest.raises(SnapshotOutdated, match="Ask for a new proposal"):
        keep(prepared)
    assert board_of(staffed).changes == {}


def test_a_proposal_is_not_kept_when_a_seat_was_placed_by_hand_meanwhile(
    staffed: Rota, crew: Crew, prepared: tuple[int, dict[str, object], dict[str, object]]
) -> None:
    somebody = db.session.query(Person).filter_by(display_name="Moderator 1").one()
    crew.give(staffed, seats(staffed)[0], somebody)
    with pytest.raises(SnapshotOutdated):
        keep(prepared)
    assert len(board_of(staffed).changes) == 1


def test_a_proposal_is_not_kept_when_the_draft_was_put_away_meanwhile(
    staffed: Rota, crew: Crew, prepared: tuple[int, dict[str, object], dict[str, object]]
) -> None:
    with db.writing():
        drafts.discard(db.session.get_one(Rota, staffed.id), by=crew.assessor.id, now=NOW)
    with pytest.raises(SnapshotOutdated, match="put away"):
        keep(prepared)


def test_a_second_proposal_spares_people_what_they_were_told_and_not_what_the_first_one_proposed(crew: Crew) -> None:
    wren, teal, rook = (crew.moderator(name) for name in ("Wren", "Teal", "Rook"))
    crew.always_can(wren, teal, rook)
    rota = crew.rota(crew.evenings(), days=4)
    on_published, by_hand, *proposed = seats(rota)
    crew.give(rota, on_published, wren)
    crew.publish(rota)
    crew.give(rota, by_hand, teal)
    with db.writing():
        draft = drafts.open_draft(rota, by=None, now=NOW)
        drafts.lay_proposal(draft, get_board(rota.id), {seat.id: rook.id for seat in proposed}, by=None, now=NOW)
    prepared = proposals.prepare({"rota_id": rota.id, "seconds": 5}, NOW)
    current = roster_from_json(prepared["roster"]).current
    assert {(each.shift_id, each.person_id) for each in current} == {
        (on_published.shift_id, wren.id),
        (by_hand.shift_id, teal.id),
    }


def test_an_overtaken_proposal_ends_with_a_sentence_for_the_page(staffed: Rota, crew: Crew) -> None:
    task = ask(staffed)
    with db.writing():
        drafts.discard(db.session.get_one(Rota, staffed.id), by=crew.assessor.id, now=NOW)
    tasks.run_next()
    assert again(task).state == TaskState.FAILED
    assert "this proposal was not kept" in (again(task).error or "")


def test_a_rota_whose_shifts_have_all_begun_has_nothing_to_propose(staffed: Rota) -> None:
    late = seats(staffed)[-1].starts_at + timedelta(minutes=1)
    with pytest.raises(Invalid, match="nothing left to propose"), db.writing():
        proposals.ask(db.session.get_one(Rota, staffed.id), by=None, now=late)


def test_two_snapshots_of_the_same_rota_are_the_same(staffed: Rota) -> None:
    arguments = {"rota_id": staffed.id, "seconds": 5}
    one = proposals.prepare(arguments, NOW)
    assert proposals.prepare(arguments, NOW + timedelta(minutes=5)) == one


def test_of_two_who_press_propose_the_second_is_told_so_on_the_planner(
    client: FlaskClient, people: People, sign_in: SignIn, staffed: Rota
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    assert client.post(f"/rota/{staffed.id}/propose").status_code == 302
    page = client.post(f"/rota/{staffed.id}/propose", data={"from": "list"}, follow_redirects=True)
    assert page.status_code == 200
    assert page.request.path == f"/rota/{staffed.id}/list"
    assert "A proposal is being worked out already." in page.text


def test_a_proposal_is_asked_for_and_stopped_by_the_pages(
    client: FlaskClient, staffed: Rota, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    assert client.post(f"/rota/{staffed.id}/propose").status_code == 302
    task = proposals.task_of(staffed.id)
    assert task is not None
    assert not task.cancel_requested
    page = client.post(f"/rota/{staffed.id}/stop", data={"from": "list"}, follow_redirects=True)
    assert page.request.path == f"/rota/{staffed.id}/list"
    assert "We are stopping." in page.text
    db.session.rollback()
    assert db.session.get_one(Task, task.id).cancel_requested
    assert client.get(f"/rota/{staffed.id}/progress.json").json == {
        "is_over": False,
        "progress": {"filled": 0, "bound": 0, "seats": 0, "seconds": 0, "possible": 0},
    }
