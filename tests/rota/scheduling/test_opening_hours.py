"""When a channel is open, in words, from the shifts of its weekly pattern."""

from __future__ import annotations

from datetime import time

import pytest

from progression.duties import Duty
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.scheduling.opening_hours import opening_hours

EVERY_DAY = range(7)
NEEDS = (Need(Duty.MODERATOR, 1, 1, 1),)


def span(days: range | tuple[int, ...], starts: str, ends: str) -> PatternSpan:
    return PatternSpan(frozenset(days), time.fromisoformat(starts), time.fromisoformat(ends), "Shift", NEEDS)


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([], ""),
        ([span(EVERY_DAY, "18:00", "22:00")], "every day 18:00 to 22:00"),
        ([span(EVERY_DAY, "16:00", "19:00"), span(EVERY_DAY, "18:45", "22:00")], "every day 16:00 to 22:00"),
        ([span((4, 5), "22:00", "02:00")], "Friday and Saturday 22:00 to 02:00"),
        (
            [span(EVERY_DAY, "18:00", "22:00"), span((5,), "22:00", "01:30")],
            "Monday, Tuesday, Wednesday, Thursday, Friday and Sunday 18:00 to 22:00; Saturday 18:00 to 01:30",
        ),
        ([span(EVERY_DAY, "08:00", "20:00"), span(EVERY_DAY, "20:00", "08:00")], "at all hours"),
        ([span((6,), "20:00", "00:00"), span((0,), "00:00", "04:00")], "Sunday 20:00 to 04:00"),
        ([span((5, 6), "08:00", "08:00"), span((0,), "08:00", "12:00")], "Saturday 08:00 to Monday 12:00"),
        ([span((2,), "00:00", "00:00")], "Wednesday 00:00 to 00:00"),
    ],
)
def test_shifts_that_meet_or_overlap_are_one_time_of_the_week(spans: list[PatternSpan], words: str) -> None:
    assert opening_hours(spans) == words
