"""The core's commands. Each exits 0 only on success, and prints one clear line on failure."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import audit, clock, db, demonstration, migrating, settings
from app import doctor as installation_checks
from app.backup import making, restoring
from app.domain import domains
from app.files import checking
from app.jobs import serving
from app.jobs.worker import run_worker, stop_signal
from app.outbox.render import link
from app.outbox.table import table
from app.people import csv_import, directory
from app.people.csv_import import PeopleFile
from app.people.directory import NewPerson
from app.people.models import Role
from app.people.one_time_links import token_of
from app.refusals import Refusal
from app.settings import Settings, SettingsError
from app.trail import verification
from app.wording import plural


def run(create_app: Callable[[Settings], Flask]) -> None:
    """Run the command that was typed, inside the application."""
    # --help works before anything is configured.
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
            click.echo(f"The database refused that: {str(error.orig).splitlines()[0]}", err=True)
            sys.exit(1)
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"{error.filename}: {(error.strerror or str(error)).lower()}.", err=True)
            sys.exit(1)


@click.command()
def serve() -> None:
    """Run the web server and a worker, until stopped."""
    _check_schema()
    chosen = settings.started_with()
    should_stop = stop_signal()
    if not serving.wait_for_port(chosen.host, chosen.port):
        raise click.ClickException(f"Port {chosen.port} on {chosen.host} is taken. Set NIGHTLIGHT_PORT to another.")
    children = serving.start_children(chosen)
    click.echo(f"Nightlight is at {chosen.public_url}. Stop it with Ctrl+C.")
    sys.exit(serving.supervise(children, should_stop))


@click.command()
def worker() -> None:
    """Send e-mail and run scheduled jobs and long tasks, until stopped."""
    _check_schema()
    should_stop = stop_signal()
    # The application itself, because the worker's threads cannot use this command's proxy.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to the app
    run_worker(app, should_stop)


def _check_schema() -> None:
    """Refuse to start on a database that this version cannot work with."""
    schema = migrating.schema()
    if schema is not migrating.Schema.CURRENT:
        raise click.ClickException(schema.value)


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
    """List what is missing or unsafe in this installation."""
    findings = installation_checks.findings()
    for figure in installation_checks.figures():
        click.echo(figure)
    for finding in findings:
        click.echo(finding, err=True)
    if findings:
        sys.exit(1)
    click.echo("All is well.")


@click.command()
def notices() -> None:
    """Print the table of every notice, as docs/notices.md holds it."""
    click.echo(table(), nl=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keep-days", type=click.IntRange(min=1), help="In a folder: remove backups older than this many days.")
def backup(file: Path, keep_days: int | None) -> None:
    """Write a backup to FILE, or into a folder under a name made from the time. Nightlight goes on meanwhile."""
    now = clock.now()
    made = making.back_up(file, now=now)
    click.echo(f"{made}: {made.stat().st_size / 1_000_000:.1f} MB.")
    if keep_days is not None and file.is_dir():
        removed = making.remove_older(file, than=timedelta(days=keep_days), now=now)
        click.echo(f"{len(removed)} older backups removed.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move aside the database that is there, instead of refusing.")
def restore(file: Path, replace: bool) -> None:
    """Restore the backup FILE into the place that the settings name. Stop Nightlight before."""
    done = restoring.restore(file, replace=replace, now=clock.now())
    click.echo(f"Restored as of {done.made_at:%d %B %Y, %H:%M} UTC: {done.people} people.")
    click.echo("Everybody signs in again, and open one-time links have ended. Send new invitations where needed.")
    if done.kept_back:
        click.echo(
            f"E-mails that waited in the backup and are not sent, as they may have been since: {done.kept_back}."
        )
    for place in done.moved_aside:
        click.echo(f"What was there before is kept as {place}.")
    findings = list(verification.check())
    for finding in findings:
        click.echo(f"Audit trail broken: {finding}", err=True)
    if findings:
        sys.exit(1)
    click.echo("The audit trail is whole. Now run: nightlight doctor")


@click.group("db")
def db_group() -> None:
    """The database."""


@db_group.command("upgrade")
def upgrade() -> None:
    """Run all outstanding migrations."""
    if migrating.schema() is migrating.Schema.NEWER:
        raise click.ClickException(migrating.Schema.NEWER.value)
    migrating.upgrade()
    click.echo("The database is up to date.")


@click.group("people")
def people_group() -> None:
    """The people of the organisation."""


@people_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@click.option("--invite", is_flag=True, help="Send each new person an invitation.")
@click.option(
    "--leave-out", multiple=True, metavar="HEADING", help="Pass over this column; may be given several times."
)
def import_people(file: Path, dry_run: bool, invite: bool, leave_out: tuple[str, ...]) -> None:
    """Import people from a CSV file: all of them, or none."""
    now = clock.now()
    today = clock.on(now, settings.current().zone)
    with file.open("rb") as opened:
        raw = opened.read(csv_import.MAX_BYTES + 1)
    if dry_run:
        people = csv_import.read(raw, today=today, leave_out=leave_out)
        db.session.rollback()
    else:
        with db.writing():
            people = csv_import.read(raw, today=today, leave_out=leave_out)
            if people.may_be_imported:
                csv_import.add_people(people, invite=invite, by=None, today=today, now=now)
    _report_import(file.name, people, "would be imported" if dry_run else "imported")


def _report_import(name: str, people: PeopleFile, verb: str) -> None:
    """Say what an import did or would do; exit with an error where nobody was imported."""
    for note in people.notes:
        click.echo(f"{name}: {note}")
    for row in people.rows:
        for note in row.notes:
            click.echo(f"{name}, line {row.line}: {note}")
    for fault in people.faults:
        place = f"line {fault.line}" + (f", {fault.heading}" if fault.heading else "")
        click.echo(f"{name}, {place}: {fault.sentence}", err=True)
    if people.not_taken:
        click.echo(
            f"{name}: there is no place for the columns {', '.join(people.not_taken)}.", err=bool(people.undecided)
        )
    if people.faults:
        raise click.ClickException(f"{plural(len(people.faults), 'fault')}; nobody was imported.")
    if people.undecided:
        options = " ".join(f"--leave-out {shlex.quote(heading)}" for heading in people.undecided)
        raise click.ClickException(f"Nobody was imported. Remove these columns, or pass over them with {options}.")
    click.echo(f"{len(people.new)} people {verb}, {len(people.known)} were here already.")


@people_group.command("add")
@click.option("--name", required=True, help="The display name.")
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
def add_person(name: str, email: str, roles: tuple[str, ...]) -> None:
    """Create an account, and print a one-time link with which its person chooses a password."""
    now = clock.now()
    today = clock.on(now, settings.current().zone)
    with db.writing():
        new = NewPerson(name, email, roles=tuple(Role(role) for role in roles))
        person = directory.add(new, by=None, today=today, now=now)
        address = link("people.welcome", token=token_of(directory.invite(person, by=None, now=now)))
    click.echo(f"{person.display_name} has an account. This link works once, for 14 days:\n{address}")


@click.group("audit")
def audit_group() -> None:
    """The audit trail."""


@audit_group.command("verify")
def verify() -> None:
    """Check that nothing in the audit trail, and no row that it vouches for, was changed around Nightlight.

    If all is well, writes the number and hash of the last line to the key folder.
    """
    findings = list(verification.check())
    for finding in findings:
        click.echo(f"Broken: {finding}", err=True)
    if findings:
        sys.exit(1)
    verification.write_head(now=clock.now())
    click.echo(f"{audit.count_lines()} lines, unbroken.")


@click.group("files")
def files_group() -> None:
    """The files that people gave."""


@files_group.command("unknown")
@click.option("--remove", is_flag=True, help="Remove them, instead of listing them only.")
def unknown_files(remove: bool) -> None:
    """List the files in the store that belong to nothing in the database, as after the restore of an older backup."""
    now = clock.now()
    found = checking.without_row(now)
    for path in found:
        click.echo(str(path))
    if remove:
        checking.remove(found, now=now)
    click.echo(f"{plural(len(found), 'file')}{' removed' if remove else ''}.")
