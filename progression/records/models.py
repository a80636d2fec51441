"""What somebody wrote in a reference. It can be erased, and is no note: the person it is about does not read it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from progression.models import Evidence

LONGEST_NAME = 120  # characters
LONGEST_WORDS = 4000  # characters


class ReferenceWords(db.Model):
    """Who gave a reference, and what they said. Those who may see evidence read it, and nobody else."""

    __tablename__ = "reference_words"

    evidence_id: Mapped[int] = mapped_column(ForeignKey(Evidence.id), primary_key=True)
    referee: Mapped[str] = mapped_column(String(LONGEST_NAME))
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
