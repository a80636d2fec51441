"""The one way to write: whole or not at all, and never on something stale."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import StatementError

from app import audit, db, settings
from app.db import WriteOutsideTransaction
from app.jobs.models import ScheduledJobRun
from app.people import directory, one_time_links
from app.people.directory import NewPerson
from app.people.models import LinkKind, OneTimeLink, Person
from app.people.one_time_links import LinkNoLongerWorks
from app.refusals import Conflict
from tests.conftest import People
from tests.times import NOW
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


def test_one_writing_transaction_does_not_open_inside_another(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="already open"), db.writing(), db.writing():
        pass


def test_a_writing_transaction_sees_what_others_wrote_since_the_page_was_read(people: People) -> None:
    wren = people.person("Wren")
    assert wren.display_name == "Wren"
    elsewhere(lambda: _rename(wren.id, "Robin"))
    with db.writing():
        assert wren.display_name == "Robin"


def test_an_instant_without_a_zone_is_refused(people: People) -> None:
    wren = people.person("Wren")
    with pytest.raises(StatementError, match="no time zone"), db.writing():
        wren.joined_at = datetime(2027, 1, 1)  # noqa: DTZ001  naive on purpose


def test_twenty_at_once_can_use_one_link_once(people: People, app: Flask) -> None:
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
    assert list(audit.broken_lines()) == []


def _rename(person_id: int, name: str) -> None:
    with db.writing():
        db.session.get_one(Person, person_id).display_name = name


def elsewhere(what: object) -> None:
    """Run something in another thread with a session of its own, as another visitor would."""
    house = create_app(settings.current())

    def run() -> None:
        with house.app_context():
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


def test_two_who_add_the_same_person_at_once_make_one_account(app: Flask) -> None:
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


def test_nobody_waits_for_ever_for_a_process_that_stands_still(app: Flask, database_kind: str) -> None:
    asked = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW idle_in_transaction_session_timeout"}
    limit = db.session.scalar(text(asked[database_kind]))
    assert limit == {"sqlite": 10_000, "postgresql": "1min"}[database_kind]


def test_of_many_who_add_a_row_with_one_key_at_once_one_adds_it_and_none_meets_an_error(app: Flask) -> None:
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


def test_a_row_that_is_there_is_changed_only_while_the_condition_holds(app: Flask) -> None:
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
