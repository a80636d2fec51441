"""Writing to the people who can help, and answering: through Nightlight, so that nobody reads an address.

The words stay apart from everything append-only; the audit trail says that something was written, and to how many.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from app import audit, clock, db, settings
from app.conversations.models import Conversation, ConversationMember, ConversationWords, WrittenTo
from app.conversations.notices import WroteToYou
from app.conversations.reading import conversation_for
from app.outbox import queue
from app.outbox.models import OutboxRow
from app.outbox.policy import telling_now
from app.people.messages import LONGEST_SUBJECT, LONGEST_TEXT, Message, WrittenMessage
from app.people.models import Person, PersonState, Role, RoleGrant
from app.people.rights import held_on
from app.refusals import Conflict, Invalid, NotFound
from app.typed_text import name_line

TELL_WITHIN = timedelta(days=2)
NOBODY = "Nobody can be written to there at the moment. “Whom to ask” names other ways."


def holders(role: Role, *, but_not: int, on: date) -> list[int]:
    """The ids of the active people who hold a role on a day, without the one who writes."""
    rows = (
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == role, held_on(on), Person.state == PersonState.ACTIVE, Person.id != but_not)
        .order_by(RoleGrant.person_id)
        .distinct()
    )
    return list(db.session.scalars(rows))


def begin(to: WrittenTo, ids: Collection[int], about: str, text: str, *, by: Person, once: str, now: datetime) -> int:
    """Write to these people about something; return the id of the conversation. The same `once` again writes nothing.

    Refuses when there is nobody to write to, and words that are missing or too long.
    """
    about = name_line(about, what="What it is about", longest=LONGEST_SUBJECT, field="subject")
    text = _text(text)
    if not ids:
        raise Conflict(NOBODY)
    values = {"by_id": by.id, "written_to": to, "about": about, "last_at": now, "once": once}
    is_new = db.insert_or_ignore(Conversation, values, key=("once",))
    conversation = db.session.scalars(select(Conversation).where(Conversation.once == once)).one()
    if is_new:
        for person_id in sorted(ids):
            db.session.add(ConversationMember(conversation_id=conversation.id, person_id=person_id))
        _write(conversation, text, by=by, to=ids, once=once, now=now)
        _record("begun", conversation, by=by, how_many=len(ids), now=now)
    return conversation.id


def answer(conversation_id: int, text: str, *, by: Person, once: str, now: datetime) -> None:
    """Answer in a conversation that is one's own or was written to oneself; another one is unknown.

    An answer goes to who began it. Who began it writes on to those who answered; until somebody has, to everybody they
    wrote to.
    """
    text = _text(text)
    today = clock.on(now, settings.current().zone)
    conversation = conversation_for(conversation_id, by.id, on=today)
    to = [conversation.by_id]
    if by.id == conversation.by_id:
        answered = select(ConversationWords.by_id).where(
            ConversationWords.conversation_id == conversation.id, ConversationWords.by_id != by.id
        )
        members = select(ConversationMember.person_id).where(ConversationMember.conversation_id == conversation.id)
        to = list(db.session.scalars(answered.distinct())) or list(db.session.scalars(members))
    if _write(conversation, text, by=by, to=to, once=once, now=now):
        conversation.last_at = now
        _record("answered", conversation, by=by, how_many=len(to), now=now)


def message_to(person_id: int, message_id: int) -> Message:
    """An e-mail that somebody who plans wrote to this person; another one, or one that is deleted, is unknown."""
    once = WrittenMessage.key(message_id, person_id)
    was_sent = select(OutboxRow.id).where(OutboxRow.once == once, OutboxRow.person_id == person_id)
    found = db.session.scalars(select(Message).where(Message.id == message_id, was_sent.exists())).one_or_none()
    if found is None:
        raise NotFound("There is no such message. Its words are deleted after a week.")
    return found


def answer_message(message_id: int, text: str, *, by: Person, once: str, now: datetime) -> int:
    """Answer an e-mail that somebody who plans wrote to oneself: a conversation with the writer alone."""
    message = message_to(by.id, message_id)
    active = select(Person.id).where(Person.id == message.by_id, Person.state == PersonState.ACTIVE)
    ids = list(db.session.scalars(active))
    return begin(WrittenTo.WRITER, ids, message.subject, text, by=by, once=once, now=now)


def _text(text: str) -> str:
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not text:
        raise Invalid("Write what you want to say.", field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"Please keep it under {LONGEST_TEXT:,} characters.", field="text")
    return text


def _write(conversation: Conversation, text: str, *, by: Person, to: Collection[int], once: str, now: datetime) -> bool:
    values = {"conversation_id": conversation.id, "by_id": by.id, "text": text, "written_at": now, "once": once}
    if not db.insert_or_ignore(ConversationWords, values, key=("once",)):
        return False
    words_id = db.session.scalars(select(ConversationWords.id).where(ConversationWords.once == once)).one()
    for person_id in sorted(to):
        queue.enqueue(
            WroteToYou(words_id),
            to=person_id,
            once=f"{WroteToYou.kind}:{words_id}:{person_id}",
            now=now,
            deadline=now + TELL_WITHIN,
        )
    return True


def _record(what: str, conversation: Conversation, *, by: Person, how_many: int, now: datetime) -> None:
    details = {"to": conversation.written_to.value, "people": how_many}
    audit.record(f"conversation.{what}", by=by.id, subject=f"conversation:{conversation.id}", now=now, details=details)


def delete_old(now: datetime) -> None:
    """Delete conversations in which nobody wrote for as many days as the policy says, with everything in them."""
    kept_for = timedelta(days=telling_now(now).keep_conversations_days)
    old = select(Conversation.id).where(Conversation.last_at < now - kept_for)
    with db.writing():
        for table in (ConversationWords, ConversationMember):
            gone = delete(table).where(table.conversation_id.in_(old))
            db.session.execute(gone.execution_options(synchronize_session=False))
        gone = delete(Conversation).where(Conversation.last_at < now - kept_for)
        db.session.execute(gone.execution_options(synchronize_session=False))
