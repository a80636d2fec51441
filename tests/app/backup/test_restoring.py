"""A backup made while Nightlight runs, restored on a new host: everything there, and nothing said twice."""

from __future__ import annotations

import stat
import tarfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import db, doctor, migrating
from app import settings as settings_module
from app.audit import AuditLine
from app.backup import making, restoring
from app.backup.archive import BackupRefused
from app.files import checking, store
from app.jobs import heartbeats
from app.outbox import queue
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.sending import send_due
from app.people import directory, one_time_links, sessions
from app.people.models import OneTimeLink, Person, PersonState, Role, SignedInSession
from app.people.notices import Invited
from app.refusals import Refusal
from app.settings import Settings
from app.trail import verification
from rota.shifts import reminders
from tests.app.backup.places import new_place, rows_of
from tests.app.files.test_store import add as add_file
from tests.conftest import People, clock_at
from tests.databases import Databases
from tests.rota.crew import Crew
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import certificates
from training.certificates import CertificateStatus
from training.models import Certificate

LATER = NOW + timedelta(hours=6)  # when the host is lost and the backup restored
SETTLED = ("outbox", "signed_in_session", "one_time_link", "task", "worker_beat", "upkeep", "audit_line", "audit_head")


@pytest.fixture
def lived_in(people: People) -> Person:
    """An installation with an administrator, a certificate, an invitation that waits, and somebody signed in."""
    install_shipped()
    with clock_at(NOW - timedelta(hours=2)):
        pass_course(people.person("Juniper"))
    admin = people.person("Tansy", roles=(Role.ADMIN,))
    newcomer = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        directory.invite(db.session.get_one(Person, newcomer.id), by=None, now=NOW)
        sessions.start(db.session.get_one(Person, admin.id), device="Test", now=NOW)
    return admin


@pytest.mark.both_databases
def test_what_was_saved_is_there_again_and_what_may_have_changed_since_is_settled(
    app: Flask, lived_in: Person, settings_for_tests: Settings, databases: Databases, database_kind: str, tmp_path: Path
) -> None:
    given = add_file(b"a certificate from elsewhere").sha256
    backup = making.back_up(tmp_path / "night.backup", now=NOW)
    before = rows_of(db.extension.engine)
    with new_place(databases, database_kind, settings_for_tests, tmp_path / "new"), clock_at(LATER):
        var = settings_module.current().var
        touched_at = var.stat().st_mtime_ns
        done = restoring.restore(backup, replace=False, now=LATER)
        assert var.stat().st_mtime_ns == touched_at, "the service's user may not write in the folder of the code"
        assert (done.made_at, done.people, done.moved_aside) == (NOW, 3, [])
        assert done.kept_back == sum(row["state"] == "waiting" for row in before["outbox"]) > 0

        after = rows_of(db.extension.engine)
        assert {name: rows for name, rows in after.items() if name not in SETTLED} == {
            name: rows for name, rows in before.items() if name not in SETTLED
        }
        assert list(verification.check()) == []
        assert store.place_of(given).read_bytes() == b"a certificate from elsewhere"
        assert checking.compare(LATER) == {"missing": 0, "first_missing": [], "without_row": 0}
        assert len(after["audit_line"]) == len(before["audit_line"]) + 1
        certificate = db.session.scalars(select(Certificate)).one()
        assert certificates.check(certificate.code, now=LATER).status is CertificateStatus.VALID
        assert not any("key" in finding for finding in doctor.findings())

        assert {session.ended_at for session in db.session.scalars(select(SignedInSession))} == {LATER}
        for link in db.session.scalars(select(OneTimeLink)).all():
            with pytest.raises(Refusal):
                one_time_links.find_by_token(one_time_links.token_of(link), link.kind, now=LATER)
        db.session.rollback()
        assert send_due() == 0
        assert {row.state for row in db.session.scalars(select(OutboxRow))} <= {
            DeliveryState.EXPIRED,
            DeliveryState.SENT,
        }
        with db.writing():  # the next row gets a number of its own
            directory.add(directory.NewPerson("Teal", "teal@example.org"), by=None, today=LATER.date(), now=LATER)


@pytest.mark.both_databases
def test_a_backup_made_while_others_write_holds_whole_transactions(
    app: Flask, lived_in: Person, settings_for_tests: Settings, databases: Databases, database_kind: str, tmp_path: Path
) -> None:
    has_written, is_made = threading.Event(), threading.Event()

    def keep_adding() -> None:
        number = 0
        with app.app_context():
            while not is_made.is_set():
                number += 1
                new = directory.NewPerson(f"Newcomer {number}", f"newcomer{number}@example.org")
                with db.writing():
                    directory.add(new, by=None, today=NOW.date(), now=NOW)
                has_written.set()
            db.session.remove()

    writer = threading.Thread(target=keep_adding)
    writer.start()
    assert has_written.wait(30)
    backup = making.back_up(tmp_path / "night.backup", now=NOW)
    is_made.set()
    writer.join(30)
    with new_place(databases, database_kind, settings_for_tests, tmp_path / "new"), clock_at(LATER):
        restoring.restore(backup, replace=False, now=LATER)
        assert list(verification.check()) == []
        added = db.session.scalars(select(Person.id).where(Person.display_name.startswith("Newcomer"))).all()
        lines = db.session.scalars(select(AuditLine.subject).where(AuditLine.action == "people.added")).all()
        assert set(lines) >= {f"person:{person_id}" for person_id in added}
        assert len(added) >= 1


