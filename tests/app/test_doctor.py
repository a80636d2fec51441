"""The doctor names what is missing or unsafe in an installation, each alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import db, doctor, settings
from app.health import host, upkeep
from app.health.troubles import Trouble
from app.jobs import heartbeats
from app.people.models import Role
from app.settings import Settings
from tests.conftest import People
from tests.times import NOW
from tests.tls import self_signed
from tests.tls_mail_server import TlsMailServer
from tests.training.courses import install_shipped, pass_course


@pytest.fixture
def tls_mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsMailServer]:
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    server = TlsMailServer(certificate)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sound(people: People, settings_for_tests: Settings, tls_mail_server: TlsMailServer) -> Settings:
    """An installation in production in which nothing is wrong."""
    people.person("Tansy", roles=(Role.ADMIN,))
    with db.writing():
        heartbeats.record("here:1", NOW)
        upkeep.record(upkeep.Work.BACKUP, now=NOW - timedelta(hours=3))
    sound = replace(
        settings_for_tests,
        env="production",
        organisation="Mind, Leeds",
        public_url="https://rota.example.org",
        mail_url=tls_mail_server.url,
    )
    settings.use(sound)
    return sound


def test_a_sound_installation_in_production_has_no_finding(sound: Settings) -> None:
    assert doctor.findings() == []


def test_an_installation_without_an_administrator_is_told_the_command(app: Flask) -> None:
    assert any("nightlight people add" in finding for finding in doctor.findings())


def test_with_an_administrator_and_everything_built_it_finds_nothing(people: People) -> None:
    people.person("Tansy", roles=(Role.ADMIN,))
    assert doctor.findings() == []


UNSAFE: dict[str, tuple[dict[str, Any], str]] = {
    "an address without TLS": ({"public_url": "http://rota.example.org"}, "passwords travel unprotected"),
    "no name of the organisation": (
        {"organisation": settings.DEFAULT_ORGANISATION},
        "NIGHTLIGHT_ORGANISATION is not set",
    ),
    "a heartbeat without TLS": ({"heartbeat_url": "http://ping.example.org/x"}, "others can read it"),
    "e-mails to files": ({"mail_url": "file:/nowhere/mail"}, "E-mails go to files"),
    "no mail server": ({"mail_url": "smtp://127.0.0.1:1"}, "Nothing answers at the address of the mail server."),
}


@pytest.mark.parametrize(("unsafe", "says"), UNSAFE.values(), ids=UNSAFE)
def test_each_unsafe_setting_is_named_alone(sound: Settings, unsafe: dict[str, Any], says: str) -> None:
    settings.use(replace(sound, **unsafe))
    (finding,) = doctor.findings()
    assert says in finding


def _database(sound: Settings) -> Path:
    assert sound.sqlite_file is not None
    return sound.sqlite_file


def _secret(sound: Settings) -> Path:
    (sound.var / "secret").write_text("x" * 48)
    return sound.var / "secret"


def _keys(sound: Settings) -> Path:
    sound.keys.mkdir(mode=0o700, exist_ok=True)
    return sound.keys


def _private_key(sound: Settings) -> Path:
    folder = _keys(sound) / "certificates"
    folder.mkdir(mode=0o700)
    (folder / "one.pem").write_text("a key")
    return folder / "one.pem"


@pytest.mark.parametrize("place", [_database, _secret, _keys, _private_key])
def test_each_place_that_others_can_read_is_named_with_the_command(
    sound: Settings, place: Callable[[Settings], Path]
) -> None:
    path = place(sound)
    path.chmod(0o755 if path.is_dir() else 0o644)
    (finding,) = doctor.findings()
    assert finding.startswith("Others can read")
    assert finding.endswith(f"Run: chmod {700 if path.is_dir() else 600} {path}")


def test_a_folder_of_emails_that_others_can_read_is_named(people: People, tmp_path: Path) -> None:
    people.person("Tansy", roles=(Role.ADMIN,))
    folder = tmp_path / "mail"
    folder.mkdir()
    folder.chmod(0o755)
    assert doctor.findings() == [f"Others can read {folder}. Run: chmod 700 {folder}"]


def test_a_missing_key_folder_is_named_while_certificates_exist(sound: Settings, people: People) -> None:
    install_shipped()
    pass_course(people.person("Juniper"))
    assert not any("key" in finding for finding in doctor.findings())
    shutil.rmtree(sound.keys)
    (finding,) = (each for each in doctor.findings() if "key" in each)
    assert "A certificate is signed with a key that is not in the key folder" in finding


def test_a_worker_that_does_not_run_and_what_a_running_one_sees_are_named(sound: Settings) -> None:
    with db.writing():
        heartbeats.record("here:1", NOW - timedelta(minutes=1))
    (finding,) = doctor.findings()
    assert "No worker has run for a minute." in finding
    with db.writing():
        heartbeats.record(
            "here:1", NOW, [Trouble("mail", "The mail server refuses everything.", "Look there.").as_data()]
        )
    assert doctor.findings() == ["The mail server refuses everything. Look there."]


def test_a_backup_older_than_a_day_is_named(sound: Settings) -> None:
    with db.writing():
        upkeep.record(upkeep.Work.BACKUP, now=NOW - timedelta(hours=25))
    (finding,) = doctor.findings()
    assert "There is no backup of the last day (last on 17 February 2027)." in finding


def test_a_clock_that_went_back_behind_the_audit_trail_is_named(sound: Settings, people: People) -> None:
    people.person("Wren", now=NOW + timedelta(hours=1))
    (finding,) = doctor.findings()
    assert finding.startswith("The clock of a machine is 3600 seconds behind the newest line of the audit trail.")


@pytest.mark.both_databases
def test_a_clock_that_differs_from_the_database_servers_is_named(app: Flask, database_kind: str) -> None:
    """The test's own clock is held months away; SQLite has none to compare it with."""
    found = [trouble.kind for trouble in host.clock_against_database(NOW)]
    assert found == ([] if database_kind == "sqlite" else ["clock"])


def test_a_full_disk_is_named(sound: Settings) -> None:
    (trouble,) = host.full_disks(sound, least=10**18)
    assert "The disk is nearly full" in trouble.words
    assert host.full_disks(sound, least=0) == []


def test_a_database_on_a_network_file_system_is_told_from_one_on_a_local_disk(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/data {tmp_path}/shared nfs4 rw 0 0\n")
    assert host.network_file_system(tmp_path / "shared" / "nightlight.db", mounts) == "nfs4"
    assert host.network_file_system(tmp_path / "nightlight.db", mounts) is None


def test_a_database_of_a_newer_version_gets_one_clear_sentence(sound: Settings) -> None:
    with db.extension.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    (finding,) = doctor.findings()
    assert finding.startswith("The database was upgraded by a newer version of Nightlight")


def test_a_mail_server_with_tls_is_asked_with_tls_and_a_refused_password_is_named(
    sound: Settings, tls_mail_server: TlsMailServer
) -> None:
    """A connection without TLS, or without signing in, would say that a working server is dead."""
    assert tls_mail_server.url.startswith("smtps://")
    settings.use(replace(sound, mail_url=tls_mail_server.url.replace("right", "wrong")))
    (finding,) = doctor.findings()
    assert "did not accept the user name and password of NIGHTLIGHT_MAIL_URL. (535)" in finding
