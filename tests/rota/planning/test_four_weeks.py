"""Four weeks at a glance: the marks that the week's table has, totals, and links to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from progression.duties import Duty
from rota.planning import special_days
from rota.planning.channels import all_channels
from rota.planning.four_weeks import FourWeeks, four_weeks
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind
from rota.store.shortages import shortages
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, board_of, seats
from tests.times import NOW

NEEDS = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 2, 3), Need(Duty.SHADOW, 0, 1, 1))


def weeks_from(day: date) -> FourWeeks:
    db.session.rollback()
    return four_weeks(day, lambda rota_id, on, shift_id: f"/{rota_id}/{on}#{shift_id}", zone=LONDON, now=NOW)


@pytest.mark.both_databases
def test_it_marks_the_shifts_that_the_rule_for_short_shifts_marks_as_published_and_as_drafted(crew: Crew) -> None:
    wren, teal, rook = (crew.lead(name) for name in ("Wren", "Teal", "Rook"))
    crew.always_can(wren, teal, rook)
    rota = crew.rota(crew.evenings("Board", *NEEDS), crew.evenings("Line", kind=ChannelKind.ON_CALL), days=5)
    board = [seat for seat in seats(rota) if seat.channel == "Board"]
    by_day = [[seat for seat in board if seat.starts_at == start] for start in sorted({s.starts_at for s in board})]
    crew.give(rota, by_day[0][0], wren)
    crew.give(rota, by_day[1][0], wren)
    crew.give(rota, by_day[1][1], teal)
    crew.publish(rota)
    crew.give(rota, by_day[1][2], rook)
    now_of_draft = board_of(rota)
    expected = {
        (each.place.shift_id, each.kind, each.words)
        for each in shortages(now_of_draft.seats, now_of_draft.has_holder, zone=LONDON, now=NOW)
    }
    weeks = weeks_from(MONDAY)
    shown = {(one.count.shift_id, one.gap, one.words) for day in weeks.by_day for one in day.open}
    assert shown == expected
    assert len(shown) == 9, "of ten shifts one is full"
    assert weeks.weeks[0].summary == "2 short, 1 alone, 8 empty"
    assert weeks.weeks[1].summary == "no shifts"


def test_every_rota_of_these_weeks_is_in_it_and_each_time_of_day_has_one_row(crew: Crew) -> None:
    first = crew.rota(crew.evenings("Board"), days=2)
    second = crew.rota(crew.nights(), starts_on=MONDAY + timedelta(days=7), days=1, title="Nights")
    weeks = weeks_from(MONDAY + timedelta(days=3))
    assert weeks.monday == MONDAY
    rows = [(channel.name, row.starts, row.is_night) for channel in weeks.channels for row in channel.rows]
    assert rows == [("Board", "18:00", False), ("Night chat", "22:00", True)]
    (board,), (night,) = (channel.rows for channel in weeks.channels)
    assert [place for place, one in enumerate(board.windows) if one] == [0, 1]
    assert [place for place, one in enumerate(night.windows) if one] == [7]
    opened = weeks.first_open
    assert opened is not None
    assert opened.href == f"/{first.id}/{MONDAY}#{opened.count.shift_id}"
    assert weeks.by_day[7].pages == (f"/{second.id}/{MONDAY + timedelta(days=7)}#None",)
    assert len(weeks.unplanned) > 10, "what a pattern needs and no rota has is no good news"


def test_a_shift_that_is_over_is_no_gap(crew: Crew) -> None:
    rota = crew.rota(crew.evenings(), days=1)
    after = seats(rota)[0].ends_at
    weeks = four_weeks(MONDAY, lambda *_place: "", zone=LONDON, now=after)
    assert [(day.open, day.shifts) for day in weeks.by_day[:1]] == [((), 1)]
    shown = weeks.channels[0].rows[0].windows[0]
    assert shown is not None
    assert shown.words == "over"


def test_the_page_says_each_state_in_words_and_leads_to_the_day_and_its_neighbours(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    rota = crew.rota(crew.evenings(), days=2)
    page = client.get(f"/rota/weeks?from={MONDAY}").text
    assert "Mon 22 Feb, 18:00, Board: empty</span>" in page
    assert "Nothing is planned for these times of the weeks" in page
    day = f"/rota/{rota.id}/day?day={MONDAY}"
    assert f'href="{day}#s{seats(rota)[0].shift_id}"' in page
    text = client.get(day).text
    assert "1 short of people" in text
    assert f"day?day={MONDAY + timedelta(days=1)}" in text
    assert f"day?day={MONDAY - timedelta(days=1)}" not in text
    assert f"from={MONDAY + timedelta(days=28)}" in page
    assert "No shifts in these weeks" in client.get("/rota/weeks?from=2028-05-01").text


def test_special_days_of_these_weeks_are_named(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    crew.rota(crew.evenings(), days=2)
    with db.writing():
        special_days.close_for(all_channels(), MONDAY + timedelta(days=27), "Team day", by=tansy.id, now=NOW)
    sign_in(client, tansy)
    named = "Sunday 21 March: Team day, closed"
    assert named in client.get(f"/rota/weeks?from={MONDAY}").text
    assert named not in client.get(f"/rota/weeks?from={MONDAY + timedelta(days=28)}").text


def test_without_a_channel_every_page_of_planning_leads_to_opening_one(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    for path in ("/rota", "/rota/weeks", "/rota/make", "/rota/special-days"):
        page = client.get(path).text
        assert "Begin with a channel" in page, path
        assert "Open a channel</a>" in page, path
        assert "Make the rota" not in page, path
