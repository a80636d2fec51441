"""What somebody who plans writes to people: an e-mail to each, from the organisation and in the writer's name.

The writer never reads an address, and no recipient learns of another. The words are kept apart from everything
append-only, for as long as they may still have to be sent, and are then deleted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, db
from app.outbox import queue
from app.outbox.notice import Notice
from app.people.models import Person, PersonState
from app.refusals import Invalid
from app.typed_text import name_line

LONGEST_SUBJECT = 120  # characters
LONGEST_TEXT = 4000  # characters
MOST_AT_ONCE = 50  # people: those of one page of the list
SEND_WITHIN = timedelta(days=2)  # what somebody writes about shifts is out of date after that
KEPT_FOR = timedelta(days=7)


class Message(db.Model):
    """One message as it was written. Its recipients are in the outbox. Deleted after a week."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(index=True)
    once: Mapped[str] = mapped_column(unique=True)  # idempotency key: the same form sent twice is one message


@dataclass(frozen=True)
class WrittenMessage(Notice):
    """To one person: what somebody who plans wrote to them."""

    kind: ClassVar[str] = "message"
    message_id: int

    @staticmethod
    def key(message_id: int, to: int) -> str:
        """The deduplication key of the e-mail to one person."""
        return f"message:{message_id}:{to}"

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.get(Message, self.message_id) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        message = db.session.get_one(Message, self.message_id)
        writer = db.session.get_one(Person, message.by_id)
        return {"message": message, "paragraphs": message.text.split("\n\n"), "writer": writer}


def recipients(ids: Collection[int]) -> list[Person]:
    """Those of these people to whom somebody can write, by name: their account is open."""
    found = select(Person).where(Person.id.in_(ids), Person.state == PersonState.ACTIVE).order_by(Person.name_key)
    return list(db.session.scalars(found))


def write(ids: Collection[int], subject: str, text: str, *, by: Person, once: str, now: datetime) -> int:
    """Queue one e-mail to each of these people; return how many. The same `once` again queues nothing and returns 0.

    Refuses a message without recipients, subject or text, one that is too long, and more than 50 people at once.
    """
    subject = name_line(subject, what="A subject", longest=LONGEST_SUBJECT, field="subject")
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not text:
        raise Invalid("Write what you want to say.", field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"Please keep the e-mail under {LONGEST_TEXT:,} characters.", field="text")
    people = recipients(ids)
    if not people:
        raise Invalid("Nobody is chosen to whom you can write. Go back to the list and choose somebody.")
    if len(people) > MOST_AT_ONCE:
        raise Invalid(f"Choose at most {MOST_AT_ONCE} people at once.")
    values = {"by_id": by.id, "subject": subject, "text": text, "written_at": now, "once": once}
    if not db.insert_or_ignore(Message, values, key=("once",)):
        return 0
    message_id = db.session.scalars(select(Message.id).where(Message.once == once)).one()
    for person in people:
        queue.enqueue(
            WrittenMessage(message_id),
            to=person.id,
            once=WrittenMessage.key(message_id, person.id),
            now=now,
            deadline=now + SEND_WITHIN,
        )
        audit.record(
            "people.written-to", by=by.id, subject=f"person:{person.id}", now=now, details={"message": message_id}
        )
    return len(people)


def delete_old(now: datetime) -> None:
    """Delete the words of messages that were written a week ago: they were sent by then, or never will be."""
    with db.writing():
        db.session.execute(delete(Message).where(Message.written_at < now - KEPT_FOR))
