"""What leads write down about the people on the shifts that they led, and about nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from progression.duties import Duty
from progression.ledger import facts_of_person
from rota.duty import led_shifts
from rota.scheduling.cover_pattern import Need
from tests.conftest import SignIn, clock_at
from tests.rota.crew import MONDAY, Crew, seats
from tests.times import NOW

AFTER = NOW + timedelta(days=5)  # the Tuesday after the shift of Monday
SAW = {"once": "abcdefgh1", "happened_on": ["22", "2", "2027"], "note": "Calm, kind, and quick to ask."}


@pytest.fixture
def marlow(crew: Crew) -> Person:
    """The lead of Monday's shift, without the role of a lead: the seat alone gives the right."""
    return crew.lead("Marlow")


@pytest.fixture
def wren(crew: Crew, marlow: Person) -> Person:
    """On Monday's shift beside Marlow; Rook is on Tuesday's, without him."""
    wren, rook = crew.moderator("Wren"), crew.moderator("Rook")
    crew.always_can(marlow, wren, rook)
    channel = crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1))
    rota = crew.rota(channel)
    lead_seat, moderator_seat, _, tuesdays = seats(rota)  # both duties of Monday, then of Tuesday
    crew.give(rota, lead_seat, marlow)
    crew.give(rota, moderator_seat, wren)
    crew.give(rota, tuesdays, rook)
    crew.publish(rota)
    return wren


@pytest.mark.both_databases
def test_a_lead_has_seen_who_was_on_the_shift_they_led_once_it_has_begun_and_for_four_weeks(
    wren: Person, marlow: Person
) -> None:
    assert led_shifts.seen_on_shifts_led_by(marlow, NOW) == []
    assert led_shifts.days_led(marlow.id, wren.id, NOW) == set()
    assert [one.name for one in led_shifts.seen_on_shifts_led_by(marlow, AFTER)] == ["Wren"]
    assert led_shifts.days_led(marlow.id, wren.id, AFTER) == {MONDAY}
    assert led_shifts.days_led(wren.id, marlow.id, AFTER) == set()
    assert led_shifts.days_led(marlow.id, wren.id, AFTER + timedelta(days=28)) == set()


def test_a_lead_writes_down_what_they_saw_and_it_counts_as_the_observation_on_a_shift(
    client: FlaskClient, wren: Person, marlow: Person, sign_in: SignIn
) -> None:
    with clock_at(AFTER):
        sign_in(client, marlow)
        assert f'href="/sign-offs/{wren.id}/observation"' in client.get("/shifts").text
        page = client.get(f"/sign-offs/{wren.id}/observation").text
        assert "What you saw of Wren" in page
        for _ in range(2):
            sent = client.post(f"/sign-offs/{wren.id}/observation", data=SAW, follow_redirects=True)
            assert "What you saw is recorded for Wren." in sent.text
    observed = [fact for fact in facts_of_person(wren.id) if fact.requirement == "observed:shift"]
    assert [(fact.by_person_id, fact.happened_at.date()) for fact in observed] == [(marlow.id, MONDAY)]


@pytest.mark.parametrize("day", [["21", "2", "2027"], ["23", "2", "2027"]])
def test_another_day_than_that_of_a_shift_they_led_is_refused(
    client: FlaskClient, wren: Person, marlow: Person, sign_in: SignIn, day: list[str]
) -> None:
    with clock_at(AFTER):
        sent = sign_in(client, marlow).post(f"/sign-offs/{wren.id}/observation", data={**SAW, "happened_on": day})
    assert sent.status_code == 422
    assert "You led no shift that began on that day with Wren on it." in sent.text
    assert "Calm, kind, and quick to ask." in sent.text


def test_nobody_writes_about_people_whose_shift_they_did_not_lead_whatever_their_role(
    client: FlaskClient, wren: Person, marlow: Person, crew: Crew, sign_in: SignIn
) -> None:
    elsewhere = crew.lead("Cedar", roles=(Role.LEAD,))
    rook = db.session.query(Person).filter_by(display_name="Rook").one()
    for writer, about in ((marlow, rook), (elsewhere, wren), (wren, marlow), (marlow, marlow)):
        with clock_at(AFTER):
            sign_in(client, writer)
            assert client.get(f"/sign-offs/{about.id}/observation").status_code == 403
            assert client.post(f"/sign-offs/{about.id}/observation", data=SAW).status_code == 403
    assert not [fact for fact in facts_of_person(wren.id) if fact.kind == "observed"]


def test_a_lead_cannot_send_another_kind_of_observation_than_that_of_the_shift(
    client: FlaskClient, wren: Person, marlow: Person, sign_in: SignIn
) -> None:
    with clock_at(AFTER):
        sign_in(client, marlow).post(f"/sign-offs/{wren.id}/observation", data={**SAW, "what": "staff-talk"})
    assert [fact.key for fact in facts_of_person(wren.id) if fact.kind == "observed"] == ["shift"]
