"""The transcript: everything learned here and elsewhere, with dates, hours and codes, for its person and few others."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

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
from training import certificate_codes, certificates, elsewhere, transcript
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


def words_of(pdf: bytes, folder: Path) -> str:
    path = folder / "transcript.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return " ".join(said.split())


def test_the_pdf_has_the_recorded_name_everything_learned_the_hours_and_how_to_check_it(
    app: Flask, people: People, client: FlaskClient, sign_in: SignIn, tmp_path: Path
) -> None:
    install_shipped()
    wren, mara = people.person("Wren"), people.person("Mara", roles=(Role.TRAINER,))
    pass_course(wren)
    with store.written(b"%PDF-", FileKind.PDF) as new, db.writing():
        stated = Stated("First aid \u12a0", "Northern College", date(2026, 9, 1), None)
        row = elsewhere.add(stated, new, of=wren, by=wren, now=NOW)
        elsewhere.accept(row.id, "conflict", None, "The same.", by=mara, now=NOW)
    page = Reader(sign_in(client, wren)).open("/learning/transcript")
    assert "As a PDF, made out to Wren Legalname" in page.text
    answer = client.get("/learning/transcript.pdf?legal")
    assert answer.mimetype == "application/pdf"
    assert "Wren" not in answer.headers["Content-Disposition"]
    said = words_of(answer.data, tmp_path)
    code = certificate_codes.spaced(db.session.scalars(select(Certificate.code)).one())
    for expected in (
        "Harbour Lane Community",
        "Wren Legalname",
        "Understanding conflict",
        "First aid ?",
        "Northern College",
        "not stated",
        "does not lapse",
        "of learning with Harbour Lane Community, in all",
        "http://127.0.0.1:8000/verify",
        f"Made on {NOW.day} {NOW:%B %Y}",
        "Page 1 of 1",
    ):
        assert expected in said
    assert code.replace("-", "") in said.replace(" ", "").replace("-", "")
    assert "Legalname" not in words_of(client.get("/learning/transcript.pdf").data, tmp_path)


def test_staff_get_the_pdf_of_others_with_the_name_on_their_certificates_and_on_record(
    app: Flask, people: People, client: FlaskClient, sign_in: SignIn, tmp_path: Path
) -> None:
    install_shipped()
    wren, mara = people.person("Wren"), people.person("Mara", roles=(Role.TRAINER,))
    assert sign_in(client, wren).get(f"/learning/transcript/{mara.id}.pdf").status_code == 403
    pass_course(wren)
    sign_in(client, mara)
    assert "Legalname" not in words_of(client.get(f"/learning/transcript/{wren.id}.pdf").data, tmp_path)
    with db.writing():
        certificates.rename(db.session.scalars(select(Certificate.id)).one(), "Wren Legalname", by=wren, now=NOW)
    assert "Wren Legalname" in words_of(client.get(f"/learning/transcript/{wren.id}.pdf").data, tmp_path)
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "training.transcript-read")).all()
    assert {(line.by_id, line.subject) for line in lines} == {(mara.id, f"person:{wren.id}")}


def test_a_transcript_in_a_name_that_cannot_be_printed_is_refused_with_what_to_do(
    app: Flask, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    install_shipped()
    abebe = people.person("አበበ", email="abebe@example.org")
    answer = sign_in(client, abebe).get("/learning/transcript.pdf")
    assert answer.status_code == 409
    assert "The page itself can be printed" in answer.text
