"""The e-mails about times: that somebody is asked for them, and that somebody else entered them. Ids and days only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import db, settings
from app.outbox.notice import Notice
from app.people.directory import names_of
from app.people.models import Person
from rota.offering.asks import is_away_for
from rota.store.availability_asks import AvailabilityAsk, AvailabilityAsked, TimesEntered


@dataclass(frozen=True)
class TimesAsked(Notice):
    """To a person who is asked by a day when they can come, once when asked and once as a reminder."""

    kind: ClassVar[str] = "times-asked"
    ask_id: int
    is_reminder: bool = False

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once they have answered or are away, nor when the ask was taken back."""
        asked = db.session.get(AvailabilityAsk, self.ask_id)
        row = db.session.get(AvailabilityAsked, (self.ask_id, to))
        if asked is None or row is None or asked.ended_at is not None or row.answered_at is not None:
            return False
        away = is_away_for(asked, settings.current().zone, now)
        return db.session.scalar(select(Person.id).where(Person.id == to, away)) is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        asked = db.session.get_one(AvailabilityAsk, self.ask_id)
        first = max(asked.starts_on, now.date()).replace(day=1)
        return {
            "ask": asked,
            "asker": names_of([asked.asked_by_id])[asked.asked_by_id],
            "is_reminder": self.is_reminder,
            "month": f"{first:%Y-%m}",
        }


@dataclass(frozen=True)
class TimesEnteredForYou(Notice):
    """To a person whose times somebody else entered; one e-mail for what was entered in one go."""

    kind: ClassVar[str] = "times-entered"
    entered_at: str

    def _row(self, to: int) -> TimesEntered | None:
        row = db.session.get(TimesEntered, to)
        return row if row is not None and row.entered_at.isoformat() == self.entered_at else None

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once more was entered, which has an e-mail of its own, or the person saved their times themselves."""
        return self._row(to) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        row = self._row(to)
        assert row is not None
        return {"by": names_of([row.by_id])[row.by_id], "month": f"{now:%Y-%m}"}
