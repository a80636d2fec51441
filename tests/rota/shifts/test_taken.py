"""The shifts that people have, as other domains read them."""

from __future__ import annotations

from datetime import timedelta

from app import db
from app.domain import TakenTime
from rota.shifts.taken import shifts_taken
from tests.rota.crew import Crew, seats


def test_a_published_seat_takes_the_time_of_its_holder_alone(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota, _ = crew.published(wren)
    seat = seats(rota)[0]
    near = (seat.starts_at - timedelta(days=1), seat.starts_at + timedelta(minutes=1))
    found = [TakenTime(*row) for row in db.session.execute(shifts_taken([wren.id, teal.id], *near))]
    assert found == [TakenTime(wren.id, seat.starts_at, seat.ends_at, "Board, moderator")]
    after = (seat.ends_at, seat.ends_at + timedelta(hours=1))
    assert db.session.execute(shifts_taken([wren.id], *after)).all() == []
