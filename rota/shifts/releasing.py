"""Release seats that their holders may not keep: at once when standing is lost, by a daily sweep after a lapse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import update

from app import clock, db, settings
from app.outbox import queue
from app.people import ages
from app.people.models import CLOSED, Person
from app.people.rights import Loss
from app.policies import documents
from progression.intervals import FOR_EVER
from progression.standing import standings_of
from rota.notices import SeatReleased
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.seats import Under18Nights
from rota.shifts import channel_calendar
from rota.shifts.leaving import end_time_away
from rota.shifts.opened_seats import planners, tell_that_seats_opened
from rota.store.ending_parts import end_parts
from rota.store.models import Assignment, CalendarFeed, ChangeReason, Rota, Shift, VersionKind
from rota.store.seat_part_rows import PartEnd, SeatPart
from rota.store.seat_parts import parts_taken_by, parts_where
from rota.store.seats import SeatRow, seats_held_by, seats_where
from rota.store.taking_off import take_off

SWEEP_AHEAD = timedelta(days=84)  # Rotas are made at most eight weeks long, and a month or so ahead.
SOON = timedelta(hours=26)
"""As far ahead as seats are looked at every few minutes: past the next daily sweep, also on the day of 25 hours."""


def on_standing_lost(person_id: int, *, now: datetime, why: str) -> None:
    """Release the future seats that a person may no longer have, in this transaction, and notify those concerned.

    A suspended account loses every seat and its calendar addresses. Otherwise clearance and the rule about nights of
    people under 18 decide seat by seat, so a person who only gave up a role keeps their shifts; addresses of channels
    close with the right to read them.
    """
    is_closed = _is_closed(person_id)
    if is_closed:
        end_time_away(person_id, now=now)
        db.session.execute(
            update(CalendarFeed)
            .where(CalendarFeed.person_id == person_id, CalendarFeed.ended_at.is_(None))
            .values(ended_at=now)
        )
    channel_calendar.end_feeds_without_right(person_id, now=now)
    future = _future_seats_of(person_id, now)
    lost = future if is_closed else _not_allowed(future, now=now).get(person_id, [])
    _lose_parts(person_id, now=now, all_of_them=is_closed)
    release(
        person_id, lost, why=ChangeReason.ACCOUNT_CLOSED if is_closed else ChangeReason.NOT_CLEARED, now=now, cause=why
    )


def would_be_lost(person_id: int | None, *, now: datetime) -> list[Loss]:
    """Return the future published seats that their holders may not keep, by today's clearances, ages and policies.

    Of one person or, with None, of everybody as far ahead as the sweep looks; of a suspended account, all of them.
    Changes nothing.
    """
    seats = _seats_within(now, SWEEP_AHEAD) if person_id is None else _future_seats_of(person_id, now)
    seats += _parts_within(now, SWEEP_AHEAD) if person_id is None else _future_parts_of(person_id, now)
    is_closed = person_id is not None and _is_closed(person_id)
    lost_by = {person_id: seats} if is_closed and person_id else _not_allowed(seats, now=now)
    return [
        Loss(holder, seat.starts_at, seat.ends_at, f"{seat.channel}, {seat.duty.words}")
        for holder, lost in lost_by.items()
        for seat in lost
    ]


def _is_closed(person_id: int) -> bool:
    return db.session.get_one(Person, person_id).state in CLOSED


def release(
    person_id: int,
    seats: Iterable[SeatRow],
    *,
    why: ChangeReason,
    now: datetime,
    cause: str = "",
    is_sweep: bool = False,
) -> None:
    """Take these seats from a person, one version for each rota, and tell them and those who can do something.

    Each gets one e-mail about all of them, and who plans one about everybody where a sweep that began at `now` takes
    them. `cause` is the code of the event behind it; only the person's own e-mail puts it into words.
    """
    versions, lost = take_off(person_id, seats, kind=VersionKind.RELEASED, why=why, by=None, now=now)
    if not versions:
        return
    tell_that_seats_opened(versions, lost, now=now, but_not=person_id, is_sweep=is_sweep)
    queue.enqueue(
        SeatReleased(version_id=versions[0].id, cause=cause, more_version_ids=[each.id for each in versions[1:]]),
        to=person_id,
        once=f"seat-released:{versions[0].id}:{person_id}",
        now=now,
        deadline=max(seat.ends_at for seat in lost),
    )


def sweep(now: datetime) -> None:
    """Release the seats that holders may not keep after a lapse or under a stricter policy. Safe to run again.

    Reads first and writes person by person, so that no transaction locks the whole rota.
    """
    _sweep(now, SWEEP_AHEAD)


def sweep_soon(now: datetime) -> None:
    """The same for those who have a seat that begins soon: what came after the daily sweep, such as a pathway that
    holds from midnight, lets nobody on a shift that begins before the next one."""
    _sweep(now, SOON)


def _sweep(now: datetime, ahead: timedelta) -> None:
    not_allowed = _not_allowed([*_seats_within(now, ahead), *_parts_within(now, ahead)], now=now)
    db.session.rollback()
    for person_id in sorted(not_allowed):
        with db.writing():
            db.lock_people([person_id])
            # Read again under the lock: a renewed check or a swapped seat may have come in between.
            lost = _not_allowed(_future_seats_of(person_id, now), now=now).get(person_id, [])
            _lose_parts(person_id, now=now)
            release(person_id, lost, why=ChangeReason.NOT_CLEARED, now=now, is_sweep=True)


def _seats_within(now: datetime, ahead: timedelta) -> list[SeatRow]:
    return seats_where(
        Assignment.id.is_not(None),
        Rota.version > 0,
        Shift.starts_at > now,
        Shift.starts_at < now + ahead,
    )


def _future_seats_of(person_id: int, now: datetime) -> list[SeatRow]:
    return [seat for seat in seats_held_by([person_id], now, FOR_EVER) if seat.starts_at > now]


def _parts_within(now: datetime, ahead: timedelta) -> list[SeatRow]:
    return parts_where(Rota.version > 0, SeatPart.starts_at > now, SeatPart.starts_at < now + ahead)


def _future_parts_of(person_id: int, now: datetime) -> list[SeatRow]:
    return [part for part in parts_taken_by(person_id, now, FOR_EVER) if part.starts_at > now]


def _lose_parts(person_id: int, *, now: datetime, all_of_them: bool = False) -> None:
    """End the parts of others' seats that a person may no longer work; who has each seat works them again."""
    future = _future_parts_of(person_id, now)
    lost = future if all_of_them else _not_allowed(future, now=now).get(person_id, [])
    end_parts(person_id, lost, PartEnd.NOT_CLEARED, planners=planners(now), by=None, now=now)


