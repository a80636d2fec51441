"""Settings from environment variables."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from app import clock, db, settings
from app.outbox.mail_transports import FileTransport
from app.settings import Settings, SettingsError
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course

GOOD = {
    "NIGHTLIGHT_ENV": "production",
    "NIGHTLIGHT_DATABASE_URL": "postgresql:///nightlight",
    "NIGHTLIGHT_SECRET_KEY": "Nr2mZ0Kq9vXw4LsTtYbE1aHcUe7GdJ5p",
    "NIGHTLIGHT_MAIL_URL": "smtp://127.0.0.1",
    "NIGHTLIGHT_PUBLIC_URL": "https://rota.example.org",
}


def test_all_problems_of_the_environment_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        Settings.from_environment(
            {"NIGHTLIGHT_PORT": "many", "NIGHTLIGHT_TIMEZONE": "Mars/Olympus", "NIGHTLIGHT_SECRET_KEY": "short"}
        )
    assert len(wrong.value.problems) == 6
    assert all(problem.endswith(".") for problem in wrong.value.problems)


def test_development_needs_no_variables() -> None:
    chosen = Settings.from_environment({"NIGHTLIGHT_ENV": "development", "NIGHTLIGHT_SECRET_KEY": "x" * 32})
    assert chosen.public_url == "http://127.0.0.1:8000"
    assert str(chosen.zone) == "Europe/London"
    assert clock.local(chosen.zone, 2027, 7, 1, 12).hour == 11
    assert NOW.tzinfo is not None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NIGHTLIGHT_PUBLIC_URL", "https://example.org/rota", "must end after the host: “https://example.org”"),
        ("NIGHTLIGHT_PUBLIC_URL", "https://example.org/?from=here", "must end after the host"),
        ("NIGHTLIGHT_PUBLIC_URL", "http://rota.example.org", "must begin with https://"),
        ("NIGHTLIGHT_PUBLIC_URL", "rota.example.org", "must be the full address"),
        ("NIGHTLIGHT_PUBLIC_URL", "https://rota.example.org:99999", "must be the full address"),
        ("NIGHTLIGHT_PUBLIC_URL", "https://ada:secret@rota.example.org", "must be the full address"),
        ("NIGHTLIGHT_SECRET_KEY", "k" * 31, "at least 32 random characters"),
        ("NIGHTLIGHT_SECRET_KEY", "secret" * 8, "repeats a few characters"),
        ("NIGHTLIGHT_DATABASE_URL", "mysql://localhost/nightlight", "must begin with sqlite:/// or postgresql://"),
        ("NIGHTLIGHT_MAIL_URL", "mail.example.org", "must begin with smtp://, smtps:// or file:"),
        ("NIGHTLIGHT_MAIL_URL", "smtp://mail.example.org:many", "must begin with smtp://, smtps:// or file:"),
        ("NIGHTLIGHT_BOUNCE_ADDRESS", "bounces+a@rota.example.org", "without a +"),
        ("NIGHTLIGHT_BOUNCES", "pop3://mail.example.org", "must begin with imaps://, imap:// or maildir:"),
        ("NIGHTLIGHT_BOUNCES", "maildir:", "must begin with imaps://, imap:// or maildir:"),
        ("NIGHTLIGHT_BOUNCE_SECRET", "a secret", "must be whsec_"),
        ("NIGHTLIGHT_HEARTBEAT_URL", "ping.example.org", "must be a full address"),
    ],
)
def test_each_wrong_setting_is_refused_at_the_start_with_its_sentence(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        Settings.from_environment({**GOOD, name: value})
    (problem,) = wrong.value.problems
    assert problem.startswith(name)
    assert says in problem


def test_production_takes_a_host_of_its_own_with_or_without_a_trailing_slash() -> None:
    assert Settings.from_environment(GOOD).public_url == "https://rota.example.org"
    with_slash = {**GOOD, "NIGHTLIGHT_PUBLIC_URL": "https://rota.example.org/"}
    assert Settings.from_environment(with_slash).public_url == "https://rota.example.org"


def test_the_secret_of_development_is_made_once_and_is_the_users_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    first = Settings.from_environment({"NIGHTLIGHT_ENV": "development"}).secret_key
    assert len(first) >= settings.MIN_SECRET_LENGTH
    assert Settings.from_environment({"NIGHTLIGHT_ENV": "development"}).secret_key == first
    kept = tmp_path / "var" / "secret"
    assert mode(kept) == 0o600
    assert mode(kept.parent) == 0o700
    assert sorted(path.name for path in kept.parent.iterdir()) == ["secret"]


def test_what_nightlight_makes_is_its_users_alone(people: People) -> None:
    """The folder of keys, the folder of e-mails, and the database with its write-ahead log."""
    current = settings.current()
    install_shipped()
    pass_course(people.person("Juniper"))
    FileTransport(Path(current.mail_url.removeprefix("file:"))).check()
    assert current.sqlite_file is not None
    log = current.sqlite_file.with_name(current.sqlite_file.name + "-wal")
    db.session.execute(text("SELECT count(*) FROM person"))  # SQLite has its log for as long as somebody reads.
    folders = [current.keys, current.keys / "certificates", current.var, Path(current.mail_url.removeprefix("file:"))]
    assert {str(folder): oct(mode(folder)) for folder in folders} == dict.fromkeys(map(str, folders), "0o700")
    assert [oct(mode(file)) for file in (current.sqlite_file, log)] == ["0o600", "0o600"]


def mode(path: Path) -> int:
    """The permission bits of a path."""
    return stat.S_IMODE(path.stat().st_mode)
