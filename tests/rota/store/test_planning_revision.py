"""The number that proposals are compared by: every kind of change they rest on raises it, and nothing else does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.people import directory, one_time_links, sign_in
from app.people.corrections import Correction, Details, correct
from app.people.directory import NewPerson
from app.people.models import LinkKind, Person, PersonPrivate, PersonState, Role
from app.people.rights import reinstate, suspend
from app.policies import documents
from progression import evidence
from progression.evidence import NewEvidence
from progression.ledger import facts_of_people
from progression.pathway import Pathway
from rota.planning import drafts, publishing
from rota.scheduling.rules.policy import RotaRules
from rota.shifts import claims_and_drops
from rota.store import availability
from rota.store.models import DatedKind, Rota
from rota.store.planning_revision import WATCHED, PlanningRevision
from tests.conftest import People
from tests.rota.crew import LONDON, Crew, seats
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases

NEW_YORK = ZoneInfo("America/New_York")


def current_revision() -> int:
    db.session.rollback()
    return db.session.scalar(select(PlanningRevision.number)) or 0


def raised_by(change: Callable[[], object]) -> int:
    """By how much the number rises with a change, made in a writing transaction of its own."""
    before = current_revision()
    with db.writing():
        change()
    return current_revision() - before


@pytest.fixture
def wren(crew: Crew) -> Person:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


def test_what_people_offer_and_take_back_is_seen(wren: Person, crew: Crew) -> None:
    evening, person_id = NOW + timedelta(days=4), wren.id

    def say(kind: DatedKind) -> None:
        availability.set_exception(person_id, kind, evening, evening + timedelta(hours=4), now=NOW)

    assert raised_by(lambda: say(DatedKind.CAN)) == 1
    assert raised_by(lambda: availability.set_leave(person_id, TODAY, TODAY, zone=LONDON, now=NOW)) == 1
    said = availability.exceptions_of(person_id, now=NOW)[0].id
    assert raised_by(lambda: availability.remove_exception(person_id, said, now=NOW)) == 1
    assert raised_by(lambda: availability.move_week_to_zone(person_id, NEW_YORK, now=NOW)) == 1
    weekly = availability.weekly_times_of(person_id)[0].id
    assert raised_by(lambda: availability.remove_weekly_time(person_id, weekly, now=NOW)) == 1
    fern = crew.moderator("Fern").id
    assert raised_by(lambda: availability.add_weekly_time(fern, {0}, time(8), time(9), zone=LONDON, now=NOW)) == 1


def test_evidence_added_and_withdrawn_is_seen(wren: Person, crew: Crew) -> None:
    person_id, by = wren.id, crew.assessor.id
    learned = NewEvidence(person_id=person_id, kind="training", key="listening")
    assert raised_by(lambda: evidence.record(learned, by=None, now=NOW)) == 1
    fact = facts_of_people([person_id])[person_id][-1]
    assert raised_by(lambda: evidence.withdraw(fact.id, by=by, why="Somebody else’s", now=NOW)) == 1


@pytest.mark.parametrize(("name", "schema"), [("rota-rules", RotaRules), ("pathway", Pathway)])
def test_a_new_version_of_a_policy_is_seen(wren: Person, name: str, schema: type[RotaRules] | type[Pathway]) -> None:
    document = documents.on(schema, TODAY).model_dump(mode="json")
    assert raised_by(lambda: documents.write(name, document, holds_from=TODAY, why="Again", by=None, now=NOW)) == 1


def test_accounts_that_open_and_close_are_seen(wren: Person, crew: Crew, people: People) -> None:
    invited = people.person("Fern", state=PersonState.INVITED).id
    with db.writing():
        token = one_time_links.token_of(one_time_links.create(invited, LinkKind.INVITATION, by=None, now=NOW))
    assert (
        raised_by(lambda: sign_in.set_password_by_link(token, LinkKind.INVITATION, "hash", device="Test", now=NOW)) == 1
    )
    person_id, by = wren.id, crew.assessor
    assert raised_by(lambda: suspend(directory.find(person_id), by=by, now=NOW)) == 1
    assert raised_by(lambda: reinstate(directory.find(person_id), by=by, now=NOW)) == 1


def test_a_corrected_birth_date_is_seen_and_a_corrected_name_is_not(wren: Person, people: People) -> None:
    by, person_id = people.person("Sable", roles=(Role.ASSESSOR,)), wren.id
    named = Correction(Details("Wren Other", date(1990, 5, 17)), reason="Passport.", seen=0)
    assert raised_by(lambda: correct(person_id, named, by=by, today=TODAY, now=NOW)) == 0

    def set_birth_date() -> None:
        db.session.get_one(PersonPrivate, person_id).born_on = date(1991, 6, 1)

    assert raised_by(set_birth_date) == 1


def test_every_way_in_which_published_seats_change_hands_is_seen(wren: Person, crew: Crew) -> None:
    rota = crew.rota(crew.evenings())
    first, rota_id, by = seats(rota)[0], rota.id, crew.assessor.id
    crew.give(rota, first, wren)
    assert raised_by(lambda: publishing.publish(rota_id, by=by, now=NOW, gaps_read=True)) == 1
    held = seats(rota)[0].assignment_id or 0
    assert raised_by(lambda: claims_and_drops.drop(held, wren, now=NOW)) == 1
    assert raised_by(lambda: claims_and_drops.claim(first.id, wren, now=NOW)) == 1
    # Released and no longer cleared, in one transaction.
    check = next(fact for fact in facts_of_people([wren.id])[wren.id] if fact.kind == "check")
    assert raised_by(lambda: evidence.withdraw(check.id, by=by, why="Somebody else’s", now=NOW)) == 1
    assert seats(rota)[0].person_id is None


def test_what_a_proposal_does_not_rest_on_is_not_counted(wren: Person, crew: Crew) -> None:
    rota = crew.rota(crew.evenings())
    person_id, rota_id, seat_id, by = wren.id, rota.id, seats(rota)[0].id, crew.assessor

    def add_somebody() -> None:
        new = NewPerson(display_name="Fern", email="fern@example.org", born_on=date(1990, 1, 1))
        directory.add(new, by=None, today=TODAY, now=NOW)

    def give_in_the_draft() -> None:
        drafts.assign(db.session.get_one(Rota, rota_id), seat_id, person_id, by=by.id, now=NOW)

    def rename() -> None:
        directory.find(person_id).display_name = "Jenny"

    assert [raised_by(change) for change in (add_somebody, give_in_the_draft, rename)] == [0, 0, 0]


def test_a_change_that_is_rolled_back_is_not_counted(wren: Person) -> None:
    before, person_id = current_revision(), wren.id

    def say_and_fail() -> None:
        availability.set_leave(person_id, TODAY, TODAY, zone=LONDON, now=NOW)
        db.session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        raised_by(say_and_fail)
    assert current_revision() == before


def test_changes_at_the_same_time_all_count(app: Flask, crew: Crew) -> None:
    somebody = [crew.people.person(f"Person {number}").id for number in range(4)]
    before = current_revision()
    db.session.rollback()
    barrier = threading.Barrier(len(somebody))

    def say(person_id: int) -> None:
        with app.app_context():
            barrier.wait()
            with db.writing():
                availability.set_leave(person_id, TODAY, TODAY, zone=LONDON, now=NOW)
            db.session.remove()

    threads = [threading.Thread(target=say, args=(person_id,)) for person_id in somebody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert current_revision() - before == len(somebody)


def test_the_watched_tables_and_columns_exist(app: Flask) -> None:
    tables = db.Model.metadata.tables
    assert [name for name in WATCHED if name not in tables] == []
    for name, columns in WATCHED.items():
        assert (columns or frozenset()) <= set(tables[name].columns.keys())
