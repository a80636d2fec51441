"""The transcript as a PDF, for a record of continuing professional development."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app import db, settings
from app.people.models import Person
from app.printing import fonts, pdf
from training import certificates
from training.certificate_pdf import learning_time
from training.models import Certificate
from training.transcript import Transcript


def name_on_certificates(person: Person) -> str:
    """The name that readers of certificates know: that of the newest certificate in force, else the display name."""
    newest = (
        select(Certificate.printed_name)
        .where(Certificate.person_id == person.id, certificates.in_force())
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) or person.display_name


def render(found: Transcript, name: str, verify_at: str) -> bytes:
    """The PDF, made out to a name. Takes some tenths of a second: keep it outside any transaction."""
    printable = fonts.printable
    return pdf.printed(
        "certificates/transcript.html",
        "certificates/transcript.css",
        organisation=printable(settings.current().organisation),
        name=name,
        lines=[replace(line, title=printable(line.title), by=printable(line.by)) for line in found.lines],
        minutes=found.minutes,
        today=found.today,
        learning_time=learning_time,
        verify_at=verify_at,
    )
