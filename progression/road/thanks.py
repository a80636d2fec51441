"""A few words of thanks from one person to another. Only those two read them, and either can take them away.

Nobody counts them, and they are evidence of nothing: no line of the audit trail says that there were any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Select, String, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import db
from app.domain import colleagues_lately
from app.outbox import queue
from app.outbox.notice import Notice
from app.people.models import CLOSED, Person
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.notices import SEND_WITHIN

LONGEST_THANKS = 500  # characters
MOST_IN_A_DAY = 10  # from one person: thanks that everybody gets every day mean nothing
MOST_SHOWN = 100


class ThankYou(db.Model):
    """What one person wrote to another."""

    __tablename__ = "thank_you"

    id: Mapped[int] = mapped_column(primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(LONGEST_THANKS))
    withdrawn_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Thanks:
    """Words of thanks as the two people read them."""

    id: int
    to: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Thanked(Notice):
    """To one person: somebody thanked them."""

    kind: ClassVar[str] = "thanked"
    thanks_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it was taken away."""
        return db.session.get_one(ThankYou, self.thanks_id).withdrawn_at is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        thanks = db.session.get_one(ThankYou, self.thanks_id)
        return {"words": thanks.text, "name": db.session.get_one(Person, thanks.by_id).display_name}


def whom_to_thank(by: Person, now: datetime, *, sees_people: bool, to: int | None = None) -> Mapping[int, str]:
    """The people whom somebody may thank, by name: those they were on a shift with lately, and for a reader who may see
    people also the person asked for."""
    names = dict(colleagues_lately(by.id, now))
    asked = db.session.get(Person, to) if sees_people and to is not None and to != by.id else None
    if asked is not None and asked.state not in CLOSED:
        names[asked.id] = asked.display_name
    return dict(sorted(names.items(), key=lambda each: each[1].casefold()))


def thank(by: Person, to: int, text: str, *, sees_people: bool, now: datetime) -> ThankYou:
    """Keep words of thanks; the person gets one e-mail. The same words sent twice are kept once.

    Refuses somebody whom the writer may not thank, no words, too many, and more than `MOST_IN_A_DAY`.
    """
    text = text.strip()
    if not text:
        raise Invalid("Write a few words.", field="text")
    if len(text) > LONGEST_THANKS:
        raise Invalid(f"Please keep it under {LONGEST_THANKS} characters.", field="text")
    if to not in whom_to_thank(by, now, sees_people=sees_people, to=to):
        raise NotAllowed("You can thank the people with whom you were on a shift in the last four weeks.")
    db.lock_people([by.id])
    lately = select(ThankYou).where(ThankYou.by_id == by.id, ThankYou.at > now - timedelta(days=1))
    same = lately.where(ThankYou.to_id == to, ThankYou.text == text, ThankYou.withdrawn_at.is_(None))
    if (kept := db.session.scalars(same).first()) is not None:
        return kept
    if (db.session.scalar(select(func.count()).select_from(lately.subquery())) or 0) >= MOST_IN_A_DAY:
        raise Conflict(f"You thanked {MOST_IN_A_DAY} times since yesterday. Write again tomorrow.")
    made = ThankYou(to_id=to, by_id=by.id, at=now, text=text)
    db.session.add(made)
    db.session.flush()
    once = f"{Thanked.kind}:{made.id}:{to}"
    queue.enqueue(Thanked(made.id), to=to, once=once, now=now, deadline=now + SEND_WITHIN)
    return made


def take_away(thanks_id: int, person_id: int, *, now: datetime) -> None:
    """Delete words of thanks, for both: who wrote them, or who got them, may. Refuses those of others."""
    own = or_(ThankYou.by_id == person_id, ThankYou.to_id == person_id)
    query = select(ThankYou).where(ThankYou.id == thanks_id, own, ThankYou.withdrawn_at.is_(None))
    thanks = db.session.scalars(query).one_or_none()
    if thanks is None:
        raise NotFound("There are no such words of yours.")
    thanks.withdrawn_at, thanks.text = now, ""


def thanks_to(person_id: int) -> Sequence[Thanks]:
    """What others wrote to a person, the newest first."""
    return _read(_with_names().where(ThankYou.to_id == person_id))


def thanks_by(person_id: int) -> Sequence[Thanks]:
    """What a person wrote to others, the newest first."""
    return _read(_with_names().where(ThankYou.by_id == person_id))


def _with_names() -> Select[*tuple[Any, ...]]:
    to, by = aliased(Person), aliased(Person)
    return (
        select(ThankYou.id, to.display_name.label("to"), by.display_name.label("by"), ThankYou.at, ThankYou.text)
        .join(to, to.id == ThankYou.to_id)
        .join(by, by.id == ThankYou.by_id)
        .where(ThankYou.withdrawn_at.is_(None))
        .order_by(ThankYou.at.desc(), ThankYou.id.desc())
        .limit(MOST_SHOWN)
    )


def _read(query: Select[*tuple[Any, ...]]) -> list[Thanks]:
    return [Thanks(row.id, row.to, row.by, row.at, row.text) for row in db.session.execute(query)]
