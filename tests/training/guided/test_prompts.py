"""An e-mail when a part opens: one for each person and part, and none that is not wanted any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import db
from app.outbox.notice import from_row
from app.people.models import Person, Role
from tests.conftest import People
from tests.times import NOW, TODAY
from tests.training.courses import install_shipped
from tests.training.emails import queued, words_of
from tests.training.guided.test_own import begin, read_first_lesson
from training import learning
from training.guided import groups, own
from training.guided.groups import Plan
from training.guided.prompts import prompt_people

WEEK = timedelta(days=7)


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    person = people.person("Wren")
    begin(person)
    return person


def parts_told() -> list[int]:
    return [row.facts["part"] for row in queued("guided-part-open")]


def is_wanted(now: datetime) -> bool:
    (row,) = queued("guided-part-open")
    return from_row(row.kind, row.facts).still_wanted(row.person_id, now)


@pytest.mark.both_databases
def test_there_is_one_e_mail_for_each_part_that_opens_and_none_for_the_one_just_begun(wren: Person) -> None:
    prompt_people(NOW)
    assert parts_told() == []
    for _twice in range(2):
        prompt_people(NOW + WEEK)
    assert parts_told() == [2]
    prompt_people(NOW + 2 * WEEK)
    assert parts_told() == [2, 3]
    subject, text, html = words_of(queued("guided-part-open")[0])
    assert subject == "Part 2 of “Understanding conflict” is open"
    for body in (text, html):
        assert "a part at a time" in body


def test_it_is_not_sent_while_they_pause_nor_once_they_left_or_have_done_the_part(wren: Person) -> None:
    prompt_people(NOW + WEEK)
    assert is_wanted(NOW + WEEK)
    with db.writing():
        own.pause("conflict", None, by=wren, now=NOW + WEEK)
    assert not is_wanted(NOW + WEEK)
    with db.writing():
        own.go_on("conflict", by=wren, now=NOW + WEEK)
    assert is_wanted(NOW + WEEK)
    progress = learning.progress_in(wren, "conflict", now=NOW + WEEK)
    with db.writing():
        learning.complete_unit(progress, progress.pack.units[1].slug, by=wren, now=NOW + WEEK)
    assert not is_wanted(NOW + WEEK)


def test_nobody_is_told_who_pauses_or_has_done_the_part_or_left(wren: Person, people: People) -> None:
    with db.writing():
        own.pause("conflict", None, by=wren, now=NOW)
    prompt_people(NOW + WEEK)
    with db.writing():
        own.go_on("conflict", by=wren, now=NOW)
        own.leave("conflict", by=wren, now=NOW)
    prompt_people(NOW + WEEK)
    assert parts_told() == []


def test_who_comes_late_to_a_group_is_told_of_the_newest_part_alone(people: People) -> None:
    install_shipped()
    teal = people.person("Teal", roles=(Role.TRAINER,))
    people.person("Moss")
    with db.writing():
        group = groups.create("conflict", Plan(teal.id, TODAY - 3 * WEEK, 7), by=teal, now=NOW)
        groups.add(group.id, ["Moss"], by=teal, now=NOW)
    prompt_people(NOW)
    assert parts_told() == [4]
    (row,) = queued("guided-part-open")
    assert "Teal" in words_of(row)[1]


def test_a_part_that_opened_long_ago_is_not_told_any_more(wren: Person) -> None:
    read_first_lesson(wren)
    prompt_people(NOW + timedelta(days=200))
    assert parts_told() == []
