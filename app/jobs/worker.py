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
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock, db, settings
from app.health import host, outside, watching
from app.health.troubles import Trouble
from app.jobs import heartbeats, scheduled_jobs, tasks
from app.outbox.sending import send_due

log = structlog.get_logger()

POLL_SECONDS = 0.25
OUTSIDE_SECONDS = 45.0  # between calls of the address outside; with the heartbeats' 15 it is a call a minute


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
    """Work until `should_stop` returns True; then finish the e-mail and the job in hand, and hand back a long task."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, work, seconds in (
        ("heartbeat", send_heartbeat, heartbeats.EVERY.seconds),
        ("outbox", partial(send_due, should_stop), 1),
        ("scheduled_jobs", partial(scheduled_jobs.run_due, should_stop), 2),
        ("tasks", partial(tasks.run_next, should_stop), 1),
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
    _in_app_context(app, "heartbeat", forget_heartbeat)()
    log.info("worker stopped", worker=worker_name())


def worker_name() -> str:
    """This process's host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def send_heartbeat() -> None:
    """Record that this worker is running, and what it sees; tell the address outside while nothing is wrong."""
    troubles = [*watching.observe(clock.now()), *_outside.troubles]
    with db.writing():
        heartbeats.record(worker_name(), clock.now(), [trouble.as_data() for trouble in troubles])
    _outside.call_if_well(settings.current().heartbeat_url, troubles)


def forget_heartbeat() -> None:
    """Record that this worker has stopped, so that nobody takes it for one that has just been heard."""
    with db.writing():
        heartbeats.forget(worker_name())


class Outside:
    """The address outside that this worker calls once a minute, and what its last answer said about our clock."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self._next_call = 0.0

    def call_if_well(self, url: str, troubles: Sequence[Trouble]) -> None:
        """Call the address, unless it was called less than a minute ago or something is wrong."""
        if not url or time.monotonic() < self._next_call or any(trouble.stops_service for trouble in troubles):
            return
        self._next_call = time.monotonic() + OUTSIDE_SECONDS
        try:
            self.troubles = host.clock_against_answer(clock.now(), outside.call(url))
        except outside.NotReached as failure:
            log.warning("heartbeat address not reached", error=failure.code)


_outside = Outside()


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
