"""The notice that somebody wrote. What they wrote is never in it: it is read on the page, signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.conversations.models import Conversation, ConversationWords
from app.outbox.notice import Notice
from app.people.models import Person


@dataclass(frozen=True)
class WroteToYou(Notice):
    """To those to whom somebody wrote or answered through Nightlight."""

    kind: ClassVar[str] = "conversation"
    words_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the words are deleted."""
        return db.session.get(ConversationWords, self.words_id) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        words = db.session.get_one(ConversationWords, self.words_id)
        conversation = db.session.get_one(Conversation, words.conversation_id)
        return {
            "conversation": conversation,
            "writer": db.session.get_one(Person, words.by_id),
            "is_answer": conversation.by_id == to,
        }
