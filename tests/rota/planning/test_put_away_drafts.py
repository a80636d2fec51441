"""A draft that was put away comes back as it was, unless another one is open or published since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import Conflict, NotFound
from rota.planning import drafts, undoing
from rota.planning.put_away_drafts import bring_back, put_away_since_published
from rota.store.draft_board import get_board
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW


@pytest.fixture
def rota(crew: Crew) -> Rota:
    """Wren has the first seat in a draft that was put away."""
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    with db.writing():
        drafts.discard(rota, by=crew.assessor.id, now=NOW)
    return rota


@pytest.mark.both_databases
def test_a_draft_comes_back_with_its_seats_and_its_steps(crew: Crew, rota: Rota) -> None:
    assert get_board(rota.id).draft is None
    (draft,) = put_away_since_published(rota.id)
    with db.writing():
        bring_back(rota, draft.id, by=crew.assessor.id, now=NOW)
    board = get_board(rota.id)
    assert board.draft is not None
    assert (board.draft.number, board.holder(board.seats[0]) is not None) == (1, True)
    step = undoing.last_steps(board).to_undo
    assert step is not None
    with db.writing():
        undoing.undo(rota, step.id, by=crew.assessor.id, now=NOW)
    board = get_board(rota.id)
    assert board.holder(board.seats[0]) is None


def test_it_stays_away_while_another_is_open_and_once_another_is_published(crew: Crew, rota: Rota) -> None:
    (draft,) = put_away_since_published(rota.id)
    first, *_ = seats(rota)
    with db.writing():
        drafts.lock(rota, first.id, by=crew.assessor.id, now=NOW)
    with pytest.raises(Conflict, match="Draft 2 of this rota is open"), db.writing():
        bring_back(rota, draft.id, by=crew.assessor.id, now=NOW)
    crew.publish(rota, now=first.starts_at - timedelta(days=9))
    with pytest.raises(NotFound, match="a newer one is published"), db.writing():
        bring_back(rota, draft.id, by=crew.assessor.id, now=NOW)
    assert put_away_since_published(rota.id) == []


def test_the_planner_and_the_list_of_steps_bring_it_back(
    client: FlaskClient, people: People, sign_in: SignIn, rota: Rota
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    for page in (f"/rota/{rota.id}", f"/rota/{rota.id}/history"):
        assert "Bring draft 1 back" in client.get(page).text
    (draft,) = put_away_since_published(rota.id)
    address = f"/rota/{rota.id}/drafts/{draft.id}/bring-back"
    assert "Draft 1 is back, as it was." in client.post(address, follow_redirects=True).text
    assert "somebody brought it back" in client.post(address, follow_redirects=True).text
