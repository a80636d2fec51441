"""The e-mails about applications. What was written is never in them: it is read on the page, signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from progression.applying.models import ApplicationWords, StepApplication


@dataclass(frozen=True)
class StepApplied(Notice):
    """To those who decide: somebody applied for their next step."""

    kind: ClassVar[str] = "step-applied"
    application_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it is decided or withdrawn."""
        return db.session.get_one(StepApplication, self.application_id).ended_at is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return _about(db.session.get_one(StepApplication, self.application_id))


@dataclass(frozen=True)
class _Words(Notice):
    """Something was written about an application."""

    words_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the application has ended, nor where the words were erased."""
        words = db.session.get(ApplicationWords, self.words_id)
        return words is not None and db.session.get_one(StepApplication, words.application_id).ended_at is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        words = db.session.get_one(ApplicationWords, self.words_id)
        by = db.session.get_one(Person, words.by_id)
        return {**_about(db.session.get_one(StepApplication, words.application_id)), "by": by}


@dataclass(frozen=True)
class MoreAsked(_Words):
    """To an applicant: somebody who decides asks something first."""

    kind: ClassVar[str] = "application-questioned"


@dataclass(frozen=True)
class ApplicationAnswered(_Words):
    """To those who asked: the applicant wrote something."""

    kind: ClassVar[str] = "application-answered"


def _about(application: StepApplication) -> dict[str, Any]:
    return {"person": db.session.get_one(Person, application.person_id), "stage": application.to}
