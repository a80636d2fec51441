"""The letters of training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import db
from app.outbox.notice import Notice
from training.models import Certificate, Completion, CourseVersion


@dataclass(frozen=True)
class CertificateIssued(Notice):
    """Somebody passed a course, and their certificate is ready."""

    kind: ClassVar[str] = "certificate-issued"
    certificate_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        certificate = self._present()
        completion = db.session.get_one(Completion, certificate.completion_id)
        version = db.session.get_one(CourseVersion, completion.course_version_id)
        return {"certificate": certificate, "completion": completion, "title": version.title}

    def _present(self) -> Certificate:
        """The certificate that stands today: its holder may have changed the name on it in the meantime."""
        issued = db.session.get_one(Certificate, self.certificate_id)
        if issued.replaced_at is None:
            return issued
        return db.session.scalars(
            select(Certificate).where(
                Certificate.completion_id == issued.completion_id, Certificate.replaced_at.is_(None)
            )
        ).one()
