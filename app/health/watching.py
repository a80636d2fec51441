"""What workers see, and what pages say about it.

Each worker looks around with every heartbeat and keeps what it found in its row. A page reads those rows in one query:
it needs no check of its own, and it sees that no worker looks any more by the age of the newest row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from app import db, settings
from app.health import host
from app.health.troubles import Trouble, watches
from app.jobs import heartbeats
from app.jobs.heartbeats import Heartbeat
from app.outbox import circuit_breaker
from app.outbox.health import mail_state
from app.outbox.wording import words_of

log = structlog.get_logger()

SHOWN_WORKERS = 20  # more than any organisation runs; the newest decide


def observe(now: datetime) -> list[Trouble]:
    """Everything that is wrong as this worker sees it. A check that fails is itself a trouble, and hides no other."""
    looks: list[Callable[[datetime], Sequence[Trouble]]] = [_disks, host.clock_against_database, *watches]
    found: list[Trouble] = []
    for look in looks:
        try:
            found += look(now)
        except Exception as fault:
            db.session.rollback()
            log.exception("check failed", check=getattr(look, "__name__", "unnamed"))
            found.append(
                Trouble("check", f"A check of this installation failed: {type(fault).__name__}.", "See the log.")
            )
    db.session.rollback()
    return found


def _disks(_now: datetime) -> list[Trouble]:
    return host.full_disks(settings.current())


def mail_troubles(now: datetime) -> list[Trouble]:
    """Whether e-mails get out, as the outbox knows it."""
    state = mail_state(now)
    if state.is_failing:
        waiting = {0: "", 1: ": one e-mail waits"}.get(state.overdue, f": {state.overdue} e-mails wait")
        advice = "They are sent by themselves once the server takes them. Look at NIGHTLIGHT_MAIL_URL and the server."
        return [Trouble("mail", f"E-mails do not get out{waiting}. {words_of(state.last_error)}", advice)]
    if state.is_late:
        return [
            Trouble("mail", "E-mails leave more than five minutes late.", "Start one more worker, or look at its log.")
        ]
    return []


def bounce_troubles(now: datetime) -> list[Trouble]:
    """Whether the mailbox of returned e-mails can be read, where there is one."""
    if not settings.started_with().bounces_at:
        return []
    breaker = circuit_breaker.get()
    if breaker.bounces_error is None:
        return []
    since = f" since {breaker.bounces_read_at:%d %B %Y, %H:%M} UTC" if breaker.bounces_read_at else ""
    words = f"Returned e-mails could not be read{since} ({breaker.bounces_error}). Wrong addresses are not noticed."
    return [Trouble("bounces", words, "Look at NIGHTLIGHT_BOUNCES and that mailbox.", stops_service=False)]


def known(now: datetime) -> list[Trouble]:
    """What is wrong, as far as the workers' heartbeats tell. One query."""
    return troubles_in(heartbeats.latest(SHOWN_WORKERS), now)


def troubles_in(workers: Sequence[Heartbeat], now: datetime) -> list[Trouble]:
    """What is wrong according to these heartbeats, newest first; that none is fresh is itself a trouble."""
    alive = [worker for worker in workers if heartbeats.is_fresh(worker, now)]
    troubles = {data["kind"]: Trouble(**data) for worker in reversed(alive) for data in worker.troubles}
    found = list(troubles.values())
    if not alive:
        found.insert(0, _no_worker(workers[0] if workers else None, now))
    if workers and workers[0].beat_at - now > host.LARGEST_CLOCK_ERROR and "clock" not in troubles:
        found += host.clock_trouble(now - workers[0].beat_at, "the clock of a machine with a worker")
    return found


def _no_worker(last: Heartbeat | None, now: datetime) -> Trouble:
    follows = "E-mails and reminders wait until one runs, and no rota can be proposed."
    if last is None:
        words = f"No worker has run yet. {follows}"
    else:
        minutes = max(1, (now - last.beat_at) // timedelta(minutes=1))
        ago = f"{minutes} minutes" if minutes > 1 else "a minute"
        words = f"No worker has run for {ago if minutes < 120 else f'{minutes // 60} hours'}. {follows}"
    return Trouble("worker", words, "Start one on the server: systemctl start nightlight-worker, or nightlight worker")
