"""Minutes of learning: from words and decisions, rounded, never none."""

from __future__ import annotations

from tests.training.courses import shipped
from training import unit_kinds
from training.pack import Lesson


def lesson(words: int) -> Lesson:
    return Lesson(slug="one", title="One", minutes=1, body="word " * words)


def test_a_lesson_is_read_at_two_hundred_words_a_minute_and_takes_at_least_one() -> None:
    assert [unit_kinds.minutes_of(lesson(words)) for words in (10, 400, 1100)] == [1, 2, 6]


def test_a_course_takes_as_long_as_its_steps() -> None:
    pack = shipped()
    assert unit_kinds.minutes_of_course(pack) == pack.minutes_of(is_refresher=False) == 67
