"""The rules about what people asked for at most, in both faces."""

from __future__ import annotations

import pytest

from rota.scheduling.roster import Limits
from rota.scheduling.rules.book import breaches
from tests.rota.scheduling.rosters import at, person, roster, shift
from tests.rota.scheduling.rules.check_and_engine import days, is_kept, only, seats, worked


@pytest.mark.parametrize(
    ("limits", "keeps"),
    [
        (Limits(most_shifts=2), True),
        (Limits(most_shifts=1), False),
        (Limits(most_minutes=8 * 60), True),
        (Limits(most_minutes=8 * 60 - 1), False),
        (Limits(most_minutes_a_week=4 * 60), True),
        (Limits(most_minutes_a_week=4 * 60 - 1), False),
    ],
)
def test_nobody_has_more_than_they_asked_for(limits: Limits, keeps: bool) -> None:
    example = worked(*days(0, 7), rules=only("most_they_asked"), limits=limits)
    assert is_kept(example, "most_they_asked") is keeps


def test_the_sentence_names_what_they_would_have_and_what_they_asked_for() -> None:
    wren = person(0, limits=Limits(most_shifts=1))
    example = roster([wren], [shift(at(day, 9)) for day in (0, 2)], rules=only("most_they_asked"))
    (breach,) = breaches(example, seats(example))
    assert breach.sentence == "Wren would have 2 shifts, and asked for 1 shift at most."
