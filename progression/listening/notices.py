"""The e-mails about suggestions, news and short questions. What people wrote is never in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from progression.listening.models import News, NewsRead, Pulse, PulseTaken, Suggestion, SuggestionAnswer
from progression.listening.suggestions import are_waiting


@dataclass(frozen=True)
class SuggestionsWait(Notice):
    """To those who answer: suggestions wait. At most one a day, however many there are."""

    kind: ClassVar[str] = "suggestions-wait"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once all are answered or taken back."""
        return are_waiting()

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class SuggestionAnswered(Notice):
    """To the person who suggested something: it is answered."""

    kind: ClassVar[str] = "suggestion-answered"
    answer_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once they took it back."""
        answered = db.session.get_one(SuggestionAnswer, self.answer_id)
        return db.session.get_one(Suggestion, answered.suggestion_id).withdrawn_at is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        answered = db.session.get_one(SuggestionAnswer, self.answer_id)
        return {"made_at": db.session.get_one(Suggestion, answered.suggestion_id).made_at}


@dataclass(frozen=True)
class PulseOpen(Notice):
    """To everybody they are for: short questions are open, or will close soon."""

    kind: ClassVar[str] = "pulse-open"
    pulse_id: int
    is_reminder: bool

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the questions are closed, or this person has answered them."""
        closed = db.session.get_one(Pulse, self.pulse_id).closed_at is not None
        return not closed and db.session.get(PulseTaken, (self.pulse_id, to)) is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"pulse": db.session.get_one(Pulse, self.pulse_id), "is_reminder": self.is_reminder}


@dataclass(frozen=True)
class NewsTold(Notice):
    """To everybody they are for: something changes."""

    kind: ClassVar[str] = "news"
    news_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the news are taken down, or this person has read them."""
        is_up = db.session.get_one(News, self.news_id).taken_down_at is None
        return is_up and db.session.get(NewsRead, (self.news_id, to)) is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        news = db.session.get_one(News, self.news_id)
        return {"news": news, "by": db.session.get_one(Person, news.by_id)}
