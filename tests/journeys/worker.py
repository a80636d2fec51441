"""The work of a worker, step by step in the process of the test, and the e-mails that it sent."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app import db, settings
from app.jobs import scheduled_jobs
from app.outbox.sending import send_due
from tests.conftest import clock_at


def work_at(instant: datetime) -> None:
    """Run every job that is due at this instant, and send every e-mail."""
    with clock_at(instant):
        scheduled_jobs.run_due()
        send_due()
    db.session.rollback()


def emails_to(address: str) -> list[EmailMessage]:
    """Every e-mail that was sent to an address until now, the oldest first."""
    folder = Path(settings.current().mail_url.removeprefix("file:"))
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    read = (message_from_bytes(each.read_bytes(), _class=EmailMessage, policy=policy.default) for each in files)
    return [email for email in read if address in email["To"]]


def subjects_to(address: str) -> list[str]:
    """The subject of every e-mail that was sent to an address until now, the oldest first."""
    return [str(email["Subject"]).strip() for email in emails_to(address)]
