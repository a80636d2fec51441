"""Publishing a draft: minor and major, what it changes, and that what is published never changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app import db
from app.people.models import Person
from app.refusals import Conflict, Invalid
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_small, pass_course
from training import catalogue
from training.authoring import beginning, drafts, publishing
from training.authoring.models import CourseDraft, PartKind
from training.authoring.pack_text import text_with, values_in
from training.commands import training_group
from training.models import CourseVersion
from training.pack import Pack


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


@pytest.fixture
def pack(app: Flask, tmp_path: Path) -> Pack:
    return install_small(tmp_path / "kindness")


def begun(by: Person) -> int:
    with db.writing():
        return beginning.begin_from_installed("kindness", by=by, now=NOW).id


def write(draft_id: int, of: PartKind, by: Person, **values: object) -> None:
    part = next(part for part in drafts.parts_of(draft_id) if part.kind == of)
    new = text_with(of, {**values_in(of, part.text), **values})
    with db.writing():
        drafts.save(draft_id, part.id, new, seen=part.revision, by=by, now=NOW)


def publish(draft_id: int, by: Person, seen: str | None = None) -> CourseVersion:
    read = publishing.check(draft_id)
    with db.writing():
        return publishing.publish(draft_id, read, seen=seen or read.files.mark, by=by, now=NOW)


def test_a_minor_version_asks_nobody_and_says_what_changed(pack: Pack, wren: Person, people: People) -> None:
    pass_course(people.person("Moss"), code="kindness")
    draft_id = begun(wren)
    write(draft_id, PartKind.LESSON, wren, body="Kindness helps everybody.\n", content_note=None)
    write(draft_id, PartKind.CHANGE, wren, what="The lesson is shorter.")
    read = publishing.check(draft_id)
    assert read.pack is not None
    compared = publishing.compare(db.session.get_one(CourseDraft, draft_id), read.pack, now=NOW)
    assert [(each.title, each.words) for each in compared.changes] == [("Why kindness", "changed")]
    assert compared.effect is None
    assert publish(draft_id, wren).number == 2
    assert drafts.open_drafts() == []


def test_a_major_version_says_whom_it_asks_before_and_asks_them_by_the_same_rules(
    pack: Pack, wren: Person, people: People
) -> None:
    pass_course(people.person("Moss"), code="kindness")
    draft_id = begun(wren)
    write(draft_id, PartKind.LESSON, wren, title="Why kindness matters")
    write(draft_id, PartKind.CHANGE, wren, kind="major", what="It matters more.", ask_again=["quiz"], within_days=30)
    read = publishing.check(draft_id)
    assert read.pack is not None
    effect = publishing.compare(db.session.get_one(CourseDraft, draft_id), read.pack, now=NOW).effect
    assert effect is not None
    assert (effect.people, [unit.slug for unit in effect.units]) == (1, ["quiz"])
    version = publish(draft_id, wren)
    change = catalogue.pack_of(version).change
    assert change is not None
    assert change.kind == "major"


def test_publishing_refuses_faults_nothing_new_and_what_the_page_did_not_show(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    with pytest.raises(Invalid, match="things to mend"):
        publish(draft_id, wren)
    write(draft_id, PartKind.CHANGE, wren, what="Nothing.")
    with pytest.raises(Conflict, match="Nothing differs from version 1"):
        publish(draft_id, wren)
    seen = publishing.check(draft_id).files.mark
    write(draft_id, PartKind.LESSON, wren, title="Another title")
    with pytest.raises(Conflict, match="changed after this page was opened"):
        publish(draft_id, wren, seen=seen)


def test_a_draft_that_another_version_overtook_says_so(pack: Pack, wren: Person) -> None:
    draft_id = begun(wren)
    write(draft_id, PartKind.CHANGE, wren, what="A word.")
    read = publishing.check(draft_id)
    assert read.pack is not None
    assert not publishing.compare(db.session.get_one(CourseDraft, draft_id), read.pack, now=NOW).is_overtaken
    newer = pack.model_copy(update={"summary": "How to be kinder."})
    with db.writing():
        catalogue.install(newer, by=None, now=NOW)
    assert publishing.compare(db.session.get_one(CourseDraft, draft_id), read.pack, now=NOW).is_overtaken


@pytest.mark.both_databases
def test_a_published_version_never_changes(pack: Pack, wren: Person, tmp_path: Path) -> None:
    draft_id = begun(wren)
    write(draft_id, PartKind.LESSON, wren, title="Another title")
    write(draft_id, PartKind.CHANGE, wren, what="The title.")
    version = publish(draft_id, wren)
    version_id, before = version.id, json.dumps(version.document, sort_keys=True)
    lesson = next(part for part in drafts.parts_of(draft_id) if part.kind == PartKind.LESSON)
    with pytest.raises(Conflict, match="never changes"), db.writing():
        drafts.save(draft_id, lesson.id, "x", seen=lesson.revision, by=wren, now=NOW)
    result = CliRunner().invoke(training_group, ["import", str(tmp_path / "kindness")])
    assert result.exit_code == 0, result.output
    for sql in (
        "UPDATE course_version SET document = '{}' WHERE id = :id",
        "UPDATE course_version SET title = 'x' WHERE id = :id",
        "DELETE FROM course_version WHERE id = :id",
    ):
        with pytest.raises(DBAPIError), db.writing():
            db.session.execute(text(sql), {"id": version_id})
    with pytest.raises(db.AppendOnly), db.writing():
        db.session.execute(update(CourseVersion).where(CourseVersion.id == version_id).values(title="x"))
    after = db.session.get_one(CourseVersion, version_id)
    assert (json.dumps(after.document, sort_keys=True), after.title) == (before, pack.title)


def test_what_differs_is_said_in_words(pack: Pack) -> None:
    changed = pack.model_copy(update={"title": "Kindness", "summary": "All of it.", "to_keep": "Be kind.\n"})
    assert [(each.title, each.words) for each in publishing.changes_between(pack, changed)] == [
        ("About the course", "other than before: its title and what it is about"),
        ("The page to keep", "new"),
    ]
    assert publishing.changes_between(changed, changed.model_copy(update={"to_keep": None}))[0].words == "taken out"
