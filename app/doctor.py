"""Looking over an installation: what is missing or unsafe, a sentence each."""

from __future__ import annotations

import os
import smtplib
import socket
import stat
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import clock, db, migrating, settings
from app.jobs.models import WorkerBeat
from app.pages import assets
from app.people.models import Person, PersonState, Role, RoleGrant

WORKER_IS_LATE = timedelta(minutes=5)


def findings() -> list[str]:
    """Everything that wants mending; an empty list means all is well."""
    return [*_database(), *_files(), *_mail()]


def _database() -> list[str]:
    try:
        if not migrating.is_up_to_date():
            return ["The database is not up to date. Run: nightlight db upgrade"]
        found = []
        today = clock.on(clock.now(), settings.current().zone)
        admins = db.session.scalar(
            select(func.count())
            .select_from(RoleGrant)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(
                RoleGrant.role == Role.ADMIN,
                Person.state != PersonState.SUSPENDED,
                (RoleGrant.ends_on.is_(None)) | (RoleGrant.ends_on >= today),
            )
        )
        if not admins:
            found.append(
                "There is no administrator. Run: nightlight people add --name NAME --email ADDRESS --role admin"
            )
        last = db.session.scalar(select(func.max(WorkerBeat.beat_at)))
        if settings.current().is_production and (last is None or clock.now() - last > WORKER_IS_LATE):
            found.append("No worker has turned in the last five minutes. Start one: nightlight worker")
        return found
    except SQLAlchemyError as error:
        return [f"The database does not answer: {type(error).__name__}."]
    finally:
        db.session.rollback()


def _files() -> list[str]:
    found = []
    if not (assets.BUILT / "manifest.json").exists():
        found.append("The pages' style and scripts are not built. Run: ./run assets")
    keys = settings.current().keys
    if keys.exists() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        found.append(f"Others can read the key folder {keys}. Run: chmod 700 {keys}")
    if not os.access(keys if keys.exists() else keys.parent, os.W_OK):
        found.append(f"The key folder {keys} cannot be written.")
    return found


def _mail() -> list[str]:
    parts = urlsplit(settings.current().mail_url)
    if parts.scheme == "file":
        if settings.current().is_production:
            return ["Letters go to files, not to people. Set NIGHTLIGHT_MAIL_URL to an smtp:// address."]
        return []
    try:
        with smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=5):
            return []
    except (OSError, smtplib.SMTPException, socket.gaierror) as error:
        return [f"The mail server does not answer: {type(error).__name__}."]
