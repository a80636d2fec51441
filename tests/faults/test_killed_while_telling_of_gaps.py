"""A process killed while it tells those who plan of gaps: each of them gets one e-mail about each gap."""

from __future__ import annotations

import signal

import pytest
from sqlalchemy import select

from app import db
from app.people.models import Role
from rota.ahead.gap_digest import tell_planners
from rota.ahead.models import GapTold
from rota.planning import drafts
from tests.faults.processes import Processes
from tests.rota.crew import Crew
from tests.rota.emails import queued
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def told() -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(select(GapTold.id)))


def killed(processes: Processes, moment: str) -> None:
    (process,) = processes.actors(1, "tell-planners-and-die", moment)
    process.go()
    assert process.wait_for_end() == -signal.SIGKILL


def test_a_kill_before_the_commit_or_after_it_tells_each_planner_once_of_each_gap(
    processes: Processes, crew: Crew
) -> None:
    planners = [crew.people.person(name, roles=(Role.COORDINATOR,)).id for name in ("Tansy", "Rook")]
    rota = crew.rota(crew.evenings())
    with db.writing():
        drafts.open_draft(rota, by=None, now=NOW)
    crew.publish(rota)

    killed(processes, "before")
    assert told() == []
    assert queued("gaps-ahead") == []

    killed(processes, "after")
    gaps = told()
    assert gaps
    for _ in range(2):
        rows = queued("gaps-ahead")
        assert [(row.person_id, sorted(row.facts["told_ids"])) for row in rows] == [(each, gaps) for each in planners]
        tell_planners(NOW)
        assert told() == gaps
