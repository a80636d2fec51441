"""Why a person may not take an open seat: one answer for claims, lists of open shifts, pages and e-mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.people.models import Person
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import check_assignment, which_fit
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.seats import Availability
from rota.store.models import Shift
from rota.store.seats import SeatRow, place_of, seats_where
from rota.store.snapshot import Snapshot, seats_held_near, snapshots_beside


def reasons_against(person: Person, seat: SeatRow, *, now: datetime) -> list[str]:
    """Return why a person may not take a seat at this moment, in sentences; an empty list if they may."""
    return reasons_against_each(person, [seat], seats_where(Shift.id == seat.shift_id), now=now)[seat.id]


def reasons_against_each(
    person: Person, open_seats: Sequence[SeatRow], of_shifts: Sequence[SeatRow], *, now: datetime
) -> dict[int, list[str]]:
    """Return, for each of these open seats, why a person may not take it; `of_shifts` are all seats of their shifts."""
    found = breaches_against_each(person, open_seats, of_shifts, now=now)
    return {seat_id: [breach.sentence for breach in against] for seat_id, against in found.items()}


def breaches_against_each(
    person: Person, open_seats: Sequence[SeatRow], of_shifts: Sequence[SeatRow], *, now: datetime
) -> dict[int, list[Breach]]:
    """Return the same reasons with the rules behind them. Of availability there is one: people who are kept apart from
    somebody would read a second one otherwise.
    """
    snapshots = snapshots_beside(person, of_shifts, now=now)
    return {seat.id: _breaches(snapshots[seat.shift_id], person, seat) for seat in open_seats}


def those_that_fit(person: Person, open_seats: Sequence[SeatRow], *, now: datetime) -> list[SeatRow]:
    """Return those of many open seats that a person may take, against which there is no reason: quicker than each.

    Of their shifts it reads only these seats and the person's own: who has the others keeps nobody from an open seat.
    """
    shift_ids = {seat.shift_id for seat in open_seats}
    shift = {seat.shift_id: seat for seat in open_seats}
    near = [seat for seat in seats_held_near(person.id, now=now) if seat.shift_id in shift_ids and not seat.is_part]
    own = [s._replace(starts_at=shift[s.shift_id].starts_at, ends_at=shift[s.shift_id].ends_at) for s in near]
    snapshots = snapshots_beside(person, sorted([*open_seats, *own], key=place_of), now=now)
    fitting: set[int] = set()
    for snapshot in {id(each): each for each in snapshots.values()}.values():
        roster = snapshot.roster
        asked = [seat for seat in open_seats if snapshots[seat.shift_id] is snapshot]
        places = [(roster.shift_by_id[seat.shift_id], seat.duty) for seat in asked]
        fits = which_fit(roster, snapshot.plan, roster.person_by_id[person.id], places)
        fitting |= {seat.id for seat, fit in zip(asked, fits, strict=True) if fit}
    return [seat for seat in open_seats if seat.id in fitting]


def _breaches(snapshot: Snapshot, person: Person, seat: SeatRow) -> list[Breach]:
    """Decide whether a person may take a seat: the one place for claims, for lists of open shifts and for pages."""
    roster = snapshot.roster
    shift = roster.shift_by_id[seat.shift_id]
    found = check_assignment(roster, snapshot.plan, roster.person_by_id[person.id], shift, seat.duty)
    against = [breach for breach in found if breach.severity is not Severity.WISH]
    of_availability = next((breach for breach in against if breach.rule == Availability.key), None)
    return [breach for breach in against if breach.rule != Availability.key or breach is of_availability]
