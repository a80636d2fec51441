"""Times that people were asked for by a day, who answered, and times that somebody else entered for a person."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, exists, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, db
from app.people.models import Person
from rota.store.models import AvailabilityDated, DatedKind


class AvailabilityAsk(db.Model):
    """Somebody who plans asked people when they can come in a period, by the end of a day."""

    __tablename__ = "availability_ask"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    answer_by: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]  # taken back: nobody is reminded any more

    def deadline(self, zone: ZoneInfo) -> datetime:
        """The end of the day by which people answer, in the organisation's zone."""
        return clock.ends(self.answer_by, zone)


class AvailabilityAsked(db.Model):
    """One person who was asked; the instants are None until it happens."""

    __tablename__ = "availability_asked"
    __table_args__ = (Index("ix_availability_asked_person_id_answered_at", "person_id", "answered_at"),)

    ask_id: Mapped[int] = mapped_column(ForeignKey("availability_ask.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class TimesEntered(db.Model):
    """Who last entered times for a person, who has not saved them since. One row for each person at most."""

    __tablename__ = "times_entered"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


def is_away(since: datetime, until: datetime) -> ColumnElement[bool]:
    """The condition that a person said they are away, or cannot, for the whole of this time. Why is not told apart."""
    return exists(
        select(AvailabilityDated.id).where(
            AvailabilityDated.person_id == Person.id,
            AvailabilityDated.kind != DatedKind.CAN,
            AvailabilityDated.starts_at <= since,
            AvailabilityDated.ends_at >= until,
        )
    )


def note_answers(person_id: int, first: date, last: date, *, now: datetime) -> int:
    """Note that a person has answered every ask about days between two; return how many were waiting for it."""
    about = select(AvailabilityAsk.id).where(
        AvailabilityAsk.starts_on <= last, AvailabilityAsk.ends_on >= first, AvailabilityAsk.ended_at.is_(None)
    )
    answered = db.session.execute(
        update(AvailabilityAsked)
        .where(
            AvailabilityAsked.person_id == person_id,
            AvailabilityAsked.answered_at.is_(None),
            AvailabilityAsked.ask_id.in_(about),
        )
        .values(answered_at=now)
        .returning(AvailabilityAsked.ask_id)
    ).all()
    return len(answered)


def waiting_for(person_id: int, *, today: date) -> list[AvailabilityAsk]:
    """The asks that a person has not answered and whose period is not over, the first deadline first."""
    return list(
        db.session.scalars(
            select(AvailabilityAsk)
            .join(AvailabilityAsked, AvailabilityAsked.ask_id == AvailabilityAsk.id)
            .where(
                AvailabilityAsked.person_id == person_id,
                AvailabilityAsked.answered_at.is_(None),
                AvailabilityAsk.ended_at.is_(None),
                AvailabilityAsk.ends_on >= today,
            )
            .order_by(AvailabilityAsk.answer_by, AvailabilityAsk.id)
        )
    )


def note_entry(person_id: int, *, by: int, now: datetime) -> bool:
    """Note who entered a person's times; their own saving forgets it. Return whether it was somebody else."""
    kept = db.session.get(TimesEntered, person_id)
    if by == person_id:
        if kept is not None:
            db.session.delete(kept)
        return False
    values = {"by_id": by, "entered_at": now}
    db.upsert(TimesEntered, {"person_id": person_id, **values}, key=("person_id",), update=values)
    return True


def entered_by(person_id: int) -> tuple[str, datetime] | None:
    """Who entered a person's times for them and when; None where they saved them themselves since."""
    row = db.session.execute(
        select(Person.display_name, TimesEntered.entered_at)
        .join(Person, Person.id == TimesEntered.by_id)
        .where(TimesEntered.person_id == person_id)
    ).first()
    return (row.display_name, row.entered_at) if row else None
