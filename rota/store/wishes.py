"""What people would like and would rather not: channels, times, and people to be beside. Wishes, and nothing firmer.

A wish for a partner is known to the person who has it and to nobody else: neither the partner nor those who plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, delete, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import audit, db
from app.people.models import CLOSED, Person
from app.refusals import Conflict, Invalid, NotFound
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.store.models import Assignment, Channel, CoverLine, Rota, Seat, Shift

MOST_WISHES = 20
MOST_PARTNERS = 5
EVERY_DAY = frozenset(range(7))

PARTS_OF_THE_DAY: Mapping[str, tuple[str, time, time]] = {
    "morning": ("in the morning", time(6), time(12)),
    "day": ("in the afternoon", time(12), time(17)),
    "evening": ("in the evening", time(17), time(22)),
    "night": ("at night", time(22), time(6)),
}
"""By code: how it is said, and between which times a shift starts."""


class ShiftWish(db.Model):
    """A kind of shift that a person would like, or would rather not have. What is left out is any."""

    __tablename__ = "shift_wish"
    __table_args__ = (
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_times_or_none"),
        CheckConstraint("channel_id IS NOT NULL OR days IS NOT NULL OR starts IS NOT NULL", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_wanted: Mapped[bool]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    days: Mapped[str | None]  # the digits of the days on which it starts, 0 for Monday; None for every day
    starts: Mapped[time | None]  # it starts at this time or later, and before `ends`, in wall time
    ends: Mapped[time | None]
    zone_name: Mapped[str]  # the zone in which the person meant days and times
    said_at: Mapped[datetime]


class PartnerWish(db.Model):
    """Somebody whom a person would like to have beside them on shifts."""

    __tablename__ = "partner_wish"
    __table_args__ = (CheckConstraint("person_id <> partner_id", name="somebody_else"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    said_at: Mapped[datetime]


def add_wish(
    person_id: int,
    *,
    is_wanted: bool,
    channel_id: int | None,
    days: Collection[int],
    times: tuple[time, time] | None,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """Add a wish; one that is there already changes nothing.

    No days mean any day, and all seven too. Refuses one that says nothing, an unknown channel, and more than
    MOST_WISHES.
    """
    kept_days = "".join(str(day) for day in sorted(days)) if days and set(days) != EVERY_DAY else None
    if channel_id is None and kept_days is None and times is None:
        raise Invalid("Say on which channel, on which days or at what time of the day.", field="channel")
    if channel_id is not None and db.session.get(Channel, channel_id) is None:
        raise NotFound("There is no such channel.")
    db.lock_people([person_id])
    starts, ends = times or (None, None)
    said = {"is_wanted": is_wanted, "channel_id": channel_id, "days": kept_days, "starts": starts, "ends": ends}
    kept = wishes_of(person_id)
    if any(all(getattr(row, name) == value for name, value in said.items()) for row, _channel in kept):
        return
    if len(kept) >= MOST_WISHES:
        raise Conflict(f"You have {MOST_WISHES} wishes already. Take one away first.")
    db.session.add(ShiftWish(person_id=person_id, zone_name=zone.key, said_at=now, **said))
    audit.record("rota.wish-added", by=person_id, subject=f"person:{person_id}", now=now)


def remove_wish(person_id: int, wish_id: int, *, now: datetime) -> None:
    """Remove one of a person's wishes. Where it is gone already, or somebody else's, nothing happens."""
    removed = db.session.scalar(
        delete(ShiftWish).where(ShiftWish.id == wish_id, ShiftWish.person_id == person_id).returning(ShiftWish.id)
    )
    if removed is not None:
        audit.record("rota.wish-removed", by=person_id, subject=f"person:{person_id}", now=now)


def wishes_of(person_id: int) -> Sequence[tuple[ShiftWish, str | None]]:
    """A person's wishes, those for something first, each with the name of its channel."""
    rows = db.session.execute(
        select(ShiftWish, Channel.name)
        .outerjoin(Channel, Channel.id == ShiftWish.channel_id)
        .where(ShiftWish.person_id == person_id)
        .order_by(ShiftWish.is_wanted.desc(), ShiftWish.id)
    )
    return [(row.ShiftWish, row.name) for row in rows]


