"""The page of a month is saved whole, by its reader or by somebody who plans."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Person, Role
from app.refusals import Invalid
from rota.offering.painting import Painted
from rota.offering.saving import Asked, save_month
from rota.store.availability import exceptions_of, remove_exception, set_exception, weekly_times_of
from rota.store.limits import limits_of, set_limits
from rota.store.models import DatedKind
from rota.store.weekly_times import WeeklyTime
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, Crew
from tests.times import NOW

MARCH = date(2027, 3, 1)
CODE = "4-1800-2200-Europe/London"
TOKEN = r'value="[^"]{60,}"'
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
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = f"/people/{wren.id}/availability/2027-03"
    assert client.post(page, data={"lit": CODE, "shown": ""}).status_code == 302
    assert len(weekly_times_of(wren.id)) == 1
    starts_at, ends_at = clock.starts(date(2027, 3, 12), LONDON), clock.ends(date(2027, 3, 12), LONDON)
    read = []
    for kind in (DatedKind.LEAVE, DatedKind.CANNOT):
        with db.writing():
            kept = set_exception(wren.id, kind, starts_at, ends_at, now=NOW)
        addresses = (page, f"/people/{wren.id}/availability/day/2027-03-12")
        read.append([client.get(address).text.partition("<main")[2] for address in addresses])
        client.post(page, data={"lit": CODE, "shown": CODE, "take_back": str(kept.id)})
        db.session.rollback()
        assert [row.id for row in exceptions_of(wren.id, now=NOW)] == [kept.id]
        with db.writing():
            remove_exception(wren.id, kept.id, now=NOW)
    assert "Fri 12 Mar, all day" in read[0][0]
    assert [re.sub(TOKEN, "", text) for text in read[0]] == [re.sub(TOKEN, "", text) for text in read[1]]
    sign_in(client, wren)
    assert client.get(page).status_code == 403
