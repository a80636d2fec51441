"""The ledger's tables: facts, which are only added, notes about them, which can be erased, and what is asked again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.takeover.models import TakeoverBatch
from app.trail.seals import sealed
from progression.fact_kinds import FactKind, Recorder
from progression.facts import Fact


def _unless_recorded_by(recorder: Recorder) -> str:
    """SQL that is true for every kind of fact but those that only `recorder` may record.

    The use cases refuse the same in words; these constraints hold where something bypasses them.
    """
    kinds = [f"'{kind.value}'" for kind in FactKind if kind.properties.recorder is recorder]
    return f"kind <> {kinds[0]}" if len(kinds) == 1 else f"kind NOT IN ({', '.join(kinds)})"


@db.append_only
@sealed(
    "person_id",
    "kind",
    "key",
    "happened_at",
    "recorded_at",
    "valid_until",
    "by_person_id",
    "withdraws_id",
    "facts",
    "note_hash",
    "once",
    "takeover_id",
)
class Evidence(db.Model):
    """One fact about one person: codes, dates and ids. A correction is another row, which withdraws it."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(
            f"(kind = '{FactKind.WITHDRAWN.value}') = (withdraws_id IS NOT NULL)", name="a_withdrawal_names_its_fact"
        ),
        CheckConstraint(
            f"{_unless_recorded_by(Recorder.ANOTHER_PERSON)} "
            "OR (by_person_id IS NOT NULL AND by_person_id <> person_id)",
            name="decided_by_somebody_else",
        ),
        CheckConstraint(
            f"{_unless_recorded_by(Recorder.THEMSELVES)} OR takeover_id IS NOT NULL "
            "OR (by_person_id IS NOT NULL AND by_person_id = person_id)",
            name="accepted_by_themselves",
        ),
        CheckConstraint(
            "takeover_id IS NULL OR (by_person_id IS NOT NULL AND by_person_id <> person_id)",
            name="taken_over_by_somebody_else",
        ),
        CheckConstraint("happened_at <= recorded_at", name="happened_before_it_was_recorded"),
        UniqueConstraint("withdraws_id"),  # a fact can be withdrawn once
        UniqueConstraint("once"),
        Index("ix_evidence_person_id_kind", "person_id", "kind"),
        Index("ix_evidence_kind_key_person_id", "kind", "key", "person_id"),
        Index("ix_evidence_takeover_id", "takeover_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # A string and no enumeration: every domain brings kinds of its own, and `evidence.record` refuses unknown ones.
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(60))
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    valid_until: Mapped[date | None]  # holds to the end of this day in the organisation's zone
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: Nightlight itself
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    facts: Mapped[dict[str, Any]]
    note_hash: Mapped[str | None] = mapped_column(String(64))
    once: Mapped[str | None] = mapped_column(String(120))  # idempotency key: the same form, or event, adds one row
    # The batch that took this fact over from the organisation's own records; None for what happened here.
    takeover_id: Mapped[int | None] = mapped_column(ForeignKey(TakeoverBatch.id))

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
            takeover_id=self.takeover_id,
        )


class EvidenceNote(db.Model):
    """What somebody wrote about a fact. It can be erased, with its salt; the ledger then keeps only the hash."""

    __tablename__ = "evidence_note"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    text: Mapped[str]
    salt: Mapped[str] = mapped_column(String(32))


class EvidenceReply(db.Model):
    """What the person answered to a fact that somebody else wrote about them. They can change it, and take it back."""

    __tablename__ = "evidence_reply"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(2000))
    written_at: Mapped[datetime]


@db.append_only
@sealed("kind", "key", "edition", "holds_until", "recorded_at", "by_person_id")
class AskedAgain(db.Model):
    """One decision that what was given for an edition before this one holds only until a day.

    The latest row of an edition counts, so a date can be moved, or the decision taken back: then the day is empty.
    """

    __tablename__ = "asked_again"
    __table_args__ = (CheckConstraint("edition > 0", name="editions_count_from_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(60))
    edition: Mapped[int]  # the new one; see `asked_again.EDITION_IN`
    holds_until: Mapped[date | None]  # the last day on which what was given for older editions holds
    recorded_at: Mapped[datetime]
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: at the command line
