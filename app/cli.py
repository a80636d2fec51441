"""Commands. Each exits 0 only on success, and prints one clear line on failure."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import audit, clock, db, migrating, settings
from app import demonstration as demonstration
from app import doctor as examination
from app.domain import domains
from app.jobs.worker import POLL_SECONDS, run_worker, stop_signal
from app.outbox.render import link
from app.people import csv_import, directory
from app.people.directory import NewPerson
from app.people.models import Role
from app.people.one_time_links import token_of
from app.refusals import Refusal
from app.settings import ROOT, Settings, SettingsError


def run(create_app: Callable[[Settings], Flask]) -> None:
    """Run the command that was typed, inside the application."""
    # Help is for whoever has not set anything yet.
    given = {"NIGHTLIGHT_ENV": "development"} if "--help" in sys.argv else None
    try:
        app = create_app(Settings.from_environment(given))
    except SettingsError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(1)
    group = click.Group(
        "nightlight", help="Nightlight: train, roster and bring on the people who keep a community safe."
    )
    for domain in domains:
        for command in domain.commands:
            group.add_command(command)
    with app.app_context():
        try:
            group.main(standalone_mode=True)
        except Refusal as refusal:
            click.echo(" ".join(refusal.sentences), err=True)
            sys.exit(1)
        except (OperationalError, ProgrammingError) as error:
            click.echo(f"The database did not take that: {str(error.orig).splitlines()[0]}", err=True)
            sys.exit(1)


@click.command()
def serve() -> None:
    """Serve the pages and work in the background, until stopped."""
    chosen = settings.current()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError:
            raise click.ClickException(
                f"Port {chosen.port} on {chosen.host} is taken. Set NIGHTLIGHT_PORT to another."
            ) from None
    web = [
        str(Path(sys.executable).with_name("gunicorn")),
        "--bind",
        f"{chosen.host}:{chosen.port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "warning",
        "wsgi:create_app()",
    ]
    worker_command = [str(Path(sys.executable).with_name("nightlight")), "worker"]
    both = [subprocess.Popen(command, cwd=ROOT) for command in (web, worker_command)]
    click.echo(f"Nightlight is at {chosen.public_url}. Stop it with Ctrl+C.")
    sys.exit(_mind(both))


def _mind(children: list[subprocess.Popen[bytes]]) -> int:
    """Keep the children together: when one ends, or we are told to, all end. Returns 0 only for a wished end."""
    should_stop = stop_signal()
    while not should_stop() and all(child.poll() is None for child in children):
        time.sleep(POLL_SECONDS)
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children:
        child.wait()
    return 0 if should_stop() else 1


@click.command()
def worker() -> None:
    """Send letters, run recurring jobs and do long work, until stopped."""
    should_stop = stop_signal()
    # An application of its own: this command's app context must not be shared with the worker's threads.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to the app
    run_worker(app, should_stop)


@click.command()
@click.option("--on", "monday", type=click.DateTime(["%Y-%m-%d"]), help="The Monday the published week begins.")
@click.option("--if-empty", is_flag=True, help="When there are people already, only say who can sign in.")
def demo(monday: object, if_empty: bool) -> None:
    """Load the demonstration organisation. Refused in production and where there are people already."""
    day = monday.date() if monday is not None else None  # type: ignore[attr-defined]  # click gives a datetime
    if if_empty and directory.everybody():
        demonstration.print_sign_ins(click.echo)
        db.session.rollback()
        return
    demonstration.load(monday=day, now=clock.now(), say=click.echo)


@click.command()
def doctor() -> None:
    """Say what is missing or unsafe here."""
    findings = examination.findings()
    for finding in findings:
        click.echo(finding, err=True)
    if findings:
        sys.exit(1)
    click.echo("All is well.")


@click.group("db")
def db_group() -> None:
    """The database."""


@db_group.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest shape."""
    migrating.upgrade()
    click.echo("The database is up to date.")


@click.group("people")
def people_group() -> None:
    """The people of the organisation."""


@people_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@click.option("--invite", is_flag=True, help="Send each new person an invitation.")
def import_people(file: Path, dry_run: bool, invite: bool) -> None:
    """Bring in people from a CSV file: all of them, or none."""
    now = clock.now()
    today = clock.on(now, settings.current().zone)
    with db.writing():
        reading = csv_import.read(file.read_bytes(), today=today)
        if not reading.faults and not dry_run:
            csv_import.add_people(reading, invite=invite, by=None, today=today, now=now)
    for fault in reading.faults:
        place = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
        click.echo(f"{file.name}, {place}: {fault.sentence}", err=True)
    if reading.faults:
        raise click.ClickException(f"{len(reading.faults)} faults; nobody was imported.")
    verb = "would be imported" if dry_run else "imported"
    click.echo(f"{len(reading.new)} people {verb}, {len(reading.known)} were here already.")


@people_group.command("add")
@click.option("--name", required=True, help="The display name.")
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
def add_person(name: str, email: str, roles: tuple[str, ...]) -> None:
    """Give somebody an account, and print a one-time link with which they choose a password."""
    now = clock.now()
    today = clock.on(now, settings.current().zone)
    with db.writing():
        new = NewPerson(name, email, roles=tuple(Role(role) for role in roles))
        person = directory.add(new, by=None, today=today, now=now)
        address = link("people.welcome", token=token_of(directory.invite(person, by=None, now=now)))
    click.echo(f"{name} has an account. This link works once, for 14 days:\n{address}")


@click.group("audit")
def audit_group() -> None:
    """The audit trail."""


@audit_group.command("verify")
def verify() -> None:
    """Check that no line of the audit trail was changed, moved or taken out."""
    broken = list(audit.broken_lines())
    for line in broken:
        click.echo(f"Broken: {line.why}.", err=True)
    if broken:
        sys.exit(1)
    click.echo(f"{audit.count_lines()} lines, unbroken.")
