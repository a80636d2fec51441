"""Everything that lies behind somebody, day by day, on a page for their own eyes."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from app import db
from progression.evidence import NewEvidence, record
from rota.store.availability import set_leave
from tests.conftest import People, SignIn
from tests.progression.bringing import agrees, is_checked
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


def test_a_check_that_was_seen_before_somebody_came_does_not_make_their_time_here_longer(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    robin, sable = people.person("Robin"), people.person("Sable")
    agrees(robin, now=NOW)
    is_checked(robin, by=sable, now=NOW)  # the certificate was seen a year before
    assert "since 18 February 2027" in " ".join(sign_in(client, robin).get("/journey").text.split())
    assert "1 year with us" not in client.get("/journey/all").text
