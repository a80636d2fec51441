"""The rota's e-mails: ids and codes here, words in templates/notices. No e-mail names somebody else's reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, db, settings
from app.outbox.notice import Notice
from app.people.directory import names_of
from app.people.models import Person
from rota.store.emergency_reasons import emergency_of
from rota.store.models import Assignment, AssignmentChange, ChangeReason, RotaVersion, Seat, Shift, VersionKind
from rota.store.on_call import gaps
from rota.store.removal_reasons import why_taken
from rota.store.said_of_seat_rows import Said
from rota.store.said_of_seats import said_of
from rota.store.seat_parts import worked
from rota.store.seats import SeatRow, seats_of_notice, seats_where
from rota.store.shortages import counts

SOON = timedelta(hours=2)
SEATS_LISTED = 15  # in one e-mail; the rest is on the page it links to
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def time_until(starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Say how far ahead a shift is: “soon” up to two hours, else “today”, “tomorrow” or “in two days”.

    Days are those of the calendar in `zone`, so that the words agree with the dates that the reader sees.
    """
    if starts_at - now <= SOON:
        return "soon"
    days = (clock.on(starts_at, zone) - clock.on(now, zone)).days
    if days < 2:
        return ("today", "tomorrow")[days]
    return f"in {_NUMBERS[days] if days < len(_NUMBERS) else days} days"


@dataclass(frozen=True)
class ChangedSeat:
    """One seat that a version gave to or took from the reader, for the list in an e-mail."""

    seat: SeatRow
    is_given: bool


def _changes_of(version_id: int, person_id: int) -> list[ChangedSeat]:
    """Return what a version changed for one person, in order of time."""
    is_given = {
        row.seat_id: row.to_person_id == person_id
        for row in db.session.scalars(
            select(AssignmentChange).where(
                AssignmentChange.version_id == version_id,
                (AssignmentChange.from_person_id == person_id) | (AssignmentChange.to_person_id == person_id),
            )
        )
    }
    return [ChangedSeat(seat, is_given[seat.id]) for seat in seats_of_notice(Seat.id.in_(is_given))]


def _home_zone() -> dict[str, Any]:
    """Give e-mails the organisation's zone, in which they write times, beside the reader's where that differs."""
    return {"home": settings.current().zone}


@dataclass(frozen=True)
class RotaPublished(Notice):
    """To a person on a rota that is published for the first time."""

    kind: ClassVar[str] = "rota-published"
    version_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return any(each.seat.ends_at > now for each in _changes_of(self.version_id, to))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        version = db.session.get_one(RotaVersion, self.version_id)
        changes = _changes_of(self.version_id, to)
        return {
            **_home_zone(),
            "version": version,
            "rota": version.rota,
            "changes": changes,
            "why_taken": why_taken(version.id, to),
            "emergency": emergency_of(version.id),
        }


@dataclass(frozen=True)
class SeatsChanged(RotaPublished):
    """To a person whose shifts a later version of a rota changed, and what they are asked about as well."""

    kind: ClassVar[str] = "seats-changed"
    asked_change_ids: Sequence[int] = ()
    """The changes of other seats that need their yes, so that both are one e-mail."""

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {**super().context(to, now), "asked_change_ids": self.asked_change_ids}


@dataclass(frozen=True)
class RotaWithdrawn(RotaPublished):
    """To a person who had shifts on a rota that was withdrawn."""

    kind: ClassVar[str] = "rota-withdrawn"


def _emptied(version_ids: Sequence[int]) -> list[SeatRow]:
    """Return the seats that these versions took from somebody and that nobody has now, in order of time."""
    ids = db.session.scalars(
        select(AssignmentChange.seat_id).where(
            AssignmentChange.version_id.in_(version_ids), AssignmentChange.to_person_id.is_(None)
        )
    ).all()
    return [seat for seat in seats_where(Seat.id.in_(ids)) if not seat.is_taken]


