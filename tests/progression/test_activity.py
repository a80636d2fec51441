"""Nothing worked for weeks asks for a refresher, for months for training again; leave stops the clocks."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import yaml
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.settings import ROOT
from progression.clearance import clearances
from progression.days_away import as_fact
from progression.duties import Duty
from progression.facts import Fact
from progression.intervals import Interval
from progression.journey import journey_of
from progression.lapses import lapses
from progression.pathway import Pathway
from progression.way_back import way_back
from tests.progression.facts import GROWN_UP, LONDON, SHIPPED_PATHWAY, a_moderator, day, fact, safe, trained
from tests.training.courses import install_shipped

A_DAY = timedelta(days=1)


def pathway_of_the_how_to() -> Pathway:
    """The shipped pathway with the two requirements that the how-to shows, asked for by who moderates."""
    text = (ROOT / "docs/how-to/add-a-requirement.md").read_text(encoding="utf-8")
    shown = yaml.safe_load(re.findall(r"```yaml\n(active:.*?)```", text, re.DOTALL)[0])
    document = SHIPPED_PATHWAY.model_dump(mode="json")
    document["requirements"].update(shown)
    document["duties"]["moderator"]["needs"] = [*document["duties"]["moderator"]["needs"], *shown]
    return Pathway.model_validate(document)


ACTIVITY = pathway_of_the_how_to()


def worked_on(on: str) -> Fact:
    return fact("worked", "shift", on, minutes=240, duty="moderator", night=False, seat=1)


def allowed(facts: list[Fact]) -> tuple[Interval, ...]:
    return clearances(facts, ACTIVITY, Duty.MODERATOR, LONDON, born_on=GROWN_UP)


def may(facts: list[Fact], at: datetime) -> bool:
    return any(span.start <= at < span.end for span in allowed(facts))


LAST_SHIFT = "2027-01-04"
LAST_DAY = day(LAST_SHIFT).date() + timedelta(days=84 + 28)


def test_twelve_weeks_and_four_of_grace_after_the_last_shift_the_duty_ends_at_the_end_of_the_day() -> None:
    facts = [*a_moderator(), worked_on(LAST_SHIFT)]
    ends = clock.ends(LAST_DAY, LONDON)
    assert may(facts, ends - timedelta(seconds=1))
    assert not may(facts, ends)
    (lapse,) = lapses(facts, ACTIVITY, LONDON, born_on=GROWN_UP, at=day("2027-03-01"), until=LAST_DAY)
    assert (lapse.code, lapse.last_day, lapse.duties) == ("active", LAST_DAY, (Duty.MODERATOR,))


def test_the_refresher_brings_it_back_from_that_moment_on_and_for_twelve_weeks_again() -> None:
    passed = LAST_DAY + 10 * A_DAY
    facts = [*a_moderator(), worked_on(LAST_SHIFT), trained(passed.isoformat())]
    assert not may(facts, clock.starts(passed, LONDON) - timedelta(hours=1))
    assert may(facts, clock.starts(passed, LONDON) + timedelta(hours=2))
    assert not may(facts, clock.ends(passed + timedelta(days=84 + 28), LONDON))


def test_after_a_year_the_refresher_alone_is_not_enough() -> None:
    long_after = day(LAST_SHIFT).date() + timedelta(days=400)
    facts = [*a_moderator(), worked_on(LAST_SHIFT), trained(long_after.isoformat())]
    later = clock.ends(long_after, LONDON)
    assert not may(facts, later)
    assert may([*facts, safe(long_after.isoformat())], later)


@pytest.mark.parametrize("days_away", [1, 14, 60])
def test_leave_inside_the_window_makes_it_longer_by_its_days(days_away: int) -> None:
    begins = clock.starts(day("2027-02-01").date(), LONDON)
    leave = as_fact(1, begins, clock.starts(day("2027-02-01").date() + days_away * A_DAY, LONDON))
    facts = [leave, *a_moderator(), worked_on(LAST_SHIFT)]
    assert may(facts, clock.ends(LAST_DAY + days_away * A_DAY, LONDON) - timedelta(seconds=1))
    assert not may(facts, clock.ends(LAST_DAY + days_away * A_DAY, LONDON))


def test_the_way_back_names_the_refresher_with_its_page(app: Flask) -> None:
    install_shipped()
    facts = [*a_moderator(), worked_on(LAST_SHIFT)]

    def pages(at: datetime) -> list[list[str | None]]:
        journey = journey_of(facts, ACTIVITY, LONDON, born_on=GROWN_UP, at=at)
        return [[page.href for page in step.pages] for step in way_back(journey, at)]

    assert pages(clock.ends(LAST_DAY, LONDON) - timedelta(seconds=1)) == []
    assert pages(clock.ends(LAST_DAY, LONDON)) == [["/learning/conflict"]]


@given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_nobody_loses_the_duty_twice_within_a_grace_period(days: list[int]) -> None:
    first = day("2027-01-04")
    facts = [*a_moderator(), *(worked_on((first + number * A_DAY).date().isoformat()) for number in days)]
    ends = [span.end for span in allowed(facts)]
    assert all(later - earlier > timedelta(days=28) for earlier, later in pairwise(ends))
