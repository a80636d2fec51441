"""The order in which a person's courses come, on Today and under Learning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app import clock, db, settings
from app.people.models import Person
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import pass_course
from training import catalogue, learning
from training.programme.assigning import assign
from training.programme.path import LearningPath, path_of


@pytest.fixture
def wren(app: Flask, people: People) -> Person:
    with db.writing():
        for pack in catalogue.shipped_packs():
            catalogue.install(pack, by=None, now=NOW)
    return people.person("Wren")


def codes(path: LearningPath, group: str) -> list[str]:
    return [each.status.code for each in getattr(path, group)]


def nearest(path: LearningPath) -> str | None:
    return path.nearest.status.code if path.nearest else None


def test_the_programme_orders_what_nobody_has_begun(wren: Person) -> None:
    path = path_of(wren.id, now=NOW)
    together = [*codes(path, "needed"), *codes(path, "free")]
    assert set(together) == {pack.code for pack in catalogue.shipped_packs()}
    assert nearest(path) == "safeguarding"
    waiting = next(each for each in path.free if each.status.code == "recognising-risk")
    assert waiting.first == ("Safeguarding essentials",)


def test_what_is_begun_comes_before_what_is_not_and_a_near_day_before_both(wren: Person, people: People) -> None:
    today = clock.on(NOW, settings.current().zone)
    with db.writing():
        learning.start("personal-information", by=wren, now=NOW)
    assert nearest(path_of(wren.id, now=NOW)) == "personal-information"
    tansy = people.person("Tansy")
    with db.writing():
        assign([wren.id], "conflict", due_on=today + timedelta(days=40), by=tansy, now=NOW)
    assert nearest(path_of(wren.id, now=NOW)) == "personal-information"
    path = path_of(wren.id, now=NOW + timedelta(days=10))
    assert nearest(path) == "conflict"
    assert codes(path, "dated") == ["conflict"]


def test_a_course_that_builds_on_another_is_never_the_nearest(wren: Person, people: People) -> None:
    today = clock.on(NOW, settings.current().zone)
    tansy = people.person("Tansy")
    with db.writing():
        assign([wren.id], "recognising-risk", due_on=today, by=tansy, now=NOW)
    assert nearest(path_of(wren.id, now=NOW)) == "safeguarding"


def test_what_holds_is_behind_and_comes_back_before_it_lapses(wren: Person) -> None:
    pass_course(wren, code="conflict")
    assert "conflict" in codes(path_of(wren.id, now=NOW + timedelta(days=1)), "behind")
    lapses = path_of(wren.id, now=NOW + timedelta(days=365 * 2 - 30))
    assert "conflict" in codes(lapses, "dated") or "conflict" in codes(lapses, "needed")
