"""Which seats somebody has seen: those of others on begun, published shifts that they were on, for four weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.people.models import Person
from progression.duties import Duty
from rota.duty.seats_seen import seats_seen
from rota.scheduling.cover_pattern import Need
from tests.rota.crew import Crew, seats
from tests.times import NOW

AFTER = NOW + timedelta(days=5)  # the Tuesday after the shift of Monday


@pytest.mark.both_databases
def test_who_was_on_a_shift_has_seen_the_others_once_it_has_begun_and_for_four_weeks(crew: Crew) -> None:
    marlow, wren, rook = crew.lead("Marlow"), crew.moderator("Wren"), crew.moderator("Rook")
    crew.always_can(marlow, wren, rook)
    channel = crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1))
    rota = crew.rota(channel)
    lead_seat, moderator_seat, _, tuesdays = seats(rota)  # both duties of Monday, then of Tuesday
    for seat, person in ((lead_seat, marlow), (moderator_seat, wren), (tuesdays, rook)):
        crew.give(rota, seat, person)
    assert seats_seen(marlow.id, AFTER, None) == []  # a draft is nobody's shift
    crew.publish(rota)

    def seen_by(person: Person, days: int = 5) -> list[tuple[str, str, tuple[str, ...]]]:
        found = seats_seen(person.id, NOW + timedelta(days=days), None)
        return [(each.name, each.duty, each.beside_as) for each in found]

    assert seen_by(marlow, days=0) == []
    assert seen_by(marlow) == [("Wren", "moderator", ("lead",))]
    assert seen_by(wren) == [("Marlow", "lead", ("moderator",))]
    assert seen_by(rook) == []
    assert seen_by(marlow, days=33) == []
    (one,) = seats_seen(rook.id, AFTER, moderator_seat.id)
    assert (one.name, one.beside_as, one.is_night, one.channel_kind) == ("Wren", (), False, "board")
    assert seats_seen(rook.id, AFTER, tuesdays.id + 1000) == []
