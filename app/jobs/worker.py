"""The worker: sends letters, runs recurring jobs, does long work. Any number on any host, no leader.

APScheduler only ticks, in memory; rows in the database decide who does what. Each kind of work has one slot, so
that a long solve never keeps a reminder waiting.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
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


def run_worker(app: Flask, until: threading.Event) -> None:
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
            next_run_time=clock.now_really(),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    log.info("worker ready", worker=worker_name())
    until.wait()
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
