"""The cover map and the planner's table: counted by instants, shown by the organisation's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from app import db
from app.people.models import Person
from progression.duties import Duty
from rota.duty.on_duty import on_duty
from rota.planning import channels
from rota.planning.week_table import Drawing
from rota.scheduling.cover_pattern import Need, Stretch
from rota.shifts.cover_map import cover
from rota.store.models import Channel, ChannelKind, Rota
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, board_of, seats
from tests.times import NOW

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def nights(crew: Crew) -> Channel:
    """A chat that is open from 22:00 to 06:00 for one moderator."""
    with db.writing():
        channel = channels.open_channel("Night chat", ChannelKind.CHAT, by=None, now=NOW)
        night = Stretch(EVERY_DAY, time(22), time(6), "Night", (Need(Duty.MODERATOR, 1, 1, 1),))
        channels.write_pattern(channel, [night], starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
    return channel


def drawn(rota: Rota) -> Drawing:
    board = board_of(rota)
    return Drawing(board, {}, {}, LONDON, lambda seat: f"?seat={seat.id}")


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


def test_nothing_is_counted_before_it_is_published(crew: Crew) -> None:
    crew.rota(crew.evenings())
    assert cover(MONDAY, LONDON, now=NOW).nothing_published


def test_each_hour_says_who_is_on_against_who_is_needed(crew: Crew, wren: Person) -> None:
    crew.published(wren)
    shown = cover(MONDAY, LONDON, now=NOW)
    evening = {row.hour: [(cell.on, cell.needed) for cell in row.cells[:2] if cell] for row in shown.rows}
    assert evening[17] == [(0, 0), (0, 0)]
    assert evening[18] == evening[21] == [(1, 1), (0, 1)]
    assert evening[22] == [(0, 0), (0, 0)]
    assert [(short.is_empty, short.place.starts_at.day) for short in shown.shorts] == [(True, 23)]
    figures = shown.figures
    assert [(one.safe, one.short, one.empty) for one in figures[:2]] == [(4, 0, 0), (0, 0, 4)]


def test_the_hour_that_spring_skips_is_left_out_and_the_day_has_its_true_hours(crew: Crew, wren: Person) -> None:
    rota = crew.rota(nights(crew), starts_on=SPRING - timedelta(days=1), days=2)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    shown = cover(SPRING, LONDON, now=NOW)
    assert shown.rows[1].cells[0] is None
    assert shown.rows[2].cells[0] is not None
    assert shown.figures[0].safe == 5
    assert shown.figures[0].empty == 2


def test_the_hour_that_autumn_has_twice_is_counted_twice(crew: Crew, wren: Person) -> None:
    rota = crew.rota(nights(crew), starts_on=AUTUMN - timedelta(days=1), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    assert cover(AUTUMN, LONDON, now=NOW).figures[0].safe == 7


def test_a_day_of_23_hours_and_a_shift_that_lasts_less_say_so_in_the_table(crew: Crew) -> None:
    rota = crew.rota(nights(crew), starts_on=SPRING - timedelta(days=6), days=7)
    week = drawn(rota).week(SPRING - timedelta(days=6))
    assert [day.clock for day in week.days] == [None] * 6 + ["23-hour day"]
    (row,) = week.channels[0].rows
    assert row.is_night
    assert [cell.clock for cell in row.cells if cell] == [None] * 5 + ["7 hours", None]


def test_the_table_has_a_row_for_each_time_of_day_and_a_cell_for_each_day(crew: Crew) -> None:
    rota = crew.rota(crew.evenings(), nights(crew), days=3)
    week = drawn(rota).week(MONDAY)
    assert [channel.name for channel in week.channels] == ["Board", "Night chat"]
    assert [[row.starts for row in channel.rows] for channel in week.channels] == [["18:00"], ["22:00"]]
    assert [cell is not None for cell in week.channels[0].rows[0].cells] == [True] * 3 + [False] * 4
    assert week.empty_shifts == 6


def test_a_shift_with_somebody_on_it_is_short_and_one_with_nobody_empty(crew: Crew, wren: Person) -> None:
    channel = crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2), Need(Duty.SHADOW, 0, 1, 1))
    rota = crew.rota(channel, days=2)
    crew.give(rota, seats(rota)[0], wren)
    board = board_of(rota)
    week = Drawing(board, {wren.id: "Wren"}, {wren.id: "volunteer"}, LONDON, lambda _seat: "#").week(MONDAY)
    assert [(cell.gap, cell.gap_words) for _, cell in week.cells] == [("short", "Short by 1"), ("empty", "Empty")]
    assert (week.short_by, week.empty_shifts) == (1, 1)


def test_the_strip_of_weeks_has_every_day_of_the_rota(crew: Crew) -> None:
    rota = crew.rota(crew.evenings(), starts_on=MONDAY + timedelta(days=2), days=10)
    weeks = drawn(rota).weeks(MONDAY + timedelta(days=9), lambda on: on.isoformat())
    assert [week.title for week in weeks] == ["Week 1", "Week 2"]
    assert [week.is_chosen for week in weeks] == [False, True]
    assert [tile.state for tile in weeks[0].days] == ["none", "none"] + ["empty"] * 5
    assert weeks[0].summary == "5 empty"


def test_the_duty_board_shows_who_is_on_now_and_who_comes_next(crew: Crew, wren: Person) -> None:
    _, seat = crew.published(wren)
    (channel,) = on_duty(seat.starts_at + timedelta(hours=1))
    assert [(each.name, each.stage) for each in channel.now] == [("Wren", "volunteer")]
    assert [each.name for each in channel.following] == [None]
    assert not channel.is_unwatched
    (channel,) = on_duty(seat.starts_at + timedelta(days=1, hours=1))
    assert channel.is_unwatched
    (channel,) = on_duty(seat.ends_at)
    assert not channel.now


def test_the_on_call_line_stands_first_on_the_duty_board(app: Flask, crew: Crew) -> None:
    heron = crew.lead("Heron")
    crew.always_can(heron)
    line = crew.evenings("Zz line", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    rota = crew.rota(crew.evenings("Board"), line, days=1)
    place = next(seat for seat in seats(rota) if seat.duty is Duty.ON_CALL)
    crew.give(rota, place, heron)
    crew.publish(rota)
    channels = on_duty(datetime(2027, 2, 22, 19, tzinfo=UTC))
    assert [(channel.name, channel.is_on_call) for channel in channels] == [("Zz line", True), ("Board", False)]
