"""Many at the same moment, in several real processes: one gets it, the others are told so, and nothing is half done."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import audit, db
from app.outbox.models import OutboxRow
from app.people import directory
from app.people.models import OneTimeLink, Password, Person, PersonState, SignedInSession
from app.people.one_time_links import token_of
from rota.store.models import AssignmentChange, RotaVersion
from tests.conftest import People
from tests.faults.actor import THREADS
from tests.faults.processes import House, Process
from tests.rota.crew import Crew, seats
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def all_at_once(*actors: Process) -> list[list[str]]:
    """Let all threads of these processes act at the same moment; how it went for each."""
    for actor in actors:
        actor.go()
    outcomes = [outcome for actor in actors for outcome in actor.outcome()["outcomes"]]
    assert len(outcomes) == len(actors) * THREADS
    db.session.rollback()
    return outcomes


def in_order(outcomes: list[list[str]], how: str) -> list[str]:
    """What came of those that went so."""
    return sorted(what for went, what in outcomes if went == how)


def lines_of(action: str) -> int:
    """How often the audit trail says so; the trail must be whole."""
    assert list(audit.broken_lines()) == []
    return db.session.scalar(select(func.count()).where(audit.AuditLine.action == action)) or 0


def test_of_twenty_who_take_up_one_invitation_one_succeeds(house: House, people: People) -> None:
    newcomer = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        link = directory.invite(db.session.get_one(Person, newcomer.id), by=None, now=NOW)
        token = token_of(link)

    outcomes = all_at_once(*house.actors(4, "take-up-invitation", token))

    done = in_order(outcomes, "done")
    assert len(done) == 1
    assert in_order(outcomes, "refused") == ["LinkNoLongerWorks"] * 19
    assert db.session.scalars(select(Password.hashed)).all() == done
    assert db.session.scalar(select(func.count()).select_from(SignedInSession)) == 1
    assert db.session.scalars(select(OneTimeLink.used_at)).all() == [NOW]
    assert lines_of("people.invitation-taken") == 1


def test_two_processes_that_publish_one_draft_make_one_version_and_tell_each_person_once(
    house: House, crew: Crew
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings())
    first, second = seats(rota)
    crew.give(rota, first, wren)
    crew.give(rota, second, teal)

    outcomes = all_at_once(*house.actors(2, "publish", str(rota.id), str(crew.assessor.id)))

    assert in_order(outcomes, "done") == ["1"]
    assert in_order(outcomes, "refused") == ["NothingToPublish"] * (2 * THREADS - 1)
    assert db.session.scalars(select(RotaVersion.number)).all() == [1]
    assert [seat.person_id for seat in seats(rota)] == [wren.id, teal.id]
    told = db.session.scalars(select(OutboxRow.person_id).order_by(OutboxRow.person_id)).all()
    assert told == sorted([wren.id, teal.id])
    assert db.session.scalar(select(func.count()).select_from(AssignmentChange)) == 2
    assert lines_of("rota.published") == 1


def test_of_twenty_who_claim_one_seat_one_gets_it(house: House, crew: Crew) -> None:
    able = [crew.moderator(f"Volunteer {number}") for number in range(20)]
    ids = [person.id for person in able]
    assert ids == list(range(ids[0], ids[0] + 20))
    crew.always_can(*able)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    still_open = seats(rota)[1]
    db.session.rollback()

    actors = [house.actors(1, "claim", str(still_open.id), str(ids[0] + turn * THREADS))[0] for turn in range(4)]
    outcomes = all_at_once(*actors)

    done = in_order(outcomes, "done")
    assert len(done) == 1
    assert in_order(outcomes, "refused") == ["SeatHolderChanged"] * 19
    assert [str(seat.person_id) for seat in seats(rota)] == [str(wren.id), *done]
    assert db.session.scalars(select(RotaVersion.number).order_by(RotaVersion.number)).all() == [1, 2]
    assert lines_of("rota.claimed") == 1


def test_a_seat_that_is_claimed_while_it_is_published_to_somebody_else_goes_to_one_of_them(
    house: House, crew: Crew
) -> None:
    claiming = [crew.moderator(f"Volunteer {number}") for number in range(THREADS)]
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal, *claiming)
    rota, _ = crew.published(wren)
    still_open = seats(rota)[1]
    crew.give(rota, still_open, teal)

    publishing = house.actors(1, "publish", str(rota.id), str(crew.assessor.id))
    claims = house.actors(1, "claim", str(still_open.id), str(claiming[0].id))
    outcomes = all_at_once(*publishing, *claims)

    assert in_order(outcomes, "failed") == []
    assert len(in_order(outcomes, "done")) == 1
    assert set(in_order(outcomes, "refused")) <= {"Overtaken", "SeatHolderChanged", "NothingToPublish"}
    holder = seats(rota)[1].person_id
    assert holder in {teal.id, *(person.id for person in claiming)}
    assert db.session.scalars(select(RotaVersion.number).order_by(RotaVersion.number)).all() == [1, 2]
    last = db.session.scalars(select(AssignmentChange).order_by(AssignmentChange.id.desc())).first()
    assert last is not None
    assert (last.seat_id, last.to_person_id) == (still_open.id, holder)
