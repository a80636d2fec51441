"""Certificates of many people in one file: asked for on a page, printed by a worker, fetched on record, deleted."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, db, settings
from app.audit import AuditLine
from app.files import checking
from app.files.models import StoredFile
from app.jobs.models import Task, TaskState
from app.jobs.tasks import run_next
from app.people.models import Person, Role
from app.refusals import Invalid
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.reading import Reader
from training.bulk import bundles
from training.bulk.choosing import Choice
from training.models import Certificate


@pytest.fixture
def mara(app: Flask, people: People) -> Person:
    """A trainer, with Wren and somebody whose name cannot be printed among those who passed."""
    install_shipped()
    for name, email in (("Wren", "wren@example.org"), ("M\u0489", "moss@example.org")):
        pass_course(people.person(name, email=email))
    return people.person("Mara", roles=(Role.TRAINER,))


def test_a_trainer_makes_one_file_through_pages_alone_and_each_fetching_is_on_record_until_it_is_deleted(
    app: Flask, mara: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    with clock_at(NOW):
        reader = Reader(sign_in(client, mara)).open("/learning").follow("Certificates of many people, in one file")
        reader.press("See how many", code="conflict", first=["1", "1", str(NOW.year)], last=["", "", ""])
        assert "2 certificates" in reader.text
        reader.press("Make one file")
        assert reader.heading == "Printing certificates"
        address = reader.address
        task_id = run_next()
    assert task_id is not None
    with clock_at(NOW + timedelta(minutes=1)):
        reader.open(address)
        assert "1 certificate of 2" in reader.text
        assert "1 name we cannot print yet" in reader.text
        answer = client.get(f"/certificates/in-one-file/{task_id}.zip")
        assert answer.mimetype == "application/zip"
        assert f'filename="certificates-conflict-{task_id}.zip"' in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            assert [name.split()[0] for name in packed.namelist()] == ["Wren", "index.csv"]
    file = db.session.scalars(select(StoredFile)).one()
    opened = db.session.scalars(select(AuditLine).where(AuditLine.subject == f"stored_file:{file.id}")).all()
    assert [(line.action, line.by_id) for line in opened] == [
        ("training.certificates-printed", mara.id),
        ("files.opened", mara.id),
    ]
    later = NOW + bundles.KEPT_FOR + timedelta(minutes=2)
    checking.check_files(later)
    with clock_at(later):
        sign_in(client, mara)
        assert client.get(f"/certificates/in-one-file/{task_id}.zip").status_code == 404
        assert "not kept any longer" in reader.open(address).text
        assert "None." in reader.open("/certificates/in-one-file").text
    assert [path for path in settings.current().files.rglob("*") if path.is_file()] == []


def test_only_readers_of_certificates_come_near_it(
    app: Flask, mara: Person, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    with db.writing():
        task = bundles.ask(Choice("conflict"), by=mara, now=NOW)
    sign_in(client, people.person("Sorrel", roles=(Role.COORDINATOR,)))
    for address in ("", f"/{task.id}", f"/{task.id}.zip"):
        assert client.get(f"/certificates/in-one-file{address}").status_code == 403
    sign_in(client, mara)
    assert client.get(f"/certificates/in-one-file/{task.id}.zip").status_code == 404, "it is not made yet"
    assert client.get("/certificates/in-one-file/999").status_code == 404


def test_asked_twice_while_it_is_under_way_it_is_made_once(app: Flask, mara: Person) -> None:
    with db.writing():
        first = bundles.ask(Choice("conflict"), by=mara, now=NOW).id
    with db.writing():
        assert bundles.ask(Choice("conflict"), by=mara, now=NOW).id == first
    with db.writing(), pytest.raises(Invalid):
        bundles.ask(Choice("conflict", first=NOW.date() + timedelta(days=1)), by=mara, now=NOW)


def test_after_a_worker_was_killed_another_prints_them_and_what_was_half_written_goes(app: Flask, mara: Person) -> None:
    """The first worker got as far as a file that it did not finish; its lease is over."""
    with db.writing():
        task = bundles.ask(Choice("conflict"), by=mara, now=NOW)
        task.state, task.lease_until, task.attempts = TaskState.RUNNING, NOW - timedelta(minutes=5), 1
    half = Path(bundles.prepare(task.arguments, NOW)["path"])
    half.write_bytes(b"PK")
    db.session.rollback()
    assert run_next() == task.id
    done = db.session.get_one(Task, task.id, populate_existing=True)
    assert (done.state, bundles.bundle(done.id, now=NOW).printed) == (TaskState.DONE, 1)
    checking.check_files(NOW + timedelta(days=9000))
    assert not half.exists()


def test_a_certificate_that_was_replaced_meanwhile_is_not_printed(app: Flask, mara: Person) -> None:
    with db.writing():
        task_id = bundles.ask(Choice("conflict"), by=mara, now=NOW).id
        for certificate in db.session.scalars(select(Certificate)):
            certificate.replaced_at = NOW
            audit.record("training.certificate-replaced", by=mara.id, subject=f"certificate:{certificate.id}", now=NOW)
    run_next()
    task = db.session.get_one(Task, task_id, populate_existing=True)
    assert (task.state, task.error) == (TaskState.FAILED, bundles.GONE)
