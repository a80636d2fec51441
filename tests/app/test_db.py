"""Writing transactions, the read cache, upserts, locks, and enumeration columns."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from app import audit, db, settings
from app.db import WriteOutsideTransaction
from app.jobs.models import ScheduledJobRun
from app.people import directory, one_time_links
from app.people.directory import NewPerson
from app.people.models import LinkKind, OneTimeLink, Person, PersonState, Role, SignedInSession
from app.people.one_time_links import LinkNoLongerWorks
from app.people.rights import grant_role, roles_of
from app.refusals import Conflict
from app.settings import Settings
from app.trail import verification
from tests.app.pages.test_database_away import write_lock_held
from tests.conftest import People
from tests.times import NOW, TODAY
from wsgi import create_app

pytestmark = pytest.mark.both_databases


def test_rows_changed_outside_a_writing_transaction_are_refused(people: People) -> None:
    wren = people.person("Wren")
    wren.display_name = "Robin"
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(update(Person).values(display_name="Robin"))


def test_no_row_refers_to_somebody_who_does_not_exist(people: People) -> None:
    wren = people.person("Wren")
    with pytest.raises(IntegrityError), db.writing():
        one_time_links.create(wren.id + 1, LinkKind.RESET, by=None, now=NOW)


def test_a_writer_that_may_only_wait_a_moment_is_told_that_the_database_is_busy(
    app: Flask, settings_for_tests: Settings
) -> None:
    with (
        write_lock_held(settings_for_tests),
        pytest.raises(OperationalError) as raised,
        db.writing(wait=timedelta(milliseconds=50)),
    ):
        db.session.execute(update(SignedInSession).values(last_seen_at=NOW))
    assert db.is_unavailable(raised.value)


def test_writing_transactions_cannot_be_nested(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="already open"), db.writing(), db.writing():
        pass


def test_a_writing_transaction_reads_again_what_others_changed_meanwhile(people: People) -> None:
    wren = people.person("Wren")
    assert wren.display_name == "Wren"
    elsewhere(lambda: _rename(wren.id, "Robin"))
    with db.writing():
        assert wren.display_name == "Robin"


def test_an_instant_without_a_zone_is_refused(people: People) -> None:
    wren = people.person("Wren")
    with pytest.raises(StatementError, match="no time zone"), db.writing():
        wren.joined_at = datetime(2027, 1, 1)  # noqa: DTZ001  naive on purpose


def test_of_twenty_concurrent_uses_of_a_link_one_succeeds(people: People, app: Flask) -> None:
    wren = people.person("Wren")
    with db.writing():
        link_id = one_time_links.create(wren.id, LinkKind.INVITATION, by=None, now=NOW).id
    outcomes: list[str] = []
    together = threading.Barrier(20)

    def take() -> None:
        with app.app_context():
            together.wait()
            try:
                with db.writing():
                    link = db.session.get_one(OneTimeLink, link_id)
                    one_time_links.use(link, now=NOW)
                    audit.record("test.used", by=wren_id, subject=f"one_time_link:{link_id}", now=NOW)
                outcomes.append("used")
            except LinkNoLongerWorks:
                outcomes.append("refused")
            finally:
                db.session.remove()

    wren_id = wren.id
    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 19 + ["used"]
    assert list(verification.check()) == []


def _rename(person_id: int, name: str) -> None:
    with db.writing():
        db.session.get_one(Person, person_id).display_name = name


def elsewhere(what: object) -> None:
    """Run a function in another thread with its own session, as another request would."""
    application = create_app(settings.current())

    def run() -> None:
        with application.app_context():
            assert callable(what)
            what()
            db.session.remove()
            db.extension.engine.dispose()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_people_can_be_locked_in_order(people: People) -> None:
    wren, robin = people.person("Wren"), people.person("Robin")
    with db.writing():
        db.lock_people([robin.id, wren.id, wren.id])
        assert db.session.scalars(select(Person.display_name).order_by(Person.id)).all() == ["Wren", "Robin"]


def test_concurrent_requests_to_add_the_same_person_create_one_account(app: Flask) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def add() -> None:
        with app.app_context():
            together.wait()
            try:
                with db.writing():
                    directory.add(NewPerson("Wren", "wren@example.org"), by=None, today=NOW.date(), now=NOW)
                outcomes.append("added")
            except Conflict:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added"] + ["refused"] * 7


def test_a_suspended_process_does_not_block_others_for_ever(app: Flask, database_kind: str) -> None:
    asked = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW idle_in_transaction_session_timeout"}
    limit = db.session.scalar(text(asked[database_kind]))
    assert limit == {"sqlite": 10_000, "postgresql": "1min"}[database_kind]


def test_of_concurrent_inserts_with_one_key_one_succeeds_and_none_fails(app: Flask) -> None:
    added: list[bool] = []
    together = threading.Barrier(8)

    def add(number: int) -> None:
        with app.app_context():
            together.wait()
            with db.writing():
                added.append(db.insert_or_ignore(ScheduledJobRun, turn(minutes=number), key=("name", "due_at")))
            db.session.remove()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [False] * 7 + [True]


def test_an_upsert_updates_an_existing_row_only_if_the_condition_holds(app: Flask) -> None:
    def put(minutes: int) -> bool:
        with db.writing():
            later = turn(minutes)["lease_until"]
            return db.upsert(
                ScheduledJobRun,
                turn(minutes),
                key=("name", "due_at"),
                update={"lease_until": later},
                where=ScheduledJobRun.lease_until < later,
            )

    assert [put(5), put(3), put(8)] == [True, False, True]
    assert db.session.scalars(select(ScheduledJobRun.lease_until)).all() == [NOW + timedelta(minutes=8)]


def turn(minutes: int) -> dict[str, Any]:
    return {"name": "test", "due_at": NOW, "lease_until": NOW + timedelta(minutes=minutes)}


def test_a_cached_read_is_shared_until_a_writing_transaction_opens(people: People) -> None:
    wren = people.person("Wren")
    db.start_read_cache()
    assert roles_of(wren.id, on=TODAY) is roles_of(wren.id, on=TODAY)
    with db.writing():
        assert roles_of(wren.id, on=TODAY) == frozenset()
        grant_role(wren, Role.LEAD, by=None, today=TODAY, now=NOW)
        assert roles_of(wren.id, on=TODAY) == {Role.LEAD}
    assert roles_of(wren.id, on=TODAY) == {Role.LEAD}


def test_an_enumeration_column_stores_the_value_and_reads_back_the_member(people: People) -> None:
    wren = people.person("Wren", state=PersonState.SUSPENDED)
    assert db.session.scalar(text("SELECT state FROM person")) == "suspended"
    db.session.rollback()
    assert db.session.get_one(Person, wren.id, populate_existing=True).state is PersonState.SUSPENDED


def test_an_enumeration_column_is_compared_with_members(people: People) -> None:
    wren = people.person("Wren", state=PersonState.ACTIVE)
    people.person("Robin", state=PersonState.INVITED)
    assert db.session.scalars(select(Person.id).where(Person.state == PersonState.ACTIVE)).all() == [wren.id]


def test_an_enumeration_column_refuses_an_unknown_value_in_the_orm(people: People) -> None:
    wren = people.person("Wren")
    with pytest.raises(StatementError, match="asleep"), db.writing():
        wren.state = "asleep"  # type: ignore[assignment]  # wrong on purpose


def test_the_database_refuses_a_value_that_no_member_has(people: People) -> None:
    people.person("Wren")
    with pytest.raises(IntegrityError, match="known_state"), db.writing():
        db.session.execute(text("UPDATE person SET state = 'asleep'"))


def test_the_check_constraint_of_an_enumeration_comes_from_its_members() -> None:
    class Colour(StrEnum):
        RED = "red"
        DARK_BLUE = "dark-blue"

    constraint = db.one_of("colour", Colour)
    assert str(constraint.sqltext) == "colour IN ('red', 'dark-blue')"
    assert constraint.name == "known_colour"
