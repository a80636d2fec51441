"""Who cannot come for some days, said at short notice, and off which seats that took them. No reason is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db
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


def seats_left_in(absence_id: int) -> list[int]:
    """The ids of the seats that an absence took its person off."""
    return list(db.session.scalars(select(AbsenceSeat.seat_id).where(AbsenceSeat.absence_id == absence_id)))


def clear_leave(person_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Take a time out of a person's leave; what lies before or after it stays leave."""
    rows = db.session.scalars(
        select(AvailabilityDated).where(
            AvailabilityDated.person_id == person_id,
            AvailabilityDated.kind == DatedKind.LEAVE,
            AvailabilityDated.starts_at < ends_at,
            AvailabilityDated.ends_at > starts_at,
        )
    ).all()
    for row in rows:
        for since, until in ((row.starts_at, starts_at), (ends_at, row.ends_at)):
            if since < until:
                kept = {"kind": DatedKind.LEAVE, "starts_at": since, "ends_at": until, "said_at": row.said_at}
                db.session.add(AvailabilityDated(person_id=person_id, **kept))
        db.session.delete(row)
    db.session.flush()
