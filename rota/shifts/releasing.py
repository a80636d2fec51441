"""Letting go of seats somebody may no longer hold: at once when standing is lost, by a sweep on a lapse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import update

from app import clock, db, settings
from app.outbox import queue
from app.people import ages
from app.people.models import Person, PersonState
from app.people.rights import Loss
from app.policies import documents
from progression.intervals import FOR_EVER
from progression.standing import standings_of
from rota.notices import SeatReleased
from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.seats import Under18Nights
from rota.shifts.claims_and_drops import tell_coordinators
from rota.store.assignments import hand_over, holders, lock_rota, new_version
from rota.store.models import Assignment, CalendarFeed, Rota, Shift, VersionKind, Why
from rota.store.seats import SeatRow, seats_held_by, seats_where

SWEEP_AHEAD = timedelta(days=84)  # Rotas are made at most eight weeks long, and a month or so ahead.


def on_standing_lost(person_id: int, *, now: datetime, why: str) -> None:
    """Release the seats to come that a person may no longer hold, in this transaction, and say so.

    A suspended account loses every seat and its calendar address; otherwise clearance and the hours kept from
    people under 18 decide seat by seat, so somebody who only gave up a role keeps their shifts.
    """
    is_closed = db.session.get_one(Person, person_id).state == PersonState.SUSPENDED
    if is_closed:
        db.session.execute(
            update(CalendarFeed)
            .where(CalendarFeed.person_id == person_id, CalendarFeed.ended_at.is_(None))
            .values(ended_at=now)
        )
    ahead = _ahead_of(person_id, now)
    lost = ahead if is_closed else _uncleared(ahead, now=now).get(person_id, [])
    release(person_id, lost, why=Why.ACCOUNT_CLOSED if is_closed else Why.NOT_CLEARED, now=now, cause=why)


def would_be_lost(person_id: int | None, *, now: datetime) -> list[Loss]:
    """The published seats to come that their holders may not keep, as clearances, ages and policies stand.

    Of one person, or of everybody as far ahead as the sweep looks; nothing is changed.
    """
    seats = _within_sweep(now) if person_id is None else _ahead_of(person_id, now)
    return [
        Loss(holder, seat.starts_at, seat.ends_at, f"{seat.channel}, {seat.duty.words}")
        for holder, lost in _uncleared(seats, now=now).items()
        for seat in lost
    ]


def release(person_id: int, seats: Iterable[SeatRow], *, why: Why, now: datetime, cause: str = "") -> None:
    """Take these seats from a person, one version for each rota, and tell them and those who plan.

    `cause` is the code of what brought it about; only the person's own letter puts it into words.
    """
    by_rota: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_rota[seat.rota_id].append(seat)
    for rota_id, places in sorted(by_rota.items()):
        rota = lock_rota(rota_id)
        held = holders([place.id for place in places])
        theirs = [place for place in places if place.id in held and held[place.id].person_id == person_id]
        if theirs:
            _let_go(rota, person_id, theirs, held, why=why, now=now, cause=cause)


def _let_go(
    rota: Rota,
    person_id: int,
    places: list[SeatRow],
    held: dict[int, Assignment],
    *,
    why: Why,
    now: datetime,
    cause: str,
) -> None:
    version = new_version(
        rota,
        VersionKind.RELEASED,
        by=None,
        now=now,
        details={"person": person_id, "seats": [place.id for place in places], "why": why},
    )
    for place in places:
        hand_over(place.id, None, held=held[place.id], version=version, by=None, why=why, now=now)
        tell_coordinators(version, place, now=now, but_not=None)
    queue.enqueue(
        SeatReleased(version_id=version.id, cause=cause),
        to=person_id,
        once=f"seat-released:{version.id}:{person_id}",
        now=now,
        deadline=max(place.ends_at for place in places),
    )


def sweep(now: datetime) -> None:
    """Release the seats that a lapse or a stricter policy leaves behind; a tick runs it, as often as it likes.

    It reads first and writes person by person, so that no transaction holds the whole rota.
    """
    uncleared = _uncleared(_within_sweep(now), now=now)
    db.session.rollback()
    for person_id in sorted(uncleared):
        with db.writing():
            db.lock_people([person_id])
            # Read again under the lock: a renewed check or a swapped seat may have come in between.
            lost = _uncleared(_ahead_of(person_id, now), now=now).get(person_id, [])
            release(person_id, lost, why=Why.NOT_CLEARED, now=now)


def _within_sweep(now: datetime) -> list[SeatRow]:
    return seats_where(
        Assignment.id.is_not(None),
        Rota.version > 0,
        Shift.starts_at > now,
        Shift.starts_at < now + SWEEP_AHEAD,
    )


def _ahead_of(person_id: int, now: datetime) -> list[SeatRow]:
    return [seat for seat in seats_held_by([person_id], now, FOR_EVER) if seat.starts_at > now]


def _uncleared(seats: Iterable[SeatRow], *, now: datetime) -> dict[int, list[SeatRow]]:
    held = [(seat, seat.person_id) for seat in seats if seat.person_id is not None]
    ids = {person_id for _, person_id in held}
    standings, born_on = standings_of(ids, now), ages.born_on(ids)
    found: dict[int, list[SeatRow]] = defaultdict(list)
    for seat, person_id in held:
        is_cleared = standings[person_id].may(seat.duty, seat.starts_at, seat.ends_at)
        if not is_cleared or _is_too_young(born_on.get(person_id), seat):
            found[person_id].append(seat)
    return found


def _is_too_young(born_on: date | None, seat: SeatRow) -> bool:
    """Whether the rule that keeps nights from people under 18 forbids the seat; where it may be waived, it stays."""
    zone = settings.current().zone
    rules = documents.on(RotaRules, clock.on(seat.starts_at, zone))
    rule = Under18Nights(rules.under_18_nights)
    if rule.severity is not Severity.HARD:
        return False
    them = RosterPerson(id=0, name="", clearances={}, availability=(), born_on=born_on)
    roster = Roster(zone=zone, rules=rules, people=(them,), shifts=())
    return rule.blocks(roster, them, Stint(seat.starts_at, seat.ends_at, seat.duty, seat.channel))
