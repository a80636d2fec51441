"""A person's page for those who plan: shifts, hours, when they can and what they want at most; never why."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from rota.store import availability, limits
from tests.conftest import SignIn
from tests.rota.crew import LONDON, Crew
from tests.times import NOW


def test_who_plans_reads_it_and_nobody_else_does(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    crew.published(wren)
    with db.writing():
        limits.set_limits(wren.id, most_hours_a_week=8, most_nights=0, by=wren.id, now=NOW)
        availability.set_leave(wren.id, date(2027, 3, 1), date(2027, 3, 7), zone=LONDON, now=NOW)
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    sign_in(client, tansy)
    page = " ".join(client.get(f"/people/{wren.id}").text.split())
    for words in (
        "Next 4 weeks",
        "1 shift, 4 h",
        "Board, moderator",
        "<b>Away</b>",
        "8 hours a week at most, no nights in a rota.",
    ):
        assert words in page
    assert f'href="/people/{wren.id}/limits"' in page
    sign_in(client, crew.people.person("Trainer", roles=(Role.TRAINER,)))
    assert "Next 4 weeks" not in client.get(f"/people/{wren.id}").text
