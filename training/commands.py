"""Commands of training."""

from __future__ import annotations

from pathlib import Path

import click

from app import clock, db, settings
from app.wording import day_in_words, plural
from training import catalogue, signing_keys, unit_kinds, updates
from training.pack_reader import PackHasFaults, read_pack


@click.group("training")
def training_group() -> None:
    """Courses and certificates."""


@training_group.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the pack and change nothing.")
def import_pack(folder: Path, dry_run: bool) -> None:
    """Install a course pack: the whole of it, or none.

    The course that ships with Nightlight is in training/courses/understanding-conflict.
    """
    try:
        pack = read_pack(folder)
    except PackHasFaults as refusal:
        for fault in refusal.faults:
            click.echo(str(fault), err=True)
        count = len(refusal.faults)
        raise click.ClickException(
            f"{count} fault{'s' if count != 1 else ''} in {folder.name}; nothing was installed."
        ) from None
    what = f"“{pack.title}” ({len(pack.units)} steps, about {pack.minutes_of(is_refresher=False)} minutes)"
    estimate = unit_kinds.minutes_of_course(pack)
    if abs(estimate - pack.minutes_of(is_refresher=False)) > estimate / 4:
        click.echo(f"By its words and questions it takes about {estimate} minutes: look at the minutes of each step.")
    effect = updates.effects_of([pack], now=clock.now()).get(pack.code)
    asks = (
        f" It asks {plural(effect.people, 'person', 'people')} for {plural(len(effect.units), 'part')} again, until "
        f"{day_in_words(effect.until)}."
        if effect is not None
        else ""
    )
    if dry_run:
        click.echo(f"{what} is in order and could be installed.{asks}")
        return
    with db.writing():
        version = catalogue.install(pack, by=None, now=clock.now())
        number = version.number
    click.echo(f"{what} is installed as version {number}.{asks}")


@training_group.command("new-key")
def new_key() -> None:
    """Make a new key for signing certificates. Those before it stay published, so old certificates stay valid."""
    key = signing_keys.add(settings.current().keys, now=clock.now())
    click.echo(f"From now on certificates are signed with key {key.kid}.")
