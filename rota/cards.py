"""The rota's part of Today: the next shift, open shifts that fit, and, for those who plan, the gaps that come near."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from rota.permissions import RotaPermission
from rota.shifts import claims_and_drops, my_shifts
from rota.store.seats import SeatRow, vacant_between

GAPS_AHEAD = timedelta(days=7)
SHOWN = 3


def next_shift(person: Person, now: datetime) -> Card | None:
    """The shift that is on or comes next, and who else is on it."""
    coming = my_shifts.coming(person.id, now=now)
    if not coming:
        return None
    first = coming[0]
    zone = my_shifts.zone_of(person)
    return Card(
        "rota/cards/next_shift.html",
        {
            "seat": first,
            "zone": zone,
            "both_zones": my_shifts.speaks_two_zones(person),
            "days_away": (clock.on(first.starts_at, zone) - clock.on(now, zone)).days,
            "has_begun": first.starts_at <= now,
            "beside": my_shifts.beside(first, person.id, now=now),
        },
        order=10,
        may_be_lit=True,
    )


def open_shifts(person: Person, now: datetime) -> Card | None:
    """A few open shifts that fit the person as they are now."""
    fitting = claims_and_drops.open_shifts_for(person, now=now)
    if not fitting:
        return None
    return Card(
        "rota/cards/open_shifts.html",
        {"seats": fitting[:SHOWN], "count": len(fitting), "zone": my_shifts.zone_of(person)},
        order=30,
    )


def gaps(person: Person, now: datetime) -> Card | None:
    """For those who plan: shifts of the next week that are short, the soonest first."""
    if RotaPermission.PLAN not in permissions_of(person.id, on=clock.on(now, settings.current().zone)):
        return None
    short: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in vacant_between(now, now + GAPS_AHEAD):
        if seat.duty.counts_as_cover:
            short[seat.shift_id].append(seat)
    shifts = list(short.values())
    return Card(
        "rota/cards/gaps.html", {"shifts": shifts[:SHOWN], "count": len(shifts)}, order=20, may_be_lit=bool(shifts)
    )
