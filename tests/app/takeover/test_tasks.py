"""A worker takes lists in and back."""

from __future__ import annotations

import pytest
from flask import Flask

from app import db
from app.jobs.models import Task
from app.people import directory
from app.people.directory import NewPerson
from app.people.models import Person, Role
from app.refusals import Conflict
from app.takeover import tasks
from app.takeover.batches import BeingTakenIn
from app.takeover.models import BatchState
from app.takeover.taking import Seen
from tests.app.takeover.lists import TODAY, batch_of, brought, shown, taken_in, work
from tests.conftest import People
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def start(batch_id: int, by: Person) -> None:
    seen = Seen(1, shown(batch_id, by).mark)
    with db.writing():
        tasks.start_taking_in(batch_id, seen, by=by.id, now=NOW)


def test_a_list_is_taken_in_and_back_by_a_worker(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    start(batch_id, tansy)
    work()
    assert batch_of(batch_id).state == BatchState.TAKEN
    with db.writing():
        tasks.start_taking_back(batch_id, by=tansy.id, now=NOW)
    work()
    assert batch_of(batch_id).state == BatchState.UNDONE
    assert [person.display_name for person in directory.everybody()] == ["Tansy"]


def test_a_list_is_given_to_one_worker_only(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    start(batch_id, tansy)
    with pytest.raises(BeingTakenIn):
        start(batch_id, tansy)
    work()
    with db.writing():
        tasks.start_taking_back(batch_id, by=tansy.id, now=NOW)
    with pytest.raises(Conflict, match="already"), db.writing():
        tasks.start_taking_back(batch_id, by=tansy.id, now=NOW)


def test_where_it_cannot_be_done_the_list_stays_open_and_the_task_says_why(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    start(batch_id, tansy)
    with db.writing():
        directory.add(NewPerson("Yarrow", "other@example.org"), by=None, today=TODAY, now=NOW)
    work()
    batch = batch_of(batch_id)
    assert batch.state == BatchState.OPEN
    assert "changed while your page was open" in (db.session.get_one(Task, batch.task_id).error or "")
    assert taken_in(tansy, ["Kite,kite@example.org,"])
