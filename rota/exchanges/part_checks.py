"""What it would break if somebody worked some of the hours of a seat in place of the person who has it.

Who takes the hours is judged by every rule about people, for exactly these hours; the shift by the mix of those who are
on it then. Who has the seat gives hours away, which breaks nothing for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from app.people.directory import names_of
from progression.intervals import Interval
from rota.exchanges.checking import Checked
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import check_assignment, rules_in_force, shift_breaches
from rota.scheduling.rules.policy import Severity
from rota.scheduling.trades import newly_broken
from rota.store.models import Shift
from rota.store.seat_parts import as_worked, parts_of_shift
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import Snapshot, snapshots_of


def check_part(seat: SeatRow, hours: Interval, taker_id: int, *, now: datetime) -> Checked:
    """Say what somebody would break by working these hours of a seat, of rules that stop and that may be set aside.

    Needs the locks of the people and the rota, so that what it says is still so when the hours go over.
    """
    whole = seats_where(Shift.id == seat.shift_id)
    parts = parts_of_shift(seat.shift_id)
    names = names_of({taker_id} | {each.person_id for each in (*whole, *parts) if each.person_id is not None})
    taker, others = {taker_id: names[taker_id]}, [each for each in whole if each.id != seat.id]
    vacant = seat._replace(assignment_id=None, person_id=None, holder=None)
    alone = _snapshot(taker, [*others, vacant], hours, seat, now)
    roster, shift = alone.roster, alone.roster.shift_by_id[seat.shift_id]
    # Also by those on the shift before or after, whom they would meet at the handover.
    against = check_assignment(roster, alone.plan, roster.person_by_id[taker_id], shift, seat.duty)
    for span in _spans(hours, parts):
        then = [each for each in as_worked(whole, parts) if each.starts_at <= span.start and each.ends_at >= span.end]
        instead = [each._replace(person_id=taker_id) if each.id == seat.id else each for each in then]
        before, after = (_broken(_snapshot(names, rows, span, seat, now), seat) for rows in (then, instead))
        against += newly_broken(before, after)
    rules = {rule.key for rule in rules_in_force(roster.rules, roster.pairs)}
    binding = [each for each in dict.fromkeys(against) if each.severity is not Severity.WISH]
    return Checked(tuple(sorted(names)), tuple(sorted(rules)), tuple(binding))


def _spans(hours: Interval, parts: Sequence[SeatRow]) -> Iterator[Interval]:
    """These hours, divided where other people on the shift take over from each other."""
    ends = {moment for part in parts for moment in (part.starts_at, part.ends_at)}
    edges = sorted({hours.start, hours.end} | {each for each in ends if hours.start < each < hours.end})
    for start, end in pairwise(edges):
        yield Interval(start, end)


def _snapshot(
    names: Mapping[int, str], rows: Sequence[SeatRow], hours: Interval, seat: SeatRow, now: datetime
) -> Snapshot:
    """These people on the shift as if it lasted these hours alone."""
    at_that_time = [each._replace(starts_at=hours.start, ends_at=hours.end, part_id=None) for each in rows]
    return snapshots_of(names, at_that_time, now=now)[seat.shift_id]


def _broken(snapshot: Snapshot, seat: SeatRow) -> list[Breach]:
    roster = snapshot.roster
    book = rules_in_force(roster.rules, roster.pairs)
    return shift_breaches(roster, book, roster.shift_by_id[seat.shift_id], snapshot.plan)
