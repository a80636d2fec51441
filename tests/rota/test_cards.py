"""The rota's cards where another domain shows them."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from app.people.models import Role
from tests.conftest import SignIn, clock_at
from tests.rota.crew import Crew
from tests.times import NOW


def test_the_sign_off_page_counts_the_shifts_somebody_was_on_until_their_end(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    sable = crew.people.person("Sable", roles=(Role.ASSESSOR,))
    assert "No shift yet in the past year." in sign_in(client, sable).get(f"/sign-offs/{wren.id}").text
    with clock_at(NOW + timedelta(days=7)):
        page = sign_in(client, sable).get(f"/sign-offs/{wren.id}").text
    assert "<b>4 hours</b> in all, as published." in page
    assert "Mon 22 Feb, 18:00, Board" in page


def test_pages_with_hours_say_in_whose_time_they_are_to_a_reader_elsewhere(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    ember = crew.moderator("Ember", zone_name="America/New_York")
    crew.always_can(ember)
    crew.published(ember)
    sign_in(client, ember)
    for address, said in (
        ("/shifts", "Times are on your clock (America/New York), except where it says"),
        ("/", "Times are on your clock (America/New York), except where it says"),
        ("/duty", "’s time (Europe/London). You are on America/New York."),
    ):
        assert said in client.get(address).text
