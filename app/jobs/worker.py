"""The worker: sends letters, runs recurring jobs, does long work. Any number on any host, no leader.

APScheduler only ticks, in memory; rows in the database decide who does what. Each kind of work has one slot, so
that a long solve never keeps a reminder waiting.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock, db
from app.jobs import tasks, ticks
from app.jobs.models import WorkerBeat
from app.outbox.sending import send_due

log = structlog.get_logger()


SECONDS_BETWEEN_LOOKS = 0.25


def told_to_stop() -> Callable[[], bool]:
    """Listen for the signals that ask a process to end; what is returned says whether one came.

    To be asked again and again, with a sleep between. Waiting on an event that the handler sets would hang now and
    then: the handler may come while the waiter holds the event's own lock, or wake another thread than the waiter.
    """
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _frame: told.append(caught))
    return lambda: bool(told)


def run_worker(app: Flask, should_stop: Callable[[], bool]) -> None:
    """Work until told to stop, then finish what is in hand."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, work, seconds in (
        ("beat", beat, 15),
        ("letters", send_due, 1),
        ("ticks", ticks.run_due, 2),
        ("tasks", tasks.run_next, 1),
    ):
        scheduler.add_job(
            _inside(app, name, work),
            "interval",
            seconds=seconds,
            next_run_time=clock.real_now(),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    log.info("worker ready", worker=worker_name())
    while not should_stop():
        time.sleep(SECONDS_BETWEEN_LOOKS)
    scheduler.pause()
    scheduler.shutdown(wait=True)
    log.info("worker stopped", worker=worker_name())


def worker_name() -> str:
    """Which process on which host this is."""
    return f"{socket.gethostname()}:{os.getpid()}"


def beat() -> None:
    """Leave a sign of life for the health page."""
    with db.writing():
        db.session.merge(WorkerBeat(name=worker_name(), beat_at=clock.now()))


def _inside(app: Flask, name: str, work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            try:
                work()
            except OperationalError as error:
                # The database may be restarting; the next tick tries again.
                log.warning("database not reachable", work=name, error=type(error.orig).__name__)
            except Exception:
                log.exception("work failed", work=name)

    return run
