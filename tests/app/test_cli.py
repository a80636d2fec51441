"""The commands of the core, as an operator types them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner
from flask import Flask, current_app
from sqlalchemy import select, text

from app import cli, clock, db, settings
from app.jobs import heartbeats
from app.people.models import Person, Role
from app.refusals import Refusal
from tests.conftest import People


def run(command: Command, *words: str) -> tuple[int, str]:
    """Run a command; return its exit code and all that it printed."""
    result = CliRunner().invoke(command, list(words))
    db.session.rollback()
    return result.exit_code, result.output


def test_an_account_from_the_command_line_comes_with_a_one_time_link(app: Flask) -> None:
    code, output = run(cli.people_group, "add", "--name", "Tansy", "--email", "tansy@example.org", "--role", "admin")
    assert code == 0
    assert "http://127.0.0.1:8000/welcome/" in output
    assert db.session.scalars(select(Person.display_name)).all() == ["Tansy"]


def test_a_file_with_a_fault_is_named_with_its_line_and_imports_nobody(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("display_name,email,born_on\nWren,wren@example.org,yesterday\n")
    code, output = run(cli.people_group, "import", str(file))
    assert code == 1
    assert "people.csv, line 2" in output
    assert db.session.scalars(select(Person)).all() == []


def test_a_dry_run_imports_nobody(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("display_name,email,born_on\nWren,wren@example.org,1990-05-17\n")
    code, output = run(cli.people_group, "import", str(file), "--dry-run")
    assert (code, output) == (0, "1 people would be imported, 0 were here already.\n")
    assert db.session.scalars(select(Person)).all() == []


def test_an_untouched_audit_trail_verifies(people: People) -> None:
    people.person("Wren")
    code, output = run(cli.audit_group, "verify")
    assert code == 0
    assert output.endswith("lines, unbroken.\n")


def test_the_doctor_fails_with_a_sentence_for_each_finding(app: Flask, people: People) -> None:
    code, output = run(cli.doctor)
    assert code == 1
    assert "There is no administrator." in output
    people.person("Tansy", roles=(Role.ADMIN,))
    with db.writing():
        heartbeats.record("host:1", clock.now())
    assert run(cli.doctor) == (
        0,
        "E-mails: 0 queued, 0 late, 0 failed in the last day. Nothing reaches 0 people.\n"
        "Workers last heard: host:1 0 s ago.\nAll is well.\n",
    )


@pytest.mark.parametrize("command", [cli.serve, cli.worker])
@pytest.mark.parametrize(("number", "says"), [("0001", "older than this version"), ("9999", "by a newer version")])
def test_nothing_starts_on_a_database_of_another_version(app: Flask, command: Command, number: str, says: str) -> None:
    with db.extension.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    code, output = run(command)
    assert code == 1
    assert says in output
    assert output.count("\n") == 1


def test_a_newer_database_is_not_upgraded_and_gets_one_sentence(app: Flask) -> None:
    with db.extension.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    code, output = run(cli.db_group, "upgrade")
    assert code == 1
    assert output.startswith("Error: The database was upgraded by a newer version of Nightlight")


def test_a_backup_by_command_is_restored_by_command_and_a_refusal_exits_with_one(
    people: People, tmp_path: Path
) -> None:
    people.person("Tansy")
    file = str(tmp_path / "night.backup")
    code, output = run(cli.backup, file)
    assert (code, output.startswith(f"{file}: ")) == (0, True)
    with pytest.raises(Refusal, match="There are people in this database"):
        CliRunner().invoke(cli.restore, [file], catch_exceptions=False)
    people.person("Wren")
    code, output = run(cli.restore, file, "--replace")
    assert code == 0
    assert "Restored as of 18 February 2027, 19:30 UTC: 1 people." in output
    assert "The audit trail is whole." in output
    assert db.session.scalars(select(Person.display_name)).all() == ["Tansy"]


def test_a_database_that_is_up_to_date_stays_so(app: Flask) -> None:
    assert run(cli.db_group, "upgrade") == (0, "The database is up to date.\n")


def test_a_file_that_cannot_be_written_is_named_in_a_sentence(
    people: People, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people.person("Wren")
    heads = settings.current().keys / "audit" / "heads.log"
    heads.unlink(missing_ok=True)
    heads.mkdir()
    monkeypatch.setattr(sys, "argv", ["nightlight", "audit", "verify"])
    with pytest.raises(SystemExit) as ended:
        cli.run(lambda _settings: current_app)
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"{heads}: is a directory.\n"
