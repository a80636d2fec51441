"""The figures of one month, from the published rota as it stood: of shifts that are over, and of nobody by name.

Hours are those of the rota, without the seats to which somebody is known not to have come. A shift counts to the day on
which it starts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast, null

from app import clock, db
from app.people import ages
from app.wording import plural
from progression.duties import Duty
from progression.intervals import Interval
from progression.ledger import facts_of_people
from progression.stages import Stage, stage_after, stage_changes
from progression.standing import DECIDE_THE_STAGE
from rota.reports.months import Month
from rota.scheduling.roster import Plan, Roster, RosterPerson
from rota.scheduling.rules.book import rules_in_force, shift_breaches
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.shifts.cover_map import counts, quarter_hours
from rota.store.cover_needs import Cover, NeededTime, cover_between
from rota.store.did_not_come_rows import DidNotCome, PartDidNotCome, not_worked, parts_not_worked
from rota.store.models import ChannelKind
from rota.store.nights import Nights
from rota.store.seat_part_rows import SeatPart
from rota.store.seat_parts import as_worked
from rota.store.seats import SeatRow
from rota.store.snapshot import plan_of, shifts_of

HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
FORBIDDEN = (Severity.HARD, Severity.OVERRIDABLE)
FAIR_WITHIN_HOURS = 4.0
"""How far from the middle somebody's hours may lie before the report points them out: one short shift."""


@dataclass(frozen=True, slots=True)
class WeekOfHours:
    """The hours given in one week, or the part of it that lies in the month, by the stage people had then."""

    first: date
    days: int
    by_stage: Mapping[Stage, float]

    @property
    def hours(self) -> float:
        """All hours of the week."""
        return sum(self.by_stage.values())


@dataclass(frozen=True, slots=True)
class Night:
    """One night, by the day on which it begins. `thin` says what was missing; empty where the mix was safe."""

    day: date
    is_over: bool
    needed_anybody: bool
    thin: tuple[str, ...]

    @property
    def is_safe(self) -> bool:
        """Whether people were needed, and there were those that the rules want."""
        return self.is_over and self.needed_anybody and not self.thin


@dataclass(frozen=True, slots=True)
class PersonHours:
    """What one person gave in some time, on-call time apart."""

    person_id: int
    name: str
    stage: Stage
    shifts: int
    hours: float
    nights: int
    on_call_hours: float


