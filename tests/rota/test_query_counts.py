"""How many queries a page takes: as many for twenty people as for two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import db
from app.jobs.models import Task, TaskState
from app.people.models import Role
from rota.offering import asks
from rota.planning import vacated_seats
from rota.shifts import claims_and_drops
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, Crew, seats
from tests.times import NOW

MOST = 12


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every statement that pages send to the database from now on."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(db.extension.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.extension.engine, "before_cursor_execute", note)


def test_the_planner_and_the_boards_take_few_queries_however_many_people_there_are(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn, asked: list[str]
) -> None:
    team = [crew.moderator(f"Moderator {number}") for number in range(8)]
    crew.always_can(*team)
    rota = crew.rota(crew.evenings(), days=8)
    for seat, person in zip(seats(rota)[:6], team, strict=False):
        crew.give(rota, seat, person)
    crew.publish(rota)
    with db.writing():
        claims_and_drops.drop(seats(rota)[0].assignment_id or 0, team[0], now=NOW)
    crew.give(rota, seats(rota)[6], team[6])
    with db.writing():
        task_id = vacated_seats.ask_to_fill(db.session.get_one(Rota, rota.id), by=None, now=NOW).id
    with db.writing():
        task = db.session.get_one(Task, task_id)
        task.state, task.finished_at, task.result = TaskState.DONE, NOW, {"seats": 1, "filled": 0, "moved": 0}
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    with db.writing():
        days = date(2027, 3, 1), date(2027, 3, 31), date(2027, 2, 28)
        question = asks.ask_for_times(*days, asks.Whom(), zone=LONDON, by=team[0].id, now=NOW).id
    counts = {}
    for page in (
        f"/rota/{rota.id}",
        f"/rota/{rota.id}/list",
        "/rota/weeks",
        "/rota",
        "/cover",
        "/duty",
        "/shifts",
        "/shifts/more",
        "/rota/confirmations",
        f"/shifts/{seats(rota)[0].shift_id}",
        f"/people/{team[0].id}/shifts",
        "/shifts/availability",
        "/shifts/availability/month/2027-03",
        "/shifts/availability/day/2027-03-12",
        f"/people/{team[0].id}/availability/2027-03",
        "/rota/times",
        f"/rota/times/{question}",
        f"/rota/fill?seat={seats(rota)[0].id}",
    ):
        db.session.rollback()
        asked.clear()
        assert client.get(page).status_code == 200
        counts[page] = len(asked)
    assert {page: count for page, count in counts.items() if count > MOST} == {}


def test_a_seats_panel_takes_as_many_queries_for_many_people_as_for_few(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn, asked: list[str]
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    rota = crew.rota(crew.evenings())
    page = f"/rota/{rota.id}?seat={seats(rota)[0].id}"

    def count() -> int:
        db.session.rollback()
        asked.clear()
        assert client.get(page).status_code == 200
        return len(asked)

    crew.always_can(crew.moderator("Wren"))
    count()  # the first visit notes when the reader was last seen
    few = count()
    crew.always_can(*(crew.moderator(f"Moderator {number}") for number in range(8)))
    assert count() == few
