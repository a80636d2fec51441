"""What the forecast rests on, read from the database: the shifts of twelve weeks, and who can be on them.

Shifts that are published are as they are, with their holders. Time without one is taken from the weekly patterns and
the special days. People count where they offer the time (their usual week, what they said for single days, and leave
over both) and for what they may do by the evidence recorded so far.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, db, settings
from app.domain import domains
from app.people import ages
from app.people.models import CLOSED, Person
from app.policies import documents
from progression.duties import Duty
from progression.intervals import Interval, merged
from progression.missing import MissingRequirement
from progression.standing import DECIDE_THE_STAGE, missing_ahead
from rota.scheduling.cover_ahead import Ahead, AheadLine, AheadPerson, AheadShift, Asked
from rota.scheduling.instants import adult_from, minutes_within_hours
from rota.scheduling.roster import Limits
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.seats import Under18Nights
from rota.store.availability import stated_times_of
from rota.store.cover_needs import Cover, cover_between
from rota.store.limits import PersonLimits, as_rules_read
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow
from rota.store.shortages import nobody_may_be_alone

WEEKS = 12
FIRST_UNPLANNED = -1_000_000_000  # ids of shifts that nobody planned yet, which no row has


def period(now: datetime, zone: ZoneInfo) -> Interval:
    """From now to the end of the twelfth week, this one counted."""
    monday = clock.monday_of(clock.on(now, zone))
    return Interval(now, clock.ends(monday + timedelta(days=7 * WEEKS - 1), zone))


def read_ahead(now: datetime) -> Ahead:
    """Read the shifts that have not begun, and the people, in a number of queries that does not grow with either."""
    zone = settings.current().zone
    within = period(now, zone)
    rules = documents.on(RotaRules, clock.on(now, zone))
    cover = cover_between(within.start, within.end, zone=zone)
    shifts = tuple(_shifts(cover, rules, zone, after=now))
    return Ahead(shifts, tuple(_people(shifts, rules, zone, within)))


def _shifts(cover: Cover, rules: RotaRules, zone: ZoneInfo, *, after: datetime) -> Iterator[AheadShift]:
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in cover.seats:
        if seat.starts_at > after:
            by_shift[seat.shift_id].append(seat)
    for shift_id, seats in by_shift.items():
        first = seats[0]
        shift = AheadShift(
            shift_id,
            first.channel_id,
            clock.on(first.starts_at, zone),
            first.starts_at,
            first.ends_at,
            tuple(_lines_of(seats)),
            first.label,
            rota_id=first.rota_id,
        )
        yield _judged(shift, first.channel_kind, rules, zone)
    for number, need in enumerate(cover.unplanned.needed, FIRST_UNPLANNED):
        if need.starts_at > after:
            lines = tuple(AheadLine(n.duty, n.minimum, n.wanted) for n in need.needs if n.duty.counts_as_cover)
            day = clock.on(need.starts_at, zone)
            shift = AheadShift(number, need.channel_id, day, need.starts_at, need.ends_at, lines, need.label)
            yield _judged(shift, need.channel_kind, rules, zone)


def _lines_of(seats: Iterable[SeatRow]) -> Iterator[AheadLine]:
    lines: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        if seat.duty.counts_as_cover:
            lines[seat.line_id].append(seat)
    for of_line in lines.values():
        holders = tuple(seat.person_id for seat in of_line if seat.person_id is not None)
        yield AheadLine(of_line[0].duty, of_line[0].minimum, of_line[0].wanted, holders)


def _judged(shift: AheadShift, kind: ChannelKind, rules: RotaRules, zone: ZoneInfo) -> AheadShift:
    """The shift with how many people are the least for it, and whether it is a night as the rules count nights."""
    nights = rules.nights_in_the_period
    is_night = _minutes_of_night(shift, rules, zone) >= nights.counts_from_hours * 60
    wanted = sum(line.wanted for line in shift.lines)
    least = min(rules.nobody_alone.at_least, wanted) if nobody_may_be_alone(shift.starts_at, kind, zone) else 0
    return replace(shift, least=least, is_night=is_night)


def _minutes_of_night(shift: AheadShift, rules: RotaRules, zone: ZoneInfo) -> int:
    nights = rules.nights_in_the_period
    return minutes_within_hours(shift.starts_at, shift.ends_at, nights.starts, nights.ends, zone)


def _people(shifts: Sequence[AheadShift], rules: RotaRules, zone: ZoneInfo, within: Interval) -> Iterator[AheadPerson]:
    """Everybody with an account that is not closed who offers any of this time or has a seat in it."""
    rows = db.session.execute(
        select(Person.id, PersonLimits)
        .outerjoin(PersonLimits, PersonLimits.person_id == Person.id)
        .where(Person.state.not_in(CLOSED))
    ).all()
    held = _held_times(shifts)
    times = stated_times_of([row.id for row in rows], within.start, within.end)
    able = {person_id: merged([*stated.able, *held.get(person_id, ())]) for person_id, stated in times.items()}
    ids = sorted(person_id for person_id, spans in able.items() if spans)
    limits = {row.id: as_rules_read(row.PersonLimits, rules) for row in rows}
    missing = missing_ahead(ids, _duties_of(shifts), within, within.start)
    born_on = ages.born_on(ids)
    too_young = {born: _too_young_for(born, shifts, rules, zone, within) for born in set(born_on.values())}
    for person_id in ids:
        duties = {duty: tuple(_asked(needs, within)) for duty, needs in missing[person_id].items()}
        person = AheadPerson(person_id, able[person_id], duties, not_on=too_young[born_on.get(person_id)])
        yield _with_limits(person, limits[person_id], rules)


def _too_young_for(
    born_on: date | None, shifts: Iterable[AheadShift], rules: RotaRules, zone: ZoneInfo, within: Interval
) -> frozenset[int]:
    """The shifts at night that somebody born on this day, or on an unknown one, may not be on."""
    adult_since = adult_from(born_on, zone)
    rule = Under18Nights(rules.under_18_nights)
    if rule.severity is Severity.UNUSED or (adult_since is not None and adult_since <= within.start):
        return frozenset()
    return frozenset(s.id for s in shifts if rule.forbids_hours(born_on, s.starts_at, s.ends_at, zone))


def _held_times(shifts: Iterable[AheadShift]) -> Mapping[int, list[Interval]]:
    """When people have seats: who takes a seat can come, whatever they offer every week."""
    held: dict[int, list[Interval]] = defaultdict(list)
    for shift in shifts:
        for person_id in (each for line in shift.lines for each in line.holders):
            held[person_id].append(Interval(shift.starts_at, shift.ends_at))
    return held


def _duties_of(shifts: Iterable[AheadShift]) -> list[Duty]:
    return sorted({line.duty for shift in shifts for line in shift.lines if line.wanted})


def _asked(missing: Iterable[MissingRequirement], within: Interval) -> Iterator[Asked]:
    """The requirements with the end of what was held, where renewing it would bring it back."""
    computed = {kind.kind for domain in domains for kind in domain.requirement_kinds if kind.is_computed}
    for each in missing:
        kind = each.evidence.partition(":")[0]
        ends = [span.end for span in each.held if span.end <= within.end]
        comes_by_itself = any(span.end > within.end for span in each.held)
        can_renew = bool(ends) and not comes_by_itself and kind not in DECIDE_THE_STAGE and kind not in computed
        held = tuple(span for span in each.held if span.end > within.start)
        yield Asked(each.evidence, held, max(ends) if can_renew else None)


def _with_limits(person: AheadPerson, limits: Limits, rules: RotaRules) -> AheadPerson:
    """What they asked for at most in a week, and the hours of the rules, which leave time on call out."""
    minutes = [limits.most_minutes_a_week]
    if rules.hours_in_a_week.severity in (Severity.HARD, Severity.OVERRIDABLE) and Duty.ON_CALL not in person.duties:
        minutes.append(round(rules.hours_in_a_week.adult_hours * 60))
    given = [each for each in minutes if each is not None]
    return replace(
        person,
        shifts_a_week=limits.most_shifts_a_week,
        minutes_a_week=min(given, default=None),
        nights_a_week=limits.most_nights_a_week,
    )