@dataclass(frozen=True, slots=True)
class CoverHours:
    """Hours in which people were needed, those with anybody, and those with everybody needed."""

    needed: float
    with_somebody: float
    with_all: float


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Everything that the report of a month says."""

    month: Month
    until: datetime
    """Up to when the month is counted: its end, or now while it is not over."""
    is_over: bool
    weeks: tuple[WeekOfHours, ...]
    cover: CoverHours
    on_call: CoverHours
    nights: tuple[Night, ...]
    people: tuple[PersonHours, ...]

    @property
    def has_anything(self) -> bool:
        """Whether people were needed, or had shifts."""
        return bool(self.cover.needed or self.people)

    @property
    def hours(self) -> float:
        """All hours given, on-call time left out."""
        return sum(week.hours for week in self.weeks)

    @property
    def on_call_hours(self) -> float:
        """All hours on call."""
        return sum(each.on_call_hours for each in self.people)

    @property
    def counted_nights(self) -> list[Night]:
        """The nights that are over and needed somebody."""
        return [night for night in self.nights if night.is_over and night.needed_anybody]

    @property
    def givers(self) -> list[PersonHours]:
        """Who gave any hours besides on-call time, those with the most first."""
        return [each for each in self.people if each.hours]

    @property
    def usual_hours(self) -> float:
        """The middle of what people gave: half gave more, half gave less."""
        return median([each.hours for each in self.givers] or [0.0])

    @property
    def far_from_usual(self) -> int:
        """How many people gave further from the middle than `FAIR_WITHIN_HOURS`."""
        return sum(abs(each.hours - self.usual_hours) > FAIR_WITHIN_HOURS for each in self.givers)

    @property
    def had_nights(self) -> list[PersonHours]:
        """Who had any night."""
        return [each for each in self.people if each.nights]


def figures_of(month: Month, zone: ZoneInfo, *, now: datetime) -> MonthFigures:
    """Work out a month. The number of queries does not grow with the number of shifts or people."""
    return figures_of_months([month], zone, now=now)[0]


def figures_of_months(months: Sequence[Month], zone: ZoneInfo, *, now: datetime) -> list[MonthFigures]:
    """Work out some months that follow one another, in as many queries as one takes."""
    starts, ends = months[0].bounds(zone)[0], months[-1].bounds(zone)[1]
    # A day more on both sides, so that a night over the edge of a month is read whole.
    read = cover_between(starts - A_DAY, max(starts, min(ends + A_DAY, now)), zone=zone)
    seats = (*read.seats, *read.parts)
    held = {seat.person_id for seat in seats if seat.person_id is not None and seat.ends_at <= now}
    crew = Crew(held, zone)
    absent = _absent(starts - A_DAY)
    return [_figures(month, read, crew, absent, now=now) for month in months]


def _absent(since: datetime) -> frozenset[tuple[int | None, int | None]]:
    """The seats and parts of seats whose people did not come, said since an instant: assignment and part of each."""
    seats = not_worked().where(DidNotCome.said_at >= since).add_columns(cast(null(), Integer))
    parts = (
        parts_not_worked()
        .where(PartDidNotCome.said_at >= since)
        .join(SeatPart, SeatPart.id == PartDidNotCome.part_id)
        .with_only_columns(SeatPart.assignment_id, SeatPart.id)
    )
    return frozenset((row[0], row[1]) for row in db.session.execute(seats.union_all(parts)))


def _figures(
    month: Month, read: Cover, crew: Crew, absent: frozenset[tuple[int | None, int | None]], *, now: datetime
) -> MonthFigures:
    starts, ends = month.bounds(crew.zone)
    until = max(starts, min(ends, now))
    over = [seat for seat in read.seats if starts <= seat.starts_at < ends and seat.ends_at <= now]
    ids = {seat.id for seat in over}
    at_work = as_worked(over, [part for part in read.parts if part.id in ids])
    # Of a seat to which its holder did not come, the parts that others took were worked all the same.
    held = [s for s in at_work if s.person_id is not None and (s.assignment_id, s.part_id) not in absent]
    times = [time for day in month.days for time in quarter_hours(day, crew.zone) if time.end <= until]
    return MonthFigures(
        month=month,
        until=until,
        is_over=ends <= now,
        weeks=tuple(_weeks(month, held, crew)),
        cover=_cover(times, read, on_call=False),
        on_call=_cover(times, read, on_call=True),
        nights=tuple(_nights(month, over, read.unplanned.needed, crew, now=now)),
        people=tuple(_people(held, crew)),
    )


class Crew(Nights):
    """Who was on, as the rules and the figures read them: their ages, the stage they had at an instant, and nights."""

    def __init__(self, ids: Iterable[int], zone: ZoneInfo) -> None:
        super().__init__(zone)
        facts = facts_of_people(ids, kinds=DECIDE_THE_STAGE)
        self._changes = {person_id: stage_changes(of_person) for person_id, of_person in facts.items()}
        self._born_on = ages.born_on(facts)

    def stage_changes(self, person_id: int) -> Sequence[tuple[datetime, Stage]]:
        """Each instant at which the person's stage changed, oldest first."""
        return self._changes[person_id]

    def stage(self, person_id: int, at: datetime) -> Stage:
        """The person's stage at an instant."""
        return stage_after(self._changes[person_id], at=at)

    def roster(self, of_shift: Sequence[SeatRow], rules: RotaRules) -> tuple[Roster, Plan]:
        """One shift with the people who were on it."""
        ids = sorted({seat.person_id for seat in of_shift if seat.person_id is not None})
        people = tuple(
            RosterPerson(each, "", {}, (), self._born_on[each], stage=self.stage(each, of_shift[0].starts_at))
            for each in ids
        )
        plan = plan_of((seat, seat.person_id) for seat in of_shift)
        return Roster(self.zone, rules, people, tuple(shifts_of(of_shift))), plan


def _weeks(month: Month, held: Iterable[SeatRow], crew: Crew) -> Iterator[WeekOfHours]:
    hours: dict[date, dict[Stage, float]] = defaultdict(lambda: defaultdict(float))
    for seat in held:
        if seat.duty is not Duty.ON_CALL and seat.person_id is not None:
            first = max(month.first, clock.monday_of(clock.on(seat.starts_at, crew.zone)))
            hours[first][crew.stage(seat.person_id, seat.starts_at)] += (seat.ends_at - seat.starts_at) / HOUR
    days_of: dict[date, int] = defaultdict(int)
    for day in month.days:
        days_of[max(month.first, clock.monday_of(day))] += 1
    for first, days in days_of.items():
        yield WeekOfHours(first, days, dict(hours[first]))


