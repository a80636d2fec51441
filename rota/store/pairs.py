"""Pairs: two people who are never to be on one shift, or who are to be on shifts together, between two days.

Who is kept apart is private. Only people with a permission of its own read these rows; in the roster of those who plan
the rule makes of it that somebody is not available. The reason is in a table of its own, so that it can be erased.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import audit, db
from app.people.models import CLOSED, Person
from app.refusals import Invalid

LONGEST_REASON = 500


class KeptPair(db.Model):
    """Two people, the one with the lower id first, who are kept apart or together."""

    __tablename__ = "kept_pair"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="lower_id_first"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_it_starts"),
        Index("ix_kept_pair_first_id", "first_id"),
        Index("ix_kept_pair_second_id", "second_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    is_together: Mapped[bool]
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the last day, included
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class KeptPairReason(db.Model):
    """Why, in the words of the person who decided it. Erased with the pair, or on its own."""

    __tablename__ = "kept_pair_reason"

    pair_id: Mapped[int] = mapped_column(ForeignKey("kept_pair.id"), primary_key=True)
    words: Mapped[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as its page shows it."""

    row: KeptPair
    first: str
    second: str
    made_by: str
    reason: str | None


def keep_pair(
    ids: tuple[int, int],
    *,
    is_together: bool,
    from_on: date,
    until_on: date | None,
    reason: str,
    by: int,
    now: datetime,
) -> None:
    """Keep two people apart or together from a day on. It holds for every seat given or taken from now on.

    Refuses one person twice, somebody without an open account, and a pair that is kept already in those days.
    """
    first, second = sorted(ids)
    if first == second:
        raise Invalid("Choose two different people.", field="second")
    if until_on is not None and until_on < from_on:
        raise Invalid("The last day must not come before the first.", field="until_on")
    words = " ".join(reason.split())
    if len(words) > LONGEST_REASON:
        raise Invalid(f"Please keep the reason under {LONGEST_REASON} characters.", field="reason")
    db.lock_people([first, second])
    known = set(db.session.scalars(select(Person.id).where(Person.id.in_(ids), Person.state.not_in(CLOSED))))
    if known != {first, second}:
        raise Invalid("Choose people who have an open account.", field="second")
    overlapping = select(KeptPair.id).where(
        KeptPair.first_id == first,
        KeptPair.second_id == second,
        or_(KeptPair.until_on.is_(None), KeptPair.until_on >= from_on),
        *([] if until_on is None else [KeptPair.from_on <= until_on]),
    )
    if db.session.scalars(overlapping).first() is not None:
        raise Invalid("There is an entry about these two for those days already. End it first.", field="second")
    pair = KeptPair(
        first_id=first,
        second_id=second,
        is_together=is_together,
        from_on=from_on,
        until_on=until_on,
        made_at=now,
        made_by_id=by,
    )
    db.session.add(pair)
    db.session.flush()
    if words:
        db.session.add(KeptPairReason(pair_id=pair.id, words=words))
    audit.record("rota.pair-kept", by=by, subject=f"kept_pair:{pair.id}", now=now)


def end_pair(pair_id: int, *, by: int, now: datetime) -> None:
    """Delete a pair and its reason, so that the two may be planned like everybody else. Gone already: nothing."""
    db.session.execute(delete(KeptPairReason).where(KeptPairReason.pair_id == pair_id))
    if db.session.scalar(delete(KeptPair).where(KeptPair.id == pair_id).returning(KeptPair.id)) is not None:
        audit.record("rota.pair-ended", by=by, subject=f"kept_pair:{pair_id}", now=now)


def erase_reason(pair_id: int, *, by: int, now: datetime) -> None:
    """Erase why a pair is kept; the pair stays. Gone already: nothing."""
    gone = delete(KeptPairReason).where(KeptPairReason.pair_id == pair_id).returning(KeptPairReason.pair_id)
    if db.session.scalar(gone) is not None:
        audit.record("rota.pair-reason-erased", by=by, subject=f"kept_pair:{pair_id}", now=now)


def delete_pairs_of(ids: Collection[int]) -> None:
    """Delete every pair of these people, whose accounts are taken back, and why."""
    theirs = select(KeptPair.id).where(or_(KeptPair.first_id.in_(ids), KeptPair.second_id.in_(ids)))
    db.session.execute(delete(KeptPairReason).where(KeptPairReason.pair_id.in_(theirs)))
    db.session.execute(delete(KeptPair).where(or_(KeptPair.first_id.in_(ids), KeptPair.second_id.in_(ids))))


def any_kept() -> bool:
    """Whether any pair is kept at all."""
    return db.session.scalar(select(KeptPair.id).limit(1)) is not None


def pairs_with_reasons() -> Sequence[Shown]:
    """All pairs, with names and reasons: only for readers with the permission of its own."""
    first, second, made_by = aliased(Person), aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(KeptPair, first.display_name, second.display_name, made_by.display_name, KeptPairReason.words)
        .join(first, first.id == KeptPair.first_id)
        .join(second, second.id == KeptPair.second_id)
        .join(made_by, made_by.id == KeptPair.made_by_id)
        .outerjoin(KeptPairReason, KeptPairReason.pair_id == KeptPair.id)
        .order_by(KeptPair.is_together, first.display_name, second.display_name, KeptPair.id)
    )
    return [Shown(*row) for row in rows]
