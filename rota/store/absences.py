"""Who cannot come for some days, said at short notice, and off which seats that took them. No reason is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.people.models import Departure
from app.people.rights import release_what_is_lost
from progression.intervals import Interval, merged
from rota.store.models import AvailabilityDated, DatedKind


class Absence(db.Model):
    """Days on which somebody cannot come, said when they had shifts in them. It may be unmade while they last."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_absence_person_id_ends_at", "person_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    said_at: Mapped[datetime]
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    leave_before: Mapped[list[Any]]  # the parts of this time that were leave already, as pairs of instants in ISO 8601
    unmade_at: Mapped[datetime | None]
    unmade_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AbsenceSeat(db.Model):
    """One seat that somebody was taken off because they cannot come."""

    __tablename__ = "absence_seat"

    absence_id: Mapped[int] = mapped_column(ForeignKey("absence.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)


def absences_of(person_id: int, *, now: datetime) -> Sequence[Absence]:
    """The absences of a person that are not over and were not unmade, the soonest first."""
    return db.session.scalars(
        select(Absence)
        .where(Absence.person_id == person_id, Absence.ends_at > now, Absence.unmade_at.is_(None))
        .order_by(Absence.starts_at, Absence.id)
    ).all()


def lasting_absence(person_id: int, *, now: datetime) -> Absence | None:
    """The absence that lasts now and ends last; None where the person is not away."""
    lasting = [absence for absence in absences_of(person_id, now=now) if absence.starts_at <= now]
    return max(lasting, key=lambda each: each.ends_at, default=None)


def absence_of_departure(departure: Departure) -> Absence | None:
    """The time away after somebody's last day: said in the same transaction, so at the same instant."""
    query = select(Absence).where(Absence.person_id == departure.person_id, Absence.said_at == departure.said_at)
    return db.session.scalars(query.order_by(Absence.id.desc()).limit(1)).first()


def seats_left_in(absence_id: int) -> list[int]:
    """The ids of the seats that an absence took its person off."""
    return list(db.session.scalars(select(AbsenceSeat.seat_id).where(AbsenceSeat.absence_id == absence_id)))


def away_times_of(ids: Collection[int], since: datetime, until: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """When each of these people had leave between two instants, however it was said; see `app.domain.away_times`."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in db.session.execute(
        select(AvailabilityDated.person_id, AvailabilityDated.starts_at, AvailabilityDated.ends_at).where(
            AvailabilityDated.person_id.in_(ids),
            AvailabilityDated.kind == DatedKind.LEAVE,
            AvailabilityDated.starts_at < until,
            AvailabilityDated.ends_at > since,
        )
    ):
        found[row.person_id].append((max(row.starts_at, since), min(row.ends_at, until)))
    return dict(found)


def leave_within(person_id: int, starts_at: datetime, ends_at: datetime) -> list[list[str]]:
    """The parts of a time that are leave, as `Absence.leave_before` keeps them."""
    rows = _leave(person_id, starts_at, ends_at)
    return [[max(row.starts_at, starts_at).isoformat(), min(row.ends_at, ends_at).isoformat()] for row in rows]


def clear_leave(absence: Absence, *, now: datetime) -> None:
    """Take what is still to come of an absence out of its person's leave; what was leave before it, what is around it,
    and the part of it that is over stay. Seats that its person held only because it stopped a clock are released."""
    starts_at, ends_at = max(absence.starts_at, now), absence.ends_at
    stays = [Interval(*(datetime.fromisoformat(at) for at in pair)) for pair in absence.leave_before]
    for row in _leave(absence.person_id, starts_at, ends_at):
        stays += [Interval(row.starts_at, starts_at)] if row.starts_at < starts_at else []
        stays += [Interval(ends_at, row.ends_at)] if ends_at < row.ends_at else []
        db.session.delete(row)
    for span in merged(stays):
        times = {"starts_at": span.start, "ends_at": span.end, "said_at": absence.said_at}
        db.session.add(AvailabilityDated(person_id=absence.person_id, kind=DatedKind.LEAVE, **times))
    db.session.flush()
    release_what_is_lost(absence.person_id, now=now)


def _leave(person_id: int, starts_at: datetime, ends_at: datetime) -> Sequence[AvailabilityDated]:
    return db.session.scalars(
        select(AvailabilityDated).where(
            AvailabilityDated.person_id == person_id,
            AvailabilityDated.kind == DatedKind.LEAVE,
            AvailabilityDated.starts_at < ends_at,
            AvailabilityDated.ends_at > starts_at,
        )
    ).all()
