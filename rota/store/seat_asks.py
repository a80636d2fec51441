"""Who was asked to take which empty seat, in which wave, and what they answered.

An asking is about one seat from when people are first asked until somebody has it or its shift begins; a seat has one
open asking at most. So has each offer of some of the hours of a seat (`offer_id`), whose holder comes until somebody
takes them. Who else was asked is for those who plan alone, and who said no for nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from rota.store.models import CoverLine, Seat


class SeatAnswer(StrEnum):
    """What somebody answered who was asked to take a seat."""

    YES = "yes"
    NO = "no"


class SeatAsking(db.Model):
    """Asking people to take one empty seat. `wave` is the number of the last wave, 0 before the first."""

    __tablename__ = "seat_asking"
    __table_args__ = (
        Index(
            "uq_seat_asking_seat_id_open",
            "seat_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND offer_id IS NULL"),
            postgresql_where=text("closed_at IS NULL AND offer_id IS NULL"),
        ),
        Index(
            "uq_seat_asking_offer_id_open",
            "offer_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_seat_asking_closed_at", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_change.id"), index=True)  # that emptied it
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("seat_change.id"))
    """The offer of a part of the seat that it is about. None: all of the seat."""
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: nobody had to
    wave: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]  # of the last wave
    told_at: Mapped[datetime | None]  # those who plan were told that there is nobody to ask
    closed_at: Mapped[datetime | None]


class SeatAsk(db.Model):
    """One person who was asked about a seat. They may answer once it was sent, and change a no into a yes."""

    __tablename__ = "seat_ask"
    __table_args__ = (
        UniqueConstraint("asking_id", "person_id"),
        db.one_of("answer", SeatAnswer),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asking_id: Mapped[int] = mapped_column(ForeignKey("seat_asking.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    wave: Mapped[int]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: as one of a wave
    asked_at: Mapped[datetime]
    answer: Mapped[SeatAnswer | None]
    answered_at: Mapped[datetime | None]


def open_askings() -> Sequence[SeatAsking]:
    """The askings about all of a seat that are not closed, the oldest first."""
    return _open(SeatAsking.offer_id.is_(None))


def open_askings_about_parts(*offer_ids: int) -> Sequence[SeatAsking]:
    """The askings about parts of seats that are not closed, the oldest first: all, or those about these offers."""
    return _open(SeatAsking.offer_id.in_(offer_ids) if offer_ids else SeatAsking.offer_id.is_not(None))


def _open(about: ColumnElement[bool]) -> Sequence[SeatAsking]:
    query = select(SeatAsking).where(SeatAsking.closed_at.is_(None), about)
    return db.session.scalars(query.order_by(SeatAsking.id)).all()


def asks_of(asking_ids: Collection[int]) -> dict[int, list[SeatAsk]]:
    """Who was asked in each of these askings, by its id, in the order in which they were asked."""
    found: dict[int, list[SeatAsk]] = defaultdict(list)
    for ask in db.session.scalars(select(SeatAsk).where(SeatAsk.asking_id.in_(asking_ids)).order_by(SeatAsk.id)):
        found[ask.asking_id].append(ask)
    return found


def who_said_no(shift_id: int) -> set[int]:
    """The ids of the people who were asked about any seat of a shift and said no: nobody asks them again for it."""
    rows = db.session.scalars(
        select(SeatAsk.person_id)
        .join(SeatAsking, SeatAsking.id == SeatAsk.asking_id)
        .join(Seat, Seat.id == SeatAsking.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .where(CoverLine.shift_id == shift_id, SeatAsk.answer == SeatAnswer.NO)
    )
    return set(rows)


@dataclass
class AskedOfShifts:
    """What was asked about the seats of some shifts: the open askings by seat, and of each who was asked."""

    open: dict[int, SeatAsking] = field(default_factory=dict)
    asks: dict[int, list[SeatAsk]] = field(default_factory=lambda: defaultdict(list))
    said_no: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By shift: who said no about any of its seats, now or before."""


def asked_of_shifts(shift_ids: Collection[int]) -> AskedOfShifts:
    """Read what was asked about any seat of these shifts, in one query."""
    rows = db.session.execute(
        select(SeatAsking, SeatAsk, CoverLine.shift_id)
        .join(Seat, Seat.id == SeatAsking.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .outerjoin(SeatAsk, SeatAsk.asking_id == SeatAsking.id)
        .where(CoverLine.shift_id.in_(shift_ids))
        .order_by(SeatAsking.id, SeatAsk.id)
    )
    found = AskedOfShifts()
    for asking, ask, shift_id in rows:
        if asking.closed_at is None and asking.offer_id is None:
            found.open[asking.seat_id] = asking
        if ask is not None:
            found.asks[asking.id].append(ask)
            if ask.answer is SeatAnswer.NO:
                found.said_no[shift_id].add(ask.person_id)
    return found
