"""The e-mails about empty seats that people are asked to take: ids here, words in templates/notices.

None of them says who else was asked, who said no, or who has a seat now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import db, settings
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.notice import Notice
from app.people.models import Person
from progression.intervals import FOR_EVER
from rota.exchanges.applying import reasons_against_taking
from rota.exchanges.parts import part_to_take
from rota.exchanges.reading import seats_looking_for_cover
from rota.store.models import Seat
from rota.store.seat_asks import SeatAsk, SeatAsking
from rota.store.seat_reasons import reasons_against
from rota.store.seats import SeatRow, seats_where


def _wanted(seat_ids: Sequence[int], now: datetime) -> list[SeatRow]:
    """Those of these seats that are empty, or for which their holders ask for cover."""
    looking = seats_looking_for_cover(now, FOR_EVER)
    return [seat for seat in seats_where(Seat.id.in_(seat_ids)) if seat.is_open or seat.id in looking]


@dataclass(frozen=True)
class Question:
    """A seat that the reader is asked to take; `ask_id` leads to the page on which they answer."""

    seat: SeatRow
    ask_id: int | None
    is_part: bool = False
    """Whether it is about hours that somebody offers of their shift."""


def _parts_to_take(asks: Sequence[Any], to: int, now: datetime) -> list[Question]:
    """Those of these asks about parts that the reader may still take."""
    found = [(row.id, part_to_take(row.offer_id, now=now)) for row in asks]
    return [
        Question(part.seat, ask_id, is_part=True)
        for ask_id, part in found
        if part is not None and part.is_offered and not reasons_against_taking(part.change, to, now=now)
    ]


@dataclass(frozen=True)
class SeatOffered(Notice):
    """To a person who could take seats that became open; sent only while each of those it names may be taken."""

    kind: ClassVar[str] = "seat-offered"
    seat_ids: Sequence[int]
    change_ids: Sequence[int] = ()
    """Rows queued before answers were kept name the changes that emptied the seats, and no asks."""
    ask_ids: Sequence[int] = ()

    @staticmethod
    def key(ask_id: int) -> str:
        """The deduplication key of the e-mail whose first question has this id."""
        return f"seat-asked:{ask_id}"

    def _questions(self, to: int, now: datetime) -> list[Question]:
        asks, parts = {}, []
        if self.ask_ids:
            rows = db.session.execute(
                select(SeatAsking.seat_id, SeatAsking.offer_id, SeatAsk.id, SeatAsk.answer)
                .join(SeatAsk, SeatAsk.asking_id == SeatAsking.id)
                .where(SeatAsk.id.in_(self.ask_ids), SeatAsk.person_id == to)
            ).all()
            asks = {row.seat_id: row for row in rows if row.offer_id is None}
            parts = [row for row in rows if row.offer_id is not None and row.answer is None]
        about_parts = {row.seat_id for row in parts} - asks.keys()
        seats = [seat for seat in _wanted(self.seat_ids, now) if seat.starts_at > now and seat.id not in about_parts]
        reader = db.session.get_one(Person, to)
        return _parts_to_take(parts, to, now) + [
            Question(seat, asks[seat.id].id if seat.id in asks else None)
            for seat in seats
            if seat.id not in asks or asks[seat.id].answer is None
            if not reasons_against(reader, seat, now=now)
        ]

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has taken the seats, the reader may not take them any more, or has answered."""
        return bool(self._questions(to, now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"home": settings.current().zone, "questions": self._questions(to, now)}


@dataclass(frozen=True)
class SeatFilled(Notice):
    """To a person who was asked to take seats and had not answered when somebody else took them: who is not said."""

    kind: ClassVar[str] = "seat-filled"
    ask_ids: Sequence[int]

    def _seats(self, to: int, now: datetime) -> list[SeatRow]:
        rows = db.session.execute(
            select(SeatAsk.id, SeatAsking.seat_id, SeatAsking.offer_id)
            .join(SeatAsking, SeatAsking.id == SeatAsk.asking_id)
            .where(SeatAsk.id.in_(self.ask_ids), SeatAsk.person_id == to, SeatAsk.answer.is_(None))
        ).all()
        seats = seats_where(Seat.id.in_({row.seat_id for row in rows if row.offer_id is None}))
        taken = [seat for seat in seats if seat.is_taken and seat.person_id != to and seat.starts_at > now]
        parts = [part_to_take(row.offer_id, now=now) for row in rows if row.offer_id is not None]
        return taken + [part.seat for part in parts if part is not None and part.taker_id not in (None, to)]

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Only to somebody who got the question, and not once a seat is open again, or its shift has begun."""
        was_asked = db.session.scalars(
            select(OutboxRow.id).where(
                OutboxRow.once.in_([SeatOffered.key(ask_id) for ask_id in self.ask_ids]),
                OutboxRow.state == DeliveryState.SENT,
            )
        ).first()
        return was_asked is not None and bool(self._seats(to, now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"home": settings.current().zone, "seats": self._seats(to, now)}


@dataclass(frozen=True)
class NobodyToAsk(Notice):
    """To people who plan: of some empty seats, nobody is left whom Nightlight may ask."""

    kind: ClassVar[str] = "nobody-to-ask"
    seat_ids: Sequence[int]
    asleep_seat_ids: Sequence[int] = ()
    """Of these seats, those that fit somebody whose night does not end before the shift begins."""

    def _seats(self, now: datetime) -> list[SeatRow]:
        return [seat for seat in _wanted(self.seat_ids, now) if seat.ends_at > now]

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has the seats, or their shifts are over."""
        return bool(self._seats(now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"home": settings.current().zone, "seats": self._seats(now), "asleep": set(self.asleep_seat_ids)}
