"""The page of a month is saved whole, by its reader or by somebody who plans."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.refusals import Invalid
from rota.offering.painting import Painted
from rota.offering.saving import Asked, save_month
from rota.store.availability import exceptions_of, weekly_times_of
from rota.store.limits import limits_of, set_limits
from rota.store.weekly_times import WeeklyTime
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, Crew
from tests.times import NOW

MARCH = date(2027, 3, 1)
EVENING = (WeeklyTime(4, time(18), time(22)), LONDON)


@pytest.fixture
def wren(crew: Crew) -> Person:
    crew.evenings()
    return crew.moderator("Wren")


def test_all_of_it_is_saved_and_what_the_page_has_not_stays(wren: Person) -> None:
    asked = Asked(
        Painted(frozenset({EVENING}), frozenset()),
        {"most_shifts_a_week": 2, "most_nights_a_month": None},
        (date(2027, 3, 20), date(2027, 3, 28)),
    )
    with db.writing():
        set_limits(wren.id, by=wren.id, now=NOW, most_weekends=1, most_nights_a_month=3)
        save_month(wren.id, MARCH, asked, zone=LONDON, by=wren.id, now=NOW)
    limits = limits_of(wren.id)
    assert limits is not None
    assert limits.figures == {"most_shifts_a_week": 2, "most_weekends": 1}
    assert (len(weekly_times_of(wren.id)), len(exceptions_of(wren.id, now=NOW))) == (1, 1)


def test_one_day_away_without_the_other_is_refused_and_saves_nothing(wren: Person) -> None:
    asked = Asked(Painted(frozenset({EVENING}), frozenset()), away=(None, date(2027, 3, 28)))
    with pytest.raises(Invalid, match="the first and the last day"), db.writing():
        save_month(wren.id, MARCH, asked, zone=LONDON, by=wren.id, now=NOW)
    assert weekly_times_of(wren.id) == []


def test_a_month_that_is_over_and_words_that_are_no_month_are_no_page(
    client: FlaskClient, wren: Person, sign_in: SignIn
) -> None:
    sign_in(client, wren)
    for month in ("2027-01", "2029-01", "march", "2027-13"):
        assert client.get(f"/shifts/availability/month/{month}").status_code == 404
    for day in ("2027-02-17", "2027-02-30", "x"):
        assert client.get(f"/shifts/availability/day/{day}").status_code == 404


def test_who_plans_enters_it_for_somebody_and_cannot_tell_leave_from_the_rest(
    client: FlaskClient, people: People, wren: Person, sign_in: SignIn
) -> None:
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, tansy)
    page = f"/people/{wren.id}/availability/2027-03"
    sent = client.post(page, data={"lit": "4-1800-2200-Europe/London", "shown": "", "save": "yes"})
    assert sent.status_code == 302
    assert len(weekly_times_of(wren.id)) == 1
    sign_in(client, wren)
    assert client.get(page).status_code == 403
