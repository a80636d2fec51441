"""A rota of several weeks, of which the planner shows one at a time."""

from __future__ import annotations

from datetime import date, timedelta

from flask.testing import FlaskClient

from app.people.models import Role
from progression.duties import Duty
from rota.planning.week_table import WeekTable
from rota.scheduling.cover_pattern import Need
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, board_of, seats
from tests.times import NOW

SPRING = date(2027, 3, 28)


def test_each_week_of_a_rota_shows_who_sits_in_it_and_how_the_others_stand(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    robin, wren = crew.moderator("Robin"), crew.moderator("Wren")
    crew.always_can(robin, wren)
    fortnight = crew.rota(crew.evenings(), days=14)
    evenings = seats(fortnight)
    crew.give(fortnight, evenings[0], robin)
    crew.give(fortnight, evenings[7], wren)
    first, second = (client.get(f"/rota/{fortnight.id}?seat={evenings[n].id}").text for n in (1, 8))
    plain = client.get(f"/rota/{fortnight.id}").text
    table = plain.partition('class="nl-rota"')[2]  # above it the last step names whom it was about
    assert ("Robin" in table, "Wren" in table) == (True, False)
    assert plain.count("6 empty") == 2
    assert "Robin" in first
    assert "Wren" in second


def drawn(rota: Rota) -> WeekTable:
    board = board_of(rota)
    return WeekTable(board, {}, {}, LONDON, lambda seat: f"?seat={seat.id}", NOW)


def test_a_day_of_23_hours_and_a_shift_that_lasts_less_say_so_in_the_table(crew: Crew) -> None:
    rota = crew.rota(crew.nights(), starts_on=SPRING - timedelta(days=6), days=7)
    week = drawn(rota).week(SPRING - timedelta(days=6))
    assert [day.clock for day in week.days] == [None] * 6 + ["23-hour day"]
    (row,) = week.channels[0].rows
    assert row.is_night
    assert [cell.clock for cell in row.cells if cell] == [None] * 5 + ["7 hours", None]


def test_the_table_has_a_row_for_each_time_of_day_and_a_cell_for_each_day(crew: Crew) -> None:
    rota = crew.rota(crew.evenings(), crew.nights(), days=3)
    week = drawn(rota).week(MONDAY)
    assert [channel.name for channel in week.channels] == ["Board", "Night chat"]
    assert [[row.starts for row in channel.rows] for channel in week.channels] == [["18:00"], ["22:00"]]
    assert [cell is not None for cell in week.channels[0].rows[0].cells] == [True] * 3 + [False] * 4
    assert week.empty_shifts == 6


def test_a_shift_is_short_or_has_one_person_alone_or_nobody_and_each_has_its_own_mark(crew: Crew) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    channel = crew.evenings("Board", Need(Duty.MODERATOR, 1, 3, 3), Need(Duty.SHADOW, 0, 1, 1))
    rota = crew.rota(channel, days=3)
    for place, person in ((0, wren), (1, fern), (4, wren)):
        crew.give(rota, seats(rota)[place], person)
    board = board_of(rota)
    names, stages = {wren.id: "Wren", fern.id: "Fern"}, {wren.id: "volunteer", fern.id: "volunteer"}
    table = WeekTable(board, names, stages, LONDON, lambda _seat: "#", NOW)
    week = table.week(MONDAY)
    assert [(cell.gap, cell.gap_words) for _, cell in week.cells] == [
        ("short", "Short by 1"),
        ("alone", "One person alone, short by 2"),
        ("empty", "Empty"),
    ]
    assert (week.short_by, week.alone, week.empty_shifts) == (3, 1, 1)
    assert table.weeks(MONDAY, lambda on: on.isoformat())[0].summary == "3 short, 1 alone, 1 empty"
    assert [tile.state for tile in table.weeks(MONDAY, lambda on: on.isoformat())[0].days[:3]] == [
        "short",
        "alone",
        "empty",
    ]


def test_a_shift_that_is_over_has_no_gap_and_one_that_is_on_still_has(crew: Crew) -> None:
    rota = crew.rota(crew.evenings(), days=2)
    first = seats(rota)[0]
    for now, gaps in ((first.starts_at, 2), (first.ends_at, 1)):
        week = WeekTable(board_of(rota), {}, {}, LONDON, lambda _seat: "#", now).week(MONDAY)
        assert len(week.gaps) == gaps


def test_the_strip_of_weeks_has_every_day_of_the_rota(crew: Crew) -> None:
    rota = crew.rota(crew.evenings(), starts_on=MONDAY + timedelta(days=2), days=10)
    weeks = drawn(rota).weeks(MONDAY + timedelta(days=9), lambda on: on.isoformat())
    assert [week.title for week in weeks] == ["Week 1", "Week 2"]
    assert [week.is_chosen for week in weeks] == [False, True]
    assert [tile.state for tile in weeks[0].days] == ["none", "none"] + ["empty"] * 5
    assert weeks[0].summary == "5 empty"
