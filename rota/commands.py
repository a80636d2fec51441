"""The rota's commands."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click

from app import clock, db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from rota.planning import proposals
from rota.scheduling import case_export
from rota.scheduling.roster_json import roster_from_json
from rota.store.seats import get_rota


@click.group("rota")
def rota_commands() -> None:
    """Plan rotas."""


@rota_commands.command("propose")
@click.option("--rota", "rota_id", type=int, required=True, help="The number of the rota, as in its address.")
def propose(rota_id: int) -> None:
    """Work out a proposal for a rota's draft, here and now."""
    with db.writing():
        task_id = proposals.ask(get_rota(rota_id), by=None, now=clock.now()).id
    click.echo(f"Working out a proposal; this takes {proposals.SECONDS} seconds at most.")
    # A worker may be quicker than we are, or have older work to do first; either way, the row says how it went.
    while tasks.run_next() not in (task_id, None):
        pass
    db.session.expire_all()
    task = db.session.get_one(Task, task_id)
    if task.state == TaskState.FAILED:
        raise click.ClickException(task.error or "The proposal failed.")
    if not task.is_over:
        click.echo("A worker has taken it. See how far it is on the rota's page.")
        return
    figures = proposals.progress_figures(task)
    click.echo(
        f"{figures['filled']} of {figures['seats']} seats filled; no rota can fill more than {figures['bound']}. "
        "It is in the draft; nothing is published."
    )


@rota_commands.command("export-case")
@click.option("--rota", "rota_id", type=int, required=True, help="The number of the rota, as in its address.")
@click.option("--week", "monday", type=click.DateTime(["%Y-%m-%d"]), help="Only the week of this day.")
@click.option("--with-names", is_flag=True, help="Keep names and ids, to find people again. Do not share that file.")
def export_case(rota_id: int, monday: datetime | None, with_names: bool) -> None:
    """Print a rota, with its draft, as a test case of the engine: JSON without names, birth dates or pairs."""
    prepared = proposals.prepare({"rota_id": rota_id, "seconds": proposals.SECONDS}, clock.now())
    roster = roster_from_json(prepared["roster"])
    if monday is not None:
        roster = case_export.of_week(roster, monday.date() - timedelta(days=monday.weekday()))
    if not roster.shifts:
        raise click.ClickException(
            "No shift of this rota is still to come in that time, so there is nothing to export."
        )
    roster = case_export.without_pairs(case_export.without_birth_dates(roster))
    if not with_names:
        roster = case_export.without_names(roster)
    case = case_export.as_case(roster, words="Say here what makes this hard, and what should come out.")
    click.echo(json.dumps(case, indent=1, ensure_ascii=False))
