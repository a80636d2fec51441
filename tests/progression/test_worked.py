"""What worked shifts come to."""

from __future__ import annotations

from datetime import UTC, datetime

from progression.facts import Fact
from progression.worked import Worked, worked

ENDED = datetime(2027, 3, 1, 6, tzinfo=UTC)


def shift(number: int, minutes: int, *, night: bool) -> Fact:
    facts = {"minutes": minutes, "duty": "moderator", "night": night, "seat": number}
    return Fact(number, 1, "worked", "shift", ENDED, ENDED, facts=facts)


def test_shifts_minutes_and_nights_are_counted_without_what_was_withdrawn() -> None:
    withdrawal = Fact(4, 1, "withdrawn", "shift", ENDED, ENDED, withdraws_id=3)
    facts = [shift(1, 420, night=True), shift(2, 240, night=False), shift(3, 480, night=True), withdrawal]
    assert worked(facts) == Worked(shifts=2, minutes=660, nights=1)
    assert worked([]) == Worked(0, 0, 0)
