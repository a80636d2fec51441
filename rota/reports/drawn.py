"""The geometry of the drawings in a month's report. Widths are shares of the drawing, heights are in its own units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from progression.stages import Stage
from rota.reports.month_figures import PersonHours, WeekOfHours

PLOT = 150  # the height of the highest bar
GAP = 2  # between the parts of a bar
LABEL_FROM = 14  # a lower part has no room for its number
SLOT_SHARE = 0.7  # of the room for a bar that the bar takes
BAND_HOURS = 4  # how many hours one band of the histogram spans
MOST_BANDS = 12  # more hours than the last band begins with are in it too


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar."""

    stage: Stage
    y: float
    height: float
    hours: float

    @property
    def has_room(self) -> bool:
        """Whether its number fits into it."""
        return self.height >= LABEL_FROM


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one week, from the top down: staff, volunteers, peers."""

    first: date
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """How many people gave from so many hours on."""

    starts: int
    is_last: bool
    people: int
    share: float  # of the fullest band, in per cent


def bars(weeks: Sequence[WeekOfHours]) -> Iterator[Bar]:
    """A bar for each week. The highest is as high as the drawing."""
    most = max((week.hours for week in weeks), default=0.0)
    slot = 100 / max(1, len(weeks))
    for place, week in enumerate(weeks):
        y, parts = float(PLOT), []
        for stage in sorted(week.by_stage):
            height = week.by_stage[stage] / most * PLOT
            y -= height
            parts.append(Part(stage, round(y, 1), round(max(0.5, height - GAP), 1), week.by_stage[stage]))
        x = place * slot + slot * (1 - SLOT_SHARE) / 2
        yield Bar(week.first, round(x, 2), round(slot * SLOT_SHARE, 2), tuple(reversed(parts)))


def bands(people: Sequence[PersonHours]) -> list[Band]:
    """How many people gave how many hours, in bands of `BAND_HOURS`, the empty ones between them too."""
    counted: dict[int, int] = {}
    for each in people:
        number = min(int(each.hours // BAND_HOURS), MOST_BANDS - 1)
        counted[number] = counted.get(number, 0) + 1
    fullest = max(counted.values(), default=0)
    return [
        Band(number * BAND_HOURS, number == MOST_BANDS - 1, count, round(100 * count / fullest, 1))
        for number in range(max(counted, default=-1) + 1)
        for count in (counted.get(number, 0),)
    ]
