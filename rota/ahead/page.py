"""The forecast as its page shows it: a house for each week, a window for each day, the invitations, two lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, db
from app.people.models import CLOSED, Person
from progression.duties import Duty
from progression.labels import is_private
from progression.lapsing.renewal import Renewal, renewal
from progression.stages import Stage
from progression.standing import stages_of
from rota.ahead.invitations import invited_lately
from rota.ahead.models import Forecast, RenewalInvitation
from rota.ahead.reading import WEEKS

PLOT = 84  # the height of the highest point of the lines
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LineAhead:
    """What one duty of a shift needs, and how many people there can be: as things stand, and with the invitations."""

    duty: Duty
    minimum: int
    wanted: int
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class ShiftAhead:
    """A shift of which some seat stays empty as things stand; `marks` are the invitations that help."""

    id: int
    channel_id: int
    channel: str
    day: date
    starts_at: datetime
    ends_at: datetime
    least: int
    rota_id: int | None
    marks: tuple[str, ...]
    lines: tuple[LineAhead, ...]

    @property
    def is_dark(self) -> bool:
        """Whether it is below the safe mix as things stand."""
        return self._is_below([line.now for line in self.lines])

    @property
    def is_dark_then(self) -> bool:
        """Whether it is below the safe mix with the invitations too."""
        return self._is_below([line.then for line in self.lines])

    def _is_below(self, numbers: Sequence[int]) -> bool:
        lacks = any(number < line.minimum for number, line in zip(numbers, self.lines, strict=True))
        return lacks or sum(numbers) < self.least

    @property
    def lacking_then(self) -> list[tuple[Duty, int]]:
        """The duties in which somebody is missing whatever people renew, and how many people."""
        return [(line.duty, line.wanted - line.then) for line in self.lines if line.then < line.wanted]


@dataclass(frozen=True, slots=True)
class Window:
    """One day of one week: "none" where no shift begins on it, "lit", "short" of the number wanted, or "dark"."""

    day: date
    state: str
    marks: tuple[str, ...] = ()
    shifts: tuple[ShiftAhead, ...] = ()


@dataclass(frozen=True, slots=True)
class Invited:
    """One invitation: whom it is for, what they would renew, and when they were invited lately."""

    mark: str
    person_id: int
    name: str
    stage: Stage
    seats: int
    shifts: int
    renewals: tuple[Renewal | None, ...]
    """None for what only people who see evidence may read."""
    first_lapse: datetime
    last_invited: RenewalInvitation | None


@dataclass(frozen=True, slots=True)
class WeekLine:
    """Shifts below the safe mix in one week, as things stand and with the invitations, and where they are drawn."""

    first: date
    now: int
    then: int
    x: float
    y_now: float
    y_then: float


@dataclass(frozen=True)
class ForecastPage:
    """Everything that the page shows of a forecast, of one channel or of all."""

    looked_at: datetime
    mondays: tuple[date, ...]
    rows: tuple[tuple[Window, ...], ...]  # by day of the week
    invited: tuple[Invited, ...]
    lapses: Mapping[date, tuple[str, ...]]  # marks by Monday
    weeks: tuple[WeekLine, ...]
    dark: tuple[ShiftAhead, ...]
    short: tuple[ShiftAhead, ...]
    planned: int
    seats_gained: int

    @property
    def most(self) -> int:
        """The most shifts below the safe mix in one week."""
        return max((week.now for week in self.weeks), default=0)

    @property
    def kept_safe(self) -> int:
        """How many of the dark shifts the invitations keep safe."""
        return sum(not shift.is_dark_then for shift in self.dark)

    @property
    def no_help(self) -> list[ShiftAhead]:
        """The shifts that stay below the safe mix whatever people renew."""
        return [shift for shift in self.dark if shift.is_dark_then]

    @property
    def from_day(self) -> date | None:
        """The first day with a shift below the safe mix."""
        return self.dark[0].day if self.dark else None

    @property
    def can_invite(self) -> bool:
        """Whether anybody is left who was not invited lately."""
        return any(each.last_invited is None for each in self.invited)


def page_of(
    forecast: Forecast,
    channels: Mapping[int, str],
    *,
    channel_id: int | None,
    sees_evidence: bool,
    zone: ZoneInfo,
    now: datetime,
) -> ForecastPage:
    """Read what the page shows of these channels, by id; with `channel_id`, of one of them."""
    result: dict[str, Any] = forecast.result
    shifts = sorted(
        (
            _shift(each, channels)
            for each in result["shifts"]
            if each["channel_id"] in channels and channel_id in (None, each["channel_id"])
        ),
        key=lambda shift: (shift.starts_at, shift.channel_id),
    )
    first = clock.monday_of(clock.on(forecast.looked_at, zone))
    mondays = tuple(first + n * 7 * A_DAY for n in range(WEEKS))
    planned = {
        date.fromisoformat(day): sum(n for of, n in by.items() if int(of) in channels and channel_id in (None, int(of)))
        for day, by in result["planned"].items()
    }
    invited = tuple(_invited(result["invitations"], sees_evidence=sees_evidence, now=now))
    lapses: dict[date, tuple[str, ...]] = defaultdict(tuple)
    for each in invited:
        lapses[clock.monday_of(clock.on(each.first_lapse - timedelta(minutes=1), zone))] += (each.mark,)
    dark = tuple(shift for shift in shifts if shift.is_dark)
    return ForecastPage(
        looked_at=forecast.looked_at,
        mondays=mondays,
        rows=tuple(_rows(mondays, shifts, planned)),
        invited=invited,
        lapses=lapses,
        weeks=tuple(_lines(mondays, dark)),
        dark=dark,
        short=tuple(shift for shift in shifts if not shift.is_dark),
        planned=sum(planned.values()),
        seats_gained=sum(line.then - line.now for shift in shifts for line in shift.lines),
    )


def mark(place: int) -> str:
    """A, B … Z, then A2, B2 … for the invitations in their order."""
    name = chr(ord("A") + place % 26)
    return name if place < 26 else f"{name}{place // 26 + 1}"


def _shift(each: Mapping[str, Any], channels: Mapping[int, str]) -> ShiftAhead:
    lines = (LineAhead(Duty(e["duty"]), e["minimum"], e["wanted"], e["now"], e["then"]) for e in each["lines"])
    return ShiftAhead(
        each["id"],
        each["channel_id"],
        channels[each["channel_id"]],
        date.fromisoformat(each["day"]),
        datetime.fromisoformat(each["starts_at"]),
        datetime.fromisoformat(each["ends_at"]),
        each["least"],
        each["rota_id"],
        tuple(mark(place) for place in each["helped_by"]),
        tuple(lines),
    )


def _rows(
    mondays: Sequence[date], shifts: Sequence[ShiftAhead], planned: Mapping[date, int]
) -> list[tuple[Window, ...]]:
    by_day: dict[date, list[ShiftAhead]] = defaultdict(list)
    for shift in shifts:
        by_day[shift.day].append(shift)

    def window(day: date) -> Window:
        of_day = by_day.get(day, [])
        dark = [shift for shift in of_day if shift.is_dark]
        marks = tuple(dict.fromkeys(each for shift in dark or of_day for each in shift.marks))
        state = "dark" if dark else "short" if of_day else "lit" if planned.get(day) else "none"
        return Window(day, state, marks, tuple(of_day))

    return [tuple(window(monday + n * A_DAY) for monday in mondays) for n in range(7)]


def _invited(chosen: Sequence[Mapping[str, Any]], *, sees_evidence: bool, now: datetime) -> list[Invited]:
    ids: Collection[int] = [each["person_id"] for each in chosen]
    people = db.session.execute(
        select(Person.id, Person.display_name).where(Person.id.in_(ids), Person.state.not_in(CLOSED))
    )
    names = {row.id: row.display_name for row in people}
    stages, before = stages_of(names, now), invited_lately(ids, now=now)
    found = []
    for place, each in enumerate(chosen):
        person_id, lapses = each["person_id"], each["lapses"]
        if person_id not in names:
            continue
        ends = {code: datetime.fromisoformat(at) for code, at in lapses.items()}
        asked = [before.get((person_id, code)) for code in lapses]
        found.append(
            Invited(
                mark(place),
                person_id,
                names[person_id],
                stages[person_id],
                each["seats"],
                each["shifts"],
                tuple(renewal(c, at, now) if sees_evidence or not is_private(c) else None for c, at in ends.items()),
                min(ends.values()),
                None if any(one is None for one in asked) else asked[-1],
            )
        )
    return found


def _lines(mondays: Sequence[date], dark: Sequence[ShiftAhead]) -> list[WeekLine]:
    now: dict[date, int] = defaultdict(int)
    then: dict[date, int] = defaultdict(int)
    for shift in dark:
        monday = clock.monday_of(shift.day)
        now[monday] += 1
        then[monday] += shift.is_dark_then
    most = max(now.values(), default=0) or 1
    step = 100 / len(mondays)

    def y(number: int) -> float:
        return round(14 + PLOT * (1 - number / most), 1)

    return [
        WeekLine(monday, now[monday], then[monday], round((place + 0.5) * step, 2), y(now[monday]), y(then[monday]))
        for place, monday in enumerate(mondays)
    ]
