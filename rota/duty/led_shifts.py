"""The shifts that somebody led lately, and who was on them: people about whom they can write down what they saw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from app import clock, db, settings
from app.people.models import Person
from progression.duties import Duty
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift
from rota.store.seats import SeatRow, place_of, query_of_parts, query_of_seats

# What was seen is written down while it is remembered; our own choice.
FRESH = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class SeenOnShift:
    """Somebody who was on a shift that the reader led, and the latest such shift."""

    person_id: int
    name: str
    seat: SeatRow


def seen_on_shifts_led_by(leader: Person, now: datetime) -> list[SeenOnShift]:
    """The people on the begun shifts of the past four weeks that this person led, the latest shift first."""
    seats = [seat for seat in _seats_led_by(leader.id, now) if seat.person_id != leader.id]
    latest: dict[int, SeenOnShift] = {}
    for seat in reversed(seats):
        if seat.person_id is not None and seat.holder is not None and seat.person_id not in latest:
            latest[seat.person_id] = SeenOnShift(seat.person_id, seat.holder, seat)
    return list(latest.values())


def days_led(leader_id: int, person_id: int, now: datetime) -> Collection[date]:
    """The days on which begun shifts of the past four weeks started that the leader led and the person was on."""
    zone = settings.current().zone
    return {clock.on(seat.starts_at, zone) for seat in _seats_led_by(leader_id, now) if seat.person_id == person_id}


def _seats_led_by(leader_id: int, now: datetime) -> list[SeatRow]:
    values = {"leader_id": leader_id, "now": now, "since": now - FRESH}
    return sorted((SeatRow._make(row) for row in db.session.execute(_LED_BY, values)), key=place_of)


_led = (
    select(CoverLine.shift_id)
    .join(Seat, Seat.line_id == CoverLine.id)
    .join(Assignment, Assignment.seat_id == Seat.id)
    .where(Assignment.person_id == bindparam("leader_id"), Assignment.ended_at.is_(None), CoverLine.duty == Duty.LEAD)
)
_begun = (
    Shift.withdrawn_at.is_(None),
    Shift.id.in_(_led),
    Rota.version > 0,
    Shift.starts_at <= bindparam("now"),
    Shift.starts_at > bindparam("since"),
)
# Who took a part of a seat was there as well; both queries in one, because Today asks it.
_LED_BY = query_of_seats().order_by(None).where(*_begun).union_all(query_of_parts().where(*_begun))
