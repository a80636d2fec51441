"""Reading conversations: one's own, and those written to oneself. Who may is decided in the query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select

from app import db
from app.conversations.models import Conversation, ConversationMember, ConversationWords, WrittenTo
from app.people.models import Person
from app.people.rights import roles_of
from app.refusals import NotFound

LISTED = 50
NOT_ROLES = (WrittenTo.LEAD, WrittenTo.WRITER)

TO_WHOM = {
    WrittenTo.COORDINATOR: "the coordinators",
    WrittenTo.TRAINER: "the trainers",
    WrittenTo.ASSESSOR: "the staff who sign off",
    WrittenTo.ADMIN: "the administrators",
    WrittenTo.LEAD: "the lead of the shift",
    WrittenTo.WRITER: "who wrote to you",
}
"""To whom somebody writes, in a sentence."""


@dataclass(frozen=True)
class Said:
    """What one person wrote, and when."""

    name: str
    is_mine: bool
    paragraphs: tuple[str, ...]
    written_at: datetime


def seen_by(person_id: int, *, on: date) -> ColumnElement[bool]:
    """The condition that somebody may read a conversation: they began it, or it was written to them.

    What was written to a role is read by those who still hold it.
    """
    held_roles = {role.value for role in roles_of(person_id, on=on)}
    held = [to for to in WrittenTo if to.value in held_roles and to not in NOT_ROLES]
    is_member = exists().where(
        ConversationMember.conversation_id == Conversation.id, ConversationMember.person_id == person_id
    )
    return or_(Conversation.by_id == person_id, Conversation.written_to.in_((*held, *NOT_ROLES)) & is_member)


def conversation_for(conversation_id: int, person_id: int, *, on: date) -> Conversation:
    """A conversation that this person may read; another one is unknown."""
    query = select(Conversation).where(Conversation.id == conversation_id, seen_by(person_id, on=on))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such conversation. All are deleted after some weeks.")
    return found


def said_in(conversation: Conversation, reader_id: int) -> list[Said]:
    """Everything that was written in a conversation, oldest first."""
    rows = db.session.execute(
        select(ConversationWords, Person.display_name)
        .join(Person, Person.id == ConversationWords.by_id)
        .where(ConversationWords.conversation_id == conversation.id)
        .order_by(ConversationWords.id)
    )
    return [Said(name, words.by_id == reader_id, paragraphs_of(words.text), words.written_at) for words, name in rows]


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of what somebody typed."""
    return tuple(part for part in text.split("\n\n") if part.strip())


def newest_of(person_id: int, *, on: date) -> list[tuple[Conversation, str]]:
    """The newest fifty conversations that somebody may read, each with the name of who began it."""
    rows = db.session.execute(
        select(Conversation, Person.display_name)
        .join(Person, Person.id == Conversation.by_id)
        .where(seen_by(person_id, on=on))
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
        .limit(LISTED)
    )
    return [(conversation, name) for conversation, name in rows]
