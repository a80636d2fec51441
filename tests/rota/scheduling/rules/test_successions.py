"""The rule about kinds of shift on consecutive days, in both faces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rota.scheduling.rosters import at, person, roster, shift
from tests.rota.scheduling.rules.check_and_engine import is_kept, only


@pytest.mark.parametrize(
    ("kinds", "days", "keeps"),
    [
        (("Night", "Early"), (0, 1), False),
        (("Night", "Early"), (0, 2), True),
        (("Night", "Late"), (0, 1), True),
        (("Early", "Night"), (0, 1), True),
    ],
)
def test_a_kind_of_shift_may_not_follow_another_on_the_next_day(
    kinds: tuple[str, str], days: tuple[int, int], keeps: bool
) -> None:
    rules = only("successions", forbidden={"Night": ["Early"]})
    shifts = [replace(shift(at(day, 12)), kind=kind) for day, kind in zip(days, kinds, strict=True)]
    assert is_kept(roster([person()], shifts, rules=rules), "successions") is keeps
