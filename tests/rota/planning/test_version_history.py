"""Versions of a rota: what differs between any two, and putting a published one back as a new version."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import NotFound
from rota.planning import drafts
from rota.planning.drafts import NeedsReason
from rota.planning.version_history import NothingToPutBack, PutBack, compare, put_back, versions_of
from rota.shifts import claims_and_drops
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, board_of, seats
from tests.times import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def team(crew: Crew) -> tuple[Person, Person]:
    pair = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(*pair)
    return pair


@pytest.fixture
def rota(crew: Crew, team: tuple[Person, Person]) -> Rota:
    """Version 1 gives Wren the first evening; version 2 gives it to Teal, and Wren the second."""
    wren, teal = team
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    crew.give(rota, seats(rota)[0], teal)
    crew.give(rota, seats(rota)[1], wren)
    crew.publish(rota, now=LATER)
    return rota


def back(rota: Rota, number: int, crew: Crew, *, reason: str = "") -> PutBack:
    with db.writing():
        again = db.session.get_one(Rota, rota.id)
        return put_back(again, number, by=crew.assessor.id, now=LATER, reason=reason)


def holders_at(rota: Rota, number: int) -> dict[int, str]:
    """Who had each seat in a version, as the changes up to it add up."""
    return {one.seat.id: one.now for one in compare(rota, 0, number).seats if one.now is not None}


def test_any_two_versions_are_compared_person_by_person_and_seat_by_seat(rota: Rota) -> None:
    first, second = seats(rota)
    found = compare(db.session.get_one(Rota, rota.id), 2, 1)
    assert (found.earlier, found.later) == (1, 2)
    assert [(one.seat.id, one.was, one.now) for one in found.seats] == [
        (first.id, "Wren", "Teal"),
        (second.id, None, "Wren"),
    ]
    changes = {one.name: ([s.id for s in one.gained], [s.id for s in one.lost]) for one in found.people}
    assert changes == {"Teal": ([first.id], []), "Wren": ([second.id], [first.id])}
    assert compare(rota, 2, 2).seats == ()
    with pytest.raises(NotFound, match="versions 1 to 2"):
        compare(rota, 1, 3)


@pytest.mark.both_databases
def test_the_changes_of_all_versions_add_up_to_what_is_published(
    rota: Rota, crew: Crew, team: tuple[Person, Person]
) -> None:
    wren, _ = team
    with db.writing():
        claims_and_drops.drop(seats(rota)[1].assignment_id or 0, wren, now=LATER)
    rota = db.session.get_one(Rota, rota.id)
    assert rota.version == 3
    assert holders_at(rota, 3) == {seat.id: seat.holder for seat in seats(rota) if seat.person_id is not None}
    assert holders_at(rota, 0) == {}
    assert [(one.number, one.by, one.seats, one.can_be_put_back) for one in versions_of(rota)] == [
        (3, "Wren", 1, False),
        (2, "Assessor", 2, True),
        (1, "Assessor", 1, False),
    ]
    assert [one.number for one in versions_of(rota, before=2)] == [1]


@pytest.mark.both_databases
def test_a_version_is_put_back_in_the_draft_and_published_as_a_new_one_that_tells_everybody_once(
    rota: Rota, crew: Crew
) -> None:
    before = db.session.scalar(select(func.count()).select_from(OutboxRow)) or 0
    assert back(rota, 2, crew).seats == 2
    assert db.session.get_one(Rota, rota.id).version == 2, "nobody is told of a draft"
    crew.publish(rota, now=LATER)
    rota = db.session.get_one(Rota, rota.id)
    assert rota.version == 3
    assert holders_at(rota, 3) == holders_at(rota, 1)
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == before + 2


def test_seats_that_passed_to_others_since_stay_as_they_are(
    rota: Rota, crew: Crew, team: tuple[Person, Person]
) -> None:
    wren, teal = team
    with db.writing():
        claims_and_drops.drop(seats(rota)[1].assignment_id or 0, wren, now=LATER)
    done = back(rota, 2, crew)
    assert (done.seats, [seat.id for seat in done.kept]) == (1, [seats(rota)[1].id])
    with db.writing():
        drafts.discard(db.session.get_one(Rota, rota.id), by=crew.assessor.id, now=LATER)
    with db.writing():
        claims_and_drops.drop(seats(rota)[0].assignment_id or 0, teal, now=LATER)
    with pytest.raises(NothingToPutBack):
        back(rota, 2, crew)


def test_a_rule_that_must_be_set_aside_asks_for_a_reason(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    rota = crew.rota(crew.evenings(), days=1)
    crew.give(rota, seats(rota)[0], wren, reason="She said yes.")
    crew.publish(rota)
    with db.writing():
        drafts.clear(rota, seats(rota)[0].id, by=crew.assessor.id, now=NOW)
    crew.publish(rota, now=LATER)
    with pytest.raises(NeedsReason, match="has not offered"):
        back(rota, 2, crew)
    back(rota, 2, crew, reason="She still can.")
    (change,) = board_of(rota).changes.values()
    assert (change.to_person_id, change.override_words) == (wren.id, "She still can.")


def test_the_pages_show_versions_what_differs_and_put_one_back(
    client: FlaskClient, rota: Rota, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get(f"/rota/{rota.id}/history").text
    assert "Published by Assessor" in page
    assert f"/rota/{rota.id}/history/2/put-back" in page
    shown = client.get(f"/rota/{rota.id}/history/compare?earlier=1&later=2").text
    assert "2 seats differ" in shown
    assert client.get(f"/rota/{rota.id}/history/compare?earlier=1&later=9").status_code == 404
    assert "Wren" in client.get(f"/rota/{rota.id}/history/2/put-back").text
    answer = client.post(f"/rota/{rota.id}/history/2/put-back", data={}, follow_redirects=True).text
    assert "2 seats put back in the draft." in answer
    assert "Undo: Tansy put a published version back with 2 seats" in answer
