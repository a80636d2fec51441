"""The table of the file store: one row for each file that somebody gave, or that was made for somebody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.files.kinds import FileKind
from app.trail.seals import sealed


@sealed("sha256", "kind", "size", "purpose", "uploaded_by_id", "uploaded_at")
class StoredFile(db.Model):
    """One file, by the SHA-256 of its content, under which it lies in the folder. Two rows may share one content.

    An erased row stays, for what refers to it; the content is gone once no row that is not erased has its hash.
    """

    __tablename__ = "stored_file"
    __table_args__ = (db.one_of("kind", FileKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[FileKind]
    size: Mapped[int]  # bytes
    purpose: Mapped[str] = mapped_column(String(40))  # a code of the domain that keeps it
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    keep_until: Mapped[datetime | None]  # erased by a job from then on; None: until somebody erases it
    erased_at: Mapped[datetime | None]
