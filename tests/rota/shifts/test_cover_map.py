"""The cover map: counted by instants, shown by the organisation's clock."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.people.models import Person, Role
from progression.duties import Duty
from progression.intervals import Interval
from rota.shifts.cover_map import HOUR, HourCover, Span, counts, cover_map
from rota.store.cover_needs import NeededTime
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


def test_nothing_is_counted_before_it_is_published(crew: Crew) -> None:
    crew.rota(crew.evenings())
    assert cover_map(MONDAY, LONDON, now=NOW).nothing_published


def test_each_hour_says_who_is_on_against_who_is_needed(crew: Crew, wren: Person) -> None:
    crew.published(wren)
    shown = cover_map(MONDAY, LONDON, now=NOW)
    evening = {row.hour: [(cell.on, cell.needed) for cell in row.cells[:2] if cell] for row in shown.rows}
    assert evening[17] == [(0, 0), (0, 0)]
    assert evening[18] == evening[21] == [(1, 1), (0, 1)]
    assert evening[22] == [(0, 0), (0, 0)]
    assert [(short.kind, short.place.starts_at.day) for short in shown.shorts] == [("alone", 22), ("empty", 23)]
    figures = shown.figures
    assert [(one.safe, one.short, one.empty) for one in figures[:2]] == [(4, 0, 0), (0, 0, 4)]


def test_the_hour_that_spring_skips_is_left_out_and_the_day_has_its_true_hours(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.nights(), starts_on=SPRING - timedelta(days=1), days=2)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    shown = cover_map(SPRING, LONDON, now=NOW)
    assert shown.rows[1].cells[0] is None
    assert shown.rows[2].cells[0] is not None
    assert shown.figures[0].safe == 5
    assert shown.figures[0].empty == 2


def test_the_hour_that_autumn_has_twice_is_counted_twice(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.nights(), starts_on=AUTUMN - timedelta(days=1), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    assert cover_map(AUTUMN, LONDON, now=NOW).figures[0].safe == 7


def test_every_time_counts_just_the_seats_and_needs_that_touch_it() -> None:
    chance = random.Random(1)
    start = NOW.replace(hour=0, minute=0)
    halves = [Interval(start + n * HOUR / 2, start + (n + 1) * HOUR / 2) for n in range(96)]

    def hours() -> tuple[datetime, datetime]:
        starts_at = start + timedelta(minutes=15 * chance.randrange(-20, 200))
        return starts_at, starts_at + timedelta(minutes=15 * chance.randrange(1, 60))

    read = []
    for number in range(200):
        (starts_at, ends_at), duty = hours(), chance.choice((Duty.MODERATOR, Duty.SHADOW))
        held = chance.choice((None, 1))
        of_seat = (
            number,
            chance.randrange(1, 4),
            1,
            duty,
            1,
            2,
            3,
            1,
            starts_at,
            ends_at,
            "",
            1,
            1,
            MONDAY,
            MONDAY,
            number,
        )
        read.append(SeatRow(*of_seat, "Board", ChannelKind.BOARD, held, None, None))
    missing = [NeededTime(n, "Board", ChannelKind.BOARD, *hours(), chance.randrange(3)) for n in range(200, 220)]
    for half, counted in zip(halves, counts(halves, read, missing), strict=True):
        during = [each for each in read if each.starts_at < half.end and half.start < each.ends_at]
        cover = [each for each in during if each.duty is Duty.MODERATOR]
        unplanned = sum(each.people for each in missing if each.starts_at < half.end and half.start < each.ends_at)
        needed = sum(each.is_wanted for each in cover) + unplanned
        assert counted == HourCover(sum(each.is_taken for each in cover), needed, is_planned=not unplanned)


@pytest.mark.parametrize("held", [(1, 1), (1, 0), (0, 1), (0, 0)])
def test_a_handover_is_neither_cover_twice_nor_a_gap_twice(held: tuple[int, int]) -> None:
    start = NOW.replace(hour=16, minute=0)
    quarters = [Interval(start + n * HOUR / 4, start + (n + 1) * HOUR / 4) for n in range(-4, 4)]
    times = ((start - 8 * HOUR, start + HOUR / 4), (start, start + 8 * HOUR))
    read = []
    for n in (0, 1):
        of_shift = (n, 1, n, Duty.MODERATOR, 1, 1, 1, n, *times[n], "", 1, 1, MONDAY, MONDAY, 1)
        read.append(SeatRow(*of_shift, "Board", ChannelKind.BOARD, held[n] or None, None, None))
    counted = list(counts(quarters, read, ()))
    assert [each.needed for each in counted] == [1] * 8
    assert [each.on for each in counted] == [held[0]] * 4 + [max(held)] + [held[1]] * 3
    unplanned = list(counts(quarters, read[:1], [NeededTime(1, "Board", ChannelKind.BOARD, *times[1], 1)]))
    assert [each.needed for each in unplanned] == [1] * 8
    assert [each.is_planned for each in unplanned] == [True] * 4 + [False] * 4


def test_a_time_that_the_pattern_needs_and_no_shift_covers_is_empty_and_not_closed(crew: Crew) -> None:
    crew.rota(crew.nights())  # made, and not published
    shown = cover_map(MONDAY, LONDON, now=NOW)
    night = [(cell.on, cell.needed, cell.is_planned) for cell in shown.rows[23].cells if cell]
    assert night == [(0, 1, False)] * 7
    assert [(cell.needed, cell.is_planned) for cell in shown.rows[12].cells if cell] == [(0, True)] * 7
    assert shown.figures[1].empty == 8
    sunday, monday = shown.unplanned[:2]  # the night before reaches into Monday
    assert [(time.starts_at.hour, time.ends_at.hour) for time in (sunday, monday)] == [(0, 6), (22, 6)]
    assert (sunday.draft_rota_id, monday.draft_rota_id is None) == (None, False)
    assert shown.unplanned[-1].draft_rota_id is None


def test_where_nothing_is_planned_today_and_cover_say_so_and_lead_to_planning_it(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    tansy, ash = crew.people.person("Tansy", roles=(Role.COORDINATOR,)), crew.people.person("Ash", roles=(Role.LEAD,))
    sign_in(client, tansy)
    for address in ("/", "/cover"):
        page = client.get(address).text
        assert "Nothing is planned for these days" in page
        assert 'href="/rota/channels"' in page.split("<main")[1]
    crew.evenings()
    for address in ("/", "/cover"):
        page = client.get(address).text
        assert "Nothing is planned for these days" in page
        assert "Every shift this week is covered" not in page
        assert "Every hour has the people it needs" not in page
        assert 'href="/rota/make"' in page
    assert "closed" not in client.get("/cover").text.split('<th scope="row">18')[-1].split("</tr>")[0]
    sign_in(client, ash)
    page = client.get("/cover").text
    assert "needs people then, and no shift is published" in page
    assert 'href="/rota/make"' not in page


def test_the_planner_lists_times_of_the_week_that_no_rota_has(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    rota = crew.rota(crew.evenings(), days=5)
    for view in ("", "/list"):
        page = client.get(f"/rota/{rota.id}{view}").text.split("Nothing is planned for these times of the week")[1]
        assert page.count("Board, S") == 2  # Saturday and Sunday


def test_one_channel_is_shown_by_itself(crew: Crew, wren: Person) -> None:
    chat = crew.evenings("Chat")
    rota, _ = crew.published(wren)
    shown = cover_map(MONDAY, LONDON, now=NOW, channel_id=chat.id)
    assert {time.channel for time in shown.unplanned} == {"Chat"}
    assert shown.shorts == ()
    board = cover_map(MONDAY, LONDON, now=NOW, channel_id=seats(rota)[0].channel_id)
    assert {short.place.channel for short in board.shorts} == {"Board"}


def test_now_names_only_what_is_on_and_48_hours_only_what_begins_in_them(crew: Crew) -> None:
    crew.evenings()  # nobody planned them
    today = NOW.astimezone(LONDON).date()  # at 19:30 the evening of 18:00 is on
    of_now = cover_map(today, LONDON, now=NOW, span=Span.NOW)
    assert [time.starts_at.day for time in of_now.unplanned] == [18]
    assert of_now.days == (today,)
    of_two_days = cover_map(today, LONDON, now=NOW, span=Span.TWO_DAYS)
    assert [time.starts_at.day for time in of_two_days.unplanned] == [18, 19, 20]
    assert len(cover_map(today, LONDON, now=NOW).unplanned) == 7


def test_the_page_leads_to_every_span_to_other_weeks_and_to_each_channel(
    crew: Crew, wren: Person, client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    crew.evenings("Chat")
    crew.published(wren)
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get("/cover?from=2027-02-22").text
    for address in (
        "/cover?span=now",
        "/cover?span=two-days",
        "/cover/twelve-weeks",
        "from=2027-02-15",
        "from=2027-03-01",
    ):
        assert address in page
    assert "Cover now" in client.get("/cover?span=now").text
    assert "Cover, the next 48 hours" in client.get("/cover?span=two-days&channel=1").text
    assert client.get("/cover?span=never&channel=999").status_code == 200
    assert "from=2024" not in client.get("/cover?from=2026-01-01").text


def test_only_who_plans_is_led_to_twelve_weeks(
    crew: Crew, client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Lead", roles=(Role.LEAD,)))
    assert "twelve-weeks" not in client.get("/cover").text
    assert client.get("/cover/twelve-weeks").status_code == 403
