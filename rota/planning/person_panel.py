"""A person as those who plan need them: their next shifts, how much they have, when they can, and their limits.

Nothing here says why somebody is away or cannot come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from rota.permissions import RotaPermission
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.store import limits
from rota.store.models import DatedKind
from rota.store.seat_parts import worked_by
from rota.store.stated_rows import stated_by
from rota.store.workload import workloads_of

NEXT = timedelta(weeks=8)
MOST_SHOWN = 6  # shifts; who plans sees them all on the rota

AWAY = "Away"  # whether as leave or not: nobody who plans can tell one from the other
KINDS = {DatedKind.CAN: "Can", DatedKind.CANNOT: AWAY, DatedKind.LEAVE: AWAY}


def for_planning(of: Person, by: Person, now: datetime) -> Card | None:
    """Shifts, hours, availability and limits of a person, for a reader who plans."""
    if RotaPermission.PLAN not in permissions_of(by.id, on=clock.on(now, settings.current().zone)):
        return None
    stated = stated_by(of.id)
    kept = stated[0].PersonLimits
    seats = worked_by([of.id], now, now + NEXT)
    context = {
        "of": of,
        "coming": seats[:MOST_SHOWN],
        "more": len(seats[MOST_SHOWN:]),
        "work": workloads_of([of.id], now=now)[of.id],
        "week": sorted((row for row in stated if row.weekday is not None), key=lambda row: (row.weekday, row.starts)),
        "days": sorted(
            (row for row in stated if row.kind in KINDS and row.ends_at > now), key=lambda row: row.starts_at
        ),
        "limits": limits.in_words(kept) if kept else [],
        "day_names": DAY_NAMES,
        "month": f"{clock.on(now, settings.current().zone):%Y-%m}",
        "kinds": KINDS,
    }
    return Card("rota/panels/for_planning.html", context, order=12)


def statement_of_service(of: Person, by: Person, now: datetime) -> Card | None:
    """The way to the statement of what a person gave, for a reader who may read it."""
    if RotaPermission.READ_STATEMENTS not in permissions_of(by.id, on=clock.on(now, settings.current().zone)):
        return None
    return Card("rota/panels/statement.html", {"of": of}, order=14)


def keeping_pairs(of: Person, by: Person, now: datetime) -> Card | None:
    """The way to the page of who is kept apart, for a reader who may open it: the same beside everybody."""
    if RotaPermission.KEEP_PAIRS not in permissions_of(by.id, on=clock.on(now, settings.current().zone)):
        return None
    return Card("rota/panels/keeping_pairs.html", {"of": of}, order=30)
