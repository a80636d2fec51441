"""Courses that people passed elsewhere, by an organisation's own records."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.people.models import Person, Role
from progression.facts import without_withdrawn
from progression.ledger import facts_of_person
from tests.app.takeover.batches import reading, remarks, taken_over, undone, value_of
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import queued, words_of
from training import course_status, learning
from training.models import Certificate
from training.reminders import remind_people
from training.takeover import TRAINING_PART as PART

PASSED = {"passed:conflict": "3/6/2026"}


@pytest.fixture
def admin(people: People) -> Person:
    install_shipped()
    return people.person("Sable", roles=(Role.ADMIN,))


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


def test_every_installed_course_has_two_columns(app: Flask, admin: Person) -> None:
    keys = [column.key for column in PART.columns(NOW)]
    assert keys == ["passed:conflict", "valid:conflict"]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"passed:conflict": "yes"}, "passed:conflict: “yes” does not say when"),
        ({"valid:conflict": "3/6/2027"}, "passed:conflict: There is a day until which"),
        ({**PASSED, "valid:conflict": "2/6/2026"}, "valid:conflict: It would end before"),
        ({"passed:conflict": "19/2/2027"}, "passed:conflict: 19 February 2027 is still to come"),
    ],
)
def test_what_cannot_be_taken_says_why(app: Flask, admin: Person, cells: dict[str, str], fault: str) -> None:
    assert any(each.startswith(fault) for each in remarks(PART, admin, cells)["faults"])


@pytest.mark.both_databases
def test_a_pass_elsewhere_counts_from_its_day_and_makes_no_certificate_of_ours(
    app: Flask, admin: Person, wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    taking = taken_over(PART, wren, admin, PASSED)
    taken_over(PART, wren, admin, PASSED)
    [fact] = facts_of_person(wren.id)
    assert (fact.requirement, fact.valid_until) == ("training:conflict", date(2028, 6, 3))
    status = course_status.status_in(wren.id, "conflict", now=NOW)
    assert status.holds
    assert status.is_refresher
    assert status.passed is not None
    assert status.passed.certificate_id is None
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 0
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    sign_in(client, wren)
    for address in ("/learning", "/learning/conflict", f"/people/{wren.id}"):
        if address.startswith("/people"):
            sign_in(client, admin)
        page = client.get(address).text
        assert "Taken over from records by Sable on 18 February 2027." in page
        assert "certificates/" not in page
    undone(PART, [wren], taking)
    assert without_withdrawn(facts_of_person(wren.id)) == []
    assert course_status.status_in(wren.id, "conflict", now=NOW).passed is None


def test_a_lapsed_pass_is_taken_with_a_note_and_offers_the_refresher(app: Flask, admin: Person, wren: Person) -> None:
    lapsed = {"passed:conflict": "3/6/2024"}
    assert "It lasted until 3 June 2026" in remarks(PART, admin, lapsed)["notes"][0]
    taken_over(PART, wren, admin, lapsed)
    assert course_status.status_in(wren.id, "conflict", now=NOW).has_lapsed
    with db.writing():
        assert learning.start("conflict", by=wren, now=NOW).is_refresher
    value = value_of(PART, admin, lapsed)
    assert list(PART.sums([value], reading(admin))) == ["1 person with “Understanding conflict”, 1 of them out of date"]


def test_a_pass_here_that_counts_longer_comes_first(app: Flask, admin: Person, wren: Person) -> None:
    taken_over(PART, wren, admin, {**PASSED, "valid:conflict": "1/3/2027"})
    pass_course(wren)
    passed = course_status.status_in(wren.id, "conflict", now=NOW).passed
    assert passed is not None
    assert passed.certificate_id is not None
    assert len(course_status.every_pass(wren.id)) == 2


@pytest.mark.both_databases
def test_people_are_reminded_of_training_from_records_as_of_any_other(app: Flask, admin: Person, wren: Person) -> None:
    taken_over(PART, wren, admin, {**PASSED, "valid:conflict": "18/3/2027"})
    for _ in range(2):
        remind_people(NOW)
    [row] = queued("taken-over-training-lapses")
    subject, text, _html = words_of(row)
    assert subject == "Your training “Understanding conflict” lasts until 18 March 2027"
    assert "Start the refresher" in text
    notice = from_row(row.kind, row.facts)
    assert notice.still_wanted(wren.id, NOW)
    pass_course(wren)
    assert not notice.still_wanted(wren.id, NOW)
