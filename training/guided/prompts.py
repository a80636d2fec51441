"""E-mails when a part opens: one for each person and part, and none about what is old, done or paused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.outbox import queue
from training.guided.models import GuidedNote, GuidedPace
from training.guided.notices import NoteToGroup, PartOpen
from training.guided.progress import Where, where_of
from training.reminders import RUNS_AT

WORTH_SAYING = timedelta(days=7)  # after that, the next part is near, and another e-mail would only press
MAY_BE_TAKEN_BACK = timedelta(minutes=10)  # what somebody who leads did by mistake is undone before an e-mail goes


def prompt_people(now: datetime) -> None:
    """Queue an e-mail to everybody to whom a part opened, however often this runs; in batches."""
    ids = list(db.session.scalars(select(GuidedPace.id).where(GuidedPace.ended_at.is_(None)).order_by(GuidedPace.id)))
    for some in queue.batches(ids):
        with db.writing():
            _prompt(where_of(some, now=now), now=now)


def prompt_group(group_id: int, *, now: datetime) -> None:
    """The same for one group at once, where somebody has opened a part or added people; a little later, see above."""
    db.session.flush()
    ids = select(GuidedPace.id).where(GuidedPace.group_id == group_id, GuidedPace.ended_at.is_(None))
    _prompt(where_of(db.session.scalars(ids).all(), now=now), now=now, not_before=now + MAY_BE_TAKEN_BACK)


def _prompt(people: Iterable[Where], *, now: datetime, not_before: datetime | None = None) -> None:
    zone = settings.current().zone
    today = clock.on(now, zone)
    for each in people:
        # The newest part alone: somebody who comes late to a group does not get one e-mail for each part.
        part = each.paced.open_parts[-1] if each.paced.open_parts else None
        if part is None or not each.is_to_prompt(part.number):
            continue
        if each.paced.own.group_id is None and part.number == 1:
            continue  # They have just begun it themselves.
        opened_on = each.paced.opens_on(part)
        is_early = opened_on is None or opened_on > today
        opened_on = today if opened_on is None or is_early else max(opened_on, clock.on(each.paced.own.begun_at, zone))
        if opened_on + WORTH_SAYING < today:
            continue
        queue.enqueue(
            PartOpen(each.paced.own.id, part.number),
            to=each.person.id,
            once=f"{PartOpen.kind}:{each.paced.own.id}:{part.number}",
            now=now,
            deadline=clock.ends(opened_on + WORTH_SAYING, zone),
            not_before=not_before,
            due_at=None
            if not_before
            else clock.local(zone, opened_on.year, opened_on.month, opened_on.day, RUNS_AT.hour),
        )


def send_note(note: GuidedNote, people: Sequence[int], *, now: datetime) -> None:
    """Queue a note to these people; a little later, see above."""
    for person_id in people:
        queue.enqueue(
            NoteToGroup(note.id),
            to=person_id,
            once=f"{NoteToGroup.kind}:{note.id}:{person_id}",
            now=now,
            deadline=now + WORTH_SAYING,
            not_before=now + MAY_BE_TAKEN_BACK,
        )
