"""Near its time a published rota changes only with the yes of its people, or as a named emergency."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import db
from app.people.models import Person
from rota.exchanges import changes
from rota.exchanges.models import Answer, ChangeState, SeatChange
from rota.planning import drafts, publishing
from rota.planning.publishing import Told
from rota.planning.version_history import versions_of
from rota.store.emergency_reasons import emergency_of
from tests.rota.crew import Crew, board_of, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW


class Near:
    """A published rota of two evenings: Wren has the first, which begins in two days; Teal could have either."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.wren, self.teal = crew.moderator("Wren"), crew.moderator("Teal")
        crew.always_can(self.wren, self.teal)
        self.rota, seat = crew.published(self.wren)
        self.now = seat.starts_at - timedelta(days=2)

    def give(self, number: int, person: Person) -> None:
        with db.writing():
            drafts.assign(self.rota, seats(self.rota)[number].id, person.id, by=self.crew.assessor.id, now=self.now)

    def publish(self, *, emergency: str = "") -> int:
        with db.writing():
            by, told = self.crew.assessor.id, Told(emergency=emergency)
            return publishing.publish(self.rota.id, by=by, now=self.now, gaps_read=True, told=told).id

    def answer(self, person: Person, said: Answer) -> ChangeState:
        (change,) = db.session.query(SeatChange).all()
        with db.writing():
            return changes.answer(change.id, person.id, said, by=person.id, now=self.now).state

    @property
    def holders(self) -> list[int | None]:
        return [seat.person_id for seat in seats(self.rota)]


@pytest.fixture
def near(crew: Crew) -> Near:
    return Near(crew)


def asked_people() -> list[int]:
    return sorted(row.person_id for row in queued("seat-change-asked"))


def test_somebody_who_is_to_take_on_a_seat_near_its_time_is_asked_and_has_it_once_they_say_yes(near: Near) -> None:
    near.now = seats(near.rota)[1].starts_at - timedelta(days=2)
    near.give(1, near.teal)
    assert [move.to_person_id for move in publishing.review(board_of(near.rota), now=near.now).asking] == [near.teal.id]
    near.publish()
    assert near.holders == [near.wren.id, None]
    assert asked_people() == [near.teal.id]
    assert queued("seats-changed") == []
    assert near.answer(near.teal, Answer.YES) is ChangeState.APPLIED
    assert near.holders == [near.wren.id, near.teal.id]


def test_somebody_who_would_lose_a_seat_near_its_time_is_asked_too_and_keeps_it_with_a_no(near: Near) -> None:
    near.give(0, near.teal)
    near.publish()
    assert near.holders[0] == near.wren.id
    assert asked_people() == sorted([near.wren.id, near.teal.id])
    assert near.answer(near.teal, Answer.YES) is ChangeState.OPEN
    assert near.answer(near.wren, Answer.NO) is ChangeState.REFUSED
    assert near.holders[0] == near.wren.id


def test_seats_further_off_change_at_once(near: Near) -> None:
    near.now = NOW
    near.give(1, near.teal)
    near.publish()
    assert near.holders == [near.wren.id, near.teal.id]
    assert asked_people() == []


def test_the_first_publication_asks_nobody(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings())
    seat = seats(rota)[0]
    crew.give(rota, seat, wren)
    crew.publish(rota, now=seat.starts_at - timedelta(hours=5))
    assert seats(rota)[0].person_id == wren.id
    assert queued("seat-change-asked") == []


def test_in_an_emergency_it_happens_at_once_and_its_people_read_who_decided_so_and_why(near: Near) -> None:
    near.give(0, near.teal)
    version_id = near.publish(emergency="Wren is in hospital.")
    assert near.holders[0] == near.teal.id
    assert asked_people() == []
    kept = emergency_of(version_id)
    assert kept is not None
    assert (kept.by, kept.words) == ("Assessor", "Wren is in hospital.")
    assert [each.emergency for each in versions_of(near.rota)] == ["Wren is in hospital.", None]
    _, text, html = newest_email("seats-changed", near.teal.id, now=near.now)
    for body in (text, html):
        assert "Assessor decided so, because: Wren is in hospital." in " ".join(body.split())


def test_somebody_with_a_change_at_once_and_one_they_are_asked_about_gets_one_email(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), days=4)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    now = seats(rota)[0].starts_at - timedelta(days=2)
    near, *_, far = seats(rota)
    with db.writing():
        for seat in (near, far):
            drafts.assign(rota, seat.id, teal.id, by=crew.assessor.id, now=now)
        publishing.publish(rota.id, by=crew.assessor.id, now=now, gaps_read=True)
    assert asked_people() == [wren.id]
    [row] = queued("seats-changed")
    assert row.person_id == teal.id
    (change,) = db.session.query(SeatChange).all()
    _, text, html = newest_email("seats-changed", teal.id, now=now)
    for body in (text, html):
        assert f"/shifts/changes/{change.id}" in body
    with db.writing():
        for person in (wren, teal):
            changes.answer(change.id, person.id, Answer.YES, by=person.id, now=now)
    assert [seat.person_id for seat in seats(rota)] == [teal.id, None, None, teal.id]
