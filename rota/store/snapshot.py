"""Read a `Roster` from the database: people, what they may do and when they can, shifts, and who has which seat.

It takes a handful of queries, however many people there are. Nothing here says why somebody is away or not cleared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app import clock, db, settings
from app.many_ids import among, ids_given
from app.people import ages
from app.people.models import CLOSED, Person, PersonState
from app.policies import documents
from progression.duties import Duty
from progression.intervals import Interval
from progression.stages import Stage
from progression.standing import Standing, standings_of
from rota.scheduling.roster import Plan, Roster, RosterLine, RosterPerson, RosterShift, Seating, sorted_seatings
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.policy import RotaRules
from rota.store.asked_rows import Asked, FarWork, asked_in, seated_others
from rota.store.availability import StatedTimes, limits_stated_by, stated_times_in
from rota.store.clearances_between import ClearancesBetween
from rota.store.draft_board import DraftBoard
from rota.store.limits import PersonLimits, as_rules_read
from rota.store.newcomers import few_since, newcomers_among
from rota.store.own_shifts import seats_of_own_shifts
from rota.store.seat_parts import worked_by
from rota.store.seats import SeatRow
from rota.store.stated_rows import rows_of, stated_by
from rota.store.work_elsewhere import by_month_of, load_before, work_elsewhere

SUPPLIED = frozenset(
    {
        RosterData.CLEARANCES,
        RosterData.AVAILABILITY,
        RosterData.AGES,
        RosterData.STAGES,
        RosterData.COMMITMENTS,
        RosterData.SHIFT_KINDS,
        RosterData.LIMITS,
        RosterData.LEAST,
        RosterData.RUNS,
        RosterData.WISHES,
        RosterData.STANDING_SLOTS,
        RosterData.PAIRS,
        RosterData.NEWCOMERS,
        RosterData.LOAD,
    }
)
"""The roster data that is read from the database. Rules that need other data are marked as not in use yet."""

# Rules look back and ahead over a week of hours and a rest; what lies further off cannot touch this rota.
MARGIN = timedelta(days=9)

A_YEAR = timedelta(days=366)
"""How much longer than the rota somebody's clearances are read, so that sentences can say when one ended."""


class Depth(IntEnum):
    """How much of people is read. What is left out is as if nobody had it, so nothing may be judged by it."""

    OFFERS = 1
    """What they may do and when they can."""
    PEOPLE = 2
    """And all that rules about seats and people ask for, such as other work, and what clearances do without."""
    SHIFTS = 3
    """And who is new to the work, which only rules about a shift as a whole ask for."""


Days = tuple[date, date]
"""The first and the last day of a rota, both included."""


