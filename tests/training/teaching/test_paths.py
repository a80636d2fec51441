"""Many people at once are read as each of them is read alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, db, settings
from app.people.models import Person
from progression.evidence import withdraw
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import COURSE, install_shipped, install_small, pass_course
from training import learning
from training.models import Completion
from training.programme.assigning import assign
from training.programme.path import path_of
from training.teaching import paths
from training.teaching.states import Cell, cell_of

MAJOR = "change:\n  kind: major\n  what: Another reason.\n  ask_again: [why]\n  within_days: 30\n"


def alone(person_id: int, now: datetime) -> dict[str, Cell]:
    path = path_of(person_id, now=now)
    every = (*path.dated, *path.begun, *path.needed, *path.free, *path.behind)
    return {each.status.code: cell_of(each) for each in every}


def together(now: datetime) -> dict[int, dict[str, Cell]]:
    ids = list(db.session.scalars(select(Person.id)))
    return {
        one.person_id: {each.status.code: cell_of(each) for each in one.courses} for one in paths.paths_of(ids, now=now)
    }


def same_without_titles(cells: dict[str, Cell]) -> dict[str, tuple[object, ...]]:
    """Somebody in the middle of an older version reads its title."""
    return {code: (cell.state, cell.day, cell.begun) for code, cell in cells.items()}


@pytest.mark.parametrize("days", [0, 400, 700, 1200])
def test_the_demonstration_is_read_the_same_together_as_each_alone(demonstration: Flask, days: int) -> None:
    now = NOW + timedelta(days=days)
    found = together(now)
    assert len(found) > 20
    for person_id, cells in found.items():
        assert same_without_titles(cells) == same_without_titles(alone(person_id, now))


def test_so_are_withdrawn_passes_new_versions_and_what_was_asked_for(people: People, tmp_path: Path) -> None:
    install_shipped()
    install_small(tmp_path)
    wren, teal, moss, tansy = (people.person(name) for name in ("Wren", "Teal", "Moss", "Tansy"))
    for person in (wren, teal):
        pass_course(person, code="kindness")
    pass_course(moss)
    withdrawn = db.session.scalars(select(Completion.evidence_id).where(Completion.person_id == teal.id)).one()
    today = clock.on(NOW, settings.current().zone)
    with db.writing():
        withdraw(withdrawn, why="It was somebody else.", by=tansy.id, now=NOW + timedelta(hours=2))
        learning.start("conflict", by=tansy, now=NOW)
        assign([tansy.id, moss.id, wren.id], "conflict", due_on=today + timedelta(days=9), by=teal, now=NOW)
    install_small(tmp_path, now=NOW + timedelta(days=1), course=COURSE + MAJOR)
    for days in (0, 2, 12, 40, 350, 370):
        now = NOW + timedelta(days=days, hours=3)
        for person_id, cells in together(now).items():
            assert same_without_titles(cells) == same_without_titles(alone(person_id, now)), days
