"""The e-mail that asks somebody to agree to a document again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import clock, db, settings
from app.outbox.notice import Notice
from app.people.models import CLOSED, Person
from progression.documents.agreeing import reading_of
from progression.documents.editions import edition_numbered
from progression.documents.shipped import document_called


@dataclass(frozen=True)
class AgreeAgain(Notice):
    """Somebody is asked to agree to a document again, by a day."""

    kind: ClassVar[str] = "agree-again"
    document: str
    edition: int
    is_reminder: bool

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once they have agreed, or after the day."""
        if db.session.get_one(Person, to).state in CLOSED:
            return False
        agree_by = reading_of(to, document_called(self.document), now).agree_by
        return agree_by is not None and clock.on(now, settings.current().zone) <= agree_by

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        document = document_called(self.document)
        reading = reading_of(to, document, now)
        return {
            "document": document,
            "edition": edition_numbered(document, self.edition),
            "agree_by": reading.agree_by,
            "is_reminder": self.is_reminder,
        }
