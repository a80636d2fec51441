"""Bank holidays by nation: which days are entered for which channel, and what changes when nations change."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Role
from app.refusals import Invalid
from rota.planning import bank_holidays
from rota.planning.bank_holidays import Rules
from rota.scheduling.special_days import SpecialKind
from rota.store.cover_needs import cover_between
from rota.store.models import Channel
from rota.store.special_days import rows_from
from tests.conftest import SignIn
from tests.rota.crew import LONDON, Crew, seats
from tests.times import NOW

UK = ("GB-ENG", "GB-SCT", "GB-NIR")
SAINT_ANDREW = date(2027, 11, 30)
EASTER_MONDAY = date(2027, 3, 29)


def choose(rules: Rules, *, by: int, channel: Channel | None = None) -> None:
    with db.writing():
        if channel is None:
            bank_holidays.choose_for_organisation(rules, by=by, now=NOW)
        else:
            bank_holidays.choose_for_channel(channel, rules, by=by, now=NOW)


def test_a_bank_holiday_of_one_nation_says_whose_it_is_and_one_of_all_says_its_name_alone() -> None:
    named = bank_holidays.holidays_of(UK, date(2027, 1, 1), date(2027, 12, 31))
    assert named[SAINT_ANDREW] == "Saint Andrew's Day (Scotland)"
    assert named[EASTER_MONDAY] == "Easter Monday (England and Wales, Northern Ireland)"
    assert named[date(2027, 12, 25)] == "Christmas Day"
    assert named[date(2027, 12, 27)] == "Christmas Day (substitute day)"
    assert bank_holidays.holidays_of((), date(2027, 1, 1), date(2027, 12, 31)) == {}


def test_each_channel_keeps_the_bank_holidays_of_its_nation_in_rotas_and_cover(crew: Crew) -> None:
    england, scotland, by = crew.evenings("England"), crew.evenings("Scotland"), crew.assessor.id
    choose(Rules(("GB-ENG",), SpecialKind.CLOSED), by=by)
    choose(Rules(("GB-SCT",), SpecialKind.CLOSED), by=by, channel=scotland)
    rota = crew.rota(england, scotland, starts_on=date(2027, 3, 28), days=2, title="Easter")
    assert [(seat.channel, seat.starts_at.day) for seat in seats(rota)] == [
        ("England", 28),
        ("Scotland", 28),
        ("Scotland", 29),
    ]
    entered = {(row.channel_id, row.day): row.reason for row in rows_from(NOW.date())}
    assert entered[scotland.id, SAINT_ANDREW] == "Saint Andrew's Day"
    assert (england.id, SAINT_ANDREW) not in entered


@pytest.mark.both_databases
def test_other_rules_replace_the_days_ahead_and_leave_those_that_are_past(crew: Crew) -> None:
    board, by = crew.evenings(), crew.assessor.id
    choose(Rules(("GB-ENG",), SpecialKind.CLOSED), by=by)
    count = len(rows_from(NOW.date()))
    assert count > 8
    choose(Rules(("GB-ENG",), SpecialKind.AS_SUNDAY), by=by)
    assert {row.kind for row in rows_from(NOW.date())} == {SpecialKind.AS_SUNDAY}
    assert len(rows_from(NOW.date())) == count
    choose(Rules(), by=by, channel=board)
    assert rows_from(NOW.date()) == []
    with db.writing():
        bank_holidays.choose_for_channel(board, None, by=by, now=NOW)
    later = NOW.replace(month=4)
    with db.writing():
        bank_holidays.choose_for_organisation(Rules(), by=by, now=later)
    assert {row.day for row in rows_from(NOW.date())} == {date(2027, 3, 26), EASTER_MONDAY}, "they are past by then"


@pytest.mark.parametrize("code", ["XX", "AU-XX", "IE-NSW", "GB-XX"])
def test_an_unknown_nation_is_refused(crew: Crew, code: str) -> None:
    with pytest.raises(Invalid):
        choose(Rules((code,)), by=crew.assessor.id)


def test_a_region_of_another_country_has_days_of_its_own_and_is_chosen_after_its_country(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    cup_day = date(2027, 11, 2)
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    assert cup_day not in bank_holidays.holidays_of(("AU",), first, last)
    assert "Melbourne Cup" in bank_holidays.holidays_of(("AU-VIC",), first, last)[cup_day]
    assert bank_holidays.nation_name("AU-VIC") == "Australia, Victoria"
    crew.evenings()
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    address = "/rota/special-days/bank-holidays"
    assert "Its region" not in client.get(address).text
    typed = {"nations": [], "country": "AU", "kind": "closed"}
    assert "regions with days of their own" in client.post(address, data=typed, follow_redirects=True).text
    assert "Its region" in client.get(address).text
    page = client.post(address, data=typed | {"region": "VIC"}, follow_redirects=True).text
    assert "Melbourne Cup" in page
    assert "Australia, Victoria" in page
    # A region stays behind with its country.
    page = client.post(address, data=typed | {"country": "IE", "region": "VIC"}, follow_redirects=True).text
    assert "Those of Ireland are entered" in " ".join(page.split())


def test_the_pages_of_the_rota_do_not_load_the_library() -> None:
    code = "import wsgi, sys; assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_administrator_who_plans_chooses_nations_by_the_pages(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    board = crew.evenings()
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get("/rota/special-days/bank-holidays").text
    assert "Northern Ireland" in page
    none = client.post("/rota/special-days/bank-holidays", data={"country": "", "kind": "closed"})
    assert "Choose a nation whose bank holidays should be entered." in none.text
    typed = {"nations": ["GB-ENG", "GB-SCT"], "country": "", "kind": "closed"}
    page = client.post("/rota/special-days/bank-holidays", data=typed, follow_redirects=True).text
    assert "Saint Andrew&#39;s Day (Scotland)" in page
    address = f"/rota/channels/{board.id}/bank-holidays"
    page = client.post(address, data={"nations": [], "country": "IE", "kind": "as-sunday"}, follow_redirects=True).text
    assert "Saint Brigid&#39;s Day" in page
    assert "Saint Andrew" not in page
    page = client.post(address, data=typed | {"follows": "y"}, follow_redirects=True).text
    assert "Saint Andrew" in page


@pytest.mark.parametrize(
    ("day", "name", "closed"),
    [
        (EASTER_MONDAY, "Easter Monday", {"England", "Belfast", "Dublin"}),
        (date(2027, 5, 3), "May", {"England", "Scotland", "Belfast", "Dublin"}),
        (date(2027, 6, 7), "June Bank Holiday", {"Dublin"}),
        (date(2027, 7, 12), "Battle of the Boyne", {"Belfast"}),
        (SAINT_ANDREW, "Saint Andrew's Day", {"Scotland"}),
        (date(2028, 1, 3), "New Year's Day", {"England", "Scotland", "Belfast"}),
    ],
)
def test_each_channel_is_closed_and_needs_nobody_on_its_own_nations_days_alone(
    crew: Crew, day: date, name: str, closed: set[str]
) -> None:
    nations = {"England": "GB-ENG", "Scotland": "GB-SCT", "Belfast": "GB-NIR", "Dublin": "IE"}
    for channel, nation in nations.items():
        choose(Rules((nation,), SpecialKind.CLOSED), by=crew.assessor.id, channel=crew.evenings(channel))
    needed = cover_between(clock.starts(day, LONDON), clock.ends(day, LONDON), zone=LONDON)
    assert {time.channel for time in needed.unplanned.times} == nations.keys() - closed
    reasons = {row.reason for row in rows_from(day) if row.day == day}
    assert len(reasons) >= 1
    assert all(name in reason for reason in reasons)
