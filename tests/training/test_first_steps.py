"""The first step of training: a course that the pathway asks for and that is not here is named."""

from __future__ import annotations

from flask import Flask

from app import db
from app.first_steps.overview import overview
from app.first_steps.steps import StepState
from app.people.models import Person
from app.policies import documents, versions
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped
from training import catalogue


def courses() -> tuple[StepState, str]:
    db.session.rollback()
    db.clear_read_cache()
    found = next(each.standing for each in overview(NOW).steps if each.step.key == "courses")
    return found.state, found.words


def ask_for_another_course(by: Person) -> None:
    kind = versions.kind_named("pathway")
    pathway = documents.shipped(kind.schema, kind.default).model_dump(mode="json")
    pathway["requirements"]["conflict"]["evidence"] = "training:kayaking"
    with db.writing():
        documents.write("pathway", pathway, holds_from=NOW.date(), why="Ours", by=by.id, now=NOW)


def test_courses_count_once_each_that_the_pathway_asks_for_is_here(app: Flask, people: People) -> None:
    tansy = people.person("Tansy")
    assert courses()[0] is StepState.OPEN
    install_shipped()
    assert courses()[0] is StepState.TROUBLE  # the pathway asks for Safeguarding essentials too
    with db.writing():
        catalogue.install(catalogue.shipped_pack("safeguarding"), by=None, now=NOW)
    assert courses()[0] is StepState.DONE
    ask_for_another_course(tansy)
    state, words = courses()
    assert state is StepState.TROUBLE
    assert "so nobody can pass it" in words
