"""Every figure about one thing is the same on every page: filled, short, empty, and what has begun."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.jobs import tasks
from app.people.models import Person, Role
from progression.duties import Duty
from rota.planning import proposals
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops
from rota.store.models import Rota
from tests.conftest import People, SignIn, clock_at
from tests.rota.crew import Crew, seats
from tests.times import NOW

NEEDS = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 2, 3), Need(Duty.SHADOW, 0, 1, 1))
SEATS_OF_A_SHIFT = 5


def words(client: FlaskClient, address: str) -> str:
    """The words of a page, without its markup."""
    page = client.get(address)
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1]).split())


def figure(pattern: str, text: str) -> int:
    """The number in the first place that matches."""
    found = re.search(pattern, text)
    assert found is not None, f"{pattern!r} is not in {text!r}"
    return int(found[1])


@pytest.fixture
def rota(crew: Crew) -> Rota:
    """Five evenings, each for a lead and two moderators: some seats are taken, and one is given back."""
    heron, wren, fern = crew.lead("Heron"), crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(heron, wren, fern)
    rota = crew.rota(crew.evenings("Board", *NEEDS), days=5)
    lead, first, second = 0, 1, 2
    for day, place, person in (
        (0, lead, heron),
        (1, first, wren),
        (2, lead, heron),
        (2, first, wren),
        (2, second, fern),
        (3, first, wren),
        (3, second, fern),
    ):
        crew.give(rota, seats(rota)[SEATS_OF_A_SHIFT * day + place], person)
    crew.publish(rota)
    given_back = seats(rota)[SEATS_OF_A_SHIFT * 3 + second]
    with db.writing():
        claims_and_drops.drop(given_back.assignment_id or 0, fern, now=NOW)
    return rota


def test_planner_list_review_cover_and_today_agree_while_one_shift_is_over_and_one_is_on(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, rota: Rota
) -> None:
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    on_now = seats(rota)[SEATS_OF_A_SHIFT]
    with clock_at(on_now.starts_at + timedelta(hours=1)):
        sign_in(client, tansy)
        cover, today = words(client, "/cover"), words(client, "/")
        planner, as_list = (words(client, f"/rota/{rota.id}{view}") for view in ("", "/list"))
        # Tuesday's shift is on with one person, Wednesday's is full, Thursday's has one person, Friday's nobody.
        short = figure(r"(\d+) shifts are short of people", cover)
        assert short == 3 == cover.count("See who could") == as_list.count("See who could take it")
        assert figure(r"2 people alone .*?(\d) shift empty", planner) == 1
        assert figure(r"Short by (\d+)", planner) == cover.count("One person alone, short by 2") * 2 == 4
        assert today.count("One person alone, short by 2") == 2
        assert today.count("Nothing is planned") == cover.count("Nothing is planned") == 3
        assert "See the cover hour by hour" in today  # so that all of it is listed there
        assert "on now" in cover.split("In words")[1]
        assert "on now" in today


def test_the_result_of_a_proposal_the_planner_and_the_review_agree(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, rota: Rota
) -> None:
    tansy = people.person("Tansy", roles=(Role.COORDINATOR,))
    now = seats(rota)[SEATS_OF_A_SHIFT].starts_at + timedelta(hours=1)
    with clock_at(now):
        sign_in(client, tansy)
        with db.writing():
            proposals.ask(db.session.get_one(Rota, rota.id), by=tansy.id, now=now)
        tasks.run_next()
        review = words(client, f"/rota/{rota.id}/publish")
        filled, wanted = figure(r"Seats filled (\d+) of", review), figure(r"Seats filled \d+ of (\d+)", review)
        empty = figure(r"Stay empty (\d+) seat", review)
        assert (wanted, filled + empty) == (12, 12)
        for view in ("", "/list"):
            page = words(client, f"/rota/{rota.id}{view}")
            assert f"{filled} of {wanted} seats filled." in page
            assert f"{filled} filled" in page
        gaps = review.split("Still empty:")[1]
        assert figure(r"(\d+) seat", gaps) == empty
        assert gaps.count("lead") + gaps.count("moderator") == empty
        changes = figure(r"Changes (\d+)", review)
        by_seat = (
            client.get(f"/rota/{rota.id}/publish").text.split("All changes, seat by seat")[1].split("Asked first")[0]
        )
        rows = by_seat.count('data-label="Was"')
        told = figure(r"Will be told (\d+) pe", review)
        assert (changes, figure(r"Publish and tell (\d+) pe", review)) == (rows, told)


def test_a_proposal_whose_shifts_have_begun_since_says_that_it_is_out_of_date(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew, rota: Rota
) -> None:
    tansy: Person = people.person("Tansy", roles=(Role.COORDINATOR,))
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=tansy.id, now=NOW)
    tasks.run_next()
    with clock_at(seats(rota)[0].starts_at):
        sign_in(client, tansy)
        page = words(client, f"/rota/{rota.id}")
        assert "the shifts ahead have changed since" in page
        assert figure(r"(\d+) of 15 seats filled", page) == figure(
            r"Seats filled (\d+) of 15", words(client, f"/rota/{rota.id}/publish")
        )