@dataclass(frozen=True)
class Snapshot:
    """A roster, the plan in force, and the stages that pages show.

    `unopened` are the people who have not opened their account yet: they may be planned, and may not know of it.
    `without` holds what somebody's clearance does without for a grace period, as codes of the pathway.
    """

    roster: Roster
    plan: Plan
    stages: Mapping[int, Stage]
    unopened: frozenset[int] = frozenset()
    without: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def take_snapshot(
    board: DraftBoard,
    *,
    now: datetime,
    only: Collection[int] | None = None,
    lacking: Duty | None = None,
    seated_on: Iterable[SeatRow] | None = None,
    depth: Depth = Depth.SHIFTS,
) -> Snapshot:
    """Read what a proposal, an edit by hand or an explanation needs to know about a rota and its open draft.

    With `only`, of the people who have no seat on the rota just these are read: judging a few people, or what is
    drafted, does not take thousands of others. With `lacking`, each person comes with what keeps them from that duty.
    With `seated_on`, the people who have none of these seats and are not among `only` are left out, and their seats
    with them. `depth` says how much is read of each.
    """
    is_seated = board.people
    if seated_on is not None:
        is_seated = board.people_on(seated_on) | (is_seated & set(only or ()))
    ahead = [seat for seat in board.seats if seat.starts_at > now]
    days = (board.rota.starts_on, board.rota.ends_on)
    rules = documents.on(RotaRules, clock.on(_period(ahead, now)[0], settings.current().zone))
    enough = rules.newcomers_beside.first_shifts if depth >= Depth.SHIFTS else 0
    query = _query_of_people(db.dialect(), enough, everybody=only is None)
    people = db.session.execute(query, {"seated": is_seated, "only": only, "now": now}).all()
    holding = [(seat, holder) for seat in ahead for holder in (board.holder(seat),) if holder in is_seated]
    settled = [(seat, holder) for seat, holder in holding if board.is_settled(seat)]
    names = {row.id: row.display_name for row in people}
    ages.remember_all({row.id: ages.AccountFacts(row[-1], row.state in CLOSED) for row in people})
    limits = {row.id: row.PersonLimits for row in people if row.PersonLimits is not None}
    few_shifts = {row.id: row.few_since for row in people if row.few_since is not None}
    of = _People(names, limits, few_shifts, depth, board.rota.id)
    read = _read(of, ahead, days, now=now, lacking=lacking)
    unopened = frozenset(row.id for row in people if row.state == PersonState.INVITED)
    return replace(_built(read, ahead, days, plan=plan_of(holding), fixed=plan_of(settled)), unopened=unopened)


@cache  # Building it takes longer than answering it.
def _query_of_people(_dialect: str, enough: int, *, everybody: bool) -> Select[*tuple[Any, ...]]:
    """The query for the people `seated`, and those with an account: all, or only these (`only`)."""
    with_account: ColumnElement[bool] = Person.state.not_in(CLOSED)
    if not everybody:
        with_account &= among(Person.id, ids_given("only"))
    return ages.with_birth_date(
        select(Person.id, Person.display_name, Person.state, PersonLimits, few_since(enough))
        .outerjoin(PersonLimits, PersonLimits.person_id == Person.id)
        .where(with_account | among(Person.id, ids_given("seated")))
    )


def seats_held_near(person_id: int, *, now: datetime) -> list[SeatRow]:
    """Return the seats that a person has from now on, and those before that rules may count."""
    return [seat for seat in seats_of_own_shifts(person_id, now - MARGIN) if seat.person_id == person_id]


def snapshots_beside(person: Person, seats: Sequence[SeatRow], *, now: datetime) -> dict[int, Snapshot]:
    """Read one person beside every seat of some coming published shifts, by shift id.

    Shifts of one rota whose days have the same rules share a snapshot, so that each is judged by the rules of its own
    day, and what counts over a rota is counted over that rota.
    """
    if not seats:
        return {}
    held = seats_held_near(person.id, now=now)
    limits = limits_stated_by(person.id)
    asked = {} if limits is None else {person.id: limits}
    return _by_rules({person.id: person.display_name}, seats, limits=asked, held=held, now=now)


def snapshots_of(names: Mapping[int, str], seats: Sequence[SeatRow], *, now: datetime) -> dict[int, Snapshot]:
    """Read these people, by id, beside every seat of some coming published shifts: as `snapshots_beside`, for many."""
    return _by_rules(names, seats, limits=_limits_of(names), held=None, now=now)


def _limits_of(ids: Collection[int]) -> dict[int, PersonLimits]:
    """What those of these people who did asked for at most; the birth dates come with it, which are asked for next."""
    query = ages.with_birth_date(
        select(Person.id, Person.state, PersonLimits)
        .outerjoin(PersonLimits, PersonLimits.person_id == Person.id)
        .where(among(Person.id, ids))
    )
    rows = db.session.execute(query).all()
    ages.remember_all({row.id: ages.AccountFacts(row[-1], row.state in CLOSED) for row in rows})
    return {row.id: row.PersonLimits for row in rows if row.PersonLimits is not None}