@dataclass(frozen=True)
class ShiftDropped(Notice):
    """To people who plan: the seats of one event are open again."""

    kind: ClassVar[str] = "shift-dropped"
    version_ids: Sequence[int] = ()
    version_id: int | None = None
    """Rows queued before the seats of one event came in one e-mail have this and `seat_id`."""
    seat_id: int | None = None

    swept_at: str | None = None
    """The instant (ISO 8601) of the sweep that took them, where it was one: what it took from everybody is told."""

    def _givers(self, to: int, now: datetime) -> list[tuple[int, list[SeatRow]]]:
        """Who had the open seats, and which were whose, by time. Of their own seats readers have another e-mail."""
        versions = self._versions
        emptied = [seat for seat in _emptied(versions) if seat.ends_at > now and self.seat_id in (None, seat.id)]
        changes = db.session.execute(
            select(AssignmentChange.seat_id, AssignmentChange.from_person_id).where(
                AssignmentChange.version_id.in_(versions), AssignmentChange.from_person_id.is_not(None)
            )
        )
        giver_of = {row.seat_id: row.from_person_id for row in changes}
        by_giver: dict[int, list[SeatRow]] = {}
        for seat in emptied:
            if giver_of[seat.id] != to:
                by_giver.setdefault(giver_of[seat.id], []).append(seat)
        return list(by_giver.items())

    @property
    def _versions(self) -> Sequence[int]:
        if self.swept_at is not None:
            released = select(RotaVersion.id).where(
                RotaVersion.kind == VersionKind.RELEASED,
                RotaVersion.made_at == datetime.fromisoformat(self.swept_at),
                RotaVersion.by_id.is_(None),
            )
            return db.session.scalars(released.order_by(RotaVersion.id)).all()
        return [self.version_id] if self.version_id is not None else self.version_ids

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has taken the seats, or their shifts are over."""
        return bool(self._givers(to, now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        version = db.session.get_one(RotaVersion, self._versions[0])
        by_giver = self._givers(to, now)
        names = names_of({giver for giver, _ in by_giver})
        seats = sorted((seat for _, theirs in by_giver for seat in theirs), key=lambda seat: seat.starts_at)
        listed, room = [], SEATS_LISTED
        for giver, theirs in by_giver:
            if room > 0:
                listed.append((names.get(giver, "Somebody"), theirs[:room], len(theirs)))
                room -= len(theirs)
        return {
            **_home_zone(),
            "seats": seats,
            "listed": listed,
            "shown": [seat for _, theirs, _ in listed for seat in theirs],
            "people": len(by_giver),
            "gave_back": version.kind == VersionKind.DROPPED,
        }


@dataclass(frozen=True)
class ShortShift:
    """A shift that lost people, for the e-mail to those who are on it: how many are left, the reader left out."""

    seat: SeatRow
    others: int


@dataclass(frozen=True)
class ShiftShort(Notice):
    """To people on shifts that somebody left, or to the people on call then: who it was is not said."""

    kind: ClassVar[str] = "shift-short"
    version_ids: Sequence[int]
    is_on_call: bool = False

    def _shifts(self, to: int, now: datetime) -> list[ShortShift]:
        emptied = {seat.shift_id: seat for seat in _emptied(self.version_ids) if counts(seat, now=now)}
        short = []
        for shift_id, seat in emptied.items():
            taken = [each for each in seats_where(Shift.id == shift_id) if each.is_taken]
            others = [each for each in taken if each.person_id != to]
            if self.is_on_call or len(others) < len(taken):
                short.append(ShortShift(seat, sum(each.duty.counts_as_cover for each in others)))
        return short

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the seats are taken again, the shifts are over, or the reader is no longer on them."""
        return bool(self._shifts(to, now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {**_home_zone(), "shifts": self._shifts(to, now), "is_on_call": self.is_on_call}


@dataclass(frozen=True)
class ShiftTaken(Notice):
    """To a person who took an open shift."""

    kind: ClassVar[str] = "shift-taken"
    version_id: int

    def _seat(self, to: int) -> SeatRow | None:
        given = (change.seat for change in _changes_of(self.version_id, to) if change.is_given)
        return next((seat for seat in given if seat.person_id == to), None)

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the shift is no longer theirs, or has begun."""
        seat = self._seat(to)
        return seat is not None and now < seat.starts_at

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {**_home_zone(), "seat": self._seat(to)}


@dataclass(frozen=True)
class SeatReleased(Notice):
    """To a person whose seats were released because they may no longer have them."""

    kind: ClassVar[str] = "seat-released"
    version_id: int
    cause: str = ""
    """The code of the event behind it, if there is one. Rows queued before this field existed have none."""
    more_version_ids: Sequence[int] = ()
    """The versions of further rotas, where the event took seats on several."""

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        changes = [change for each in (self.version_id, *self.more_version_ids) for change in _changes_of(each, to)]
        why = db.session.scalars(
            select(AssignmentChange.why).where(
                AssignmentChange.version_id == self.version_id, AssignmentChange.from_person_id == to
            )
        ).first()
        return {
            **_home_zone(),
            "changes": changes,
            "account_closed": why == ChangeReason.ACCOUNT_CLOSED,
            "cause": self.cause,
        }


def released_and_open(version_ids: Sequence[int], person_id: int, *, now: datetime) -> list[SeatRow]:
    """The seats that these versions took from a person, whose shifts are to come and which nobody has now."""
    own = db.session.scalars(
        select(AssignmentChange.seat_id).where(
            AssignmentChange.version_id.in_(version_ids), AssignmentChange.from_person_id == person_id
        )
    )
    ids = set(own)
    return [seat for seat in _emptied(version_ids) if seat.id in ids and seat.starts_at > now]


@dataclass(frozen=True)
class SeatsBack(Notice):
    """To a person who may do again what they could: the seats that were released from them and are still open."""

    kind: ClassVar[str] = "seats-back"
    version_ids: Sequence[int]

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has every one of them, or they have begun."""
        return bool(released_and_open(self.version_ids, to, now=now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {**_home_zone(), "seats": released_and_open(self.version_ids, to, now=now)}


@dataclass(frozen=True)
class ShiftReminder(Notice):
    """To a person whose shift is near: queued `hours_before` it, and worded by how far ahead it is when sent."""

    kind: ClassVar[str] = "shift-reminder"
    assignment_id: int
    hours_before: int
    part_id: int | None = None

    def _seat(self) -> SeatRow | None:
        """What the reader works of it first: the part that they took, or what is left of their seat to them."""
        at_work = worked(seats_where(Assignment.id == self.assignment_id))
        return next((each for each in at_work if each.part_id == self.part_id), None)

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the reader no longer has the seat, and not once the shift has begun."""
        seat = self._seat()
        return seat is not None and seat.person_id == to and now < seat.starts_at

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        seat = self._seat()
        if seat is None:
            raise LookupError("a reminder is rendered only while it is wanted")
        reader = db.session.get_one(Person, to)
        zone = ZoneInfo(reader.zone_name) if reader.zone_name else settings.current().zone
        until = time_until(seat.starts_at, now=now, zone=zone)
        is_confirmed = seat.is_part or (self.assignment_id, Said.COMES) in said_of([self.assignment_id])
        return {
            **_home_zone(),
            "seat": seat,
            "time_until": until,
            "beside": _others_on_shift(seat),
            "is_confirmed": is_confirmed,
        }


def _others_on_shift(seat: SeatRow) -> list[tuple[str, SeatRow]]:
    """Return who else is on the shift: display name and seat."""
    at_work = worked(seats_where(Shift.id == seat.shift_id))
    # Somebody may work the hours before and after a part that another took.
    others = {each.person_id: each for each in at_work if each.person_id not in (None, seat.person_id)}.values()
    names = names_of({each.person_id for each in others if each.person_id is not None})
    return [(names[each.person_id], each) for each in others if each.person_id is not None]


@dataclass(frozen=True)
class NobodyOnCall(Notice):
    """To people who plan or lead: nobody is on call from an instant on."""

    kind: ClassVar[str] = "nobody-on-call"
    starts_at: str  # ISO 8601, in UTC

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has been named for that time."""
        start = max(datetime.fromisoformat(self.starts_at), now)
        return bool(gaps(start, start + timedelta(minutes=1), zone=settings.current().zone))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        start = datetime.fromisoformat(self.starts_at)
        return {**_home_zone(), "starts_at": start, "has_begun": start <= now}
