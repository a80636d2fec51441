"""Small rosters for tests: a test gives only what matters to it, the rest has plausible defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval
from progression.missing import MissingRequirement
from progression.stages import Stage
from rota.scheduling.roster import (
    Limits,
    Pair,
    Plan,
    Roster,
    RosterLine,
    RosterPerson,
    RosterShift,
    Seating,
    Stint,
    Wish,
)
from rota.scheduling.rules.policy import RotaRules, shipped_rules
from rota.scheduling.standing_slots import StandingSlot

LONDON = ZoneInfo("Europe/London")
ALWAYS = (Interval(ALWAYS_SINCE, FOR_EVER),)
MONDAY = datetime(2027, 2, 1, tzinfo=UTC)
"""A Monday in winter, when London's clocks show UTC."""

_NAMES = ("Wren", "Larch", "Sage", "Finch", "Otter", "Moss", "Teal", "Heron", "Cedar", "Fern")


def at(day: int, hour: float) -> datetime:
    """Return an hour on a day, counted from Monday as 0."""
    return MONDAY + timedelta(days=day, hours=hour)


def person(  # noqa: PLR0913 - a keyword for each field of a person
    id: int = 1,
    *duties: Duty,
    free: tuple[Interval, ...] = ALWAYS,
    born_on: date | None = date(1990, 6, 1),
    clearances: Mapping[Duty, tuple[Interval, ...]] | None = None,
    is_newcomer: bool = False,
    limits: Limits | None = None,
    commitments: tuple[Stint, ...] = (),
    wishes: tuple[Wish, ...] = (),
    slots: tuple[StandingSlot, ...] = (),
    load: int = 0,
    stage: Stage | None = None,
    lacks: Mapping[Duty, tuple[MissingRequirement, ...]] | None = None,
    away: tuple[Interval, ...] = (),
) -> RosterPerson:
    """Return an adult, cleared for the duties named (moderator, if none) and always available."""
    return RosterPerson(
        id=id,
        name=_NAMES[id % len(_NAMES)],
        clearances=dict.fromkeys(duties or (Duty.MODERATOR,), ALWAYS) if clearances is None else clearances,
        availability=free,
        born_on=born_on,
        is_newcomer=is_newcomer,
        limits=limits or Limits(),
        commitments=commitments,
        wishes=wishes,
        slots=slots,
        load=load,
        stage=stage,
        lacks=lacks or {},
        away=away,
    )


_shift_numbers = count(1)


def shift(
    starts_at: datetime,
    hours: float = 4,
    *lines: RosterLine,
    id: int | None = None,
    channel: str = "Board",
    blend_exempt: bool = True,
) -> RosterShift:
    """A shift that wants one moderator, unless lines are given; the mix does not matter unless asked for."""
    return RosterShift(
        id=next(_shift_numbers) if id is None else id,
        channel=channel,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        lines=lines or (line(Duty.MODERATOR),),
        blend_exempt=blend_exempt,
    )


def line(duty: Duty, minimum: int = 1, wanted: int | None = None, most: int | None = None) -> RosterLine:
    """A cover line, exactly so many wanted unless `wanted` is given."""
    wanted = minimum if wanted is None else wanted
    return RosterLine(duty, minimum, wanted, wanted if most is None else most)


def stint(starts_at: datetime, hours: float = 4, duty: Duty = Duty.MODERATOR) -> Stint:
    """A commitment outside the roster."""
    return Stint(starts_at, starts_at + timedelta(hours=hours), duty, "Live chat")


def roster(
    people: Iterable[RosterPerson],
    shifts: Iterable[RosterShift],
    *,
    zone: ZoneInfo = LONDON,
    fixed: tuple[Seating, ...] = (),
    current: tuple[Seating, ...] = (),
    pairs: tuple[Pair, ...] = (),
    rules: RotaRules | None = None,
) -> Roster:
    """A roster under the shipped rules."""
    return Roster(
        zone,
        rules or shipped_rules(),
        tuple(people),
        tuple(shifts),
        fixed=fixed,
        current=current,
        pairs=pairs,
    )


def rules_with(**changes: Mapping[str, Any]) -> RotaRules:
    """The shipped rules with some figures changed: rules_with(rest={"adult_hours": 8})."""
    values = shipped_rules().model_dump()
    for rule, figures in changes.items():
        values[rule] |= figures
    return RotaRules.model_validate(values)


def everyone_on(*seatings: tuple[RosterShift, Duty, RosterPerson]) -> Plan:
    """A plan from shifts, duties and people."""
    return Plan(frozenset(Seating(s.id, duty, p.id) for s, duty, p in seatings))
