"""Why a rule was overridden can be read afterwards, by those who may."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.people.models import Role
from rota.planning.override_reasons import reasons_of_shift
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, seats


def test_why_a_rule_was_overridden_is_read_on_the_seat_the_shift_and_the_audit_trail_by_who_may(
    client: FlaskClient, people: People, sign_in: SignIn, crew: Crew
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    teal = crew.moderator("Teal")
    rota = crew.rota(crew.evenings(), days=1)
    seat = seats(rota)[0]
    crew.give(rota, seat, teal, reason="Said yes on the phone")
    crew.publish(rota)
    shift, panel = f"/shifts/{seat.shift_id}", f"/rota/{rota.id}?seat={seat.id}"
    assert f'href="{shift}"' in client.get(panel).text
    assert "“Said yes on the phone”" in client.get(shift).text
    [given] = reasons_of_shift(seat.shift_id)
    assert (given.to, given.why, given.channel) == ("Teal", "Said yes on the phone", "Board")
    sign_in(client, people.person("Ada", roles=(Role.ADMIN,)))
    page = client.get("/admin/audit?kind=rota.published").text
    assert "Teal, Board, Mon 22 Feb, 18:00: Said yes on the phone" in page
    sign_in(client, teal)
    assert "Said yes on the phone" not in client.get(shift).text
