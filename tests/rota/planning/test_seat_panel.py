"""What nothing can fill is explained in the planner: in the seat's panel, and beside a week's gaps."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import db
from app.jobs import tasks
from app.people.models import Role
from progression.duties import Duty
from rota.planning import proposals
from rota.scheduling.cover_pattern import Need
from rota.store.models import Rota
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats
from tests.times import NOW


@pytest.fixture
def rota(people: People, client: FlaskClient, sign_in: SignIn, crew: Crew) -> Rota:
    """Two evenings that want a lead and a moderator, and one moderator for them, who may not lead."""
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    crew.always_can(crew.moderator("Wren"))
    return crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)))


def test_the_panel_of_a_hole_that_nothing_fills_says_why(client: FlaskClient, rota: Rota) -> None:
    lead = next(seat for seat in seats(rota) if seat.duty is Duty.LEAD)
    # Being observed while leading is all that Wren lacks, so that is a way; nobody else has even begun.
    page = client.get(f"/rota/{rota.id}?seat={lead.id}&fixes=1").text
    assert "Observed leading a shift" in page
    assert "in the way" not in page
    moderator = next(seat for seat in seats(rota) if seat.duty is Duty.MODERATOR)
    client.post(f"/rota/{rota.id}/seats/{moderator.id}/assign", data={"person_id": "3"})
    page = client.get(f"/rota/{rota.id}?seat={lead.id}&fixes=1").text
    assert "None of them fills it, for this is in the way:" in page
    assert "Nobody is cleared for lead." in page


def test_a_panel_leads_to_the_next_empty_seat_and_from_the_last_to_the_first(client: FlaskClient, rota: Rota) -> None:
    *_, before_last, last = seats(rota)
    for here, following in ((before_last, last), (last, seats(rota)[0])):
        page = client.get(f"/rota/{rota.id}?seat={here.id}").text
        assert re.search(rf'href="/rota/{rota.id}\?seat={following.id}#seat"\s*>Next empty seat<', page)


def test_a_week_that_stays_short_says_why_after_the_proposal(client: FlaskClient, rota: Rota) -> None:
    assert "Why this week stays short" not in client.get(f"/rota/{rota.id}").text
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)
    tasks.run_next()
    for address in (f"/rota/{rota.id}", f"/rota/{rota.id}/list"):
        page = client.get(address).text
        assert "Why this week stays short" in page
        assert "Leads, " in page
        assert "Nobody is cleared for lead. Sign somebody off." in page
        for lead in (seat for seat in seats(rota) if seat.duty is Duty.LEAD):
            assert f'href="/rota/{rota.id}?seat={lead.id}#seat"' in page.split("Why this week stays short")[1]


def test_the_figures_say_when_they_were_true_once_a_seat_or_a_person_changed(
    client: FlaskClient, rota: Rota, crew: Crew
) -> None:
    def page() -> str:
        return " ".join(client.get(f"/rota/{rota.id}").text.split())

    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)
    tasks.run_next()
    assert "2 of 4 seats filled." in page()
    assert "No rota that keeps the rules can fill more." in page()
    hazel = crew.lead("Hazel")
    assert "2 of 4 seats filled." in page()
    assert "no rota that keeps the rules could fill more" in page()
    assert "No rota that keeps the rules can fill more." not in page()
    crew.always_can(hazel)
    crew.give(rota, next(seat for seat in seats(rota) if seat.duty is Duty.LEAD), hazel)
    assert "3 of 4 seats filled." in page()
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)
    tasks.run_next()
    assert "4 of 4 seats filled." in page()


def test_a_seat_changed_by_hand_alone_makes_the_figures_out_of_date(client: FlaskClient, rota: Rota) -> None:
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=None, now=NOW)
    tasks.run_next()
    moderator = next(seat for seat in seats(rota) if seat.duty is Duty.MODERATOR)
    client.post(f"/rota/{rota.id}/seats/{moderator.id}/clear")
    page = client.get(f"/rota/{rota.id}").text
    assert "1 of 4 seats filled." in page
    assert "This was so when it was last proposed" in page


def test_a_panel_offers_only_what_can_be_done_with_a_seat_as_it_is(client: FlaskClient, rota: Rota, crew: Crew) -> None:
    lead, moderator = (next(one for one in seats(rota) if one.duty is duty) for duty in (Duty.LEAD, Duty.MODERATOR))

    def panel(seat_id: int) -> str:
        return " ".join(client.get(f"/rota/{rota.id}?seat={seat_id}").text.split())

    crew.give(rota, moderator, crew.moderator("Fern"), reason="She said yes on the telephone.")
    held = panel(moderator.id)
    assert "A rule was set aside: “She said yes on the telephone.”" in held
    # Nothing is published: there is no page of the shift yet, and nothing to go back to.
    assert f"/shifts/{moderator.shift_id}" not in held
    assert "Leave this seat as published" not in held
    assert "Ask people by e-mail" not in panel(lead.id)

    crew.publish(rota)
    assert client.get(f"/shifts/{moderator.shift_id}").status_code == 200
    assert f"/shifts/{moderator.shift_id}" in panel(moderator.id)
    assert "Ask people by e-mail" in panel(lead.id)
    assert client.get(f"/rota/fill?seat={lead.id}").status_code == 200
    assert "1 of 4 seats filled.</b> People may take the others" in panel(lead.id)
