"""The way back after something lapsed: what to do, in order, with its buttons, and rights that return by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.people.models import Person, Role
from progression.duties import Duty
from progression.facts import Fact
from progression.journey import journey_of
from progression.stages import Stage
from progression.standing import may_do
from progression.way_back import way_back
from tests.conftest import People, SignIn, clock_at
from tests.progression.bringing import CHECK, bring_to, is_checked, passes_conflict
from tests.progression.facts import GROWN_UP, LONDON, SHIPPED_PATHWAY, a_moderator, checked, day, safe, trained
from tests.times import NOW
from tests.training.courses import install_shipped


def codes(facts: list[Fact], at: datetime) -> list[str]:
    journey = journey_of(facts, SHIPPED_PATHWAY, LONDON, born_on=GROWN_UP, at=at)
    return [step.progress.need.evidence for step in way_back(journey, at)]


def test_what_lapsed_is_asked_for_and_what_a_person_can_do_alone_comes_first(app: Flask) -> None:
    install_shipped()
    kept = [fact for fact in a_moderator() if fact.kind not in ("training", "check")]
    facts = [*kept, checked("2025-09-01", "2027-01-31"), safe("2025-06-15"), trained("2025-08-01", "2027-01-20")]
    assert codes(facts, clock.ends(date(2027, 1, 20), LONDON) - timedelta(seconds=1)) == []

    assert codes(facts, day("2027-01-25")) == ["training:conflict"]
    assert codes(facts, day("2027-02-10")) == ["training:conflict", "check:dbs-enhanced"]
    renewed = [*facts, trained("2027-02-11", "2029-02-11")]
    assert codes(renewed, day("2027-02-12")) == ["check:dbs-enhanced"]


def test_what_somebody_never_had_is_no_way_back(app: Flask) -> None:
    without_a_check = [fact for fact in a_moderator() if fact.kind != "check"]
    assert codes(without_a_check, day("2027-02-10")) == []


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


def test_today_and_the_journey_show_the_way_and_the_duty_is_back_at_once_when_it_is_done(
    client: FlaskClient, people: People, sable: Person, sign_in: SignIn
) -> None:
    install_shipped()
    wren = bring_to(people.person("Wren"), Stage.VOLUNTEER, by=sable)
    check_ends = clock.ends(CHECK.next_due_on, LONDON)
    a_moment = timedelta(minutes=1)
    with clock_at(check_ends - a_moment):
        sign_in(client, wren)
        assert "Your way back" not in client.get("/").text
    with clock_at(check_ends):
        sign_in(client, wren)
        for address in ("/", "/journey"):
            page = client.get(address).text
            assert "Your way back" in page
            assert "Staff start the check with you" in page
        assert not may_do(wren.id, Duty.MODERATOR, starts_at=check_ends, ends_at=check_ends + a_moment, now=check_ends)
        issued = CHECK.next_due_on
        is_checked(
            wren,
            by=sable,
            now=check_ends + a_moment,
            check=replace(CHECK, issued_on=issued, seen_on=issued, next_due_on=issued + timedelta(days=1000)),
        )
        later = check_ends + 2 * a_moment
        assert may_do(wren.id, Duty.MODERATOR, starts_at=later, ends_at=later + a_moment, now=later)
    with clock_at(later):
        sign_in(client, wren)
        assert "Your way back" not in client.get("/").text


def test_the_button_leads_to_the_course_that_lapsed(
    client: FlaskClient, people: People, sable: Person, sign_in: SignIn
) -> None:
    install_shipped()
    rook = people.person("Rook")
    passes_conflict(rook, valid_until=NOW.date() - timedelta(days=1))
    assert "Your way back" not in sign_in(client, rook).get("/").text, "they never were on the way"
    wren = bring_to(people.person("Wren"), Stage.PEER, by=sable)
    passes_conflict(wren, valid_until=NOW.date() - timedelta(days=1))
    page = sign_in(client, wren).get("/journey").text
    assert "Your way back" in page
    assert 'href="/learning/conflict"' in page
