"""The notices of training and what they say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import render_email
from app.people.models import Person
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course

LAST_DAY = date(2029, 2, 18)


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    wren = people.person("Wren")
    pass_course(wren)
    return wren


def queued(kind: str) -> list[OutboxRow]:
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def days_before(days: int) -> datetime:
    return NOW + timedelta(days=731 - days)


def words_of(row: OutboxRow) -> tuple[str, str, str]:
    email = render_email(row, from_row(row.kind, row.facts), now=NOW)
    text, html = email.get_body(("plain",)), email.get_body(("html",))
    assert text is not None
    assert html is not None
    return str(email["Subject"]), text.get_content(), html.get_content()


def test_the_email_of_a_pass_says_what_how_long_and_where(wren: Person, app: Flask) -> None:
    subject, text, html = words_of(queued("certificate-issued")[0])
    assert subject == "You passed: Understanding conflict"
    for said in (text, html):
        assert "18 February 2029" in said
        assert "http://127.0.0.1:8000/certificates/1" in said
        assert "Wren" in said
