"""Checks of an installation: what is missing or unsafe, one sentence each, with what to do about it.

Each check is a function that returns sentences, so that each can be tested by itself. Checks that only make sense for
people's real data are for production alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import clock, db, migrating, settings
from app.audit import AuditLine
from app.domain import domains
from app.health import host, upkeep, watching
from app.jobs import heartbeats
from app.outbox import bounces, undelivered
from app.outbox.health import mail_state
from app.outbox.mail_transports import TransportFault, mail_transport
from app.outbox.wording import words_of
from app.pages import assets
from app.people.models import CLOSED, Person, Role, RoleGrant
from app.settings import DEFAULT_ORGANISATION
from app.wording import plural

BACKUP_AT_LEAST = timedelta(days=1)


def findings() -> list[str]:
    """Everything that needs to be put right; empty when all is well."""
    return [*_about_settings(), *_about_files(), *_about_mail(), *_about_the_database()]


def figures() -> list[str]:
    """What is queued, late and failed, whom no e-mail reaches, and when each worker was last heard; no faults."""
    try:
        if migrating.schema() is not migrating.Schema.CURRENT:
            return []
        now = clock.now()
        queued, failed = undelivered.queued_and_failed(now)
        mail = mail_state(now)
        late, bouncing = mail.overdue if mail.is_late else 0, len(bounces.unreachable(now))
        workers = [
            f"{each.name} {(now - each.beat_at) // timedelta(seconds=1)} s ago"
            for each in heartbeats.latest(watching.SHOWN_WORKERS)
        ]
        return [
            f"E-mails: {queued} queued, {late} late, {failed} failed in the last day. "
            f"Nothing reaches {plural(bouncing, 'person', 'people')}.",
            f"Workers last heard: {', '.join(workers) or 'none'}.",
        ]
    except SQLAlchemyError:
        return []
    finally:
        db.session.rollback()


def _about_settings() -> list[str]:
    current, found = settings.started_with(), []
    if not current.is_production:
        return []
    if not current.is_https:
        found.append("NIGHTLIGHT_PUBLIC_URL begins with http://, so passwords travel unprotected. Use https://.")
    if current.heartbeat_url.startswith("http://") and not _is_loopback(current.heartbeat_url):
        found.append("NIGHTLIGHT_HEARTBEAT_URL begins with http://, so others can read it and pretend. Use https://.")
    return found


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def _about_files() -> list[str]:
    current, found = settings.started_with(), []
    if not (assets.BUILT / "manifest.json").exists():
        found.append("The pages' style and scripts are not built. Run: ./run assets")
    for path in host.readable_by_others(current):
        mode = "700" if path.is_dir() else "600"
        what = "the key folder " if path == current.keys else ""
        found.append(f"Others can read {what}{path}. Run: chmod {mode} {path}")
    for what, folder in (("key folder", current.keys), ("folder of files", current.files)):
        if not os.access(folder if folder.exists() else folder.parent, os.W_OK):
            found.append(f"The {what} {folder} cannot be written.")
    if current.sqlite_file is not None and (kind := host.network_file_system(current.sqlite_file)):
        found.append(
            f"The SQLite database is on a network file system ({kind}), where its locks do not hold and it can be "
            "damaged. Move it to a local disk, or use PostgreSQL."
        )
    return found + [trouble.words for trouble in host.full_disks(current)]


def _about_mail() -> list[str]:
    parts = urlsplit(settings.started_with().mail_url)
    if parts.scheme == "file":
        if settings.started_with().is_production:
            return ["E-mails go to files, not to people. Set NIGHTLIGHT_MAIL_URL to an smtp:// address."]
        return []
    try:
        with mail_transport(settings.started_with().mail_url) as transport:
            transport.check()
    except TransportFault as fault:
        return [f"E-mails do not get out. {words_of(fault.code)}"]
    return []


def _about_the_database() -> list[str]:
    try:
        schema = migrating.schema()
        if schema is not migrating.Schema.CURRENT:
            return [schema.value]
        now = clock.now()
        checks: list[Callable[[datetime], list[str]]] = [_organisation, _administrators, _workers, _backups, _clock]
        found = [sentence for check in checks for sentence in check(now)]
        return found + [
            sentence for domain in domains for check in domain.installation_checks for sentence in check(now)
        ]
    except SQLAlchemyError as error:
        return [f"The database does not answer: {type(error).__name__}."]
    finally:
        db.session.rollback()


def _organisation(_now: datetime) -> list[str]:
    if not settings.started_with().is_production or settings.current().organisation != DEFAULT_ORGANISATION:
        return []
    return [
        "NIGHTLIGHT_ORGANISATION is not set, and no administrator has given a name under First steps, so pages and "
        "e-mails name the demonstration’s organisation."
    ]


def _administrators(now: datetime) -> list[str]:
    today = clock.on(now, settings.current().zone)
    admins = db.session.scalar(
        select(func.count())
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ADMIN,
            Person.state.not_in(CLOSED),
            (RoleGrant.ends_on.is_(None)) | (RoleGrant.ends_on >= today),
        )
    )
    if admins:
        return []
    return ["There is no administrator. Run: nightlight people add --name NAME --email ADDRESS --role admin"]


def _workers(now: datetime) -> list[str]:
    """What the workers see; outside production none need run, so that only what one has seen is told."""
    is_expected = settings.started_with().is_production or heartbeats.is_any_worker_running(now)
    return [f"{each.words} {each.advice}".strip() for each in watching.known(now)] if is_expected else []


def _backups(now: datetime) -> list[str]:
    if not settings.started_with().is_production:
        return []
    last = upkeep.last(upkeep.Work.BACKUP)
    if last is not None and now - last < BACKUP_AT_LEAST:
        return []
    when = "never" if last is None else f"last on {last:%d %B %Y}"
    return [f"There is no backup of the last day ({when}). Run each night, or more often: nightlight backup FILE"]


def _clock(now: datetime) -> list[str]:
    newest = db.session.scalar(select(func.max(AuditLine.at)))
    found = host.clock_against_database(now)
    if newest is not None and newest - now > host.LARGEST_CLOCK_ERROR:
        found += host.clock_trouble(now - newest, "the newest line of the audit trail")
    return [f"{trouble.words} {trouble.advice}" for trouble in found]
