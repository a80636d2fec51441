"""What rules say about a person tells nobody their age: those who plan read it, and a birth date is private."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rota.scheduling.roster import Roster
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.registry import RULES
from tests.rota.scheduling.rosters import at, person, roster, shift
from tests.rota.scheduling.rules.check_and_engine import seats

TELLS_AN_AGE = re.compile(r"\b1[678]\b(?!:)|under.age|young|minor\b|adult|\bage\b|birth|born|years", re.IGNORECASE)
YOUNG = date(2010, 5, 1)


def overworked(born_on: date | None) -> Roster:
    """One person with more nights, hours and less rest than the rules allow anybody under 18, on their own."""
    starts = [at(day, hour) for day in range(6) for hour in (9, 19.5)] + [at(day, 23.75) for day in range(6)]
    shifts = [shift(start, 4, id=number, blend_exempt=False) for number, start in enumerate(sorted(starts), start=1)]
    return roster([person(1, born_on=born_on)], shifts)


@pytest.mark.parametrize("born_on", [YOUNG, None, date(1990, 5, 1)], ids=["16", "not known", "36"])
def test_no_sentence_about_a_person_tells_an_age(born_on: date | None) -> None:
    example = overworked(born_on)
    found = breaches(example, seats(example))
    assert {"rest", "hours_in_a_week"} <= {breach.rule for breach in found}
    assert [breach.sentence for breach in found if TELLS_AN_AGE.search(breach.sentence)] == []


def test_somebody_whose_age_is_not_known_reads_like_somebody_under_18() -> None:
    young, unknown = overworked(YOUNG), overworked(None)
    assert [breach.sentence for breach in breaches(young, seats(young))] == [
        breach.sentence for breach in breaches(unknown, seats(unknown))
    ]


def test_a_limit_that_holds_for_the_young_only_is_not_given_as_a_figure() -> None:
    example = roster([person(1, born_on=YOUNG)], [shift(at(0, 9), 4.5), shift(at(0, 13.5), 4.5)])
    [breach] = [each for each in breaches(example, seats(example)) if each.rule == "hours_in_a_day"]
    assert breach.sentence.endswith("which the rota rules do not allow.")


def test_what_keeps_people_from_a_seat_is_counted_without_their_age() -> None:
    for rule in RULES:
        assert not TELLS_AN_AGE.search(f"{rule.obstacle.one} {rule.obstacle.several}"), rule.key
