"""Questions of a file go into a quiz of a draft: seen first, each with a name of its own, all of them or none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.refusals import Invalid
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.times import NOW
from tests.training.courses import install_small
from training.authoring import beginning, checking, drafts
from training.authoring.models import DraftPart, PartKind
from training.authoring.taking_questions import questions_for, quiz_numbered, take
from training.question_files.gift import read_gift

GIFT = "::Lamp::On?{T}\n\n::Lamp::Off?{F}\n\n<script>alert(1)</script>Is it on?{=yes ~%50%perhaps ~no}\n\nWrite.{}\n"


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", roles=(Role.TRAINER,))


@pytest.fixture
def quiz(wren: Person, tmp_path: Path) -> DraftPart:
    """The quiz of a draft of the small course."""
    install_small(tmp_path / "kindness")
    with db.writing():
        draft_id = beginning.begin_from_installed("kindness", by=wren, now=NOW).id
    return next(part for part in drafts.parts_of(draft_id) if part.kind == PartKind.QUIZ)


def test_each_question_has_a_name_of_its_own() -> None:
    named = questions_for(read_gift(GIFT).taken, "why", keys=["lamp"])
    assert [each.key for each in named] == ["lamp-2", "lamp-3", "is-it-on"]
    assert {each.about for each in named} == {"why"}


def test_they_are_taken_to_the_end_of_the_quiz_and_the_draft_stays_whole(quiz: DraftPart, wren: Person) -> None:
    with db.writing():
        assert take(quiz.draft_id, quiz, read_gift(GIFT).taken, "why", by=wren, now=NOW) == 3
    parts = drafts.parts_of(quiz.draft_id)
    added = [part for part in parts if part.parent_id == quiz.id][-3:]
    assert drafts.slugs_in(added) == ["lamp", "lamp-2", "is-it-on"]
    faults = checking.checked(drafts.written(parts)).faults
    assert [fault.field for fault in faults] == ["what"], "it has yet to say what it changes"


def test_none_is_taken_where_one_cannot_be(quiz: DraftPart, wren: Person) -> None:
    for taken, lesson in ((read_gift(GIFT).taken, "no-such-lesson"), ((), "why")):
        with pytest.raises(Invalid), db.writing():
            take(quiz.draft_id, quiz, taken, lesson, by=wren, now=NOW)
    lesson_part = next(part for part in drafts.parts_of(quiz.draft_id) if part.kind == PartKind.LESSON)
    with pytest.raises(Invalid):
        quiz_numbered(quiz.draft_id, lesson_part.id)


def test_the_page_shows_what_is_taken_and_what_not_before_it_takes(
    quiz: DraftPart, wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, wren)
    part = f"/write-courses/{quiz.draft_id}/parts/{quiz.id}"
    address = f"{part}/questions-from-a-file"
    assert address in client.get(part).text
    data = {"lesson": "why", "file": (io.BytesIO(GIFT.encode()), "questions.txt"), "look": "y"}
    page = client.post(address, data=data).text
    assert "It is an essay" in page
    assert "“perhaps” gives 50 % in Moodle" in page
    assert "<b>Right:</b>" in page, "each question is shown with its answers"
    assert "<script>alert" not in page
    before = len(drafts.parts_of(quiz.draft_id))
    again = {"lesson": "why", "kept": hidden(page, "kept"), "seen": hidden(page, "seen"), "take": "y"}
    after = client.post(address, data=again, follow_redirects=True)
    assert "3 questions are in the quiz now" in after.text
    db.session.rollback()
    assert len(drafts.parts_of(quiz.draft_id)) == before + 3


def test_the_page_says_why_a_file_cannot_be_read(
    quiz: DraftPart, wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, wren)
    address = f"/write-courses/{quiz.draft_id}/parts/{quiz.id}/questions-from-a-file"
    for raw, why in ((b"<quiz><question>", "it cannot be read in line"), (b"\xff\xfe\x00", "UTF-8")):
        answer = client.post(address, data={"lesson": "why", "file": (io.BytesIO(raw), "x.xml"), "look": "y"})
        assert answer.status_code == 422
        assert why in answer.text
