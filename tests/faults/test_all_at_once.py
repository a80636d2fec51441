"""Many requests at the same moment, in several real processes: one succeeds, the others are refused."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from sqlalchemy import String, cast, func, select

from app import audit, db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people import directory
from app.people.models import OneTimeLink, Password, Person, PersonState, Role, SignedInSession
from app.people.one_time_links import token_of
from app.trail import verification
from rota.store.models import AssignmentChange, RotaVersion
from tests.conftest import People
from tests.faults.actor import THREADS
from tests.faults.processes import Process, Processes
from tests.rota.crew import Crew, seats
from tests.times import NOW
from tests.training.live.sessions_for_tests import booked, make, waiting
from training.live.models import LiveBooking

pytestmark = pytest.mark.both_databases


def all_at_once(*actors: Process) -> list[list[str]]:
    """Let all threads of these processes act at the same moment; return the outcome of each."""
    for actor in actors:
        actor.go()
    outcomes = [outcome for actor in actors for outcome in actor.outcome()["outcomes"]]
    assert len(outcomes) == len(actors) * THREADS
    db.session.rollback()
    return outcomes


def results(outcomes: list[list[str]], kind: str) -> list[str]:
    """Return the results of the outcomes of one kind (done, refused or failed), sorted."""
    return sorted(result for each, result in outcomes if each == kind)


def lines_of(action: str) -> int:
    """Count the audit lines of an action; the hash chain must be unbroken."""
    assert list(verification.check()) == []
    return db.session.scalar(select(func.count()).where(audit.AuditLine.action == action)) or 0


def test_of_twenty_who_accept_one_invitation_one_succeeds(processes: Processes, people: People) -> None:
    newcomer = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        link = directory.invite(db.session.get_one(Person, newcomer.id), by=None, now=NOW)
        token = token_of(link)

    outcomes = all_at_once(*processes.actors(4, "take-up-invitation", token))

    done = results(outcomes, "done")
    assert len(done) == 1
    assert results(outcomes, "refused") == ["LinkNoLongerWorks"] * 19
    assert db.session.scalars(select(Password.hashed)).all() == done
    assert db.session.scalar(select(func.count()).select_from(SignedInSession)) == 1
    assert db.session.scalars(select(OneTimeLink.used_at)).all() == [NOW]
    assert lines_of("people.invitation-taken") == 1


def test_two_processes_that_publish_one_draft_make_one_version_and_notify_each_person_once(
    processes: Processes, crew: Crew
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings())
    first, second = seats(rota)
    crew.give(rota, first, wren)
    crew.give(rota, second, teal)

    outcomes = all_at_once(*processes.actors(2, "publish", str(rota.id), str(crew.assessor.id)))

    assert results(outcomes, "done") == ["1"]
    assert results(outcomes, "refused") == ["NothingToPublish"] * (2 * THREADS - 1)
    assert db.session.scalars(select(RotaVersion.number)).all() == [1]
    assert [seat.person_id for seat in seats(rota)] == [wren.id, teal.id]
    notified = db.session.scalars(select(OutboxRow.person_id).order_by(OutboxRow.person_id)).all()
    assert notified == sorted([wren.id, teal.id])
    assert db.session.scalar(select(func.count()).select_from(AssignmentChange)) == 2
    assert lines_of("rota.published") == 1


def test_of_twenty_who_claim_one_seat_one_gets_it(processes: Processes, crew: Crew) -> None:
    volunteers = [crew.moderator(f"Volunteer {number}") for number in range(20)]
    ids = [person.id for person in volunteers]
    assert ids == list(range(ids[0], ids[0] + 20))
    crew.always_can(*volunteers)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    still_open = seats(rota)[1]
    db.session.rollback()

    actors = [processes.actors(1, "claim", str(still_open.id), str(ids[0] + turn * THREADS))[0] for turn in range(4)]
    outcomes = all_at_once(*actors)

    done = results(outcomes, "done")
    assert len(done) == 1
    assert results(outcomes, "refused") == ["SeatHolderChanged"] * 19
    assert [str(seat.person_id) for seat in seats(rota)] == [str(wren.id), *done]
    assert db.session.scalars(select(RotaVersion.number).order_by(RotaVersion.number)).all() == [1, 2]
    assert lines_of("rota.claimed") == 1


def test_a_seat_that_is_claimed_while_it_is_published_to_somebody_else_goes_to_one_of_them(
    processes: Processes, crew: Crew
) -> None:
    claiming = [crew.moderator(f"Volunteer {number}") for number in range(THREADS)]
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal, *claiming)
    rota, _ = crew.published(wren)
    still_open = seats(rota)[1]
    crew.give(rota, still_open, teal)

    publishing = processes.actors(1, "publish", str(rota.id), str(crew.assessor.id))
    claims = processes.actors(1, "claim", str(still_open.id), str(claiming[0].id))
    outcomes = all_at_once(*publishing, *claims)

    assert results(outcomes, "failed") == []
    assert len(results(outcomes, "done")) == 1
    assert set(results(outcomes, "refused")) <= {"SeatsChangedMeanwhile", "SeatHolderChanged", "NothingToPublish"}
    holder = seats(rota)[1].person_id
    assert holder in {teal.id, *(person.id for person in claiming)}
    assert db.session.scalars(select(RotaVersion.number).order_by(RotaVersion.number)).all() == [1, 2]
    last = db.session.scalars(select(AssignmentChange).order_by(AssignmentChange.id.desc())).first()
    assert last is not None
    assert (last.seat_id, last.to_person_id) == (still_open.id, holder)


def test_of_fifty_who_ask_for_the_last_place_one_gets_it_and_the_others_wait_in_order(
    processes: Processes, people: People
) -> None:
    trainer = people.person("Rook", roles=(Role.TRAINER,))
    ids = [people.person(f"Learner {number}").id for number in range(50)]
    assert ids == list(range(ids[0], ids[0] + 50))
    live = make(trainer, places=1)

    outcomes = all_at_once(*processes.actors(1, "book", str(live), str(ids[0])))

    states = Counter(state for result in results(outcomes, "done") for state in json.loads(result))
    assert states == {"booked": 1, "waiting": 49}
    (holder,), on_list = booked(live), waiting(live)
    assert sorted([holder, *on_list]) == ids
    lines = db.session.scalars(
        select(LiveBooking.person_id)
        .join(AuditLine, AuditLine.subject == "live_booking:" + cast(LiveBooking.id, String))
        .order_by(AuditLine.id)
    ).all()
    assert [holder, *on_list] == lines, "the list is in the order in which they were heard"
    assert (lines_of("training.session-booked"), lines_of("training.session-waits")) == (1, 49)