def in_words(wish: ShiftWish, channel: str | None) -> str:
    """Board, on Friday and Saturday, in the evening"""
    parts = [channel] if channel else []
    if wish.days is not None:
        names = [DAY_NAMES[int(day)] for day in wish.days]
        parts.append(f"on {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"on {names[0]}")
    if wish.starts is not None and wish.ends is not None:
        named = next((words for words, *times in PARTS_OF_THE_DAY.values() if times == [wish.starts, wish.ends]), None)
        parts.append(named or f"starting from {wish.starts:%H:%M} and before {wish.ends:%H:%M}")
    words = ", ".join(parts)
    return words[0].upper() + words[1:]


def possible_partners(person_id: int) -> dict[int, str]:
    """The people who were or will be on a published shift with this person, by id: both know each other's names."""
    other = aliased(Assignment)
    own_line, own_seat = aliased(CoverLine), aliased(Seat)
    other_line, other_seat = aliased(CoverLine), aliased(Seat)
    rows = db.session.execute(
        select(Person.id, Person.display_name)
        .select_from(Assignment)
        .join(own_seat, own_seat.id == Assignment.seat_id)
        .join(own_line, own_line.id == own_seat.line_id)
        .join(Shift, Shift.id == own_line.shift_id)
        .join(Rota, Rota.id == Shift.rota_id)
        .join(other_line, other_line.shift_id == Shift.id)
        .join(other_seat, other_seat.line_id == other_line.id)
        .join(other, (other.seat_id == other_seat.id) & other.ended_at.is_(None))
        .join(Person, Person.id == other.person_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            Shift.withdrawn_at.is_(None),
            Rota.version > 0,
            Person.id != person_id,
            Person.state.not_in(CLOSED),
        )
        .distinct()
        .order_by(Person.display_name)
    )
    return {row.id: row.display_name for row in rows}


def add_partner(person_id: int, partner_id: int, *, now: datetime) -> None:
    """Add somebody whom a person would like to have beside them; twice is once.

    Refuses people who never were on a shift with them, in the words for somebody who does not exist.
    """
    if partner_id not in possible_partners(person_id):
        raise Invalid("Choose somebody who was on a shift with you.", field="partner")
    db.lock_people([person_id])
    count = select(func.count()).where(PartnerWish.person_id == person_id, PartnerWish.partner_id != partner_id)
    if (db.session.scalar(count) or 0) >= MOST_PARTNERS:
        raise Conflict(f"You have named {MOST_PARTNERS} people already. Take one away first.")
    key = {"person_id": person_id, "partner_id": partner_id}
    if db.session.get(PartnerWish, (person_id, partner_id)) is None:
        db.session.add(PartnerWish(**key, said_at=now))
        audit.record("rota.wish-added", by=person_id, subject=f"person:{person_id}", now=now)


def remove_partner(person_id: int, partner_id: int, *, now: datetime) -> None:
    """Remove somebody whom a person wished to have beside them; where they did not, nothing happens."""
    kept = db.session.get(PartnerWish, (person_id, partner_id))
    if kept is not None:
        db.session.delete(kept)
        audit.record("rota.wish-removed", by=person_id, subject=f"person:{person_id}", now=now)


def partners_of(person_id: int) -> dict[int, str]:
    """The people whom a person would like to have beside them, by id."""
    rows = db.session.execute(
        select(Person.id, Person.display_name)
        .join(PartnerWish, PartnerWish.partner_id == Person.id)
        .where(PartnerWish.person_id == person_id)
        .order_by(Person.display_name)
    )
    return {row.id: row.display_name for row in rows}


def delete_wishes_of(ids: Collection[int]) -> None:
    """Delete the wishes of these people, whose accounts are taken back, and those that name them."""
    db.session.execute(delete(ShiftWish).where(ShiftWish.person_id.in_(ids)))
    either = or_(PartnerWish.person_id.in_(ids), PartnerWish.partner_id.in_(ids))
    db.session.execute(delete(PartnerWish).where(either))