def _by_rules(
    names: Mapping[int, str],
    seats: Sequence[SeatRow],
    *,
    limits: Mapping[int, PersonLimits],
    held: Sequence[SeatRow] | None,
    now: datetime,
) -> dict[int, Snapshot]:
    zone = settings.current().zone
    by_start: dict[tuple[datetime, Days], list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_start[seat.starts_at, (seat.rota_starts_on, seat.rota_ends_on)].append(seat)
    groups: dict[tuple[RotaRules, Days], list[SeatRow]] = defaultdict(list)
    for (starts_at, of_rota), of_start in by_start.items():
        groups[documents.on(RotaRules, clock.on(starts_at, zone)), of_rota] += of_start
    if not groups:
        return {}
    of_rotas = [days for _, days in groups]
    days = (min(first for first, _ in of_rotas), max(last for _, last in of_rotas))
    read = _read(_People(names, limits), seats, days, now=now, held=held)
    others = seated_others(read.asked.pairs, names, {seat.shift_id for seat in seats})
    snapshots: dict[int, Snapshot] = {}
    for (_, days), group in groups.items():
        plan = plan_of((seat, seat.person_id) for seat in group if seat.person_id in names)
        snapshot = _with_others(_built(read, group, days, plan=plan, fixed=Plan()), others)
        snapshots |= dict.fromkeys((seat.shift_id for seat in group), snapshot)
    return snapshots


def _with_others(snapshot: Snapshot, others: Sequence[Seating]) -> Snapshot:
    """The snapshot with those of these others who are seated on its shifts; nothing is known of them but that."""
    here = [each for each in others if each.shift_id in snapshot.roster.shift_by_id]
    if not here:
        return snapshot
    nobody = (RosterPerson(id=n, name="", clearances={}, availability=()) for n in sorted({s.person_id for s in here}))
    roster = replace(snapshot.roster, people=(*snapshot.roster.people, *nobody))
    return replace(snapshot, roster=roster, plan=snapshot.plan.adding(*here))


@dataclass(frozen=True)
class _People:
    """The people to read, by id: what they asked for at most, and who had few shifts since the record began."""

    names: Mapping[int, str]
    limits: Mapping[int, PersonLimits]
    few_shifts: Mapping[int, datetime] = field(default_factory=dict)
    depth: Depth = Depth.SHIFTS
    rota_id: int | None = None
    """The rota of which all seats from now on are those to read about."""


@dataclass(frozen=True)
class _Read:
    """What the database says of some people, around the time of some shifts."""

    names: Mapping[int, str]
    standings: Mapping[int, Standing]
    born_on: Mapping[int, date | None]
    stated: Mapping[int, StatedTimes]
    held: Sequence[SeatRow]
    asked: Asked
    limits: Mapping[int, PersonLimits]
    newcomers: Collection[int]
    lacking: Duty | None
    now: datetime


def _read(
    people: _People,
    seats: Sequence[SeatRow],
    days: Days,
    *,
    now: datetime,
    held: Sequence[SeatRow] | None = None,
    lacking: Duty | None = None,
) -> _Read:
    names, limits = people.names, people.limits
    own_seats = (people.rota_id, now) if people.rota_id is not None else None
    starts, ends = _period(seats, now)
    between = _held_between(days, starts, ends)
    rows: Sequence[Any]
    if people.depth < Depth.PEOPLE:
        rows, held = rows_of(names, starts, ends), ()
    elif held is None:
        far = FarWork.around(days, between, settings.current().zone, by_month_of(limits))
        rows = rows_of(names, starts, ends, (days, far))
    else:
        rows = stated_by(next(iter(names)))  # read before for the page, and cheaper than asking again
    missing_for = (lacking, Interval(starts, ends)) if lacking and seats else None
    standings = standings_of(names, now, missing_for=missing_for, with_grace=people.depth >= Depth.PEOPLE)
    return _Read(
        names=names,
        standings=standings,
        born_on=ages.born_on(names),
        stated=stated_times_in(rows, names, starts, ends),
        held=worked_by(names, *between, but_seats_of=own_seats) if held is None else held,
        asked=asked_in(rows, documents.on(RotaRules, clock.on(starts, settings.current().zone))),
        limits=limits,
        newcomers=newcomers_among(people.few_shifts, standings),
        lacking=lacking,
        now=now,
    )


def _built(read: _Read, seats: Sequence[SeatRow], days: Days, *, plan: Plan, fixed: Plan) -> Snapshot:
    """Build the roster of these seats, of a rota of these days, from what was read."""
    zone = settings.current().zone
    starts, ends = _period(seats, read.now)
    # The rules of the days that are planned, which may be others than today's.
    rules = documents.on(RotaRules, clock.on(starts, zone))
    elsewhere = work_elsewhere(read.held, read.asked.worked, {seat.shift_id for seat in seats})
    far = FarWork.around(days, _held_between(days, starts, ends), zone, by_month_of(read.limits))
    load = load_before(elsewhere, days[0], rules, zone)
    roster = Roster(
        zone=zone,
        rules=rules,
        people=tuple(
            RosterPerson(
                id=person_id,
                name=name,
                clearances=ClearancesBetween(read.standings[person_id], starts - A_YEAR, ends + A_YEAR),
                availability=read.stated[person_id].able,
                born_on=read.born_on.get(person_id),
                limits=as_rules_read(read.limits.get(person_id), rules),
                is_newcomer=person_id in read.newcomers,
                commitments=tuple([each for each in elsewhere.get(person_id, ()) if far.counts(person_id, each)]),
                wishes=tuple(read.asked.wishes.get(person_id, ())),
                slots=tuple(read.asked.slots.get(person_id, ())),
                load=load.get(person_id, 0),
                stage=read.standings[person_id].stage,
                lacks={} if read.lacking is None else {read.lacking: read.standings[person_id].missing},
                away=read.stated[person_id].away,
            )
            for person_id, name in sorted(read.names.items())
        ),
        pairs=read.asked.pairs,
        shifts=tuple(shifts_of(seats)),
        fixed=tuple(sorted_seatings(fixed.seatings)),
        current=tuple(sorted_seatings(plan.seatings)),
        starts_on=min(days[0], clock.on(starts, zone)),
        ends_on=max([days[1], *(clock.on(seat.starts_at, zone) for seat in seats[-1:])]),
    )
    return Snapshot(
        roster,
        plan,
        {person_id: standing.stage for person_id, standing in read.standings.items()},
        without={person_id: standing.without for person_id, standing in read.standings.items() if standing.without},
    )


def _period(seats: Sequence[SeatRow], now: datetime) -> tuple[datetime, datetime]:
    """From the first start of these seats to their last end; `now` where there are none."""
    return min((seat.starts_at for seat in seats), default=now), max((seat.ends_at for seat in seats), default=now)


def _held_between(days: Days, starts: datetime, ends: datetime) -> tuple[datetime, datetime]:
    """The time whose shifts can matter: that of the rota and of the seats, and what the rules look back and ahead."""
    zone = settings.current().zone
    return min(clock.starts(days[0], zone), starts) - MARGIN, max(clock.ends(days[1], zone), ends) + MARGIN


def plan_of(holding: Iterable[tuple[SeatRow, int | None]]) -> Plan:
    """Who has which of these seats."""
    return Plan(
        frozenset(Seating(seat.shift_id, seat.duty, person_id) for seat, person_id in holding if person_id is not None)
    )


def shifts_of(seats: Iterable[SeatRow]) -> Iterable[RosterShift]:
    """The shifts of these seats, as the rules read them."""
    lines: dict[int, dict[Duty, RosterLine]] = defaultdict(dict)
    first: dict[int, SeatRow] = {}
    for seat in seats:
        first.setdefault(seat.shift_id, seat)
        if seat.duty not in lines[seat.shift_id]:
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
