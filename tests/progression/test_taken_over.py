"""Many facts of many people at once, taken over and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import audit, db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, Role, SignedInSession
from app.refusals import Conflict, Invalid, NotAllowed
from app.takeover.models import TakenPerson
from app.takeover.parts import Taking
from app.trail import verification
from progression import evidence
from progression.evidence import NewEvidence, NotAboutYourself
from progression.ledger import facts_of_person, notes_of
from progression.models import Evidence, EvidenceNote
from progression.stages import Stage
from progression.standing import stages_of, standing_of
from progression.taken_over import record_taken_over, withdraw_taken_over
from tests.app.takeover.batches import new_batch
from tests.conftest import People, SignIn
from tests.progression.bringing import is_observed, is_signed_off
from tests.times import NOW

pytestmark = pytest.mark.both_databases

KINDS = ["sign-off", "observed", "accepted", "check", "training"]


@pytest.fixture
def admin(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


def fact(person: Person, kind: str, key: str, *, days_ago: int = 30, **more: Any) -> NewEvidence:
    return NewEvidence(person_id=person.id, kind=kind, key=key, happened_at=NOW - timedelta(days=days_ago), **more)


def taken(by: Person, *facts: NewEvidence, new: tuple[Person, ...] = ()) -> Taking:
    with db.writing():
        taking = new_batch(by)
        for line, person in enumerate(new, 2):
            db.session.add(TakenPerson(batch_id=taking.batch_id, person_id=person.id, line=line, is_new=True))
        record_taken_over(facts, taking)
    return taking


def taken_back(taking: Taking, *people: Person, by: Person | None = None) -> None:
    with db.writing():
        again = Taking(taking.batch_id, by or taking.by, NOW + timedelta(hours=1), taking.today)
        withdraw_taken_over([each.id for each in people], KINDS, again)


def test_nobody_takes_over_evidence_about_themselves(app: Flask, admin: Person, people: People) -> None:
    with pytest.raises(NotAboutYourself):
        taken(admin, fact(admin, "sign-off", Stage.STAFF))
    other = people.person("Finch", roles=(Role.ADMIN,))
    taking = taken(other, fact(admin, "sign-off", Stage.STAFF))
    with pytest.raises(NotAboutYourself):
        taken_back(taking, admin, by=admin)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEAD, Role.TRAINER])
def test_only_who_records_and_signs_off_may(app: Flask, people: People, wren: Person, role: Role) -> None:
    by = people.person("Finch", roles=(role,))
    with pytest.raises(NotAllowed):
        taken(by, fact(wren, "training", "conflict"))
    assert facts_of_person(wren.id) == []


def test_what_has_not_happened_or_ends_before_it_began_is_refused_as_a_whole(
    app: Flask, admin: Person, wren: Person
) -> None:
    good = fact(wren, "sign-off", Stage.PEER)
    for wrong in (
        fact(wren, "sign-off", Stage.STAFF, days_ago=-1),
        fact(wren, "training", "conflict", valid_until=date(2020, 1, 1)),
    ):
        with pytest.raises(Invalid):
            taken(admin, good, wrong)
    assert facts_of_person(wren.id) == []


def test_what_was_withdrawn_can_be_taken_over_again(app: Flask, admin: Person, wren: Person) -> None:
    taken(admin, fact(wren, "sign-off", Stage.PEER))
    [first] = facts_of_person(wren.id)
    with db.writing():
        evidence.withdraw(first.id, by=admin.id, why="Another Wren.", now=NOW)
    taken(admin, fact(wren, "sign-off", Stage.PEER))
    assert standing_of(wren.id, NOW).stage is Stage.PEER


def test_taken_back_the_rights_end_at_once_and_the_person_is_not_written_to(
    app: Flask, admin: Person, wren: Person, sign_in: SignIn
) -> None:
    taking = taken(admin, fact(wren, "sign-off", Stage.VOLUNTEER, note="Seen by M. Hale."))
    sign_in(app.test_client(), wren)
    [taken_fact] = facts_of_person(wren.id)
    assert notes_of([taken_fact.id])[taken_fact.id].is_as_written
    taken_back(taking, wren)
    assert standing_of(wren.id, NOW + timedelta(hours=2)).stage is Stage.USER
    assert db.session.scalar(select(SignedInSession.ended_at)) is not None
    assert db.session.scalar(select(func.count()).select_from(EvidenceNote)) == 0
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    taken_back(taking, wren)  # a second time finds nothing
    assert len(facts_of_person(wren.id)) == 2
    assert list(verification.check()) == []


def test_what_somebody_decided_on_it_keeps_the_batch(app: Flask, admin: Person, wren: Person, people: People) -> None:
    taking = taken(
        admin,
        fact(wren, "accepted", "code-of-conduct", facts={"edition": "1"}),
        fact(wren, "observed", "welcome-talk"),
    )
    is_signed_off(wren, Stage.PEER, by=admin, now=NOW)
    with pytest.raises(Conflict, match=r"Wren\. So nothing was undone"):
        taken_back(taking, wren)
    newcomer = people.person("Newt")
    of_newcomer = taken(admin, fact(newcomer, "sign-off", Stage.PEER), new=(newcomer,))
    is_observed(newcomer, "shift", by=admin, now=NOW)
    with pytest.raises(Conflict, match="Newt"):
        taken_back(of_newcomer, newcomer)
    assert len(facts_of_person(newcomer.id)) == 2


def test_a_whole_team_is_taken_over_with_one_line_for_each_person_and_no_e_mail(app: Flask, admin: Person) -> None:
    with db.writing():
        people = [Person(display_name=f"Person {number}", joined_at=NOW) for number in range(20)]
        db.session.add_all(people)
        audit.record("people.added", by=admin.id, subject=f"person:{admin.id}", now=NOW)
    lines = db.session.scalar(select(func.count()).select_from(AuditLine)) or 0
    facts = [
        each
        for person in people
        for each in (
            fact(person, "sign-off", Stage.VOLUNTEER),
            fact(person, "observed", "shift", note="Seen by M. Hale."),
            fact(person, "accepted", "code-of-conduct", facts={"edition": "1"}),
            fact(person, "training", "conflict", valid_until=date(2028, 1, 1)),
            fact(person, "check", "dbs-enhanced", facts={"level": "enhanced", "outcome": "clear"}),
        )
    ]
    taking = taken(admin, *facts)
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 100
    assert db.session.scalar(select(func.count()).select_from(AuditLine)) == lines + 20
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert set(stages_of([each.id for each in people], NOW).values()) == {Stage.VOLUNTEER}
    taken_back(taking, *people)
    assert set(stages_of([each.id for each in people], NOW + timedelta(hours=2)).values()) == {Stage.USER}
    assert list(verification.check()) == []
