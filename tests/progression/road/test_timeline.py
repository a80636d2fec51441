"""Everything that lies behind somebody, day by day, on a page for their own eyes."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from app import db
from progression.evidence import NewEvidence, record
from rota.store.availability import set_leave
from tests.conftest import SignIn
from tests.rota.crew import LONDON, Crew
from tests.times import NOW


def test_the_road_shows_steps_shifts_by_month_milestones_and_pauses_to_the_person_alone(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    with db.writing():
        for number in range(3):
            at = NOW - timedelta(days=number + 1)
            facts = {"minutes": 240, "duty": "moderator", "night": number == 0, "seat": number}
            shift = NewEvidence(person_id=wren.id, kind="worked", key="shift", facts=facts, happened_at=at)
            record(shift, by=None, now=NOW)
        today = NOW.date()
        set_leave(wren.id, today, today + timedelta(days=3), zone=LONDON, now=NOW)
    sign_in(client, wren)
    page = client.get("/journey/all").text
    for words in ("Signed off as volunteer", "You joined", "Your first shift", "Your first night", "Away since then"):
        assert words in page, words
    assert "3 shifts in February 2027: 12 hours, 1 night" in page
    assert page.index("Your first night") < page.index("Signed off as volunteer")
    assert "Your first shift" in client.get("/journey").text
    sign_in(client, teal)
    assert "Your first shift" not in client.get("/journey/all").text
