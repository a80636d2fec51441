"""A draft as its pages show it: what its parts are called, and what is to be mended first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.times import NOW
from training.authoring import beginning, drafts, part_forms
from training.authoring.models import PartKind
from training.authoring.outline import outline_of

Added = Callable[..., int]


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", roles=(Role.TRAINER,))


@pytest.fixture
def draft_id(wren: Person) -> int:
    """A new course with nothing in it."""
    with db.writing():
        return beginning.begin_new("Being kind", by=wren, now=NOW).id


@pytest.fixture
def add(wren: Person, draft_id: int) -> Added:
    """Add an empty part; its id."""

    def adding(kind: PartKind, sub_kind: str = "", within: int | None = None) -> int:
        with db.writing():
            values = part_forms.new_values(kind, sub_kind)
            return drafts.add(draft_id, kind, values, parent_id=within, by=wren, now=NOW).id

    return adding


def test_a_part_without_words_is_called_by_its_kind_and_number(draft_id: int, add: Added) -> None:
    lesson, story = add(PartKind.LESSON), add(PartKind.SCENARIO)
    exercises = [add(PartKind.EXERCISE, "spot", lesson) for _ in range(2)]
    scene = add(PartKind.STEP, within=story)
    outline = outline_of(draft_id)
    assert outline.label(lesson) == "Lesson without a title"
    assert [outline.label(each) for each in exercises] == ["Exercise 1", "Exercise 2"]
    assert outline.label(scene) == "Scene 1"
    assert {line.where for line in outline.faults(of=scene)} == {"Scene 1 of “Story without a title”"}


def test_what_is_to_mend_on_the_page_of_a_part_begins_with_that_part(draft_id: int, add: Added) -> None:
    lesson = add(PartKind.LESSON)
    exercise = add(PartKind.EXERCISE, "order", lesson)
    groups = outline_of(draft_id).fault_groups(exercise)
    assert groups.here is not None
    assert {line.part_id for line in groups.here.lines} == {exercise}
    assert [group.title for group in groups.others] == ["About the course", "Lesson without a title"]
    assert groups.here.count + groups.in_others == len(outline_of(draft_id).faults())


def test_a_page_lists_no_more_than_it_has_room_for_and_says_how_many_there_are(draft_id: int, add: Added) -> None:
    quiz = add(PartKind.QUIZ)
    for _ in range(15):
        add(PartKind.QUESTION, "single", quiz)
    groups = outline_of(draft_id).fault_groups()
    assert sum(len(group.lines) for group in groups.others) == 60
    assert groups.in_others == len(outline_of(draft_id).faults()) > 60


def test_a_new_scene_has_only_faults_that_its_author_can_mend(draft_id: int, add: Added) -> None:
    scene = add(PartKind.STEP, within=add(PartKind.SCENARIO))
    sentences = {line.sentence for line in outline_of(draft_id).faults(of=scene)}
    assert sentences
    assert not [sentence for sentence in sentences if "key" in sentence]


def test_everything_to_mend_has_a_link_to_where_it_is_mended(
    draft_id: int, wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, wren)
    address = f"/write-courses/{draft_id}"
    page = client.get(address).text
    assert page.count(">Mend it<") == len(outline_of(draft_id).faults())
    assert f'href="{address}#units"' in page, "a course without units is mended in its outline"
