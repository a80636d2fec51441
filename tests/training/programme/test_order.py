"""The programme: the order of courses, and what comes before what."""

from __future__ import annotations

import pytest
from flask import Flask
from pydantic import ValidationError

from app import db
from app.policies import documents
from app.refusals import Conflict
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import pass_course
from training import catalogue, learning
from training.programme.order import SHIPPED, Programme, courses_not_here, programme_now


def programme(*courses: dict[str, object]) -> Programme:
    return Programme.model_validate({"courses": list(courses)})


def test_courses_have_their_place_and_others_come_last() -> None:
    ours = programme({"code": "one"}, {"code": "two", "after": ["one"]})
    assert [ours.place(code) for code in ("one", "two", "three")] == [0, 1, 2]
    assert ours.before("two") == ("one",)
    assert ours.before("three") == ()


@pytest.mark.parametrize(
    "courses",
    [
        [{"code": "one"}, {"code": "one"}],
        [{"code": "one", "after": ["two"]}, {"code": "two"}],
        [{"code": "one", "after": ["one"]}],
        [{"code": "one", "after": ["nowhere"]}],
    ],
    ids=["named twice", "below it", "itself", "not named"],
)
def test_no_two_courses_can_wait_for_each_other(courses: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        programme(*courses)


def test_the_shipped_programme_names_every_course_that_ships() -> None:
    named = {each.code for each in documents.shipped(Programme, SHIPPED).courses}
    assert named >= {pack.code for pack in catalogue.shipped_packs()}


def test_a_course_cannot_be_begun_before_the_one_it_builds_on(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    with db.writing():
        for code in ("safeguarding", "recognising-risk"):
            catalogue.install(catalogue.shipped_pack(code), by=None, now=NOW)
    with pytest.raises(Conflict, match="builds on “Safeguarding essentials”"), db.writing():
        learning.start("recognising-risk", by=wren, now=NOW)
    pass_course(wren, code="safeguarding")
    with db.writing():
        learning.start("recognising-risk", by=wren, now=NOW)


def test_a_course_that_nobody_installed_holds_nothing_up(app: Flask, people: People) -> None:
    wren = people.person("Wren")
    with db.writing():
        catalogue.install(catalogue.shipped_pack("recognising-risk"), by=None, now=NOW)
        learning.start("recognising-risk", by=wren, now=NOW)
    assert any("“safeguarding”" in doubt for doubt in courses_not_here(programme_now(NOW), NOW))
