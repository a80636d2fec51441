"""Proposals for a week, a day or only empty seats leave every other seat, and every locked one, as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.jobs import tasks
from app.jobs.models import TaskState
from app.people.models import Role
from app.refusals import Invalid
from progression.duties import Duty
from rota.planning import drafts, proposals, undoing
from rota.planning.proposal_scope import WHOLE_ROTA, ProposalScope
from rota.planning.undoing import last_steps
from rota.scheduling.cover_pattern import Need
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import MONDAY, Crew, board_of, seats
from tests.times import NOW

PAIR = (Need(Duty.MODERATOR, 1, 2, 2),)


@pytest.fixture
def rota(crew: Crew) -> Rota:
    """Three evenings for two moderators each, and four of them."""
    crew.always_can(*(crew.moderator(f"Moderator {number}") for number in range(4)))
    return crew.rota(crew.evenings("Board", *PAIR), days=3)


def propose(rota: Rota, scope: ProposalScope) -> None:
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW, scope=scope)
    tasks.run_next()


def holders(rota: Rota) -> Mapping[int, int | None]:
    board = board_of(rota)
    return {place: board.holder(seat) for place, seat in enumerate(board.seats)}


def filled(rota: Rota) -> list[int]:
    return [place for place, holder in holders(rota).items() if holder is not None]


def test_a_day_is_proposed_and_every_other_day_stays(rota: Rota) -> None:
    propose(rota, ProposalScope(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1)))
    assert filled(rota) == [2, 3]
    first = holders(rota)
    propose(rota, ProposalScope(MONDAY, MONDAY))
    assert filled(rota) == [0, 1, 2, 3]
    assert {place: holders(rota)[place] for place in (2, 3)} == {place: first[place] for place in (2, 3)}
    found = proposals.last_proposal(board_of(rota), now=NOW)
    assert found is not None
    assert (found.scope.is_whole, found.possible, found.unreachable) == (False, 0, 0)


def test_only_empty_seats_are_filled_and_locked_ones_stay_empty_or_taken(rota: Rota, crew: Crew) -> None:
    propose(rota, ProposalScope(MONDAY, MONDAY))
    before = holders(rota)
    by_place = dict(enumerate(seats(rota)))
    with db.writing():
        for place in (1, 4):
            drafts.lock(rota, by_place[place].id, by=crew.assessor.id, now=NOW)
    propose(rota, ProposalScope(only_gaps=True))
    assert filled(rota) == [0, 1, 2, 3, 5]
    assert (holders(rota)[0], holders(rota)[1]) == (before[0], before[1])
    propose(rota, WHOLE_ROTA)
    assert filled(rota) == [0, 1, 2, 3, 5]
    assert holders(rota)[1] == before[1]


def test_a_proposal_is_one_step_that_can_be_undone_and_redone(rota: Rota, crew: Crew) -> None:
    propose(rota, WHOLE_ROTA)
    whole = holders(rota)
    step = last_steps(board_of(rota)).to_undo
    assert step is not None
    assert step.words == "took a proposal with 6 seats"
    with db.writing():
        undoing.undo(rota, step.id, by=crew.assessor.id, now=NOW)
    assert filled(rota) == []
    with db.writing():
        undoing.redo(rota, step.id, by=crew.assessor.id, now=NOW)
    assert holders(rota) == whole


def test_days_that_are_over_are_not_proposed(rota: Rota) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    with pytest.raises(Invalid, match="These days are over"):
        propose(rota, ProposalScope(yesterday, yesterday))


def test_the_pages_ask_for_the_week_the_day_or_only_empty_seats(
    client: FlaskClient, rota: Rota, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    asked = []
    for address, scope in (
        (f"/rota/{rota.id}/propose?week={MONDAY}", "week-gaps"),
        (f"/rota/{rota.id}/propose?day={MONDAY}", "day"),
        (f"/rota/{rota.id}/propose?week={MONDAY}", "all"),
    ):
        assert client.post(address, data={"scope": scope, "from": "table"}).status_code == 302
        db.session.rollback()
        task = board_of(rota).task
        assert task is not None
        asked.append(ProposalScope.from_json(task.arguments.get("scope")))
        with db.writing():
            task.state = TaskState.STOPPED
    sunday = MONDAY + timedelta(days=6)
    assert asked == [ProposalScope(MONDAY, sunday, only_gaps=True), ProposalScope(MONDAY, MONDAY), WHOLE_ROTA]
