"""Slots that a course must not be taught without: staff see what is empty, learners read general advice meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import db
from app.first_steps.overview import overview
from app.first_steps.steps import StepState
from app.organisation import changing
from app.people.models import Person, Role
from tests.app.organisation.test_changing import TEXTS
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import COURSE, LESSON_TO_DO, TO_KEEP, write_pack
from tests.training.reading import Reader
from training import catalogue, needed_slots
from training.pack_reader import read_pack


@pytest.fixture(autouse=True)
def course(people: People, tmp_path: Path) -> None:
    folder = write_pack(tmp_path, course=f"{COURSE}needs: [safeguarding-lead, on-call]\n", why=LESSON_TO_DO)
    (folder / "to-keep.md").write_text(TO_KEEP)
    with db.writing():
        catalogue.install(read_pack(folder), by=None, now=NOW)


@pytest.fixture
def merle(people: People) -> Person:
    return people.person("Merle", roles=(Role.ADMIN,))


def fill(by: Person) -> None:
    with db.writing():
        changing.write_texts(TEXTS, seen=0, by=by.id, now=NOW)


def test_staff_see_what_is_empty_with_the_button_that_fills_it(
    client: FlaskClient, merle: Person, sign_in: SignIn
) -> None:
    reader = Reader(sign_in(client, merle)).open("/learning/courses")
    assert "Not said yet Safeguarding lead, Out of hours." in reader.text
    reader.follow("Say it for Being kind")
    assert reader.address == "/admin/organisation/support"
    fill(merle)
    assert "Not said yet" not in reader.open("/learning/courses").text
    assert needed_slots.not_said() == {}


def test_a_trainer_reads_whom_to_ask(client: FlaskClient, people: People, merle: Person, sign_in: SignIn) -> None:
    reader = Reader(sign_in(client, people.person("Teasel", roles=(Role.TRAINER,)))).open("/learning/courses")
    assert "You can ask an administrator (Merle) to fill it in." in reader.text
    assert "Say it" not in reader.text


def test_first_steps_say_which_course_needs_what_until_it_is_said(merle: Person) -> None:
    def step() -> tuple[StepState, str]:
        found = next(each for each in overview(NOW).steps if each.step.key == "course-slots")
        return found.standing.state, found.standing.words

    state, words = step()
    assert state is StepState.OPEN
    assert words.startswith("“Being kind” needs Safeguarding lead, Out of hours.")
    fill(merle)
    assert step()[0] is StepState.DONE


def test_learners_read_general_advice_until_the_organisation_says_its_own(
    client: FlaskClient, people: People, merle: Person, sign_in: SignIn
) -> None:
    reader = Reader(sign_in(client, people.person("Wren")))
    reader.open("/learning").follow("Have a look").press("Start the course")
    assert "Tell any member of staff, or the person on call, now." in reader.text
    fill(merle)
    reader.open("/learning/kindness/why")
    assert "Sable Kane" in reader.text
    assert "7946" in reader.text
    assert "Tell any member of staff" not in reader.text


def test_the_page_to_keep_is_open_from_the_course_and_from_its_last_lesson(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    reader = Reader(sign_in(client, people.person("Wren")))
    reader.open("/learning/kindness").follow("The page to keep")
    assert (reader.address, reader.heading) == ("/learning/kindness/to-keep", "Being kind")
    assert "Safeguarding lead" in reader.text
    reader.open("/learning/kindness").press("Start the course")
    assert reader.follow("the page to keep").heading == "Being kind"


def test_a_course_without_a_page_to_keep_says_so(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    (tmp_path / "to-keep.md").unlink()
    with db.writing():
        catalogue.install(read_pack(tmp_path), by=None, now=NOW)
    reader = Reader(sign_in(client, people.person("Wren"))).open("/learning/kindness/to-keep")
    assert reader.status == 404
    assert "The page to keep" not in reader.open("/learning/kindness").text
