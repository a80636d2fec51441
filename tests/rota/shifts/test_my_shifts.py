"""A person's own shifts: what is upcoming, who is on with them, and which shifts others may open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import NotFound
from progression.duties import Duty
from rota.exchanges.changes import DoesNotFit
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops, my_shifts
from rota.store import availability
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW


def test_a_shift_is_upcoming_until_it_is_over(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert [each.id for each in my_shifts.upcoming(wren.id, now=NOW)] == [seat.id]
    assert [each.id for each in my_shifts.upcoming(wren.id, now=seat.starts_at)] == [seat.id]
    assert my_shifts.upcoming(wren.id, now=seat.ends_at) == []


def test_colleagues_are_named_with_stage_and_duty_and_without_oneself(crew: Crew) -> None:
    wren, heron = crew.moderator("Wren"), crew.lead("Heron")
    crew.always_can(wren, heron)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)))
    lead, moderator = seats(rota)[:2]
    crew.give(rota, lead, heron)
    crew.give(rota, moderator, wren)
    crew.publish(rota)
    own = my_shifts.upcoming(wren.id, now=NOW)[0]
    (colleague,) = my_shifts.colleagues_on(own, wren.id, now=NOW)
    assert (colleague.name, colleague.stage, colleague.duty) == ("Heron", "staff", Duty.LEAD)


def test_a_shift_is_shown_to_those_on_it_by_role_and_to_those_who_could_take_a_seat(crew: Crew) -> None:
    wren, fern, moss = crew.moderator("Wren"), crew.moderator("Fern"), crew.people.person("Moss")
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    crew.always_can(wren)
    rota, seat = crew.published(wren)
    assert my_shifts.shift_for_reader(seat.shift_id, wren, now=NOW).mine == seat
    assert my_shifts.shift_for_reader(seat.shift_id, tansy, now=NOW).mine is None
    with pytest.raises(NotFound):
        my_shifts.shift_for_reader(seat.shift_id, fern, now=NOW)
    still_open = seats(rota)[1]
    seen = my_shifts.shift_for_reader(still_open.shift_id, fern, now=NOW)
    assert [each.seat.id for each in seen.open_seats] == [still_open.id]
    with pytest.raises(NotFound):
        my_shifts.shift_for_reader(still_open.shift_id, moss, now=NOW)


def test_a_shift_with_an_open_seat_says_how_many_are_on_it_and_who_only_to_those_on_it_and_by_role(crew: Crew) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    ash = crew.people.person("Ash", roles=(Role.LEAD,))
    crew.always_can(wren, fern)
    _, seat = crew.published(wren, channel=crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)))
    seen = {who.display_name: my_shifts.shift_for_reader(seat.shift_id, who, now=NOW) for who in (wren, fern, ash)}
    assert (seen["Fern"].beside, seen["Fern"].others) == (None, 1)
    assert (seen["Wren"].beside, seen["Wren"].others) == ([], 0)
    assert [each.name for each in seen["Ash"].beside or ()] == ["Wren"]


def test_an_open_seat_says_why_the_reader_may_not_take_it_as_a_claim_would(crew: Crew) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    rota, _ = crew.published(wren)
    still_open = seats(rota)[1]
    assert my_shifts.shift_for_reader(still_open.shift_id, fern, now=NOW).open_seats[0].why_not == []
    with db.writing():
        availability.set_leave(fern.id, MONDAY, MONDAY + timedelta(days=6), zone=LONDON, now=NOW)
    (open_seat,) = my_shifts.shift_for_reader(still_open.shift_id, fern, now=NOW).open_seats
    with pytest.raises(DoesNotFit) as refused, db.writing():
        claims_and_drops.claim(still_open.id, fern, now=NOW)
    assert [each.sentence for each in open_seat.why_not] == list(refused.value.sentences)


def test_an_own_seat_is_found_and_another_persons_is_not(crew: Crew) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    assert my_shifts.own_seat(seat.assignment_id, wren).id == seat.id
    with pytest.raises(NotFound):
        my_shifts.own_seat(seat.assignment_id, fern)


def test_pages_show_both_zones_only_to_a_reader_in_another(crew: Crew) -> None:
    here, there = crew.people.person("Wren"), crew.people.person("Ember", zone_name="America/New_York")
    assert my_shifts.zone_of(there).key == "America/New_York"
    assert [my_shifts.speaks_two_zones(person) for person in (here, there)] == [False, True]


def test_from_an_hour_before_a_shift_its_page_leads_to_whom_its_team_can_call(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    wren, heron = crew.moderator("Wren"), crew.lead("Heron")
    crew.always_can(wren, heron)
    rota = crew.rota(crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1)))
    for seat, person in zip(seats(rota)[:2], (heron, wren), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    first = seats(rota)[0]
    leads = {}
    for minutes in (-61, -60, 0):
        with clock_at(first.starts_at + timedelta(minutes=minutes)):
            sign_in(client, wren)
            page = client.get(f"/shifts/{first.shift_id}").text
        assert "<b>Heron</b>, lead" in page
        leads[minutes] = "Whom to call</a>" in page
    assert leads == {-61: False, -60: True, 0: True}
