"""Queueing e-mails to many people: in parts, and which of several e-mails about a last day is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.outbox import queue

LAST = date(2027, 3, 30)


def test_what_is_queued_for_many_goes_in_parts_and_nobody_is_left_out() -> None:
    waiting = list(range(2 * queue.AT_ONCE + 1))
    parts = list(queue.batches(waiting))
    assert [len(part) for part in parts] == [queue.AT_ONCE, queue.AT_ONCE, 1]
    assert [each for part in parts for each in part] == waiting
    assert list(queue.batches([])) == []


@pytest.mark.parametrize(("days", "step"), [(30, "first"), (15, "first"), (14, "14"), (4, "14"), (3, "3"), (0, "3")])
def test_the_nearest_of_the_moments_before_a_last_day_is_due(days: int, step: str) -> None:
    assert queue.step_before(LAST, LAST - timedelta(days=days)) == step
