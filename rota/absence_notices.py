"""The e-mails to a person about days on which they cannot come: ids here, words in templates/notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, db, settings
from app.day_bounds import NO_LAST_DAY
from app.organisation import in_force
from app.outbox.notice import Notice
from app.people.directory import names_of
from app.people.leaving import said_by
from app.people.models import Departure, Person
from rota.store.absence_words import AbsenceWord, reason_of
from rota.store.absences import Absence, absence_of_departure, seats_left_in
from rota.store.ending_parts import parts_left_at
from rota.store.models import AssignmentChange, Seat
from rota.store.seats import SeatRow, seats_of_notice


def _zone_of(person: Person) -> ZoneInfo:
    return ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone


@dataclass(frozen=True)
class AwaySaid(Notice):
    """To a person who is down as away: until when, and off which shifts that took them. No reason is kept."""

    kind: ClassVar[str] = "away-said"
    absence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it was unmade, or is over."""
        absence = db.session.get_one(Absence, self.absence_id)
        return absence.unmade_at is None and absence.ends_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        absence = db.session.get_one(Absence, self.absence_id)
        by = None if absence.said_by_id == to else names_of([absence.said_by_id])[absence.said_by_id]
        seats = seats_of_notice(Seat.id.in_(seats_left_in(absence.id)))
        last = clock.on(absence.ends_at - timedelta(minutes=1), _zone_of(db.session.get_one(Person, to)))
        return {
            "home": settings.current().zone,
            "last": None if absence.ends_at == NO_LAST_DAY else last,
            "seats": seats,
            "parts": parts_left_at(absence.person_id, absence.said_at),
            "by": by,
            "reason": reason_of(absence.id),
        }


@dataclass(frozen=True)
class WordToContact(Notice):
    """To the one person whom somebody wants to know that they need support.

    Every absence queues one. Addressed to the person who is away it is never sent, so that its row tells nothing.
    """

    kind: ClassVar[str] = "away-word"
    is_private: ClassVar[bool] = True
    absence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.get_one(Absence, self.absence_id).person_id != to

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        person = db.session.get_one(Person, db.session.get_one(Absence, self.absence_id).person_id)
        return {"name": person.display_name, "details": in_force.details()}


def _seats_after(departure: Departure) -> Sequence[SeatRow]:
    """The shifts that a last day took its person off."""
    absence = absence_of_departure(departure)
    return seats_of_notice(Seat.id.in_(seats_left_in(absence.id))) if absence is not None else ()


@dataclass(frozen=True)
class _OfDeparture(Notice):
    departure_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the last day was taken back."""
        return db.session.get_one(Departure, self.departure_id).taken_back_at is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        departure = db.session.get_one(Departure, self.departure_id)
        return {
            "home": settings.current().zone,
            "departure": departure,
            "seats": _seats_after(departure),
            "by": said_by(departure),
            "name": db.session.get_one(Person, departure.person_id).display_name,
        }


@dataclass(frozen=True)
class LeavingSaid(_OfDeparture):
    """To somebody whose last day was said: what happens until then and after it, and the way to stay."""

    kind: ClassVar[str] = "leaving-said"


@dataclass(frozen=True)
class LeavingTold(_OfDeparture):
    """To people who plan: somebody leaves, when, and which shifts are open because of it. No reason."""

    kind: ClassVar[str] = "leaving-told"


@dataclass(frozen=True)
class AwayAnswered(Notice):
    """To who put somebody down as away with a reason: the person answered."""

    kind: ClassVar[str] = "away-answered"
    word_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        word = db.session.get_one(AbsenceWord, self.word_id)
        person = db.session.get_one(Person, word.by_id)
        return {"name": person.display_name, "person_id": person.id, "words": word.text}


@dataclass(frozen=True)
class AwayAgain(Notice):
    """To a person whose days away were taken back: the shifts that are theirs again."""

    kind: ClassVar[str] = "away-unmade"
    version_ids: Sequence[int]

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        ids = db.session.scalars(
            select(AssignmentChange.seat_id).where(
                AssignmentChange.version_id.in_(self.version_ids), AssignmentChange.to_person_id == to
            )
        ).all()
        seats = [seat for seat in seats_of_notice(Seat.id.in_(ids)) if seat.person_id == to]
        return {"home": settings.current().zone, "seats": seats}

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once none of them is theirs any more."""
        return bool(self.context(to, now)["seats"])
