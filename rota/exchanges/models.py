"""The tables of seat changes that people agree on: what is to change, who is asked, and what came of it.

The receipt is append-only and holds codes alone; why a coordinator overrode a rule is in `seat_move`, which can be
erased.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import db
from app.people.models import Person
from progression.intervals import Interval


class ChangeKind(StrEnum):
    """How a change of seats came to be asked for."""

    COVER = "cover"  # somebody looks for a person to take their shift; the first whom it fits may
    SWAP = "swap"  # two people trade shifts
    RING = "ring"  # three people pass their shifts round
    PLANNED = "planned"  # a coordinator asks people before a published rota changes near its time
    PART = "part"  # somebody offers some of the hours of their shift; the first whom they fit may take them


class ChangeState(StrEnum):
    """Where a change stands. Only the first two can still become something else."""

    OPEN = "open"  # somebody has still to answer
    ACCEPTED = "accepted"  # all said yes, and a coordinator has still to agree
    APPLIED = "applied"
    REFUSED = "refused"  # somebody said no, or a coordinator did
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"  # a seat changed hands meanwhile, or a rule no longer allows it
    EXPIRED = "expired"


PENDING = (ChangeState.OPEN, ChangeState.ACCEPTED)


class Answer(StrEnum):
    """What somebody says who is asked. Both are fine."""

    YES = "yes"
    NO = "no"


class SeatChange(db.Model):
    """One change of published seats that needs somebody's consent: all of its moves happen together, or none."""

    __tablename__ = "seat_change"
    __table_args__ = (
        db.one_of("kind", ChangeKind),
        db.one_of("state", ChangeState),
        Index(
            "ix_seat_change_expires_at_pending",
            "expires_at",
            sqlite_where=text("state IN ('open', 'accepted')"),
            postgresql_where=text("state IN ('open', 'accepted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind]
    state: Mapped[ChangeState] = mapped_column(default=ChangeState.OPEN)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose wish it is; another than `made_by_id` where a coordinator asked on their behalf. None: the planners'."""
    expires_at: Mapped[datetime]
    needs_approval: Mapped[bool]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    overtaken_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    """The seat that changed hands meanwhile. None on one that was overtaken: a rule no longer allows it."""

    moves: Mapped[list[SeatMove]] = relationship(order_by="SeatMove.id", cascade="all, delete-orphan")
    parties: Mapped[list[SeatChangeParty]] = relationship(
        order_by="SeatChangeParty.person_id", cascade="all, delete-orphan"
    )

    @property
    def is_pending(self) -> bool:
        """Whether it may still come about."""
        return self.state in PENDING

    @classmethod
    def is_pending_in_sql(cls) -> ColumnElement[bool]:
        """The condition of `is_pending`."""
        return cls.state.in_(PENDING)


class SeatMove(db.Model):
    """One seat that is to go from one person to another."""

    __tablename__ = "seat_move"
    __table_args__ = (
        CheckConstraint("from_person_id IS NULL OR expects_assignment_id IS NOT NULL", name="holder_is_expected"),
        CheckConstraint("(part_starts_at IS NULL) = (part_ends_at IS NULL)", name="part_has_both_ends"),
        CheckConstraint("part_ends_at > part_starts_at", name="part_ends_after_it_starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("seat_change.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the first who takes it, where cover is asked for; nobody, where a coordinator empties the seat."""
    expects_assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    """The assignment that holds the seat while the change is valid. None: the seat is empty."""
    overrides: Mapped[list[Any]]  # keys of the rules that a coordinator took responsibility for
    override_words: Mapped[str | None]  # why, in their words
    from_person: Mapped[Person | None] = relationship(foreign_keys=[from_person_id], viewonly=True)
    to_person: Mapped[Person | None] = relationship(foreign_keys=[to_person_id], viewonly=True)
    part_starts_at: Mapped[datetime | None]  # the hours that are offered, where it is a part of the seat
    part_ends_at: Mapped[datetime | None]

    @property
    def part(self) -> Interval | None:
        """The hours that are offered, where it is a part of the seat alone."""
        if self.part_starts_at is None or self.part_ends_at is None:
            return None
        return Interval(self.part_starts_at, self.part_ends_at)


class SeatChangeParty(db.Model):
    """Somebody whose consent a change needs, and what they said."""

    __tablename__ = "seat_change_party"
    __table_args__ = (db.one_of("answer", Answer),)

    change_id: Mapped[int] = mapped_column(ForeignKey("seat_change.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # another: a coordinator for them
    person: Mapped[Person] = relationship(foreign_keys=[person_id], viewonly=True)


@db.append_only
class SeatChangeReceipt(db.Model):
    """What the rules said of everybody at the moment a change was made. Append-only: codes and ids."""

    __tablename__ = "seat_change_receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("seat_change.id"), unique=True)
    checked_at: Mapped[datetime]
    results: Mapped[dict[str, Any]]
    """`versions`: ids of the versions made; `people`: who was checked; `rules`: the rules that were checked; `broken`:
    rule, person and shifts of each that a coordinator took responsibility for."""
