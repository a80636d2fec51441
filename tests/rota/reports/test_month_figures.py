"""The figures of a month agree with a count by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from flask.testing import FlaskClient

from app import clock
from app.people.models import Role
from progression.duties import Duty
from progression.stages import Stage
from rota.reports.month_figures import figures_of
from rota.reports.months import Month
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind
from tests.conftest import SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, seats

FEBRUARY, MARCH = Month(date(2027, 2, 1)), Month(date(2027, 3, 1))
AFTER = datetime(2027, 4, 2, 12, tzinfo=UTC)


def test_hours_are_counted_by_the_stage_that_people_had_then(crew: Crew) -> None:
    wren, moth = crew.moderator("Wren"), crew.lead("Moth")
    crew.always_can(wren, moth)
    rota = crew.rota(crew.evenings(), days=3)
    for seat, person in zip(seats(rota), (wren, moth, wren), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)

    figures = figures_of(FEBRUARY, LONDON, now=AFTER)

    assert [dict(week.by_stage) for week in figures.weeks] == [{}, {}, {}, {Stage.VOLUNTEER: 8.0, Stage.STAFF: 4.0}]
    assert [(each.name, each.shifts, each.hours, each.nights) for each in figures.people] == [
        ("Wren", 2, 8.0, 0),
        ("Moth", 1, 4.0, 0),
    ]
    assert (figures.hours, figures.usual_hours, figures.far_from_usual) == (12.0, 6.0, 0)


def test_a_shift_that_is_not_over_does_not_count_yet(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    during = datetime(2027, 2, 22, 20, tzinfo=UTC)
    figures = figures_of(FEBRUARY, LONDON, now=during)
    assert (figures.hours, figures.is_over, figures.people) == (0.0, False, ())


def test_cover_counts_the_hours_needed_with_somebody_and_with_all(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)  # the first of two evenings
    cover = figures_of(FEBRUARY, LONDON, now=datetime(2027, 2, 24, tzinfo=UTC)).cover
    # The channel was open from 25 January on, for four hours an evening: 23 evenings until then.
    assert (cover.needed, cover.with_somebody, cover.with_all) == (92.0, 4.0, 4.0)


def test_nights_belong_to_the_day_they_begin_and_hours_to_what_passed_when_the_clocks_changed(crew: Crew) -> None:
    wren = crew.lead("Wren")
    crew.always_can(wren)
    spring = date(2027, 3, 27)
    rota = crew.rota(crew.nights(), starts_on=spring, days=1)
    crew.give(rota, seats(rota)[0], wren, reason="Nobody else could.")
    crew.publish(rota)

    figures = figures_of(MARCH, LONDON, now=AFTER)

    assert [(each.hours, each.nights) for each in figures.people] == [(7.0, 1)]
    night = figures.nights[spring.day - 1]
    assert (night.day, night.is_over, night.needed_anybody) == (spring, True, True)
    assert night.thin == ("Night chat, 22:00 to 06:00: 1 person is on this shift, and it needs 2 to open.",)
    assert not night.is_safe


def test_a_night_that_nobody_planned_is_thin_and_says_so(crew: Crew) -> None:
    crew.nights()
    figures = figures_of(MARCH, LONDON, now=AFTER)
    assert len(figures.counted_nights) == 31
    assert figures.nights[9].thin == ("Night chat, 22:00 to 06:00: nothing was planned.",)


def test_a_safe_night_has_everybody_whom_the_rules_want(crew: Crew) -> None:
    wren, moth = crew.moderator("Wren"), crew.lead("Moth")
    crew.always_can(wren, moth)
    channel = crew.evenings("Night", Need(Duty.MODERATOR, 2, 2, 2), starts=time(22), ends=time(6))
    rota = crew.rota(channel, days=2)
    for seat, person in zip(seats(rota), (wren, moth, wren), strict=False):
        crew.give(rota, seat, person)
    crew.publish(rota)

    first, second = figures_of(FEBRUARY, LONDON, now=AFTER).nights[MONDAY.day - 1 : MONDAY.day + 1]

    assert first.is_safe
    assert second.thin == (
        "Night, 22:00 to 06:00: 1 person short.",
        "Night, 22:00 to 06:00: 1 person is on this shift, and it needs 2 to open.",
    )


def test_hours_on_call_stand_apart(crew: Crew) -> None:
    moth = crew.lead("Moth")
    crew.always_can(moth)
    line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    rota = crew.rota(line, days=1)
    crew.give(rota, seats(rota)[0], moth)
    crew.publish(rota)
    figures = figures_of(FEBRUARY, LONDON, now=datetime(2027, 2, 23, tzinfo=UTC))
    assert (figures.hours, figures.on_call_hours, figures.cover.needed) == (0.0, 4.0, 0.0)
    assert figures.on_call.with_somebody == 4.0


def test_the_page_names_nobody_and_the_tables_are_for_coordinators(
    crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    coordinator = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    clock.set_to(AFTER)
    sign_in(client, coordinator)

    page = client.get("/rota/month?month=2027-02")

    assert page.status_code == 200
    assert "Somebody was there in 4 of" in page.text
    assert "Wren" not in page.text
    assert "Wren,volunteer,1,4,0,0" in client.get("/rota/month/people.csv?month=2027-02").text
    assert "Wren" not in client.get("/rota/month/weeks.csv?month=2027-02").text
