"""Checks of an installation: what is missing or unsafe, one sentence each."""

from __future__ import annotations

import os
import smtplib
import socket
import stat
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import clock, db, migrating, settings
from app.jobs import heartbeats
from app.pages import assets
from app.people.models import Person, PersonState, Role, RoleGrant


def findings() -> list[str]:
    """Everything that needs to be put right; empty when all is well."""
    return [*_database_findings(), *_file_findings(), *_mail_findings()]


def _database_findings() -> list[str]:
    try:
        if not migrating.is_up_to_date():
            return ["The database is not up to date. Run: nightlight db upgrade"]
        findings, now = [], clock.now()
        today = clock.on(now, settings.current().zone)
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
            findings.append(
                "There is no administrator. Run: nightlight people add --name NAME --email ADDRESS --role admin"
            )
        if settings.current().is_production and not heartbeats.is_any_worker_running(now):
            findings.append("No worker has run in the last five minutes. Start one: nightlight worker")
        return findings
    except SQLAlchemyError as error:
        return [f"The database does not answer: {type(error).__name__}."]
    finally:
        db.session.rollback()


def _file_findings() -> list[str]:
    findings = []
    if not (assets.BUILT / "manifest.json").exists():
        findings.append("The pages' style and scripts are not built. Run: ./run assets")
    keys = settings.current().keys
    if keys.exists() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        findings.append(f"Others can read the key folder {keys}. Run: chmod 700 {keys}")
    if not os.access(keys if keys.exists() else keys.parent, os.W_OK):
        findings.append(f"The key folder {keys} cannot be written.")
    return findings


def _mail_findings() -> list[str]:
    parts = urlsplit(settings.current().mail_url)
    if parts.scheme == "file":
        if settings.current().is_production:
            return ["E-mails go to files, not to people. Set NIGHTLIGHT_MAIL_URL to an smtp:// address."]
        return []
    try:
        with smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=5):
            return []
    except (OSError, smtplib.SMTPException, socket.gaierror) as error:
        return [f"The mail server does not answer: {type(error).__name__}."]