def _cover(times: Sequence[Interval], read: Cover, *, on_call: bool) -> CoverHours:
    """Hours with the people needed, on the channels that are for people on call, or on all the others."""
    seats = [seat for seat in read.seats if (seat.channel_kind is ChannelKind.ON_CALL) is on_call]
    missing = [each for each in read.unplanned.needed if (each.channel_kind is ChannelKind.ON_CALL) is on_call]
    needed = somebody = everybody = timedelta()
    for time, cover in zip(times, counts(times, seats, missing), strict=True):
        if cover.needed:
            length = time.end - time.start
            needed += length
            somebody += length if cover.on else timedelta()
            everybody += length if cover.on >= cover.needed else timedelta()
    return CoverHours(needed / HOUR, somebody / HOUR, everybody / HOUR)


def _nights(
    month: Month, over: Iterable[SeatRow], unplanned: Iterable[NeededTime], crew: Crew, *, now: datetime
) -> Iterator[Night]:
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in over:
        by_shift[seat.shift_id].append(seat)
    needed: set[date] = set()
    thin: dict[date, list[str]] = defaultdict(list)
    for of_shift in by_shift.values():
        place = of_shift[0]
        day = clock.on(place.starts_at, crew.zone)
        if place.is_blended and crew.is_night(place.starts_at, place.ends_at):
            needed.add(day)
            thin[day] += _what_was_missing(of_shift, day, crew)
    for each in unplanned:
        day = clock.on(each.starts_at, crew.zone)
        if each.channel_kind is not ChannelKind.ON_CALL and crew.is_night(each.starts_at, each.ends_at):
            needed.add(day)
            thin[day].append(f"{_span(each.channel, each.starts_at, each.ends_at, crew.zone)}: nothing was planned.")
    for day in month.days:
        is_over = clock.ends(day, crew.zone) <= now
        yield Night(day, is_over, day in needed, tuple(dict.fromkeys(thin[day])))


def _what_was_missing(of_shift: Sequence[SeatRow], day: date, crew: Crew) -> list[str]:
    """Whom a shift lacked by the rules of its day, one sentence each; nobody by name."""
    place = of_shift[0]
    where = _span(place.channel, place.starts_at, place.ends_at, crew.zone)
    if not any(seat.is_taken and seat.duty.counts_as_cover for seat in of_shift):
        return [f"{where}: nobody was on."]
    rules = crew.rules_of(day)
    roster, plan = crew.roster(of_shift, rules)
    (shift,) = roster.shifts
    breaches = shift_breaches(roster, rules_in_force(rules), shift, plan)
    short = sum(max(0, line.minimum - len(plan.on(shift.id, line.duty))) for line in shift.lines)
    too_few = [f"{where}: {plural(short, 'person', 'people')} short."] if short else []
    return too_few + [f"{where}: {each.sentence}" for each in breaches if each.severity in FORBIDDEN]


def _span(channel: str, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return f"{channel}, {starts:%H:%M} to {ends:%H:%M}"


def _people(held: Iterable[SeatRow], crew: Crew) -> list[PersonHours]:
    by_person: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in held:
        if seat.person_id is not None:
            by_person[seat.person_id].append(seat)
    found = [hours_given(person_id, seats, crew) for person_id, seats in by_person.items()]
    return sorted(found, key=lambda each: (-each.hours, -each.on_call_hours, each.name))


def hours_given(person_id: int, seats: Sequence[SeatRow], crew: Crew) -> PersonHours:
    """What one person gave on these seats of theirs, one at least, in order of time.

    A seat of which somebody else took hours in the middle is one shift; so is a part that somebody took.
    """
    lengths = [(seat.duty is Duty.ON_CALL, (seat.ends_at - seat.starts_at) / HOUR) for seat in seats]
    nights = {s.id for s in seats if s.duty is not Duty.ON_CALL and crew.is_night(s.starts_at, s.ends_at)}
    return PersonHours(
        person_id,
        seats[-1].holder or "",
        crew.stage(person_id, seats[-1].starts_at),
        shifts=len({seat.id for seat in seats}),
        hours=sum(hours for is_on_call, hours in lengths if not is_on_call),
        nights=len(nights),
        on_call_hours=sum(hours for is_on_call, hours in lengths if is_on_call),
    )
