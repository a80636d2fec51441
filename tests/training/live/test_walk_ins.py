"""People who came without a place: added by the trainer, marked like the others, taken off where that was a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW
from tests.training.live.sessions_for_tests import AFTER, begin, book, booking_id, install_with_workshop, make, mark
from training.live import attendance, walk_ins
from training.live.models import Outcome


@pytest.fixture
def rook(people: People, tmp_path: Path) -> Person:
    """A trainer, and a course whose last step is a live session."""
    install_with_workshop(tmp_path)
    return people.person("Rook", roles=(Role.TRAINER,))


@pytest.fixture
def moss(people: People) -> Person:
    return people.person("Moss")


def test_somebody_who_came_without_a_place_is_added_and_marked_like_the_others(
    rook: Person, moss: Person, people: People
) -> None:
    live = make(rook, course="kindness", unit="together", places=1)
    begin(moss, does_the_rest=True)
    book(live, people.person("Jay"))
    with pytest.raises(Conflict, match="has not begun"), db.writing():
        walk_ins.add(live, "Moss", by=rook, now=NOW)
    for name in ("MOSS ", "Moss"):
        with db.writing():
            walk_ins.add(live, name, by=rook, now=AFTER)
    assert [(each.name, each.is_walk_in) for each in attendance.attendees(live)] == [("Jay", False), ("Moss", True)]
    mark(live, moss, Outcome.CAME, by=rook)
    assert [fact.key for fact in facts_of_person(moss.id)] == ["kindness"]
    added = attendance.attendees(live)[1].booking_id
    with pytest.raises(Conflict, match="Correct the mark"), db.writing():
        walk_ins.remove(live, added, by=rook, now=AFTER)


def test_somebody_who_waited_for_a_place_and_came_gets_one(rook: Person, moss: Person, people: People) -> None:
    live = make(rook, places=1)
    book(live, people.person("Jay"), moss)
    with db.writing():
        walk_ins.add(live, "Moss", by=rook, now=AFTER)
    assert [each.name for each in attendance.attendees(live)] == ["Jay", "Moss"]


def test_somebody_added_by_mistake_is_taken_off_and_those_who_booked_are_not(
    rook: Person, moss: Person, people: People
) -> None:
    live, jay = make(rook), people.person("Jay")
    book(live, jay)
    with db.writing():
        added = walk_ins.add(live, "Moss", by=rook, now=AFTER).id
    with pytest.raises(NotFound), db.writing():
        walk_ins.remove(live, booking_id(live, jay), by=rook, now=AFTER)
    with db.writing():
        walk_ins.remove(live, added, by=rook, now=AFTER)
    assert [each.name for each in attendance.attendees(live)] == ["Jay"]


@pytest.mark.parametrize(("name", "said"), [("Nobody", "Nobody has this"), ("Rook", "They lead")])
def test_a_name_that_cannot_be_added_is_refused_beside_its_field(rook: Person, name: str, said: str) -> None:
    live = make(rook)
    with pytest.raises(Invalid, match=said) as refused, db.writing():
        walk_ins.add(live, name, by=rook, now=AFTER)
    assert refused.value.field == "name"
