"""The rota's cards on Today: the next shift, open shifts that fit and, for people who plan, the upcoming gaps."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import false

from app import clock, settings
from app.day_bounds import NO_LAST_DAY
from app.domain import Card
from app.outbox import bounces
from app.outbox.mail_rules import rules_now
from app.people.models import Person
from app.people.rights import permissions_of
from app.wording import duration
from progression.road.commitment import asked_at, stage_of
from rota.duty.on_duty import no_on_call
from rota.permissions import RotaPermission
from rota.shifts import claims_and_drops, my_shifts
from rota.shifts.cover_map import DAYS
from rota.shifts.leaving import leaving_of
from rota.store.absences import absences_of
from rota.store.cover_needs import cover_between
from rota.store.month_asked import month_asked
from rota.store.seat_parts import given_by
from rota.store.seats import seats_held_by
from rota.store.shortages import as_published, shortages

MOST_SHOWN = 3
SHIFTS_COUNTED = timedelta(days=365)
MOST_PAST_SHOWN = 8


def next_shift(person: Person, now: datetime) -> Card | None:
    """Show the shift that is on now or comes next, and who else is on it."""
    upcoming = my_shifts.upcoming(person.id, now=now)
    if not upcoming:
        return None
    first = upcoming[0]
    zone = my_shifts.zone_of(person)
    return Card(
        "rota/cards/next_shift.html",
        {
            "seat": first,
            "zone": zone,
            "both_zones": my_shifts.speaks_two_zones(person),
            "days_away": (clock.on(first.starts_at, zone) - clock.on(now, zone)).days,
            "has_begun": first.starts_at <= now,
            "is_confirmed": my_shifts.is_confirmed(first, now=now),
            "beside": my_shifts.colleagues_on(first, person.id, now=now),
        },
        order=10,
        may_be_lit=True,
    )


def open_shifts(person: Person, now: datetime) -> Card | None:
    """Show a few of the open shifts that the person may claim now."""
    fitting = claims_and_drops.open_shifts_for(person, now=now)
    if not fitting:
        return None
    return Card(
        "rota/cards/open_shifts.html",
        {"seats": fitting[:MOST_SHOWN], "count": len(fitting), "zone": my_shifts.zone_of(person)},
        order=30,
    )


def upcoming_gaps(person: Person, now: datetime) -> Card | None:
    """Show people who plan which shifts of the next week are short, the soonest first, and what nobody has planned."""
    zone = settings.current().zone
    today = clock.on(now, zone)
    if RotaPermission.PLAN not in permissions_of(person.id, on=today):
        return None
    until = clock.ends(today + timedelta(days=DAYS - 1), zone)
    cover = cover_between(now, until, zone=zone, named=false())
    short, unplanned = shortages(cover.seats, as_published, zone=zone, now=now), cover.unplanned
    return Card(
        "rota/cards/gaps.html",
        {
            "shifts": short[:MOST_SHOWN],
            "count": len(short),
            "unplanned": unplanned.times[:MOST_SHOWN],
            "unplanned_count": len(unplanned.times),
            "anything_planned": bool(cover.seats),
            "anything_needed": unplanned.has_patterns,
            "no_on_call": no_on_call(short, unplanned.times, now=now),
        },
        order=20,
        may_be_lit=bool(short or unplanned.times),
    )


def your_commitment(person: Person, now: datetime) -> Card | None:
    """On one's journey: what the chosen commitment asks, where this month stands against it, and the way to choose."""
    stage = stage_of(person.id, now)
    asked = asked_at(stage, now)
    if asked is None:
        return None
    return Card(
        "rota/cards/your_commitment.html", {"asked": asked, "month": month_asked(person.id, stage, now)}, order=5
    )


def not_reached(person: Person, now: datetime) -> Card | None:
    """Show people who plan whose shifts come soon although no e-mail reaches them."""
    today = clock.on(now, settings.current().zone)
    if RotaPermission.PLAN not in permissions_of(person.id, on=today):
        return None
    unreachable = bounces.unreachable(now)
    if not unreachable:
        return None
    days = rules_now(now).warn_days_before
    seats = seats_held_by(list(unreachable), now, now + timedelta(days=days))
    if not seats:
        return None
    return Card("rota/cards/not_reached.html", {"seats": seats, "days": days}, order=19, may_be_lit=True)


def your_pause(person: Person, now: datetime) -> Card:
    """On one's journey: taking a pause, or coming back from one; and leaving, or the last day that was said."""
    absences = absences_of(person.id, now=now)
    context = {
        "lasting": max(
            (each for each in absences if each.starts_at <= now), key=lambda each: each.ends_at, default=None
        ),
        "leaving": leaving_of(person.id) if any(each.ends_at == NO_LAST_DAY for each in absences) else None,
        "zone": my_shifts.zone_of(person),
    }
    return Card("rota/cards/your_pause.html", context, order=10)


def support_for_you(_person: Person, _now: datetime) -> Card:
    """On “Support for me”: the same for everybody."""
    return Card("rota/cards/support_for_you.html", {}, order=10)


def shifts_so_far(of: Person, by: Person, now: datetime) -> Card | None:
    """The shifts of the past year that somebody worked, for a reader who decides on their next step."""
    past = [seat for seat in given_by(of.id, now) if seat.starts_at >= now - SHIFTS_COUNTED]
    past.reverse()
    hours = sum((seat.ends_at - seat.starts_at for seat in past), timedelta())
    return Card(
        "rota/panels/shifts_so_far.html",
        {"count": len(past), "latest": past[:MOST_PAST_SHOWN], "hours": duration(hours / timedelta(minutes=1))},
        order=20,
    )
