"""Which units make a part, and on which day each part opens."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.training.courses import shipped
from training import catalogue
from training.guided.pace import Pace, Pause, parts_of
from training.pack import Lesson, Quiz, Scenario

DAY = date(2027, 2, 18)


def test_each_lesson_begins_a_part_and_what_shows_that_it_was_learned_is_the_last() -> None:
    parts = parts_of(shipped().units)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert all(isinstance(part.units[0], Lesson) for part in parts[:-1])
    assert all(isinstance(unit, Quiz | Scenario) for unit in parts[-1].units)


def test_every_shipped_course_has_parts_that_hold_each_unit_once_and_in_order() -> None:
    for pack in catalogue.shipped_packs():
        parts = parts_of(pack.units)
        assert tuple(unit for part in parts for unit in part.units) == pack.units
        assert len(parts) > 1


def test_a_course_of_questions_alone_is_one_part() -> None:
    questions = tuple(unit for unit in shipped().units if not isinstance(unit, Lesson))
    assert len(parts_of(questions)) == 1


def test_a_part_opens_on_its_day_and_not_before() -> None:
    pace = Pace(DAY, 7)
    assert [pace.opens_on(number) for number in (1, 2, 3)] == [DAY, DAY + timedelta(7), DAY + timedelta(14)]
    assert not pace.is_open(2, DAY + timedelta(6))
    assert pace.is_open(2, DAY + timedelta(7))


def test_a_pause_moves_the_days_to_come_and_without_an_end_nobody_can_say_them() -> None:
    paused = Pace(DAY, 7, pause=Pause(DAY + timedelta(8), DAY + timedelta(18)))
    assert paused.opens_on(2) == DAY + timedelta(7)
    assert paused.opens_on(3) == DAY + timedelta(24)
    assert paused.is_paused(DAY + timedelta(17))
    assert not paused.is_paused(DAY + timedelta(18))
    open_end = Pace(DAY, 7, pause=Pause(DAY + timedelta(8), None))
    assert open_end.opens_on(3) is None
    assert not open_end.is_open(3, DAY + timedelta(400))
    assert open_end.is_open(2, DAY + timedelta(9))


def test_what_is_held_back_has_no_day_and_what_was_opened_early_is_open() -> None:
    held = Pace(DAY, 7, opened_through=2, held_from=3)
    assert [held.is_open(number, DAY) for number in (1, 2, 3, 4)] == [True, True, False, False]
    assert held.opens_on(3) is None
    assert held.is_held(4)
    assert not held.is_held(2)


@given(
    between=st.integers(1, 28),
    later=st.integers(0, 60),
    today=st.integers(0, 200),
    lasted=st.integers(0, 100),
    number=st.integers(1, 20),
)
def test_a_part_that_is_open_stays_open_through_a_pause_and_after_it(
    between: int, later: int, today: int, lasted: int, number: int
) -> None:
    on = DAY + timedelta(today)
    before = Pace(DAY, between, later)
    if not before.is_open(number, on):
        return
    for until in (None, on + timedelta(lasted + 1)):
        assert Pace(DAY, between, later, Pause(on, until)).is_open(number, on)
    assert Pace(DAY, between, later + lasted).is_open(number, on + timedelta(lasted))
