"""Standing seats: the same seat every week, asked for by a person and confirmed by somebody who plans.

A proposal prefers to give it to them. It is no promise: a week in which they are away or not cleared goes to others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Select, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from app import audit, db, settings
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from progression.duties import Duty
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.store.models import Channel, CoverPattern, PatternSpanRow

MOST_EACH = 7


class StandingSeat(db.Model):
    """A seat that a person is to have every week, from a day on; asked for until somebody who plans confirms it."""

    __tablename__ = "standing_seat"
    __table_args__ = (
        UniqueConstraint("person_id", "channel_id", "duty", "weekday", "starts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="known_weekday"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_it_starts"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        db.one_of("duty", Duty),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    duty: Mapped[Duty]
    weekday: Mapped[int]  # 0 is Monday
    starts: Mapped[time]  # on the organisation's clock
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the last day; None until it is given up
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


@dataclass(frozen=True, slots=True)
class Days:
    """From which day on, and the last day; None until it is given up."""

    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A seat that recurs every week: what the patterns of the channels need now."""

    channel_id: int
    weekday: int
    starts: time
    duty: Duty
    channel: str = ""

    @property
    def code(self) -> str:
        """As forms send it: 2-4-22:00-moderator."""
        return f"{self.channel_id}-{self.weekday}-{self.starts:%H:%M}-{self.duty}"

    @property
    def words(self) -> str:
        """Friday, 22:00, moderator on Board"""
        return f"{DAY_NAMES[self.weekday]}, {self.starts:%H:%M}, {self.duty.words} on {self.channel}"


def places(today: date) -> dict[str, Place]:
    """The seats that recur every week by the patterns in force on a day, by code, in order of channel and time.

    Only of patterns on the organisation's clock, and without people who shadow: they are there for a while.
    """
    patterns = db.session.execute(
        select(CoverPattern, Channel.name)
        .join(Channel, Channel.id == CoverPattern.channel_id)
        .where(CoverPattern.starts_on <= today, or_(Channel.closes_on.is_(None), Channel.closes_on > today))
        .order_by(CoverPattern.channel_id, CoverPattern.starts_on)
        .options(selectinload(CoverPattern.spans).selectinload(PatternSpanRow.lines))
    )
    newest = {row.CoverPattern.channel_id: (row.CoverPattern, row.name) for row in patterns}
    found = sorted(
        Place(pattern.channel_id, int(day), span.starts, Duty(line.duty), name)
        for pattern, name in newest.values()
        if pattern.zone_name == settings.current().zone.key
        for span in pattern.spans
        for day in span.days
        for line in span.lines
        if line.wanted and Duty(line.duty).counts_as_cover
    )
    return {place.code: place for place in found}


def ask_for(person_id: int, code: str, days: Days, *, by: int, is_confirmed: bool, now: datetime) -> None:
    """Ask for a standing seat, or with `is_confirmed` set it for somebody. One that they have is replaced.

    Refuses a place that no pattern has, and more than MOST_EACH.
    """
    from_on, until_on = days.first, days.last
    place = places(from_on).get(code)
    if place is None:
        raise Invalid("Choose one of the seats in the list: the weekly pattern has no other.", field="place")
    if until_on is not None and until_on < from_on:
        raise Invalid("The last day must not come before the first.", field="until_on")
    db.lock_people([person_id])
    kept = db.session.scalars(select(StandingSeat).where(StandingSeat.person_id == person_id)).all()
    key = (place.channel_id, place.duty, place.weekday, place.starts)
    for row in kept:
        if (row.channel_id, row.duty, row.weekday, row.starts) == key:
            db.session.delete(row)
            db.session.flush()
            break
    else:
        if len(kept) >= MOST_EACH:
            raise Conflict(f"{MOST_EACH} standing seats are the most. Give one up first.")
    db.session.add(
        StandingSeat(
            person_id=person_id,
            channel_id=place.channel_id,
            duty=place.duty,
            weekday=place.weekday,
            starts=place.starts,
            from_on=from_on,
            until_on=until_on,
            asked_at=now,
            asked_by_id=by,
            confirmed_at=now if is_confirmed else None,
            confirmed_by_id=by if is_confirmed else None,
        )
    )
    action = "rota.standing-seat-set" if is_confirmed else "rota.standing-seat-asked"
    audit.record(action, by=by, subject=f"person:{person_id}", now=now)


def confirm(seat_id: int, *, by: int, now: datetime) -> None:
    """Confirm a standing seat that somebody asked for; twice is once. Refuses one that is gone."""
    row = db.session.get(StandingSeat, seat_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFound("They have taken it back meanwhile, or somebody has answered it.")
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by_id = now, by
        audit.record("rota.standing-seat-set", by=by, subject=f"person:{row.person_id}", now=now)


def give_up(seat_id: int, *, by: int, now: datetime, of: int | None = None) -> None:
    """Remove a standing seat, also one that was only asked for. Shifts that they have already stay theirs.

    With `of`, only one of this person's. Where it is gone already, nothing happens.
    """
    gone = delete(StandingSeat).where(StandingSeat.id == seat_id).returning(StandingSeat.person_id)
    person_id = db.session.scalar(gone if of is None else gone.where(StandingSeat.person_id == of))
    if person_id is not None:
        audit.record("rota.standing-seat-ended", by=by, subject=f"person:{person_id}", now=now)


def standing_seats_of(person_id: int, *, today: date) -> Sequence[Shown]:
    """A person's standing seats that are not over, as rows of `StandingSeat` and `Place`."""
    return _read(_query(today).where(StandingSeat.person_id == person_id))


def all_standing_seats(*, today: date) -> Sequence[Shown]:
    """Everybody's standing seats that are not over: those that wait for an answer first."""
    return _read(_query(today))


def _query(today: date) -> Select[StandingSeat, str, str]:
    return (
        select(StandingSeat, Channel.name, Person.display_name)
        .join(Channel, Channel.id == StandingSeat.channel_id)
        .join(Person, Person.id == StandingSeat.person_id)
        .where(or_(StandingSeat.until_on.is_(None), StandingSeat.until_on >= today))
        .order_by(StandingSeat.confirmed_at.is_not(None), StandingSeat.weekday, StandingSeat.starts, StandingSeat.id)
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A standing seat as pages show it."""

    row: StandingSeat
    place: Place
    who: str


def _read(query: Select[StandingSeat, str, str]) -> list[Shown]:
    return [
        Shown(row, Place(row.channel_id, row.weekday, row.starts, Duty(row.duty), channel), who)
        for row, channel, who in db.session.execute(query)
    ]
