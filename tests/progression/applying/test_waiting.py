"""The list of those who applied: the longest waiting first, with what is missing, and never one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import db
from app.people.models import Person, Role
from progression.applying import applications
from progression.applying.waiting import waiting_applications
from progression.stages import Stage
from tests.conftest import People
from tests.progression.bringing import bring_to, has_all_for
from tests.times import NOW


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


def applies(person: Person, to: Stage, *, days_ago: int = 0) -> None:
    db.session.rollback()
    with db.writing():
        applications.apply(person, to, "Please.", now=NOW - timedelta(days=days_ago))


def test_the_longest_waiting_come_first_with_what_is_missing(sable: Person, people: People) -> None:
    moss = people.person("Moss")
    otter = bring_to(people.person("Otter"), Stage.PEER, by=sable)
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    applies(moss, Stage.PEER)
    applies(otter, Stage.VOLUNTEER, days_ago=9)
    found = waiting_applications(NOW, excluding=sable.id)
    assert [(each.name, each.days, each.missing) for each in found.shown] == [
        ("Otter", 9, []),
        ("Moss", 0, ["The code of conduct", "A welcome talk with a member of staff"]),
    ]


def test_it_says_who_was_asked_something_and_counts_those_it_does_not_show(sable: Person, people: People) -> None:
    moss, jay = people.person("Moss"), people.person("Jay")
    applies(moss, Stage.PEER, days_ago=2)
    applies(jay, Stage.PEER)
    with db.writing():
        applications.ask_for_more(moss, "When could you begin?", by=sable, now=NOW)
    found = waiting_applications(NOW, excluding=sable.id, most=1)
    assert [(each.name, each.awaits_answer) for each in found.shown] == [("Moss", True)]
    assert found.in_all == 2


def test_nobody_sees_their_own_application_in_the_list(sable: Person, people: People) -> None:
    jay = people.person("Jay", roles=(Role.ASSESSOR,))
    applies(jay, Stage.PEER)
    assert waiting_applications(NOW, excluding=jay.id).in_all == 0
    assert waiting_applications(NOW, excluding=sable.id).in_all == 1