def _not_allowed(seats: Iterable[SeatRow], *, now: datetime) -> dict[int, list[SeatRow]]:
    """Return the seats that their holders are not cleared or too young for, by person.

    A person who is asked for something by a day keeps seats after it until `TIME_TO_FIND_COVER` before that day.
    """
    held = [(seat, seat.person_id) for seat in seats if seat.person_id is not None]
    ids = {person_id for _, person_id in held}
    standings, born_on = standings_of(ids, now, with_time_to_do_it=True), ages.born_on(ids)
    by_person: dict[int, list[SeatRow]] = defaultdict(list)
    for seat, person_id in held:
        is_cleared = standings[person_id].may(seat.duty, seat.starts_at, seat.ends_at)
        if not is_cleared or _is_too_young(born_on.get(person_id), seat):
            by_person[person_id].append(seat)
    return by_person


def _is_too_young(born_on: date | None, seat: SeatRow) -> bool:
    """Whether the rule about nights of people under 18 forbids the seat, where it may not be overridden."""
    zone = settings.current().zone
    rules = documents.on(RotaRules, clock.on(seat.starts_at, zone))
    rule = Under18Nights(rules.under_18_nights)
    return rule.severity is Severity.HARD and rule.forbids_hours(born_on, seat.starts_at, seat.ends_at, zone)
