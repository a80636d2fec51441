"""Inviting the people of a batch in waves: one welcome e-mail each, when somebody presses, and again only then."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import db
from app.domain import stages_of
from app.outbox.notice import Notice
from app.people import directory
from app.people.models import Person, PersonState
from app.refusals import Conflict, PageOutOfDate
from app.takeover import batches
from app.takeover.models import BatchState, TakenPerson, TakeoverBatch
from app.takeover.notices import Welcomed

LARGEST_WAVE = 200  # e-mails that one press sends; as many links and audit lines take two seconds


@dataclass(frozen=True)
class Arrived:
    """A person of a batch as its page shows them; `told` is what came in for them."""

    person_id: int
    name: str
    line: int
    is_new: bool
    stage: str | None
    invited_at: datetime | None
    may_be_invited: bool  # nobody invites people who have an open account
    told: tuple[str, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether they have an account and no invitation to it."""
        return self.may_be_invited and self.invited_at is None


def arrived(batch: TakeoverBatch, now: datetime) -> list[Arrived]:
    """Everybody whom a batch brought, or to whom it added something, in the order of the file."""
    rows = db.session.execute(
        select(TakenPerson, Person)
        .join(Person, Person.id == TakenPerson.person_id)
        .where(TakenPerson.batch_id == batch.id)
        .order_by(TakenPerson.line)
    ).all()
    ids = [person.id for _, person in rows]
    stages, told = stages_of(ids, now), batches.told_to(ids, batch.id, now)
    return [
        Arrived(
            person_id=person.id,
            name=person.display_name,
            line=taken.line,
            is_new=taken.is_new,
            stage=stages.get(person.id),
            invited_at=taken.invited_at,
            may_be_invited=taken.is_new and person.state == PersonState.INVITED,
            told=tuple(told.get(person.id, ())),
        )
        for taken, person in rows
    ]


def mark_of(people: Sequence[Arrived]) -> str:
    """A mark of who was invited and when, so that a form sent twice sends no second e-mail."""
    shown = sorted((each.person_id, each.invited_at.isoformat() if each.invited_at else "") for each in people)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def of_wave(people: Sequence[Arrived], wave: str, *, single: Collection[int]) -> list[int]:
    """The ids of the people of a wave: “all” who wait, those of “stage:peer” who wait, or “single” ones, again too."""
    if wave == "single":
        return [each.person_id for each in people if each.person_id in set(single)]
    return [each.person_id for each in people if each.is_waiting and wave in ("all", f"stage:{each.stage}")]


def invite(batch_id: int, ids: Collection[int], *, seen: str, by: Person, now: datetime) -> int:
    """Send these people of a batch, the first 200 of them, a welcome with a one-time link each; return how many.

    Earlier links of theirs stop working. Refuses a form from a page that showed other invitations, people of another
    batch, and people who have taken up an invitation. Call it inside `db.writing()`.
    """
    batch = batches.locked(batch_id)
    if batch.state != BatchState.TAKEN:
        raise Conflict("Nobody of this list is here, so nobody can be invited.")
    people = arrived(batch, now)
    if mark_of(people) != seen:
        raise PageOutOfDate("Somebody sent invitations while your page was open. Nothing was sent again: look below.")
    chosen = [each for each in people if each.person_id in set(ids) and each.may_be_invited]
    if not chosen:
        raise Conflict("Nobody was chosen who can be invited.")
    chosen = chosen[:LARGEST_WAVE]
    db.lock_people(each.person_id for each in chosen)

    def welcome(link_id: int) -> Notice:
        return Welcomed(link_id, batch.id)

    taken = {
        row.person_id: row for row in db.session.scalars(select(TakenPerson).where(TakenPerson.batch_id == batch.id))
    }
    for each in chosen:
        directory.invite(directory.find(each.person_id), by=by, now=now, notice=welcome)
        taken[each.person_id].invited_at = now
    return len(chosen)


def waiting_by_batch(ids: Collection[int]) -> dict[int, int]:
    """How many people of each of these batches have no invitation yet."""
    rows = db.session.execute(
        select(TakenPerson.batch_id, func.count().label("how_many"))
        .join(Person, Person.id == TakenPerson.person_id)
        .where(
            TakenPerson.batch_id.in_(ids),
            TakenPerson.is_new,
            TakenPerson.invited_at.is_(None),
            Person.state == PersonState.INVITED,
        )
        .group_by(TakenPerson.batch_id)
    )
    return {row.batch_id: row.how_many for row in rows}
