"""Read a `Roster` from the database: people, what they may do and when they can, shifts, and who has which seat.

It takes a handful of queries, however many people there are. Nothing here says why somebody is away or not cleared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.people import ages
from app.people.models import Person, PersonState
from app.policies import documents
from progression.duties import Duty
from progression.intervals import Interval
from progression.stages import Stage
from progression.standing import Standing, standings_of
from rota.scheduling.roster import Plan, Roster, RosterLine, RosterPerson, RosterShift, Seating, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.policy import RotaRules
from rota.store.availability import stated_times_of
from rota.store.draft_board import DraftBoard
from rota.store.models import Shift
from rota.store.seats import SeatRow, seats_held_by, seats_of_own_shifts, seats_where

SUPPLIED = frozenset(
    {
        RosterData.CLEARANCES,
        RosterData.AVAILABILITY,
        RosterData.AGES,
        RosterData.STAGES,
        RosterData.COMMITMENTS,
        RosterData.SHIFT_KINDS,
    }
)
"""The roster data that is read from the database. Rules that need other data are marked as not in use yet."""

# Rules look back and ahead over a week of hours and a rest; what lies further off cannot touch this rota.
MARGIN = timedelta(days=9)


@dataclass(frozen=True)
class Snapshot:
    """A roster, the plan in force, and the stages that pages show."""

    roster: Roster
    plan: Plan
    stages: Mapping[int, Stage]


def take_snapshot(
    board: DraftBoard,
    *,
    now: datetime,
    only: Collection[int] | None = None,
    lacking: Duty | None = None,
    seated_on: Iterable[SeatRow] | None = None,
) -> Snapshot:
    """Read what a proposal, an edit by hand or an explanation needs to know about a rota and its open draft.

    With `only`, of the people who have no seat on the rota just these are read: judging a few people, or what is
    drafted, does not take thousands of others. With `lacking`, each person comes with what keeps them from that duty.
    With `seated_on`, the people who have none of these seats are left out, and their seats with them.
    """
    is_seated = board.people if seated_on is None else board.people_on(seated_on)
    seated = Person.id.in_(is_seated)
    with_account = Person.state == PersonState.ACTIVE
    if only is not None:
        with_account &= Person.id.in_(only)
    people = db.session.execute(select(Person.id, Person.display_name).where(with_account | seated))
    ahead = [seat for seat in board.seats if seat.starts_at > now]
    holding = [(seat, holder) for seat in ahead for holder in (board.holder(seat),) if holder in is_seated]
    settled = [(seat, holder) for seat, holder in holding if board.is_settled(seat)]
    return _take(
        {row.id: row.display_name for row in people},
        ahead,
        plan=_plan(holding),
        fixed=_plan(settled),
        now=now,
        lacking=lacking,
    )


def snapshot_for_person(person: Person, seats: Sequence[SeatRow], *, now: datetime) -> Snapshot:
    """Read one person and the whole shifts of some published seats: what a claim is checked against."""
    return snapshot_beside(person, seats_where(Shift.id.in_({seat.shift_id for seat in seats})), now=now)


def snapshot_beside(person: Person, seats: Sequence[SeatRow], *, now: datetime) -> Snapshot:
    """Read one person beside every seat of some coming published shifts."""
    mine = [(seat, person.id) for seat in seats if seat.person_id == person.id]
    held = [seat for seat in seats_of_own_shifts(person.id, now - MARGIN) if seat.person_id == person.id]
    names = {person.id: person.display_name}
    return _take(names, seats, plan=_plan(mine), fixed=Plan(), now=now, held=held)


def _take(
    names: Mapping[int, str],
    seats: Sequence[SeatRow],
    *,
    plan: Plan,
    fixed: Plan,
    now: datetime,
    held: Sequence[SeatRow] | None = None,
    lacking: Duty | None = None,
) -> Snapshot:
    zone = settings.current().zone
    starts = min((seat.starts_at for seat in seats), default=now)
    ends = max((seat.ends_at for seat in seats), default=now)
    standings = standings_of(names, now, missing_for=(lacking, Interval(starts, ends)) if lacking and seats else None)
    born_on = ages.born_on(names)
    said = stated_times_of(names, starts, ends)
    if held is None:
        held = seats_held_by(names, starts - MARGIN, ends + MARGIN)
    near = [seat for seat in held if seat.starts_at < ends + MARGIN and seat.ends_at > starts - MARGIN]
    elsewhere = _commitments(near, {seat.shift_id for seat in seats})
    roster = Roster(
        zone=zone,
        rules=documents.on(RotaRules, clock.on(starts, zone)),
        people=tuple(
            RosterPerson(
                id=person_id,
                name=name,
                clearances=_clearances(standings[person_id], starts, ends),
                availability=said[person_id].able,
                born_on=born_on.get(person_id),
                commitments=tuple(elsewhere[person_id]),
                stage=standings[person_id].stage,
                lacks={} if lacking is None else {lacking: standings[person_id].missing},
                away=said[person_id].away,
            )
            for person_id, name in sorted(names.items())
        ),
        shifts=tuple(_shifts(seats)),
        fixed=tuple(sorted(fixed.seatings)),
        current=tuple(sorted(plan.seatings)),
        starts_on=clock.on(starts, zone),
        ends_on=clock.on(max(ends - timedelta(seconds=1), starts), zone),
    )
    return Snapshot(roster, plan, {person_id: standing.stage for person_id, standing in standings.items()})


def _plan(holding: Iterable[tuple[SeatRow, int | None]]) -> Plan:
    return Plan(
        frozenset(Seating(seat.shift_id, seat.duty, person_id) for seat, person_id in holding if person_id is not None)
    )


def _clearances(standing: Standing, starts: datetime, ends: datetime) -> dict[Duty, tuple[Interval, ...]]:
    """What the person may do around these instants, with a margin so that sentences can say when it ended."""
    since, until = starts - timedelta(days=366), ends + timedelta(days=366)
    return {
        Duty(duty): tuple(
            Interval(max(span.start, since), min(span.end, until))
            for span in spans
            if span.start < until and since < span.end
        )
        for duty, spans in standing.clearances.items()
        if spans
    }


def _commitments(held: Iterable[SeatRow], own_shifts: Collection[int]) -> dict[int, list[Stint]]:
    """What people do on other rotas, and on this one before and after what is being planned.

    They have no shift id: the rules count their hours and rest, but check only the shifts of the roster.
    """
    commitments: dict[int, list[Stint]] = defaultdict(list)
    for seat in held:
        if seat.shift_id not in own_shifts and seat.person_id is not None:
            commitments[seat.person_id].append(Stint(seat.starts_at, seat.ends_at, seat.duty, seat.channel))
    return commitments


def _shifts(seats: Sequence[SeatRow]) -> Iterable[RosterShift]:
    lines: dict[int, dict[Duty, RosterLine]] = defaultdict(dict)
    first: dict[int, SeatRow] = {}
    for seat in seats:
        first.setdefault(seat.shift_id, seat)
        lines[seat.shift_id][seat.duty] = RosterLine(seat.duty, seat.minimum, seat.wanted, seat.most)
    for shift_id, seat in sorted(first.items()):
        yield RosterShift(
            id=shift_id,
            channel=seat.channel,
            starts_at=seat.starts_at,
            ends_at=seat.ends_at,
            lines=tuple(lines[shift_id].values()),
            blend_exempt=not seat.is_blended,
            kind=seat.label,
        )
