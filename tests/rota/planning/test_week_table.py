"""A rota of several weeks, of which the planner shows one at a time."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.people.models import Role
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats


def test_each_week_of_a_rota_shows_who_sits_in_it_and_how_the_others_stand(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    robin, wren = crew.moderator("Robin"), crew.moderator("Wren")
    crew.always_can(robin, wren)
    fortnight = crew.rota(crew.evenings(), days=14)
    evenings = seats(fortnight)
    crew.give(fortnight, evenings[0], robin)
    crew.give(fortnight, evenings[7], wren)
    first, second = (client.get(f"/rota/{fortnight.id}?seat={evenings[n].id}").text for n in (1, 8))
    plain = client.get(f"/rota/{fortnight.id}").text
    assert ("Robin" in plain, "Wren" in plain) == (True, False)
    assert plain.count("6 empty") == 2
    assert "Robin" in first
    assert "Wren" in second
