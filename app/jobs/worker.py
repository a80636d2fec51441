"""The worker: sends e-mail, runs scheduled jobs and long tasks. Any number on any host, no leader.

APScheduler only triggers, in memory; rows in the database decide which worker does what. Each kind of work runs in a
thread of its own, so that a long solve never delays a reminder.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock, db
from app.jobs import heartbeats, scheduled_jobs, tasks
from app.outbox.sending import send_due

log = structlog.get_logger()

POLL_SECONDS = 0.25


def stop_signal() -> Callable[[], bool]:
    """Handle SIGTERM and SIGINT, and return a function that says whether one was received.

    Poll it with a sleep between. Waiting on a `threading.Event` that the handler sets would hang occasionally: the
    handler may run while the waiting thread holds the event's lock, or may wake another thread.
    """
    received: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _frame: received.append(caught))
    return lambda: bool(received)


def run_worker(app: Flask, should_stop: Callable[[], bool]) -> None:
    """Work until `should_stop` returns True, then finish the work in progress."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, work, seconds in (
        ("heartbeat", send_heartbeat, 15),
        ("outbox", partial(send_due, should_stop), 1),
        ("scheduled_jobs", scheduled_jobs.run_due, 2),
        ("tasks", tasks.run_next, 1),
    ):
        scheduler.add_job(
            _in_app_context(app, name, work),
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
        time.sleep(POLL_SECONDS)
    scheduler.pause()
    scheduler.shutdown(wait=True)
    log.info("worker stopped", worker=worker_name())


def worker_name() -> str:
    """This process's host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def send_heartbeat() -> None:
    """Record that this worker is running."""
    with db.writing():
        heartbeats.record(worker_name(), clock.now())


def _in_app_context(app: Flask, name: str, work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            try:
                work()
            except OperationalError as error:
                # The database may be restarting; the next trigger tries again.
                log.warning("database not reachable", work=name, error=type(error.orig).__name__)
            except Exception:
                log.exception("work failed", work=name)

    return run
