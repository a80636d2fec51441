"""Loading the demonstration: an invented organisation, the same every time relative to a Monday.

People are loaded by the product's own CSV import, everything else by the domains' own use cases.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import update

from app import clock, db, settings
from app.domain import Demonstration, domains
from app.outbox.models import OutboxRow
from app.people import csv_import, passwords, suspending
from app.people.directory import everybody
from app.people.models import PersonState
from app.people.private import emails_of
from app.people.suspending import ConfirmationRequired
from app.refusals import Conflict, NotAllowed
from app.settings import ROOT

PEOPLE_FILE = ROOT / "demo" / "people.csv"
# Each domain reads its own columns of the file.
COLUMNS_OF_DOMAINS = ("days_old", "stage", "dbs_months_ago", "conflict_months_ago", "habit")
SUSPENDED_AFTER = 95
"""An account is suspended after the steps up to this order; those after it look at what all others have loaded."""
INVITED, SUSPENDED = "lotus@demo.test", "stoat@demo.test"
SIGN_INS = ("volunteer", "peer", "member", "coordinator", "trainer", "staff", "admin")  # each @demo.test


def load(*, monday: date | None, now: datetime, say: Callable[[str], None]) -> None:
    """Load the demonstration; refuses in production and in a database that has people. `say` reports progress."""
    if settings.current().is_production:
        raise NotAllowed("The demonstration is not for production: its passwords are known to everybody.")
    if everybody():
        raise Conflict("There are people here already. The demonstration goes into an empty database.")
    db.session.rollback()
    today = clock.on(now, settings.current().zone)
    # The published week is the present one, so that somebody is on duty at any time.
    monday = monday or clock.monday_of(today)
    if monday.weekday() != 0:
        raise Conflict(f"{monday.isoformat()} is not a Monday.")
    demonstration = import_people(monday=monday, now=now)
    say(f"{len(demonstration.people)} people are here.")
    steps = [(step.order, domain.name, step) for domain in domains for step in domain.demonstration_steps]
    steps.sort(key=lambda each: each[0])
    for _order, name, step in (each for each in steps if each[0] <= SUSPENDED_AFTER):
        say(f"Loading what the demonstration shows of {name} …")
        step.load(demonstration)
    _suspend(demonstration)
    for _order, _name, step in (each for each in steps if each[0] > SUSPENDED_AFTER):
        step.load(demonstration)
    _send_from_now_on()
    say("The demonstration is loaded.")
    print_sign_ins(say)


def import_people(*, monday: date, now: datetime) -> Demonstration:
    """Import the people of the demonstration, those of `SIGN_INS` with a password; return them with their rows."""
    today = clock.on(now, settings.current().zone)
    raw = _with_birth_dates(PEOPLE_FILE.read_text(encoding="utf-8"), monday)
    hashed = passwords.hashed(passwords.DEMONSTRATION)
    with db.writing():
        file = csv_import.read(raw, today=today, leave_out=COLUMNS_OF_DOMAINS)
        if not file.may_be_imported:
            raise Conflict(*(f"demo/people.csv, line {fault.line}: {fault.sentence}" for fault in file.faults))
        people = csv_import.add_people(file, invite=False, by=None, today=today, now=now)
        addresses = emails_of([person.id for person in people])
        signing_in = {f"{name}@demo.test" for name in SIGN_INS}
        for person in people:
            if addresses[person.id] != INVITED:
                person.state = PersonState.ACTIVE
            if addresses[person.id] in signing_in:
                passwords.store(person.id, hashed, now)
    rows = {row["email"]: row for row in csv.DictReader(raw.decode().splitlines())}
    return Demonstration(
        monday=monday,
        now=now,
        people={addresses[person.id]: person for person in people},
        rows=rows,
    )


def _send_from_now_on() -> None:
    """Let the e-mails about what happened weeks ago be due now, as nothing kept them back: no page calls them late."""
    now = clock.now()
    with db.writing():
        db.session.execute(
            update(OutboxRow).where(OutboxRow.next_try_at < now).values(next_try_at=now),
            execution_options={"synchronize_session": False},
        )


def _suspend(demonstration: Demonstration) -> None:
    """Suspend one account, as an administrator does who has looked at what would follow."""
    person, admin = demonstration.people[SUSPENDED], demonstration.people["admin@demo.test"]
    reason = "Posted a member’s photograph. We meet on Friday to talk about it."
    with db.writing():
        try:
            suspending.suspend(person, reason, agreed=None, by=admin, now=demonstration.now)
        except ConfirmationRequired as asked:
            agreed = asked.consequences.mark
            suspending.suspend(person, reason, agreed=agreed, by=admin, now=demonstration.now)


def print_sign_ins(say: Callable[[str], None]) -> None:
    """Print how to sign in as the people of the demonstration; print nothing where it is not loaded."""
    here = set(emails_of([person.id for person in everybody()]).values())
    known = [address for name in SIGN_INS if (address := f"{name}@demo.test") in here]
    if known:
        say(f"Sign in with the password {passwords.DEMONSTRATION} as:")
        for address in known:
            say(f"  {address}")


def _with_birth_dates(text: str, monday: date) -> bytes:
    """Add the birth dates to the people file, which holds ages in days so that nobody's age changes over time."""
    rows = list(csv.DictReader(text.splitlines()))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*rows[0], "born_on"])
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "born_on": (monday - timedelta(days=int(row["days_old"]))).isoformat()})
    return out.getvalue().encode()
