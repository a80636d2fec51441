"""The forecast as its page: windows, marks and lines, of one channel or of all."""

from __future__ import annotations

from datetime import date

from app import db
from rota.ahead.models import Forecast
from rota.ahead.page import ForecastPage, mark, page_of
from rota.ahead.reading import read_ahead
from rota.scheduling.ahead_task import ahead_to_json, run_task, summary
from rota.scheduling.renewals_ahead import invitations
from rota.store.cover_channels import channels_to_choose
from tests.rota.crew import LONDON, Crew
from tests.times import NOW


def page(*, channel_id: int | None = None) -> ForecastPage:
    ahead = read_ahead(NOW)
    with db.writing():
        found = Forecast(looked_at=NOW, revision=0, by_person_id=None, result=summary(ahead, invitations(ahead)))
        db.session.add(found)
    channels = {each.id: each.name for each in channels_to_choose(NOW.date())}
    return page_of(found, channels, channel_id=channel_id, sees_evidence=True, zone=LONDON, now=NOW)


def test_a_window_is_lit_until_the_lapse_and_dark_with_the_mark_after_it(crew: Crew) -> None:
    crew.evenings()
    wren = crew.moderator("Wren", until=date(2027, 3, 5))
    crew.always_can(wren)
    shown = page()
    fridays, saturdays = shown.rows[4], shown.rows[5]
    assert [window.state for window in fridays[:4]] == ["lit", "lit", "lit", "dark"]
    assert [window.marks for window in saturdays[:4]] == [(), (), ("A",), ("A",)]
    assert shown.rows[0][0].state == "none"  # this Monday is over
    assert shown.lapses[date(2027, 3, 1)] == ("A",)
    assert [(week.now, week.then) for week in shown.weeks[:4]] == [(0, 0), (0, 0), (2, 0), (7, 0)]
    assert shown.kept_safe == len(shown.dark) == 65
    assert shown.no_help == []


def test_one_channel_is_shown_by_itself(crew: Crew) -> None:
    board, chat = crew.evenings("Board"), crew.evenings("Chat")
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    assert len(page(channel_id=board.id).dark) == 0
    without = page(channel_id=chat.id)
    assert len(without.dark) == without.planned == len(without.no_help)
    assert without.dark[0].lacking_then == [("moderator", 1)]


def test_the_task_gives_what_was_worked_out_and_reports_weeks(crew: Crew) -> None:
    crew.evenings()
    crew.always_can(crew.moderator("Wren", until=date(2027, 3, 5)))
    ahead = read_ahead(NOW)
    reported: list[dict[str, object]] = []
    found = run_task({"ahead": ahead_to_json(ahead)}, reported.append, lambda: False)
    assert {key: found[key] for key in found if key != "seconds"} == summary(ahead, invitations(ahead))
    assert [each["done"] for each in reported[:12]] == list(range(1, 13))


def test_marks_go_on_after_z() -> None:
    assert [mark(place) for place in (0, 25, 26, 51, 52)] == ["A", "Z", "A2", "Z2", "A3"]
