"""Rules about one person on one seat, each alone, on both sides of its edge."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval
from rota.scheduling.roster import Stint
from rota.scheduling.rules.book import breaches
from tests.rota.scheduling.rosters import at, person
from tests.rota.scheduling.rules.check_and_engine import BORN, is_kept, only, seats, worked


@pytest.mark.parametrize(("hours", "keeps"), [(4, True), (4.25, False)])
def test_clearance_holds_for_the_whole_shift(hours: float, keeps: bool) -> None:
    cleared = {Duty.MODERATOR: (Interval(at(0, 9), at(0, 13)),)}
    assert is_kept(worked((at(0, 9), hours), rules=only("clearance"), clearances=cleared), "clearance") is keeps


@pytest.mark.parametrize(("start", "keeps"), [(9, True), (8.75, False)])
def test_clearance_holds_from_the_first_minute(start: float, keeps: bool) -> None:
    cleared = {Duty.MODERATOR: (Interval(at(0, 9), FOR_EVER),)}
    assert is_kept(worked((at(0, start), 4), rules=only("clearance"), clearances=cleared), "clearance") is keeps


def test_a_clearance_that_ends_in_the_shift_is_reported_so() -> None:
    example = worked(
        (at(0, 9), 4), rules=only("clearance"), clearances={Duty.MODERATOR: (Interval(ALWAYS_SINCE, at(0, 12)),)}
    )
    [breach] = breaches(example, seats(example))
    assert breach.sentence == "Larch’s clearance for moderator ends on Mon 1 February, 12:00, during the shift."


@pytest.mark.parametrize(("hours", "keeps"), [(4, True), (4.25, False)])
def test_people_are_asked_only_for_time_they_offered(hours: float, keeps: bool) -> None:
    free = (Interval(at(0, 9), at(0, 13)),)
    assert is_kept(worked((at(0, 9), hours), rules=only("availability"), free=free), "availability") is keeps


def test_two_offers_that_do_not_meet_do_not_make_a_whole_shift() -> None:
    free = (Interval(at(0, 9), at(0, 11)), Interval(at(0, 11.25), at(0, 13)))
    assert not is_kept(worked((at(0, 9), 4), rules=only("availability"), free=free), "availability")


@pytest.mark.parametrize(
    ("start", "hours", "keeps"),
    [
        (at(0, 18), 4, True),
        (at(0, 18), 4.25, False),
        (at(1, 6), 4, True),
        (at(1, 5.75), 4, False),
        (at(1, 22), 2.5, False),  # The birthday begins within the shift, but two of its hours are the day before.
        (at(2, 0), 4, True),
    ],
)
def test_nobody_works_at_night_until_the_day_they_turn_18(start: datetime, hours: float, keeps: bool) -> None:
    example = worked((start, hours), rules=only("under_18_nights"), born_on=BORN)
    assert is_kept(example, "under_18_nights") is keeps


def test_who_has_not_said_their_age_is_not_asked_to_work_at_night() -> None:
    example = worked((at(0, 23), 2), rules=only("under_18_nights"), born_on=None)
    assert not is_kept(example, "under_18_nights")


def test_who_is_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert person(1, born_on=date(2008, 2, 29)).adult_on == date(2026, 3, 1)


@pytest.mark.parametrize(("hours_after", "keeps"), [(48, True), (47.75, False)])
def test_after_a_hard_shift_there_is_time(hours_after: float, keeps: bool) -> None:
    hard = Stint(at(-1, 8), at(-1, 12), Duty.MODERATOR, "Live chat", was_hard=True)
    example = worked((at(-1, 12 + hours_after), 4), rules=only("cool_down", hours=48), commitments=(hard,))
    assert is_kept(example, "cool_down") is keeps
