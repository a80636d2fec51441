"""The rota's letters: ids and codes here, words in templates/notices. Nobody reads of others' reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import db, settings
from app.outbox.notice import Notice
from app.people.directory import names_of
from app.people.models import Person
from rota.store.models import Assignment, AssignmentChange, ChangeReason, RotaVersion, Seat, Shift, VersionKind
from rota.store.seats import SeatRow, seats_where


@dataclass(frozen=True)
class SeatChange:
    """One seat of the reader's that was given or taken, for a letter's list."""

    seat: SeatRow
    is_given: bool


def _changes_of(version_id: int, person_id: int) -> list[SeatChange]:
    """What a version changed for one person, in order of time."""
    rows = {
        row.seat_id: row.to_person_id == person_id
        for row in db.session.scalars(
            select(AssignmentChange).where(
                AssignmentChange.version_id == version_id,
                (AssignmentChange.from_person_id == person_id) | (AssignmentChange.to_person_id == person_id),
            )
        )
    }
    return [SeatChange(seat, rows[seat.id]) for seat in seats_where(Seat.id.in_(rows))]


def _organisation() -> dict[str, Any]:
    """Letters say times in the organisation's zone, and in the reader's where that differs."""
    return {"home": settings.current().zone}


@dataclass(frozen=True)
class RotaPublished(Notice):
    """A rota came out for the first time, and the reader is on it."""

    kind: ClassVar[str] = "rota-published"
    version_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return any(each.seat.ends_at > now for each in _changes_of(self.version_id, to))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        version = db.session.get_one(RotaVersion, self.version_id)
        changes = _changes_of(self.version_id, to)
        return {**_organisation(), "version": version, "rota": version.rota, "changes": changes}


@dataclass(frozen=True)
class SeatsChanged(RotaPublished):
    """A rota that is out was changed, and the reader's shifts with it."""

    kind: ClassVar[str] = "seats-changed"


@dataclass(frozen=True)
class ShiftDropped(Notice):
    """To those who plan: a seat is open again."""

    kind: ClassVar[str] = "shift-dropped"
    version_id: int
    seat_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has taken the seat, or its time is over."""
        (seat,) = seats_where(Seat.id == self.seat_id)
        return seat.person_id is None and seat.ends_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        (seat,) = seats_where(Seat.id == self.seat_id)
        change = db.session.scalars(
            select(AssignmentChange).where(
                AssignmentChange.version_id == self.version_id, AssignmentChange.seat_id == self.seat_id
            )
        ).one()
        giver = db.session.get(Person, change.from_person_id)
        version = db.session.get_one(RotaVersion, self.version_id)
        return {
            **_organisation(),
            "seat": seat,
            "giver": giver.display_name if giver else "Somebody",
            "gave_back": version.kind == VersionKind.DROPPED,
        }


@dataclass(frozen=True)
class SeatReleased(Notice):
    """To a person whose seats were let go because they are not cleared for them any more."""

    kind: ClassVar[str] = "seat-released"
    version_id: int
    cause: str = ""
    """The code of what brought it about, where one thing did; the letters already waiting know none."""

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        changes = _changes_of(self.version_id, to)
        why = db.session.scalars(
            select(AssignmentChange.why).where(
                AssignmentChange.version_id == self.version_id, AssignmentChange.from_person_id == to
            )
        ).first()
        return {
            **_organisation(),
            "changes": changes,
            "account_closed": why == ChangeReason.ACCOUNT_CLOSED,
            "cause": self.cause,
        }


@dataclass(frozen=True)
class ShiftReminder(Notice):
    """A shift of the reader's comes near: two days before, and two hours before."""

    kind: ClassVar[str] = "shift-reminder"
    assignment_id: int
    hours_before: int

    def _seat(self) -> SeatRow | None:
        return next(iter(seats_where(Assignment.id == self.assignment_id)), None)

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not if the seat has gone to somebody else or nobody, and not once the shift has begun."""
        seat = self._seat()
        return seat is not None and seat.person_id == to and now < seat.starts_at

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        seat = self._seat()
        if seat is None:
            raise LookupError("a reminder is rendered only while it is wanted")
        return {**_organisation(), "seat": seat, "hours_before": self.hours_before, "beside": beside(seat)}


def beside(seat: SeatRow) -> list[tuple[str, SeatRow]]:
    """Who else is on the shift: display name and seat."""
    others = [each for each in seats_where(Shift.id == seat.shift_id) if each.person_id not in (None, seat.person_id)]
    names = names_of({each.person_id for each in others if each.person_id is not None})
    return [(names[each.person_id], each) for each in others if each.person_id is not None]
