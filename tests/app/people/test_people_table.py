"""The list of people as a table: what its reader may see of them, and nothing that a spreadsheet would calculate."""

from __future__ import annotations

import csv
from datetime import date

from flask.testing import FlaskClient

from app import db
from app.audit import AuditLine
from app.people.models import Role
from tests.conftest import People, SignIn

BORN_ON = date(1987, 6, 5)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))


def test_a_coordinator_takes_out_what_the_list_shows_and_it_is_written_down(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    people.person("-Wren", born_on=BORN_ON, email="wren@example.org")
    coordinator = people.person("Tansy 李 🦊", roles=(Role.COORDINATOR,), email="tansy@example.org")
    sign_in(client, coordinator)

    answer = client.get("/people.csv")

    assert answer.mimetype == "text/csv"
    found = {row["Name"]: row for row in rows_of(answer.text)}
    assert set(found) == {"'-Wren", "Tansy 李 🦊"}
    assert (found["Tansy 李 🦊"]["Roles"], found["'-Wren"]["Stage"]) == ("coordinator", "user")
    assert found["'-Wren"]["Hours, last 4 weeks"] == "0"
    assert BORN_ON.isoformat() not in answer.text
    assert "@" not in answer.text
    db.session.rollback()
    line = db.session.query(AuditLine).filter_by(action="people.list-exported").one()
    assert (line.by_id, line.details) == (coordinator.id, {"people": 2})


def test_it_holds_the_people_that_the_list_was_narrowed_to(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    people.person("Wren")
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get("/people?role=coordinator")
    assert "/people.csv?role=coordinator" in page.text
    assert [row["Name"] for row in rows_of(client.get("/people.csv?role=coordinator").text)] == ["Tansy"]


def test_who_may_not_plan_takes_no_hours_out(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    sign_in(client, people.person("Rowan", roles=(Role.TRAINER,)))
    (row,) = rows_of(client.get("/people.csv").text)
    assert list(row) == ["Name", "Stage", "Cleared for", "Roles", "Account", "To know"]
