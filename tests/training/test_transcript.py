"""The transcript: everything learned here and elsewhere, with dates, hours and codes, for its person and few others."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.files import store
from app.files.kinds import FileKind
from app.people.models import Role
from progression import evidence
from progression.ledger import facts_of_person
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.reading import Reader
from training import certificate_codes, elsewhere, transcript
from training.elsewhere import Stated
from training.models import Certificate


def test_it_has_what_was_learned_here_and_elsewhere_and_leaves_out_what_was_withdrawn_from_the_hours(
    app: Flask, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    install_shipped()
    wren, mara = people.person("Wren"), people.person("Mara", roles=(Role.TRAINER,))
    pass_course(wren)
    with store.written(b"%PDF-", FileKind.PDF) as new, db.writing():
        stated = Stated("First aid", "Northern College", date(2026, 9, 1), None)
        row = elsewhere.add(stated, new, of=wren, by=wren, now=NOW)
        elsewhere.accept(row.id, "conflict", None, "The same.", by=mara, now=NOW)
    found = transcript.transcript_of(wren, now=NOW + timedelta(days=1))
    here, other = found.lines
    assert (here.title, here.by, here.standing) == ("Understanding conflict", "Harbour Lane Community", "Holds")
    code = db.session.scalars(select(Certificate.code)).one()
    assert here.code == certificate_codes.spaced(code)
    assert found.minutes == here.minutes > 0  # type: ignore[operator]  # a pass here has minutes
    assert (other.title, other.by, other.minutes) == ("First aid", "Northern College", None)
    assert other.standing == "Counts here as Understanding conflict"
    page = Reader(sign_in(client, wren)).open("/learning").follow("Everything you learned, as a transcript")
    for words in (
        "First aid",
        "does not lapse",
        "not stated",
        here.code,
        "Learned here, in all",
        "Wren:",
        "http://127.0.0.1:8000/verify",
    ):
        assert words in page.text

    with db.writing():
        first = facts_of_person(wren.id)[0]
        evidence.withdraw(first.id, by=mara.id, why="Another person took it.", now=NOW)
    again = transcript.transcript_of(wren, now=NOW)
    assert again.minutes == 0
    assert "Withdrawn" in {line.standing for line in again.lines}


def test_others_need_the_permission_and_each_reading_is_on_record(
    app: Flask, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    wren, mara = people.person("Wren"), people.person("Mara", roles=(Role.TRAINER,))
    assert sign_in(client, wren).get(f"/learning/transcript/{mara.id}").status_code == 403
    page = Reader(sign_in(app.test_client(), mara)).open(f"/learning/transcript/{wren.id}")
    assert page.heading == "Transcript of Wren"
    assert "Nothing yet" in page.text
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "training.transcript-read")).one()
    assert (line.by_id, line.subject) == (mara.id, f"person:{wren.id}")
