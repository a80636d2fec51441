"""The list of people for those who plan: where people work, how much, and who is away."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from rota.store import availability
from tests.conftest import SignIn
from tests.rota.crew import LONDON, Crew
from tests.times import NOW


def test_people_are_found_by_channel_and_their_row_says_how_much_they_have(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    channel = crew.evenings()
    crew.published(wren, channel=channel)
    with db.writing():
        availability.set_leave(wren.id, date(2027, 3, 1), date(2027, 3, 7), zone=LONDON, now=NOW)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = " ".join(client.get(f"/people?channel={channel.id}&cleared=moderator&stage=volunteer").text.split())
    assert "1 person" in page
    assert "Wren</a>" in page
    assert "4 h" in page
    assert "Away from Mon 1 Mar" in page
    assert "Teal</a>" in client.get("/people?cleared=moderator").text
    assert "Nobody fits all of that." in client.get(f"/people?channel={channel.id}&stage=staff").text


def test_a_filter_of_somebody_who_does_not_plan_or_of_no_meaning_narrows_nothing(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    channel = crew.evenings()
    crew.moderator("Wren")
    sign_in(client, crew.people.person("Trainer", roles=(Role.TRAINER,)))
    page = client.get(f"/people?channel={channel.id}&stage=wizard&cleared=9")
    assert "Wren</a>" in page.text
    assert "Next 4 weeks" not in page.text
    assert client.get("/people?on=tomorrow").status_code == 400
