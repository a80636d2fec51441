"""The alarm where somebody is to be on call and nobody is: on top of every page that staff read, and by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app import clock, db, settings
from app.health.troubles import Trouble
from app.outbox import queue
from app.people.rights import people_who_may
from rota.notices import NobodyOnCall
from rota.permissions import RotaPermission
from rota.scheduling.wording import time_in_words
from rota.store.on_call import gaps

AHEAD = timedelta(hours=4)  # time to find somebody who can still sleep before it
LOOK_BACK = timedelta(days=7)  # so that a gap has the same beginning, and one alarm, for as long as it lasts


def nobody_on_call(now: datetime) -> Sequence[Trouble]:
    """An alarm where one of the next hours has nobody on call by name."""
    zone = settings.current().zone
    coming = gaps(now, now + AHEAD, zone=zone)
    if not coming:
        return ()
    first = coming[0]
    since = "now" if first.start == now else time_in_words(first.start, zone)
    until = "" if first.end == now + AHEAD else f" until {time_in_words(first.end, zone)}"
    return (
        Trouble(
            "on-call",
            f"Nobody is on call from {since}{until} ({zone.key}). Who needs help then finds no number to ring.",
            "Give the seat to somebody in the rota of the on-call line, and publish it.",
            stops_service=False,
        ),
    )


def alarm(now: datetime) -> None:
    """Tell who plans and who leads of each gap twice: four hours before, and when it begins. Safe to run again."""
    with db.writing():
        zone = settings.current().zone
        today = clock.on(now, zone)
        told = {*people_who_may(RotaPermission.PUBLISH, on=today), *people_who_may(RotaPermission.RING, on=today)}
        for gap in gaps(now - LOOK_BACK, now + AHEAD, zone=zone):
            if gap.end <= now:
                continue
            stage, due_at = ("now", gap.start) if gap.start <= now else ("soon", gap.start - AHEAD)
            # A gap as long as the look back has no beginning that stays; it is told of once a day.
            which = today if gap.start == now - LOOK_BACK else gap.start
            for person_id in sorted(told):
                queue.enqueue(
                    NobodyOnCall(starts_at=gap.start.isoformat()),
                    to=person_id,
                    once=f"nobody-on-call:{which.isoformat()}:{stage}:{person_id}",
                    now=now,
                    deadline=max(now, gap.start) + AHEAD,
                    due_at=due_at,
                )
