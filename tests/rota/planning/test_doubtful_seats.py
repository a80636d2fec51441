"""A seat whose holder may no longer have it is marked in the planner, before anybody publishes it."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, PersonPrivate, Role
from progression import evidence
from progression.models import Evidence
from rota.store import availability
from rota.store.models import ChannelKind, Rota
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW


@pytest.fixture
def wren(people: People, client: FlaskClient, sign_in: SignIn, crew: Crew) -> Person:
    """A moderator who offers every hour, with a coordinator signed in."""
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


@pytest.fixture
def rota(wren: Person, crew: Crew) -> Rota:
    """Two evenings on call, the first drafted for Wren."""
    rota = crew.rota(crew.evenings("Board", kind=ChannelKind.ON_CALL))
    crew.give(rota, seats(rota)[0], wren)
    return rota


def lose_the_check(wren: Person, crew: Crew) -> None:
    with db.writing():
        check = db.session.query(Evidence).filter_by(person_id=wren.id, kind="check").one()
        evidence.withdraw(check.id, by=crew.assessor.id, why="It was somebody else’s.", now=NOW)


def test_a_drafted_seat_whose_holder_is_no_longer_cleared_is_marked_in_the_table_the_list_and_the_panel(
    client: FlaskClient, rota: Rota, wren: Person, crew: Crew
) -> None:
    first = seats(rota)[0]
    pages = (f"/rota/{rota.id}", f"/rota/{rota.id}/list", f"/rota/{rota.id}?seat={first.id}")
    assert ["Look again" in client.get(page).text for page in pages] == [False, False, False]
    lose_the_check(wren, crew)
    for page in pages:
        text = client.get(page).text
        assert "Look at these seats again" in text
        assert "Wren is not cleared for moderator" in text
        assert text.count("Look again") == (2 if "seat=" in page else 1)


def test_a_person_corrected_to_be_under_age_is_marked_on_the_nights_they_were_given(
    client: FlaskClient, rota: Rota, wren: Person, crew: Crew
) -> None:
    lasting = crew.rota(
        crew.evenings("Night board", starts=time(22), ends=time(4), kind=ChannelKind.ON_CALL), title="Nights"
    )
    crew.give(lasting, seats(lasting)[1], wren)
    assert "Look again" not in client.get(f"/rota/{lasting.id}").text
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).born_on = datetime(2010, 1, 1, tzinfo=UTC).date()
    assert client.get(f"/rota/{lasting.id}").text.count("Look again") == 1
    assert "1 seat to look at again" in client.get(f"/rota/{lasting.id}").text


def test_time_that_was_taken_back_marks_a_drafted_seat_but_none_given_with_a_reason(
    client: FlaskClient, rota: Rota, wren: Person, crew: Crew
) -> None:
    _, second = seats(rota)
    with db.writing():
        for each in availability.weekly_times_of(wren.id):
            availability.remove_weekly_time(wren.id, each.id, now=NOW)
    crew.give(rota, second, wren, reason="We spoke on the telephone.")
    page = client.get(f"/rota/{rota.id}").text
    assert page.count("Look again") == 1
    assert "1 seat to look at again" in page
