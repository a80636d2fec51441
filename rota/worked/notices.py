"""The e-mails about who came to a shift. What people write is never in them: it is read on the page, signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db, settings
from app.outbox.notice import Notice
from app.people.models import Person
from rota.store.did_not_come_rows import DidNotCome, NotCome, PartDidNotCome
from rota.store.models import Assignment
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import seats_of_notice


@dataclass(frozen=True)
class AboutShift(Notice):
    """Something about whether somebody came to one shift; `times_said` is how often it was said.

    With `part_id` about the hours that they had taken of it.
    """

    assignment_id: int
    times_said: int
    part_id: int | None = None

    def _row(self) -> NotCome | None:
        row: NotCome | None
        if self.part_id is not None:
            row = db.session.get(PartDidNotCome, self.part_id)
        else:
            row = db.session.get(DidNotCome, self.assignment_id)
        return row if row is not None and row.times_said == self.times_said else None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        (seat,) = seats_of_notice(Assignment.id == self.assignment_id)
        if self.part_id is not None:
            part = db.session.get_one(SeatPart, self.part_id)
            seat = seat._replace(
                person_id=part.person_id, part_id=part.id, starts_at=part.starts_at, ends_at=part.ends_at
            )
        return {"seat": seat, "home": settings.current().zone}


@dataclass(frozen=True)
class DidNotComeSaid(AboutShift):
    """To a person: somebody noted that they were not at a shift of theirs."""

    kind: ClassVar[str] = "did-not-come"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it was taken back."""
        row = self._row()
        return row is not None and row.stands


@dataclass(frozen=True)
class CameAfterAll(AboutShift):
    """To a person: that they were not at a shift was taken back."""

    kind: ClassVar[str] = "came-after-all"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not where it was said again meanwhile."""
        row = self._row()
        return row is not None and not row.stands


@dataclass(frozen=True)
class DidNotComeAnswered(AboutShift):
    """To the person who noted it: the person concerned wrote back."""

    kind: ClassVar[str] = "did-not-come-answered"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it was taken back, nor where the answer was erased."""
        row = self._row()
        return row is not None and row.stands and row.answer is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        return {**context, "person": db.session.get_one(Person, context["seat"].person_id)}
