"""What moving several seats at once would break: every rule, for everybody concerned, read with all moves made.

The moves are tried in the database, under a savepoint that is always rolled back, so that the rules read the same rows
as they would afterwards. That also holds where the seats belong to several rotas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from app import db
from app.people.directory import names_of
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import breaches_of_people, breaches_of_shifts, on_it_already, rules_in_force
from rota.scheduling.trades import newly_broken
from rota.store.models import Assignment, RotaVersion, Shift
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import snapshots_of


@dataclass(frozen=True)
class SeatGoes:
    """A seat that goes from its holder, who may be nobody, to somebody or to nobody."""

    seat: SeatRow
    to_person_id: int | None


@dataclass(frozen=True)
class Checked:
    """What the rules said: who was checked, by which rules, and what would newly be broken."""

    people: tuple[int, ...]
    rules: tuple[str, ...]
    broken: tuple[Breach, ...]


def check_moves(moves: Sequence[SeatGoes], *, now: datetime) -> Checked:
    """Say what these moves, all made at once, would newly break, of rules that stop and that may be set aside.

    Everybody is checked who is on one of the shifts before or after. What only concerns somebody who gives a seat away
    and gets none does not count: less than they asked for is their own choice. Leaves the database as it was; needs
    a writing transaction.
    """
    shift_ids = {move.seat.shift_id for move in moves}
    gain = {move.to_person_id for move in moves if move.to_person_id is not None}
    lose = {move.seat.person_id for move in moves if move.seat.person_id is not None}
    rows = seats_where(Shift.id.in_(shift_ids))
    people = gain | {seat.person_id for seat in rows if seat.person_id is not None}
    names = names_of(people)
    before, rules = _found(rows, names, now)
    with db.session.begin_nested() as trial:
        _move(moves, now)
        moved = seats_where(Shift.id.in_(shift_ids))
        after, _ = _found(moved, names, now)
        trial.rollback()
    after += _seated_twice(moved, names)
    new = [breach for breach in newly_broken(before, after) if breach.person_id not in lose - gain]
    return Checked(tuple(sorted(people)), tuple(sorted(rules)), tuple(new))


def _found(seats: Sequence[SeatRow], names: dict[int, str], now: datetime) -> tuple[list[Breach], set[str]]:
    found: list[Breach] = []
    rules: set[str] = set()
    for snapshot in {id(each): each for each in snapshots_of(names, seats, now=now).values()}.values():
        roster, plan = snapshot.roster, snapshot.plan
        rules |= {rule.key for rule in rules_in_force(roster.rules, roster.pairs)}
        found += breaches_of_people(roster, plan, _known(names, roster.person_by_id))
        found += breaches_of_shifts(roster, plan)
    return found, rules


def _seated_twice(seats: Sequence[SeatRow], names: dict[int, str]) -> list[Breach]:
    """The people with two seats in one duty on one shift: rules judge plans, which cannot hold both."""
    held = Counter((seat.person_id, seat.shift_id, seat.line_id) for seat in seats if seat.person_id is not None)
    return [
        on_it_already(person_id, names[person_id], shift_id)
        for (person_id, shift_id, _), number in sorted(held.items())
        if number > 1
    ]


def _known(names: Iterable[int], among: Collection[int]) -> list[int]:
    return sorted(person_id for person_id in names if person_id in among)


def _move(moves: Sequence[SeatGoes], now: datetime) -> None:
    held = [move.seat.assignment_id for move in moves if move.seat.assignment_id is not None]
    db.session.execute(
        update(Assignment).where(Assignment.id.in_(held)).values(ended_at=now), execution_options=_NOT_IN_SESSION
    )
    for move in moves:
        if move.to_person_id is not None:
            # The version does not matter to any rule: that of the change is made once they have agreed.
            newest = select(func.max(RotaVersion.id)).where(RotaVersion.rota_id == move.seat.rota_id)
            values = {
                "seat_id": move.seat.id,
                "person_id": move.to_person_id,
                "version_id": newest.scalar_subquery(),
                "given_at": now,
                "sequence": 0,
            }
            db.session.execute(insert(Assignment).values(values))


_NOT_IN_SESSION = {"synchronize_session": False}
