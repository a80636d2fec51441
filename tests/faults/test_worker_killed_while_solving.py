"""A worker killed, or frozen, while a proposal is computed: another computes it, once, and nothing is half kept."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import audit, db
from app.jobs.models import Task, TaskState
from app.jobs.tasks import LEASE
from app.trail import verification
from rota.planning import proposals
from rota.store.models import Rota
from tests.faults.processes import Process, Processes, is_alive, until
from tests.rota.crew import Crew, board_of
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def asked(crew: Crew) -> Rota:
    """A rota of ten evenings for which a proposal was asked."""
    able = [crew.moderator(name) for name in ("Wren", "Teal", "Robin", "Heron")]
    crew.always_can(*able)
    rota = crew.rota(crew.evenings(), days=10)
    with db.writing():
        proposals.ask(db.session.get_one(Rota, rota.id), by=crew.assessor.id, now=NOW)
    return rota


def task() -> Task:
    db.session.rollback()
    return db.session.scalars(select(Task).where(Task.kind == proposals.KIND)).one()


def freeze_its_child(worker: Process) -> int:
    """Wait until the worker's solver runs, and hold it there, so that it cannot finish before the test goes on."""
    until(lambda: bool(worker.children()), "the solver's process")
    (child,) = worker.children()
    os.kill(child, signal.SIGSTOP)
    return child


def until_done() -> None:
    until(lambda: task().is_over, "the end of the task")
    assert (task().state, task().error) == (TaskState.DONE, None)


def kept(rota: Rota) -> tuple[int, int]:
    """How many seats the draft fills, and how often a proposal was kept."""
    board = board_of(rota)
    filled = sum(board.holder(seat) is not None for seat in board.seats)
    kept_proposals = db.session.scalar(select(func.count()).where(audit.AuditLine.action == "rota.proposed"))
    assert list(verification.check()) == []
    return filled, kept_proposals or 0


def test_a_proposal_whose_worker_is_killed_is_made_by_the_next(processes: Processes, asked: Rota) -> None:
    first = processes.worker()
    child = freeze_its_child(first)
    first.kill()
    os.kill(child, signal.SIGCONT)
    until(lambda: not is_alive(child), "the end of the solver whose worker is gone")
    assert (task().state, task().attempts) == (TaskState.RUNNING, 1)
    assert kept(asked) == (0, 0)

    processes.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = processes.worker()
    until_done()
    second.stop()
    assert task().attempts == 2
    assert kept(asked) == (10, 1)


def test_a_worker_that_was_frozen_while_another_took_over_keeps_nothing(processes: Processes, asked: Rota) -> None:
    first = processes.worker()
    child = freeze_its_child(first)
    processes.freeze(first)

    processes.set_clock(NOW + LEASE + timedelta(seconds=1))
    second = processes.worker()
    until_done()
    second.stop()
    assert kept(asked) == (10, 1)

    # The child first: its worker, once awake, may end and bury it at once.
    os.kill(child, signal.SIGCONT)
    os.kill(first.pid, signal.SIGCONT)
    first.wait_for(lambda said: said.get("event") == "another worker has this task now")
    first.stop()
    assert not is_alive(child)
    assert (task().state, task().attempts) == (TaskState.DONE, 2)
    assert kept(asked) == (10, 1)
