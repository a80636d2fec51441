"""Telling people something in tests, with a notice that needs nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app import clock, db
from app.inbox import keeping
from app.inbox.models import InboxLine
from app.outbox import queue
from app.outbox.lines import Line
from app.outbox.models import OutboxRow
from app.outbox.sending import send_due
from app.people import messages
from app.people.models import Person
from app.people.notices import EmailAlreadyInUse


def tell(person: Person, *, once: str = "a") -> None:
    """Queue an e-mail: “This address has an account already”."""
    now = clock.now()
    with db.writing():
        queue.enqueue(EmailAlreadyInUse(), to=person.id, once=once, now=now, deadline=now + timedelta(days=1))


def told(person: Person, how_many: int = 1) -> None:
    """Tell somebody so many things, one a minute, and send the e-mails."""
    for number in range(how_many):
        clock.set_to(clock.now() + timedelta(minutes=1))
        tell(person, once=f"{person.id}:{number}:{clock.now().isoformat()}")
    send_due()


def write_to(person: Person, subject: str, *, by: Person) -> None:
    """Write an e-mail to somebody, and send it."""
    with db.writing():
        messages.write([person.id], subject, "Thank you for last night.", by=by, once=subject, now=clock.now())
    send_due()


def lines_of(person: Person) -> list[InboxLine]:
    """What stands under somebody's Messages, oldest first."""
    db.session.rollback()
    own = select(InboxLine).where(InboxLine.person_id == person.id).order_by(InboxLine.outbox_id)
    return list(db.session.scalars(own.execution_options(populate_existing=True)))


def told_of_something(person: Person) -> None:
    """Put a line under somebody's Messages, without sending what else waits."""
    tell(person)
    with db.writing():
        row_id = db.session.scalars(
            select(OutboxRow.id).where(OutboxRow.person_id == person.id, OutboxRow.once == "a")
        ).one()
        keeping.keep(row_id, person.id, Line("Something new", "Look at it.", "Look", "/"), now=clock.now())
