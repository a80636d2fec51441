"""Private details stay where they belong (docs/decisions/0010): after a day of real work, no log line, no row of the
outbox, the audit trail or the tasks, and no other table holds anybody's address, number, legal name or birth date.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app import db
from app.audit import AuditLine
from app.jobs import tasks
from app.jobs.models import Task
from app.outbox.models import OutboxRow
from app.outbox.sending import send_due
from app.pages import logs
from app.people.models import Person, Role
from app.people.private import private_details
from app.refusals import NotAllowed
from app.settings import Settings
from progression.stages import Stage
from rota.store.models import Rota
from tests.app.outbox.mail_files import emails_in, link_in
from tests.conftest import PASSWORD, People, SignIn
from tests.page_fields import hidden
from tests.progression.bringing import bring_to
from tests.rota.crew import Crew, seats
from tests.times import NOW

# Nothing here is part of a display name or of a password, so finding any of it somewhere is a leak.
PRIVATE = ("quillfeather", "private.example", "900417", "1991-04-23", "1991, 4, 23")
LEGAL_NAME = "Wilhelmina Quillfeather"
ADDRESS = "w.quillfeather@private.example"
MOVED_TO = "wilhelmina@new.private.example"
NUMBER = "07700 900417"
NEW_PASSWORD = "seven slow brown herons"
HOLDS_DETAILS = {"person_private", "address_change"}


@pytest.fixture
def settings_for_tests(settings_for_tests: Settings) -> Settings:
    """As in production, where a failure becomes a page and a log line, and logs are JSON."""
    return replace(settings_for_tests, env="production")


@pytest.fixture
def log(app: Flask) -> Iterator[io.StringIO]:
    """All that this application writes to its log."""
    written = io.StringIO()
    with redirect_stderr(written):
        logs.configure(readable=False)
        yield written
    logs.configure(readable=False)


def private_words_in(words: str) -> list[str]:
    return [each for each in PRIVATE if each in words.lower()]


def rows_of(table: str) -> str:
    rows = db.session.execute(text(f'SELECT * FROM "{table}"')).all()  # noqa: S608  names of our own tables
    return repr(rows)


def tables_holding_details() -> set[str]:
    db.session.rollback()
    return {table for table in db.Model.metadata.tables if private_words_in(rows_of(table))}


def newest_link(folder: Path) -> str:
    return link_in(emails_in(folder)[-1])


def invite_and_sign_in(client: FlaskClient, folder: Path) -> None:
    """An administrator invites her; she chooses a password, mistypes it, and forgets it."""
    answer = client.post(
        "/people/add",
        data={"display_name": "Wren", "email": ADDRESS, "legal_name": LEGAL_NAME, "born_on": ["23", "4", "1991"]},
    )
    assert answer.status_code == 302
    client.post("/sign-out")
    assert send_due() == 1
    assert client.post(newest_link(folder), data={"password": PASSWORD}).status_code == 302
    client.post("/sign-out")
    assert client.post("/sign-in", data={"email": ADDRESS, "password": "not this one"}).status_code == 422
    assert client.post("/forgot", data={"email": ADDRESS}).status_code == 302
    assert send_due() == 1
    assert client.post(newest_link(folder), data={"password": NEW_PASSWORD}).status_code == 302


def change_her_account(client: FlaskClient, folder: Path) -> None:
    """She gives her number and moves to another address."""
    seen = hidden(client.get("/account").text, "seen")
    assert client.post("/account", data={"seen": seen, "display_name": "Wren", "phone": NUMBER}).status_code == 302
    assert client.post("/account/address", data={"email": MOVED_TO, "current": NEW_PASSWORD}).status_code == 302
    assert send_due() == 1
    assert client.post(newest_link(folder)).status_code == 302
    assert send_due() == 1


def be_corrected(client: FlaskClient, her: Person) -> None:
    """Staff look at her details and correct her legal name."""
    page = client.post(f"/people/{her.id}/private").text
    seen = re.search(r'name="seen"[^>]* value="(\d+)"', page)
    assert seen
    assert LEGAL_NAME in page
    data = {
        "legal_name": f"{LEGAL_NAME}-Oduya",
        "born_on": ["23", "4", "1991"],
        "seen": seen[1],
        "reason": "A passport.",
    }
    assert client.post(f"/people/{her.id}/private/correct", data=data).status_code == 302
    assert send_due() == 1


def plan(client: FlaskClient, rota: Rota) -> None:
    """A proposal seats her, and the rota is published."""
    assert client.post(f"/rota/{rota.id}/propose").status_code == 302
    assert tasks.run_next() is not None
    review = client.get(f"/rota/{rota.id}/publish").text
    data = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', review))
    assert client.post(f"/rota/{rota.id}/publish", data={**data, "gaps_read": "y"}).status_code == 302
    assert send_due() > 0


def test_nothing_private_is_logged_or_queued_or_kept_outside_its_tables(
    client: FlaskClient,
    people: People,
    sign_in: SignIn,
    tmp_path: Path,
    log: io.StringIO,
    caplog: pytest.LogCaptureFixture,
) -> None:
    admin = people.person("Tansy", roles=(Role.ADMIN, Role.COORDINATOR))
    sign_in(client, admin)
    invite_and_sign_in(client, tmp_path)
    change_her_account(client, tmp_path)
    her = db.session.scalars(select(Person).where(Person.display_name == "Wren")).one()
    sign_in(client, admin)
    be_corrected(client, her)
    bring_to(her, Stage.VOLUNTEER, by=people.person("Sable"))
    crew = Crew(people)
    crew.always_can(her)
    rota = crew.rota(crew.evenings())
    plan(client, rota)
    assert seats(rota)[0].person_id == her.id

    assert tables_holding_details() == HOLDS_DETAILS
    for model in (OutboxRow, AuditLine, Task):
        assert db.session.scalars(select(model)).first() is not None, f"nothing was kept in {model.__tablename__}"
    assert '"endpoint": "people.sign_in_page"' in log.getvalue()
    assert '"outcome": "sent"' in log.getvalue()
    assert private_words_in(log.getvalue()) == []
    assert private_words_in(caplog.text) == []


@pytest.mark.both_databases
def test_a_failure_that_has_an_address_in_hand_logs_none_and_shows_none(
    client: FlaskClient, people: People, log: io.StringIO
) -> None:
    people.person("Wren", email=ADDRESS, password=PASSWORD)
    with db.writing():
        db.session.execute(text("DROP TABLE password"))
    answer = client.post("/sign-in", data={"email": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert '"event": "request failed"' in log.getvalue()
    assert "Traceback" in log.getvalue()
    assert private_words_in(answer.text.replace(f'value="{ADDRESS}"', "")) == []
    assert private_words_in(log.getvalue()) == []


@pytest.mark.both_databases
def test_a_row_that_the_database_refuses_is_logged_without_its_values(
    client: FlaskClient, people: People, sign_in: SignIn, log: io.StringIO
) -> None:
    """By a constraint that no check of ours foresees: PostgreSQL then repeats the values in its message."""
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    with db.writing():
        db.session.execute(text("CREATE UNIQUE INDEX one_of_a_name ON person_private (legal_name)"))
    data = {"legal_name": LEGAL_NAME, "born_on": ["23", "4", "1991"]}
    assert client.post("/people/add", data={**data, "display_name": "Wren", "email": ADDRESS}).status_code == 302
    answer = client.post("/people/add", data={**data, "display_name": "Teal", "email": MOVED_TO})
    assert answer.status_code == 500
    assert "IntegrityError" in log.getvalue()
    assert "INSERT INTO person_private" in log.getvalue()
    assert private_words_in(log.getvalue()) == []


def test_the_details_themselves_are_read_only_by_who_may_see_them(people: People) -> None:
    wren, heron = people.person("Wren"), people.person("Heron", roles=(Role.COORDINATOR,))
    with db.writing(), pytest.raises(NotAllowed):
        private_details(wren.id, by=heron, why="page", today=NOW.date(), now=NOW)
    with db.writing():
        assert private_details(wren.id, by=wren, why="page", today=NOW.date(), now=NOW).email
