"""Tell those who decide that somebody has become ready for a decision: when the last thing they need is recorded."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.outbox import queue
from app.people import ages
from app.people.rights import people_who_may
from progression.notices import SEND_WITHIN, ReadyForSignOff
from progression.permissions import ProgressionPermission
from progression.stages import Stage
from progression.standing import step_now


def ready_for(person_id: int, now: datetime) -> Stage | None:
    """The stage for which nothing but somebody's decision is missing to this person; None where something is."""
    account = ages.account_facts_of([person_id]).get(person_id)
    if account is None or account.is_closed:
        return None
    step = step_now(person_id, now)
    return step.to if step is not None and step.is_ready and step.met else None


def tell_who_decides(person_id: int, to: Stage, *, because_of: int, now: datetime) -> None:
    """Queue an e-mail to everybody who may sign this person off. `because_of` is the id of the evidence behind it."""
    today = clock.on(now, settings.current().zone)
    for decider in people_who_may(ProgressionPermission.SIGN_OFF, on=today):
        if decider != person_id:
            queue.enqueue(
                ReadyForSignOff(person_id=person_id, to=to),
                to=decider,
                once=f"{ReadyForSignOff.kind}:{because_of}:{decider}",
                now=now,
                deadline=now + SEND_WITHIN,
            )
