"""Adding and withdrawing evidence, which takes effect at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, SignedInSession
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression import evidence
from progression.evidence import AlreadyWithdrawn, NewEvidence, NotAboutYourself
from progression.ledger import facts_of_person, notes_of
from progression.models import Evidence
from progression.stages import Stage
from progression.standing import standing_of
from tests.conftest import People, SignIn
from tests.progression.bringing import bring_to, is_observed, passes_conflict
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable")


@pytest.fixture
def observed(wren: Person, sable: Person) -> Evidence:
    return is_observed(wren, "shift", by=sable)


def _row(person: Person, **values: object) -> dict[str, object]:
    basis: dict[str, object] = {
        "person_id": person.id,
        "key": "shift",
        "happened_at": NOW,
        "recorded_at": NOW,
        "facts": {},
    }
    return basis | values


@pytest.mark.parametrize("value", ["two words", "", "wren@example.org", "x" * 200, None, {"a": 1}, ["ok", "not ok"]])
def test_the_ledger_takes_codes_and_numbers_and_no_words(wren: Person, value: object) -> None:
    with pytest.raises(ValueError, match="no words"), db.writing():
        evidence.record(
            NewEvidence(person_id=wren.id, kind="training", key="conflict", facts={"what": value}), by=None, now=NOW
        )


def test_evidence_of_a_kind_nobody_brings_is_refused(wren: Person) -> None:
    with pytest.raises(ValueError, match="juggled"), db.writing():
        evidence.record(NewEvidence(person_id=wren.id, kind="juggled", key="five-balls"), by=None, now=NOW)


def test_what_has_not_happened_yet_is_refused(wren: Person) -> None:
    with pytest.raises(Invalid, match="not happened yet"), db.writing():
        evidence.record(
            NewEvidence(person_id=wren.id, kind="training", key="conflict", happened_at=NOW + timedelta(seconds=1)),
            by=None,
            now=NOW,
        )


def test_what_ends_before_it_begins_is_refused(wren: Person) -> None:
    with pytest.raises(Invalid, match="end before it began"), db.writing():
        evidence.record(
            NewEvidence(person_id=wren.id, kind="training", key="conflict", valid_until=date(2027, 2, 17)),
            by=None,
            now=NOW,
        )


@pytest.mark.parametrize("kind", ["check", "observed", "sign-off", "not-yet"])
def test_nobody_vouches_for_themselves(wren: Person, kind: str) -> None:
    with pytest.raises(NotAboutYourself), db.writing():
        evidence.record(NewEvidence(person_id=wren.id, kind=kind, key="shift"), by=wren.id, now=NOW)


def test_nobody_agrees_for_another(wren: Person, sable: Person) -> None:
    with pytest.raises(NotAllowed), db.writing():
        evidence.record(NewEvidence(person_id=wren.id, kind="accepted", key="code-of-conduct"), by=sable.id, now=NOW)


def test_the_same_event_told_twice_is_one_fact(wren: Person) -> None:
    with db.writing():
        first = evidence.record(
            NewEvidence(person_id=wren.id, kind="training", key="conflict"), by=None, now=NOW, once="completion:7"
        )
        first_id = first.id
    with db.writing():
        again = evidence.record(
            NewEvidence(person_id=wren.id, kind="training", key="conflict"), by=None, now=NOW, once="completion:7"
        )
        assert again.id == first_id
    assert len(facts_of_person(wren.id)) == 1


def test_each_addition_leaves_a_line_in_the_audit_trail(observed: Evidence, sable: Person, wren: Person) -> None:
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "progression.evidence-recorded")).one()
    assert (line.by_id, line.subject) == (sable.id, f"person:{wren.id}")
    assert line.details == {"evidence": observed.id, "kind": "observed", "key": "shift", "withdraws": None}


def test_a_withdrawn_fact_no_longer_counts_and_stays_to_be_seen(
    wren: Person, sable: Person, observed: Evidence
) -> None:
    with db.writing():
        withdrawal = evidence.withdraw(observed.id, by=sable.id, why="It was somebody else.", now=NOW)
        withdrawal_id = withdrawal.id
    facts = facts_of_person(wren.id)
    assert [fact.kind for fact in facts] == ["observed", "withdrawn"]
    assert facts[1].withdraws_id == observed.id
    assert notes_of([withdrawal_id])[withdrawal_id].text == "It was somebody else."
    email = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "evidence-withdrawn")).one()
    assert email.person_id == wren.id


def test_a_fact_is_withdrawn_once(wren: Person, sable: Person, observed: Evidence) -> None:
    with db.writing():
        withdrawal_id = evidence.withdraw(observed.id, by=sable.id, why="A mix-up.", now=NOW).id
    with pytest.raises(AlreadyWithdrawn), db.writing():
        evidence.withdraw(observed.id, by=sable.id, why="A mix-up.", now=NOW)
    with pytest.raises(Conflict, match="record it again"), db.writing():
        evidence.withdraw(withdrawal_id, by=sable.id, why="A mix-up of a mix-up.", now=NOW)
    with pytest.raises(IntegrityError), db.writing():
        db.session.execute(
            insert(Evidence).values(_row(wren, kind="withdrawn", by_person_id=sable.id, withdraws_id=observed.id))
        )
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 2


def test_nobody_withdraws_evidence_about_themselves_or_without_a_reason_or_that_is_not_there(
    wren: Person, sable: Person, observed: Evidence
) -> None:
    with pytest.raises(NotAboutYourself), db.writing():
        evidence.withdraw(observed.id, by=wren.id, why="I did not like it.", now=NOW)
    with pytest.raises(Invalid), db.writing():
        evidence.withdraw(observed.id, by=sable.id, why="  ", now=NOW)
    with pytest.raises(NotFound), db.writing():
        evidence.withdraw(9999, by=sable.id, why="Nothing.", now=NOW)


def open_sessions(person: Person) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(SignedInSession)
            .where(SignedInSession.person_id == person.id, SignedInSession.ended_at.is_(None))
        )
        or 0
    )


def test_withdrawing_what_a_clearance_rests_on_ends_sessions_at_once(
    app: Flask, people: People, sable: Person, sign_in: SignIn
) -> None:
    otter = bring_to(people.person("Otter"), Stage.VOLUNTEER, by=sable)
    sign_in(app.test_client(), otter)
    assert standing_of(otter.id, NOW).may("moderator", NOW, NOW + timedelta(hours=4))
    (training,) = [fact for fact in facts_of_person(otter.id) if fact.requirement == "training:conflict"]
    with db.writing():
        evidence.withdraw(training.id, by=sable.id, why="The attempt was another person’s.", now=NOW)
    standing = standing_of(otter.id, NOW)
    assert not standing.may("moderator", NOW, NOW + timedelta(hours=4))
    assert standing.stage is Stage.VOLUNTEER
    assert open_sessions(otter) == 0


def test_withdrawing_what_nothing_rests_on_ends_no_session(
    app: Flask, people: People, sable: Person, sign_in: SignIn
) -> None:
    otter = bring_to(people.person("Otter"), Stage.PEER, by=sable)
    sign_in(app.test_client(), otter)
    (talk,) = [fact for fact in facts_of_person(otter.id) if fact.key == "welcome-talk"]
    with db.writing():
        evidence.withdraw(talk.id, by=sable.id, why="It was on another day.", now=NOW)
    assert open_sessions(otter) == 1


def test_gaining_a_clearance_renews_the_session_instead_of_ending_it(
    app: Flask, people: People, sable: Person, sign_in: SignIn
) -> None:
    otter = bring_to(people.person("Otter"), Stage.PEER, by=sable)
    client = sign_in(app.test_client(), otter)
    before = otter.rights_version
    passes_conflict(otter, now=NOW)
    assert db.session.get_one(Person, otter.id, populate_existing=True).rights_version == before + 1
    assert client.get("/journey").status_code == 200
