"""A seat that becomes open is told to those who can do something: one event, one e-mail to each of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.people.models import Person, Role
from app.people.rights import suspend
from progression.duties import Duty
from rota.notices import ShiftDropped
from rota.scheduling.cover_pattern import Need
from rota.shifts import claims_and_drops
from rota.store.models import ChannelKind, Rota
from tests.rota.crew import MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

LEAD_AND_MODERATOR = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1))


class Evening:
    """Two evenings: Heron leads, Wren moderates; Sable on call; Tansy and Rook plan."""

    def __init__(self, crew: Crew) -> None:
        crew.may_give_back_until(hours=0)
        self.heron, self.sable = crew.lead("Heron"), crew.lead("Sable")
        self.wren = crew.moderator("Wren")
        self.tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
        self.rook = crew.people.person("Rook", roles=(Role.COORDINATOR,))
        crew.always_can(self.heron, self.sable, self.wren)
        line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
        self.rota: Rota = crew.rota(crew.evenings("Board", *LEAD_AND_MODERATOR), line)
        for seat in seats(self.rota):
            person = {Duty.LEAD: self.heron, Duty.MODERATOR: self.wren, Duty.ON_CALL: self.sable}[seat.duty]
            crew.give(self.rota, seat, person)
        crew.publish(self.rota)
        self.seat = next(seat for seat in seats(self.rota) if seat.person_id == self.wren.id)

    def drop(self, *, hours_before: float) -> None:
        with db.writing():
            now = self.seat.starts_at - timedelta(hours=hours_before)
            claims_and_drops.drop(self.seat.assignment_id or 0, self.wren, now=now)


@pytest.fixture
def evening(crew: Crew) -> Evening:
    return Evening(crew)


def told() -> set[tuple[str, int]]:
    """The kind and the reader of every e-mail but those of the publication."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind != "rota-published"))
    return {(row.kind, row.person_id) for row in rows}


def test_a_shift_given_back_shortly_before_is_told_to_planners_partners_and_the_person_on_call(
    evening: Evening,
) -> None:
    evening.drop(hours_before=4.5)
    assert told() == {
        ("shift-dropped", evening.tansy.id),
        ("shift-dropped", evening.rook.id),
        ("shift-short", evening.heron.id),
        ("shift-short", evening.sable.id),
    }


def test_long_before_the_person_on_call_is_left_alone(evening: Evening) -> None:
    evening.drop(hours_before=30)
    assert ("shift-short", evening.sable.id) not in told()
    assert ("shift-short", evening.heron.id) in told()


def test_partners_read_how_many_are_left_and_never_who_left(evening: Evening) -> None:
    evening.drop(hours_before=4.5)
    _, text, html = newest_email("shift-short", evening.heron.id)
    for body in (text, html):
        assert "You are the only one on this shift now." in body
        assert "Wren" not in body
        assert "Board, moderator" in body
    _, text, html = newest_email("shift-short", evening.sable.id)
    for body in (text, html):
        assert "1 person is on this shift now." in body
        assert "while you are on call" in body


def test_one_suspension_makes_one_email_to_each_planner_that_lists_every_seat(crew: Crew, evening: Evening) -> None:
    chat = crew.rota(crew.evenings("Chat"), starts_on=MONDAY + timedelta(days=7), days=1)
    crew.give(chat, seats(chat)[0], evening.wren)
    crew.publish(chat)
    with db.writing():
        suspend(db.session.get_one(Person, evening.wren.id), by=crew.assessor, now=NOW)
    assert [row.person_id for row in queued("shift-dropped")] == sorted([evening.tansy.id, evening.rook.id])
    subject, text, html = newest_email("shift-dropped", evening.tansy.id)
    assert subject.startswith("Open again: 3 seats")
    for body in (text, html):
        assert body.count("seat=") == 3, "one page fills all of them"
        assert "/rota/fill?seat=" in body
        assert "Wren no longer has these shifts" in body
    assert [row.person_id for row in queued("seat-released")] == [evening.wren.id]
    _, text, _ = newest_email("seat-released", evening.wren.id)
    assert text.count("\n- ") == 3


def test_an_email_that_was_queued_by_an_earlier_version_can_still_be_sent(evening: Evening) -> None:
    evening.drop(hours_before=30)
    row = queued("shift-dropped")[0]
    version_id = row.facts["version_ids"][0]
    old = from_row("shift-dropped", {"version_id": version_id, "seat_id": evening.seat.id})
    assert isinstance(old, ShiftDropped)
    assert old.still_wanted(evening.tansy.id, NOW)
    assert [seat.id for seat in old.context(evening.tansy.id, NOW)["seats"]] == [evening.seat.id]


def test_nobody_is_told_of_a_seat_that_was_taken_again(crew: Crew, evening: Evening) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    evening.drop(hours_before=4.5)
    with db.writing():
        claims_and_drops.claim(evening.seat.id, teal, now=NOW)
    for kind in ("shift-dropped", "shift-short"):
        rows = queued(kind)
        assert rows
        assert not any(from_row(row.kind, row.facts).still_wanted(row.person_id, NOW) for row in rows)
    _, text, html = newest_email("shift-taken", teal.id)
    for body in (text, html):
        assert "Board, moderator" in body
