"""The ledger's two tables: what is known, which only grows, and what was written about it, which can be
erased.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from progression.facts import Fact

# What nobody may do for themselves. The use cases refuse it in words; this is the wall behind them.
BY_SOMEBODY_ELSE = "kind NOT IN ('check', 'observed', 'sign-off', 'not-yet')"


@db.append_only
class Evidence(db.Model):
    """One fact about one person: codes, dates and ids. A correction is another row, which withdraws it."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("(kind = 'withdrawn') = (withdraws_id IS NOT NULL)", name="a_withdrawal_names_its_fact"),
        CheckConstraint(
            f"{BY_SOMEBODY_ELSE} OR (by_person_id IS NOT NULL AND by_person_id <> person_id)",
            name="decided_by_somebody_else",
        ),
        CheckConstraint(
            "kind <> 'accepted' OR (by_person_id IS NOT NULL AND by_person_id = person_id)",
            name="accepted_by_themselves",
        ),
        CheckConstraint("happened_at <= recorded_at", name="happened_before_it_was_recorded"),
        UniqueConstraint("withdraws_id"),  # a fact can be withdrawn once
        UniqueConstraint("once"),
        Index("ix_evidence_person_id_kind", "person_id", "kind"),
        Index("ix_evidence_kind_key_person_id", "kind", "key", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(60))
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    valid_until: Mapped[date | None]  # holds to the end of this day in the organisation's zone
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: Nightlight itself
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    facts: Mapped[dict[str, Any]]
    note_hash: Mapped[str | None] = mapped_column(String(64))
    once: Mapped[str | None] = mapped_column(String(120))  # the same form sent twice is one fact

    def as_fact(self) -> Fact:
        """This row as plain data."""
        return Fact(
            id=self.id,
            person_id=self.person_id,
            kind=self.kind,
            key=self.key,
            happened_at=self.happened_at,
            recorded_at=self.recorded_at,
            valid_until=self.valid_until,
            by_person_id=self.by_person_id,
            withdraws_id=self.withdraws_id,
            facts=self.facts,
        )


class EvidenceNote(db.Model):
    """What somebody wrote about a fact. It can be erased: the ledger keeps only a hash, and the salt goes
    with it.
    """

    __tablename__ = "evidence_note"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    text: Mapped[str]
    salt: Mapped[str] = mapped_column(String(32))
