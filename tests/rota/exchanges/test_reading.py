"""Who reads a change of shifts, and what they read of it."""

from __future__ import annotations

import pytest

from app import db
from app.people.models import Role
from app.refusals import NotFound
from rota.exchanges import changes, reading
from tests.rota.crew import Crew
from tests.rota.exchanges.test_changes import ask_for_cover
from tests.times import NOW


def test_a_change_is_read_by_those_it_concerns_and_by_planners_alone(crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    change_id = ask_for_cover(seat, wren).id
    for reader in (wren, tansy):
        view = reading.change_for(change_id, reader.id, now=NOW)
        assert [(line.giver, line.taker) for line in view.lines] == [("Wren", None)]
    with pytest.raises(NotFound):
        reading.change_for(change_id, teal.id, now=NOW)
    with db.writing():
        changes.take(change_id, teal.id, by=teal.id, now=NOW)
    assert reading.change_for(change_id, teal.id, now=NOW).change.state == "applied"


def test_who_asked_finds_it_among_what_they_asked_until_it_is_taken(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    _, seat = crew.published(wren)
    change_id = ask_for_cover(seat, wren).id
    assert [view.change.id for view in reading.asked_by(wren.id, now=NOW)] == [change_id]
    assert [*reading.seats_looking_for_cover(NOW, seat.ends_at).values()] == [change_id]
    with db.writing():
        changes.take(change_id, teal.id, by=teal.id, now=NOW)
    assert reading.asked_by(wren.id, now=NOW) == []
    assert reading.seats_looking_for_cover(NOW, seat.ends_at) == {}
