"""Reading what is kept about somebody else leaves a line: one for each reader, person and quarter of an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.trail.reads import ONE_LINE_FOR
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def as_sable(client: FlaskClient, sable: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, sable)


def readings(reader: Person) -> list[str]:
    db.session.rollback()
    read = select(AuditLine.subject).where(AuditLine.action.endswith("-read"), AuditLine.by_id == reader.id)
    return list(db.session.scalars(read.order_by(AuditLine.id)))


def test_reading_evidence_leaves_a_line_for_each_reader_person_and_quarter_of_an_hour(
    as_sable: FlaskClient, sable: Person, people: People
) -> None:
    otter, teal = people.person("Otter"), people.person("Teal")
    for _ in range(3):
        assert as_sable.get(f"/sign-offs/{otter.id}").status_code == 200
    as_sable.get(f"/sign-offs/{teal.id}")
    assert readings(sable) == [f"person:{otter.id}", f"person:{teal.id}"]
    with clock_at(NOW + ONE_LINE_FOR + timedelta(minutes=1)):
        as_sable.get(f"/sign-offs/{otter.id}")
    assert readings(sable) == [f"person:{otter.id}", f"person:{teal.id}", f"person:{otter.id}"]


def test_reading_ones_own_evidence_and_a_list_of_names_leaves_no_line(as_sable: FlaskClient, sable: Person) -> None:
    as_sable.get(f"/sign-offs/{sable.id}", follow_redirects=True)
    as_sable.get("/sign-offs")
    assert readings(sable) == []
