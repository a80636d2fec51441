"""Tell those who decide: somebody has become ready, with the last thing that was missing; a sign-off is open again."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.outbox import queue
from app.people import ages
from app.people.rights import people_who_may
from progression.models import Evidence
from progression.notices import SEND_WITHIN, DecisionReopened, ReadyForSignOff
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


def tell_it_is_reopened(person_id: int, *, because_of: Evidence, now: datetime) -> None:
    """Queue an e-mail to everybody who may confirm a sign-off or take it back, but who withdrew what it rested on."""
    today = clock.on(now, settings.current().zone)
    for decider in people_who_may(ProgressionPermission.SIGN_OFF, on=today):
        if decider not in (person_id, because_of.by_person_id):
            queue.enqueue(
                DecisionReopened(because_of.id),
                to=decider,
                once=f"{DecisionReopened.kind}:{because_of.id}:{decider}",
                now=now,
                deadline=now + SEND_WITHIN,
            )
