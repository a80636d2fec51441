"""A usual week as people write it: taken where it is certain, refused with an example where it is not."""

from __future__ import annotations

import pytest

from app.refusals import Invalid
from rota.written_weeks import written_week


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", []),
        ("Mon 19-22", ["Monday, 19:00 to 22:00"]),
        ("Mon 19-22; Sat 10:00-14:00", ["Monday, 19:00 to 22:00", "Saturday, 10:00 to 14:00"]),
        ("mon, wed & fri 7pm-10pm", ["Monday, Wednesday and Friday, 19:00 to 22:00"]),
        ("Tues 7-10pm, Sat 10am-2pm", ["Tuesday, 19:00 to 22:00", "Saturday, 10:00 to 14:00"]),
        ("Thursdays 10-2pm", ["Thursday, 10:00 to 14:00"]),
        ("Mon-Fri 9.30 to 12", ["Monday, Tuesday, Wednesday, Thursday and Friday, 09:30 to 12:00"]),
        ("Fri to Sun 22-02", ["Friday, Saturday and Sunday, 22:00 to 02:00"]),
        ("Mon 9-12, 14-17", ["Monday, 09:00 to 12:00", "Monday, 14:00 to 17:00"]),
        ("weekday evenings", ["Monday, Tuesday, Wednesday, Thursday and Friday, 18:00 to 22:00"]),
        ("nights", ["every day, 22:00 to 06:00"]),
        ("Weekends all day", ["Saturday and Sunday, 00:00 to 00:00"]),
        ("Sunday mornings\nevery day 12am-6am", ["Sunday, 08:00 to 12:00", "every day, 00:00 to 06:00"]),
        ("Wed 0-24", ["Wednesday, 00:00 to 00:00"]),
    ],
)
def test_a_week_is_read_as_it_is_meant(typed: str, read: list[str]) -> None:
    assert [each.words for each in written_week(typed)] == read


@pytest.mark.parametrize(
    "typed",
    [
        "mostly evenings",
        "19-22",
        "Mondays",
        "Mon after 6",
        "not Tuesdays",
        "Mon 25-26",
        "Mon 19-19",
        "Mon 13pm-14pm",
        "alternate Fri 19-22",
        "x" * 301,
    ],
)
def test_what_is_not_certain_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="Please write it like"):
        written_week(typed)
