"""A person as those who plan need them: their next shifts, how much they have, when they can, and their limits.

Nothing here says why somebody is away or cannot come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock, settings
from app.domain import Card
from app.people.leaving import departure_of, last_departure
from app.people.models import Person, PersonState
from app.people.rights import CorePermission, permissions_of
from progression.road.commitment import stage_of
from rota.permissions import RotaPermission
from rota.scheduling.cover_pattern import DAY_NAMES
from rota.store import limits
from rota.store.models import DatedKind
from rota.store.month_asked import month_asked
from rota.store.seat_parts import worked_by
from rota.store.stated_rows import stated_by
from rota.store.workload import workloads_of

NEXT = timedelta(weeks=8)
MOST_SHOWN = 6  # shifts; who plans sees them all on the rota

AWAY = "Away"  # whether as leave or not: nobody who plans can tell one from the other
KINDS = {DatedKind.CAN: "Can", DatedKind.CANNOT: AWAY, DatedKind.LEAVE: AWAY}


def who_leaves(of: Person, by: Person, now: datetime) -> Card | None:
    """That a person leaves or has left, and when, for everybody who may open their page."""
    departure = departure_of(of.id) or (last_departure(of.id) if of.state is PersonState.LEFT else None)
    if departure is None:
        return None
    may_change = CorePermission.SUSPEND in permissions_of(by.id, on=clock.on(now, settings.current().zone))
    context = {"of": of, "departure": departure, "may_change": may_change and of.id != by.id}
    return Card("rota/panels/who_leaves.html", context, order=5)


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
        "asked": month_asked(of.id, stage_of(of.id, now), now, coming=seats),
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
