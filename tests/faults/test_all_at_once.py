"""Many at the same moment, in several real processes: one gets it, the others are told so, and nothing is half done."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import audit, db
from app.people import directory
from app.people.links import token_of
from app.people.models import OneTimeLink, Password, Person, PersonState, SignedInSession
from tests.conftest import People
from tests.faults.actor import THREADS
from tests.faults.processes import House
from tests.times import NOW

pytestmark = pytest.mark.both_databases

PROCESSES = 4


def all_at_once(house: House, *words: str) -> list[list[str]]:
    """Let twenty threads of four processes do the same thing at the same moment; how it went for each."""
    actors = house.actors(PROCESSES, *words)
    for actor in actors:
        actor.go()
    outcomes = [outcome for actor in actors for outcome in actor.outcome()["outcomes"]]
    assert len(outcomes) == PROCESSES * THREADS
    return outcomes


def test_of_twenty_who_take_up_one_invitation_one_succeeds(house: House, people: People) -> None:
    newcomer = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        link = directory.invite(db.session.get_one(Person, newcomer.id), by=None, now=NOW)
        token = token_of(link)

    outcomes = all_at_once(house, "take-up-invitation", token)

    done = [what for how, what in outcomes if how == "done"]
    assert len(done) == 1
    assert [outcome for outcome in outcomes if outcome[0] != "done"] == [["refused", "LinkNoLongerWorks"]] * 19
    db.session.rollback()
    assert db.session.scalars(select(Password.hashed)).all() == done
    assert db.session.scalar(select(func.count()).select_from(SignedInSession)) == 1
    assert db.session.scalars(select(OneTimeLink.used_at)).all() == [NOW]
    taken = select(func.count()).where(audit.AuditLine.action == "people.invitation-taken")
    assert db.session.scalar(taken) == 1
    assert list(audit.broken_lines()) == []
