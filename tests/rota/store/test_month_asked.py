"""Where a month stands against what somebody chose: on their journey, and where coordinators plan."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Role
from progression.road.commitment import Level, choose
from progression.stages import Stage
from rota.store.month_asked import month_asked
from rota.worked.recording import record_worked
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW


def test_a_month_counts_shifts_worked_and_to_come_and_coordinators_see_both(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), starts_on=MONDAY + timedelta(days=4), days=5)  # Friday 26 February to 2 March
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    with db.writing():
        choose(wren, Level.LIGHT, now=NOW)
    saturday = clock.starts(MONDAY + timedelta(days=5), LONDON)
    record_worked(saturday)
    stands = month_asked(wren.id, Stage.VOLUNTEER, saturday)
    assert stands is not None
    assert stands.sentence == "In February: 1 shift worked, 2 to come."
    with clock_at(saturday):
        own = sign_in(client, wren).get("/journey").text
        assert "About 2 shifts in a month" in own
        assert stands.sentence in own
        limits = client.get("/shifts/limits?light=yes").text
        assert "You chose light touch" in limits
        tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
        page = sign_in(client, tansy).get(f"/people/{wren.id}").text
        assert "They chose <b>light touch</b>" in page
        assert stands.sentence in page
        assert "Light touch, about 2 a month" in client.get(f"/rota/{rota.id}/shares").text


def test_nothing_is_said_of_somebody_who_chose_nothing(crew: Crew) -> None:
    assert month_asked(crew.moderator("Wren").id, Stage.VOLUNTEER, NOW) is None