@pytest.mark.both_databases
def test_a_reminder_sent_after_the_backup_is_not_sent_again_and_a_later_one_is(
    app: Flask, settings_for_tests: Settings, databases: Databases, database_kind: str, people: People, tmp_path: Path
) -> None:
    crew = Crew(people)
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    shift = seat.starts_at
    backup = making.back_up(tmp_path / "night.backup", now=shift - timedelta(hours=50))
    with new_place(databases, database_kind, settings_for_tests, tmp_path / "new"):
        restored_at = shift - timedelta(hours=40)
        restoring.restore(backup, replace=False, now=restored_at)
        reminders.remind_people(restored_at)
        reminders.remind_people(shift - timedelta(hours=2))
        rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "shift-reminder").order_by(OutboxRow.id))
        assert [(row.facts["hours_before"], row.state, row.last_error) for row in rows] == [
            (48, DeliveryState.EXPIRED, queue.KEPT_BACK),
            (2, DeliveryState.WAITING, None),
        ]


@pytest.mark.both_databases
def test_people_are_not_replaced_by_mistake_and_what_is_replaced_is_kept(
    app: Flask, lived_in: Person, people: People, tmp_path: Path
) -> None:
    backup = making.back_up(tmp_path / "night.backup", now=NOW)
    people.person("Heron")
    with pytest.raises(BackupRefused, match="There are people in this database"):
        restoring.restore(backup, replace=False, now=LATER)
    with db.writing():
        heartbeats.record("here:1", LATER)
    with pytest.raises(BackupRefused, match="A worker is running"):
        restoring.restore(backup, replace=True, now=LATER)
    with db.writing():
        heartbeats.record("here:1", LATER - timedelta(minutes=5))
    done = restoring.restore(backup, replace=True, now=LATER)
    assert done.people == 3
    (aside,) = done.moved_aside
    assert "before" in aside
    assert migrating.is_up_to_date()
    assert db.session.scalars(select(Person.display_name).where(Person.display_name == "Heron")).all() == []


@pytest.mark.both_databases
def test_a_backup_is_the_users_alone_and_is_noted(app: Flask, lived_in: Person, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    first = making.back_up(folder, now=NOW - timedelta(days=20))
    second = making.back_up(folder, now=NOW - timedelta(days=15))
    newest = making.back_up(folder, now=NOW)
    assert newest.name == "nightlight-20270218T193000Z.backup"
    assert stat.S_IMODE(newest.stat().st_mode) == 0o600
    assert sorted(folder.iterdir()) == [first, second, newest]  # nothing half made is left beside them
    assert making.remove_older(folder, than=timedelta(days=14), now=NOW) == [first, second]
    with tarfile.open(newest) as tar:
        names = tar.getnames()
    assert names[0] == "manifest.json"
    assert [name for name in names if name.startswith("keys/") and name.endswith(".pem")]


def test_a_backup_that_is_damaged_cut_or_of_another_kind_changes_nothing(
    app: Flask, lived_in: Person, settings_for_tests: Settings, databases: Databases, tmp_path: Path
) -> None:
    good = making.back_up(tmp_path / "night.backup", now=NOW).read_bytes()
    with db.extension.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    older = making.back_up(tmp_path / "older.backup", now=NOW)
    assert older.exists()
    with new_place(databases, "sqlite", settings_for_tests, tmp_path / "new"):
        for name, content in {
            "cut": good[: len(good) // 2],
            "damaged": good[: len(good) // 2] + bytes([good[len(good) // 2] ^ 255]) + good[len(good) // 2 + 1 :],
            "empty": b"",
            "text": b"not a backup",
        }.items():
            bad = tmp_path / name
            bad.write_bytes(content)
            with pytest.raises(BackupRefused):
                restoring.restore(bad, replace=False, now=LATER)
        database = settings_module.current().sqlite_file
        assert database is not None
        assert database.stat().st_size == 0


def test_a_backup_of_a_newer_version_or_of_the_other_database_is_refused(
    app: Flask, lived_in: Person, settings_for_tests: Settings, databases: Databases, tmp_path: Path
) -> None:
    backup = making.back_up(tmp_path / "night.backup", now=NOW)
    other_kind = pytest.raises(BackupRefused, match="backup of SQLite, and NIGHTLIGHT_DATABASE_URL names PostgreSQL")
    with new_place(databases, "postgresql", settings_for_tests, tmp_path / "other"), other_kind:
        restoring.restore(backup, replace=False, now=LATER)
    with app.app_context(), pytest.MonkeyPatch.context() as older_code:
        settings_module.use(settings_for_tests)
        known = migrating.revisions()
        older_code.setattr(migrating, "revisions", lambda: known[:-1])
        with pytest.raises(BackupRefused, match="made by a newer version of Nightlight"):
            restoring.restore(backup, replace=True, now=LATER)


def test_a_notice_that_is_no_reminder_is_sent_after_a_restore_as_ever(app: Flask, lived_in: Person) -> None:
    with db.writing():
        assert queue.enqueue(Invited(1), to=lived_in.id, once="later", now=LATER, deadline=LATER + timedelta(days=1))
    assert db.session.scalars(select(OutboxRow.state).where(OutboxRow.once == "later")).one() is DeliveryState.WAITING
