"""The stage and clearances of people, read from the database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import db
from app.people.models import Person
from app.people.rights import suspend
from progression.stages import Stage
from progression.standing import clearances_of, stages_of, standing_of
from tests.conftest import People
from tests.progression.bringing import bring_to, has_all_for
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable")


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    """A peer who has all that the step to volunteer asks for."""
    peer = bring_to(people.person("Otter"), Stage.PEER, by=sable)
    has_all_for(peer, Stage.VOLUNTEER, by=sable)
    return peer


def test_a_suspended_person_may_do_nothing_and_keeps_their_stage(otter: Person, sable: Person) -> None:
    assert standing_of(otter.id, NOW).may("host", NOW, NOW + timedelta(hours=1))
    with db.writing():
        suspend(otter, by=sable, now=NOW)
    assert set(clearances_of([otter.id], NOW)[otter.id].values()) == {()}
    assert stages_of([otter.id], NOW) == {otter.id: Stage.PEER}
