"""Drafts of courses: one for each course, parts with revisions, questions added in bulk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app import db
from app.people.models import Person
from app.refusals import Conflict, Invalid
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_small
from training import catalogue
from training.authoring import beginning, checking, drafts, part_forms
from training.authoring.drafts import SavedMeanwhile
from training.authoring.models import CourseDraft, DraftPart, PartKind
from training.pack import Pack, Question, Quiz


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable")


@pytest.fixture
def pack(app: Flask, tmp_path: Path) -> Pack:
    """A small course, installed."""
    return install_small(tmp_path / "kindness")


def begun(by: Person) -> int:
    with db.writing():
        return beginning.begin_from_installed("kindness", by=by, now=NOW).id


def only(draft_id: int, kind: PartKind) -> DraftPart:
    return next(part for part in drafts.parts_of(draft_id) if part.kind == kind)


def save(part: DraftPart, text: str, *, seen: int, by: Person, minutes: int = 0) -> int:
    with db.writing():
        now = NOW + timedelta(minutes=minutes)
        return drafts.save(part.draft_id, part.id, text, seen=seen, by=by, now=now).revision


def test_a_draft_of_an_installed_course_is_that_course(pack: Pack, wren: Person) -> None:
    read = checking.checked(drafts.written(drafts.parts_of(begun(wren))))
    assert [fault.field for fault in read.faults] == ["what"], "it has yet to say what it changes"


def test_a_course_has_one_draft_at_a_time(pack: Pack, wren: Person, sable: Person) -> None:
    first = begun(wren)
    with pytest.raises(Conflict, match="writing this course already"):
        begun(sable)
    with db.writing():
        beginning.put_away(first, by=wren, now=NOW)
    second = begun(sable)
    with pytest.raises(Conflict, match="writing this course already"), db.writing():
        beginning.bring_back(first, by=wren, now=NOW)
    with db.writing():
        beginning.put_away(second, by=sable, now=NOW)
        beginning.bring_back(first, by=wren, now=NOW)
    assert [each.id for each in drafts.open_drafts()] == [first]


def test_the_second_author_is_told_and_what_stood_before_is_kept(pack: Pack, wren: Person, sable: Person) -> None:
    part = only(begun(wren), PartKind.TO_KEEP) if pack.to_keep else only(begun(wren), PartKind.LESSON)
    first = part.text
    assert save(part, "mine", seen=1, by=sable) == 2
    with pytest.raises(SavedMeanwhile) as refused:
        save(part, "and mine", seen=1, by=wren)
    assert refused.value.saved_by == "Sable"
    assert save(part, "mine", seen=1, by=wren) == 2, "the same text sent again is no conflict"
    assert save(part, "and mine", seen=2, by=wren) == 3
    kept = [(earlier.revision, earlier.text, who) for earlier, who in drafts.earlier_texts(part.id)]
    assert kept == [(2, "mine", "Sable"), (1, first, "Wren")]


def test_saving_as_one_types_keeps_what_stood_for_a_while(pack: Pack, wren: Person) -> None:
    part = only(begun(wren), PartKind.LESSON)
    for seen, (text, minutes) in enumerate([("a", 0), ("ab", 1), ("abc", 2), ("abcd", 30)], 1):
        save(part, text, seen=seen, by=wren, minutes=minutes)
    assert [earlier.text for earlier, _who in drafts.earlier_texts(part.id)] == ["abc"]


def test_what_is_taken_out_can_be_put_back(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    quiz = only(draft_id, PartKind.QUIZ)
    before = drafts.files_of_draft(draft_id).mark
    with db.writing():
        drafts.remove(draft_id, quiz.id, by=wren, now=NOW)
    assert not [part for part in drafts.parts_of(draft_id) if part.kind in (PartKind.QUIZ, PartKind.QUESTION)]
    with pytest.raises(Conflict, match="was removed while you wrote"):
        save(quiz, "x", seen=1, by=wren)
    with db.writing():
        drafts.bring_back_part(draft_id, quiz.id, by=wren, now=NOW)
    assert drafts.files_of_draft(draft_id).mark == before


def test_units_move_up_and_down(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    lesson = only(draft_id, PartKind.LESSON)
    for up in (False, False, True):
        with db.writing():
            drafts.move(draft_id, lesson.id, up=up, by=wren, now=NOW)
    units = [part.kind.value for part in drafts.parts_of(draft_id) if part.kind in ("lesson", "scenario", "quiz")]
    assert units == ["scenario", "lesson", "quiz"]


def test_questions_are_added_in_bulk_or_not_at_all(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    quiz = next(unit for unit in pack.units if isinstance(unit, Quiz))
    assert drafts.units_called(draft_id, PartKind.QUIZ) == {"quiz": "Questions"}
    new = [question.model_copy(update={"key": f"more-{number}"}) for number, question in enumerate(quiz.questions)]

    def add(questions: list[Question]) -> int:
        with db.writing():
            return len(drafts.add_questions(draft_id, "quiz", questions, by=wren, now=NOW))

    before = drafts.files_of_draft(draft_id).mark
    for spoilt in ({"key": "one"}, {"about": "nowhere"}, {"key": "more-1"}):
        with pytest.raises(Invalid, match=r"two questions are called|no lesson has that slug"):
            add([new[1], new[0].model_copy(update=spoilt)])
    assert drafts.files_of_draft(draft_id).mark == before
    assert add(list(new)) == len(new)
    assert len([part for part in drafts.parts_of(draft_id) if part.kind == PartKind.QUESTION]) == 2 * len(new)


def test_a_draft_takes_no_more_than_the_format_of_packs(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    empty = part_forms.new_values(PartKind.LESSON)
    with db.writing():
        for _ in range(37):
            drafts.add(draft_id, PartKind.LESSON, empty, by=wren, now=NOW)
    with pytest.raises(Conflict, match="room for 40"), db.writing():
        drafts.add(draft_id, PartKind.LESSON, empty, by=wren, now=NOW)
    with pytest.raises(Invalid, match="does not belong there"), db.writing():
        drafts.add(draft_id, PartKind.QUESTION, {}, by=wren, now=NOW)


def test_what_is_published_is_written_no_more(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    part = only(draft_id, PartKind.LESSON)
    newest = catalogue.course_called("kindness")[1]
    with db.writing():
        draft = db.session.get_one(CourseDraft, draft_id)
        draft.published_at, draft.version_id = NOW, newest.id
    with pytest.raises(Conflict, match="never changes"):
        save(part, "x", seen=1, by=wren)
