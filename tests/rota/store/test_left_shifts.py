"""Somebody who left a shift is not suggested for it again: not on Today, not as best person, not by a proposal."""

from __future__ import annotations

from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from rota.planning import drafts, proposals, seat_panel
from rota.scheduling.candidates import Fit
from rota.shifts import claims_and_drops
from rota.store.left_shifts import people_who_left, shifts_left_by, who_left
from rota.store.models import Rota
from rota.store.seats import SeatRow
from tests.conftest import People, SignIn
from tests.rota.crew import Crew, board_of, seats
from tests.times import NOW


def fit_of(rota: Rota, seat: SeatRow, person_id: int) -> tuple[str, str]:
    """How near the panel of a seat says somebody is, and its sentence."""
    panel = seat_panel.seat_panel(board_of(rota), seat, now=NOW, everybody=True)
    (one,) = (each for each in (*panel.free, *panel.with_reason, *panel.blocked) if each.person_id == person_id)
    return one.fit, one.sentence


def test_somebody_whom_a_coordinator_took_off_is_no_longer_the_best_person_for_it(crew: Crew) -> None:
    robin, wren = crew.moderator("Robin"), crew.moderator("Wren")
    crew.always_can(robin, wren)
    rota = crew.rota(crew.evenings())
    first, second = seats(rota)
    crew.give(rota, first, robin)
    with db.writing():
        drafts.clear(rota, first.id, by=crew.assessor.id, now=NOW)
    assert fit_of(rota, first, robin.id) == (Fit.OVERRIDABLE, "Robin gave this shift back or was taken off it.")
    assert fit_of(rota, first, wren.id)[0] == Fit.FREE
    assert fit_of(rota, second, robin.id)[0] == Fit.FREE
    roster = proposals.roster_to_fill(board_of(rota), now=NOW)
    hours = [(each.start, each.end) for each in roster.person_by_id[robin.id].availability]
    assert all(end <= first.starts_at or first.ends_at <= start for start, end in hours)
    crew.give(rota, first, robin)  # the coordinator may all the same
    assert people_who_left(board_of(rota), now=NOW) == {}


def test_a_published_seat_that_was_cleared_or_given_back_is_left_by_its_holder(crew: Crew) -> None:
    robin, wren = crew.moderator("Robin"), crew.moderator("Wren")
    crew.always_can(robin, wren)
    rota = crew.rota(crew.evenings())
    for seat, person in zip(seats(rota), (robin, wren), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    first, second = seats(rota)
    with db.writing():
        drafts.clear(rota, first.id, by=crew.assessor.id, now=NOW)
    crew.publish(rota)
    with db.writing():
        claims_and_drops.drop(second.assignment_id or 0, wren, now=NOW)
    assert people_who_left(board_of(rota), now=NOW) == {robin.id: {first.shift_id}, wren.id: {second.shift_id}}
    assert (who_left(first.shift_id), who_left(second.shift_id)) == ({robin.id}, {wren.id})
    assert shifts_left_by(robin.id, now=NOW) == {first.shift_id}
    assert shifts_left_by(robin.id, now=first.starts_at) == set()
    assert shifts_left_by(crew.assessor.id, now=NOW) == set()


def test_a_shift_just_given_back_is_not_offered_back_and_can_still_be_taken_again(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id or 0, wren, now=NOW)
    other = seats(rota)[1]
    assert [each.id for each in claims_and_drops.open_shifts_for(wren, now=NOW)] == [other.id]
    sign_in(client, wren)
    page = client.get(f"/shifts/{seat.shift_id}").text
    assert "You gave this shift back" in page
    assert "Take it" in page
    assert "The shift is yours" in client.post(f"/shifts/seats/{seat.id}/claim", follow_redirects=True).text


def test_the_panel_shows_the_best_people_without_those_who_left(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    robin = crew.moderator("Robin")
    crew.always_can(robin)
    rota = crew.rota(crew.evenings())
    seat = seats(rota)[0]
    crew.give(rota, seat, robin)
    page = client.post(f"/rota/{rota.id}/seats/{seat.id}/clear", follow_redirects=True).text
    assert "Give to Robin" not in page
    assert "Robin gave this shift back or was taken off it." in page
