"""The installed courses and their versions."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.people.models import Person
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, shipped
from training import catalogue, course_status, learning
from training.models import CourseVersion

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    return people.person("Wren")


def count(model: type[db.Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def begin(person: Person) -> None:
    with db.writing():
        learning.start("conflict", by=person, now=NOW)


def test_who_has_begun_keeps_the_version_they_began_and_others_get_the_new_one(wren: Person, people: People) -> None:
    begin(wren)
    old = shipped()
    with db.writing():
        changed = old.model_copy(update={"title": "Understanding quarrels"})
        assert catalogue.install(changed, by=None, now=NOW).number == 2
    rook = people.person("Rook")
    begin(rook)
    assert learning.progress_in(wren, "conflict", now=NOW).pack.title == "Understanding conflict"
    assert learning.progress_in(rook, "conflict", now=NOW).pack.title == "Understanding quarrels"
    assert course_status.status_in(wren.id, "conflict", now=NOW).pack.title == "Understanding conflict"


def test_installing_the_same_words_again_adds_nothing(wren: Person) -> None:
    with db.writing():
        assert catalogue.install(shipped(), by=None, now=NOW).number == 1
    assert count(CourseVersion) == 1


def test_the_requirement_names_the_course_once_it_is_installed(app: Flask) -> None:
    assert catalogue.requirement_words("conflict", NOW) is None
    install_shipped()
    words = catalogue.requirement_words("conflict", NOW)
    assert words is not None
    assert (words.title, words.href) == ("Understanding conflict", "/learning/conflict")
