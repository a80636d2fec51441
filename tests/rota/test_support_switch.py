"""Nothing that a coordinator or an administrator can have tells a call for support from any other time away.

Two copies of one database: in the one Wren takes a pause, in the other she asks for support as well. The database, all
pages, files and e-mails, and the lines of the log are compared byte by byte, at once and after a week in which all jobs
ran; one private e-mail alone differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from app import db
from app.jobs import scheduled_jobs, tasks
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import render_email
from app.outbox.sending import send_due
from app.people.models import Person, Role
from app.settings import Settings
from app.trail.verification import check_and_write_head
from rota.absence_notices import WordToContact
from tests.conftest import People, SignIn, clock_at
from tests.rota.test_private_reasons import Night, differing, told
from tests.times import NOW

RANDOM = {"token_hash", "nonce", "uuid"}
TOMORROW, NEXT_WEEK = NOW + timedelta(hours=15), NOW + timedelta(days=7)
STAFF = (Role.COORDINATOR, Role.ADMIN, Role.ASSESSOR)


@dataclass
class Twin:
    """All that there is after one of the two."""

    tables: dict[str, str]
    emails: list[Any]
    log: list[Any]
    read: dict[str, str]
    private: list[Any]


class Twins:
    """Does one thing or the other in a copy of the same database, as Wren would do it, and reads everything."""

    def __init__(self, night: Night, sign_in: SignIn) -> None:
        self.night, self.sign_in = night, sign_in

    def after(self, *, support: bool, comes_back: bool = False, reads: bool = False) -> Twin:
        night = self.night
        night.as_it_was()
        with capture_logs() as log:
            self._away(support, comes_back)
            send_due()
            self._time_passes()
        lines = [without_time(line) for line in log]
        tables, emails, private = kept()
        read: dict[str, str] = {}
        if reads:
            with clock_at(NEXT_WEEK):
                self.sign_in(night.client, db.session.get_one(Person, night.tansy))
                read = {address: told(night.client.get(address)) for address in night.addresses()} | night.mailed()
        return Twin(tables, emails, lines, read, private)

    def _time_passes(self) -> None:
        """Let every job run as the days go by: reminders, asking others, sweeps, forecasts, and the e-mails of each."""
        for at in (TOMORROW, NEXT_WEEK):
            with clock_at(at):
                for job in scheduled_jobs.jobs:
                    if job.run is not check_and_write_head:  # it keeps the head of the other twin in a file
                        job.run(at)
                    db.session.rollback()
                while tasks.run_next() is not None:
                    db.session.rollback()
                send_due()

    def _away(self, support: bool, comes_back: bool) -> None:
        night = self.night
        browser = self.sign_in(night.app.test_client(), db.session.get_one(Person, night.wren))
        page = browser.get("/journey/pause").text
        typed = {"seen": re.findall(r'name="seen" type="hidden" value="(\w+)"', page)[0]}
        typed |= {"contact": str(night.rook), "support": "y"} if support else {"pause": "y"}
        answer = browser.post("/journey/pause", data=typed)
        assert answer.status_code == 302
        page = browser.get("/journey/pause").text
        if comes_back:
            browser.post(re.findall(r'action="(/journey/pause/\d+/back)"', page)[0])


def without_time(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the log, without how long it took."""
    return {key: said for key, said in line.items() if key != "milliseconds"}


def kept() -> tuple[dict[str, str], list[Any], list[Any]]:
    """Every table as it is; the e-mails as they are sent, with all their times; and the private ones apart."""
    db.session.rollback()
    tables = {}
    for table in db.Model.metadata.sorted_tables:
        rows = db.session.execute(select(table)).mappings().all()
        if table.name == "outbox":
            rows = [row for row in rows if row["kind"] != WordToContact.kind]
        left_out = RANDOM | (
            {"progress"} if table.name == "task" else set()
        )  # how far a task was when it was last asked
        words = [repr({name: said for name, said in row.items() if name not in left_out}) for row in rows]
        if table.name in ("forecast", "task"):  # keep how long it took
            words = [re.sub(r"\d+\.\d+", "", each) for each in words]
        tables[table.name] = "\n".join(sorted(words))
    emails, private = [], []
    for row in db.session.scalars(select(OutboxRow).order_by(OutboxRow.id)):
        times = row.id, row.kind, row.facts, row.enqueued_at, row.next_try_at, row.deadline, row.fence, row.lease_until
        if row.kind == WordToContact.kind:
            private.append((*times, row.finished_at, row.attempts))
        else:
            notice, words = from_row(row.kind, row.facts), []
            if notice.still_wanted(row.person_id, NOW):
                made = render_email(row, notice, now=NOW)
                words = [made["Subject"], *(str(part) for part in made.iter_parts())]
            emails.append((*times, row.person_id, row.once, row.state, row.finished_at, words))
    return tables, emails, private


def without_boundaries(emails: list[Any]) -> str:
    return re.sub(r"=+\d+==", "", repr(emails))


@pytest.fixture
def twins(
    app: Flask,
    people: People,
    sign_in: SignIn,
    settings_for_tests: Settings,
) -> Twins:
    database = Path(settings_for_tests.database_url.removeprefix("sqlite:///"))
    return Twins(Night(app, people, sign_in, database, STAFF), sign_in)


@pytest.mark.parametrize("comes_back", [False, True])
def test_nobody_can_tell_a_call_for_support_from_a_pause(twins: Twins, comes_back: bool) -> None:
    pause, support = (twins.after(support=asks, comes_back=comes_back) for asks in (False, True))
    assert differing(pause.tables, support.tables) == {}
    assert without_boundaries(pause.emails) == without_boundaries(support.emails)
    assert pause.log == support.log
    assert any(line["event"] == "private email" for line in pause.log)
    assert pause.private == support.private
    assert len(pause.private) == 1


def test_no_page_file_or_email_that_staff_can_have_tells_it_either(twins: Twins) -> None:
    pause, support = (twins.after(support=asks, reads=True).read for asks in (False, True))
    assert differing(pause, support) == {}
    assert len(pause) > 150


def test_the_one_contact_is_told_what_helps_and_the_person_alone_reads_that_it_left(twins: Twins) -> None:
    night = twins.night
    twins.after(support=True)
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == WordToContact.kind)).one()
    assert (row.person_id, row.state) == (night.rook, "sent")
    made = render_email(row, from_row(row.kind, row.facts), now=NOW)
    assert made["Subject"] == "Wren would be glad to hear from you"
    for kind in ("plain", "html"):
        body = made.get_body((kind,))
        assert body is not None
        for words in (
            "tell you and nobody else",
            "Ask how they are, and listen",
            "116 123",
            "safeguarding lead",
            "999",
        ):
            assert words in " ".join(body.get_content().split()), words
