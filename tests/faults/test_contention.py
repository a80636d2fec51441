"""Planners who claim, give back, plan and publish beside each other: nobody waits for each other in a circle."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from app import db
from app.people.models import Role
from app.trail import verification
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from tests.databases import Databases
from tests.faults.actor import THREADS
from tests.faults.processes import LONGEST_WAIT, Processes
from tests.rota.crew import Crew, seats

# NIGHTLIGHT_FAULT_ROUNDS=400 is about a minute of it.
ROUNDS = int(os.environ.get("NIGHTLIGHT_FAULT_ROUNDS", "10"))


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """PostgreSQL only: SQLite has one writer at a time, and no locks of rows."""
    with databases.postgresql() as address:
        yield address


def test_planners_who_claim_and_give_back_beside_each_other_run_into_no_deadlock(
    processes: Processes, crew: Crew
) -> None:
    planners = [crew.moderator(f"Planner {number}", roles=(Role.COORDINATOR,)) for number in range(2 * THREADS)]
    crew.always_can(*planners)
    rota = crew.rota(crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)), days=5)
    crew.give(rota, seats(rota)[0], planners[0])
    crew.publish(rota)
    db.session.rollback()  # the server ends a transaction that is idle for a minute

    actors = [
        processes.actors(1, "contend", str(rota.id), str(planners[turn * THREADS].id), str(ROUNDS))[0]
        for turn in range(2)
    ]
    for actor in actors:
        actor.go()
    ended = [outcome for actor in actors for outcome in actor.outcome(seconds=LONGEST_WAIT + 5 * ROUNDS)["outcomes"]]

    outcomes = sum((Counter(json.loads(result)) for _, result in ended), Counter[str]())
    assert [kind for kind, _ in ended] == ["done"] * (2 * THREADS)
    assert outcomes.total() == 2 * THREADS * ROUNDS
    assert set(outcomes) == {"done", "refused"}, outcomes
    assert list(verification.check()) == []
