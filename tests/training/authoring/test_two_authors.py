"""Two authors who press Save at the same moment, on both databases: nothing is lost, and each is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.times import NOW
from tests.training.courses import install_small
from training.authoring import beginning, drafts
from training.authoring.models import DraftPart, PartKind
from training.authoring.pack_text import values_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def authors(app: Flask, people: People, sign_in: SignIn, tmp_path: Path) -> list[FlaskClient]:
    """Two browsers, of Wren and of Sable, who write a small course that is installed."""
    install_small(tmp_path / "kindness")
    return [sign_in(app.test_client(), people.person(name, roles=(Role.TRAINER,))) for name in ("Wren", "Sable")]


@pytest.fixture
def draft_id(authors: list[FlaskClient]) -> int:
    with db.writing():
        by = db.session.query(Person).filter_by(display_name="Wren").one()
        return beginning.begin_from_installed("kindness", by=by, now=NOW).id


def at_once(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Let these run at the same moment; their results in the order of the acts."""
    barrier, results = threading.Barrier(len(acts)), dict[int, object]()
    db.session.remove()

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        results[number] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return [results[number] for number in range(len(acts))]


def part(draft_id: int, kind: PartKind) -> DraftPart:
    return next(part for part in drafts.parts_of(draft_id) if part.kind == kind)


def test_of_two_who_save_one_lesson_the_second_sees_both_texts(authors: list[FlaskClient], draft_id: int) -> None:
    lesson = part(draft_id, PartKind.LESSON)
    address, part_id = f"/write-courses/{draft_id}/parts/{lesson.id}", lesson.id
    forms = []
    for who, client in zip(("Wren", "Sable"), authors, strict=True):
        seen = hidden(client.get(address).text, "seen")
        forms.append({"seen": seen, "title": f"As {who} calls it", "minutes": "5", "body": f"By {who}."})
    answers = at_once(
        [lambda c=c, f=f: c.post(address, data=f) for c, f in zip(authors, forms, strict=True)]  # type: ignore[misc]  # each its own
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]  # type: ignore[attr-defined]  # responses
    told = next(number for number, answer in enumerate(answers) if answer.status_code == 409)  # type: ignore[attr-defined]  # as above
    page = answers[told].text  # type: ignore[attr-defined]  # as above
    mine, theirs = ("Wren", "Sable") if told == 0 else ("Sable", "Wren")
    assert f"{theirs} saved this while you wrote" in page
    assert f"By {mine}." in page, "what was typed is still in the form"
    assert f"{theirs}.</del>" in page
    assert f"{mine}.</ins>" in page
    again = authors[told].post(address, data={**forms[told], "seen": hidden(page, "seen")})
    assert again.status_code == 302
    kept = [(values_in(PartKind.LESSON, each.text)["body"], who) for each, who in drafts.earlier_texts(part_id)]
    assert kept[0] == (f"By {theirs}.\n", theirs), "and what the other wrote is kept"
    other = authors[1 - told].get(address).text
    assert f"{mine} saved this after you" in other
    assert f"By {theirs}." in other


def test_what_is_saved_as_it_is_typed_tells_of_the_other(authors: list[FlaskClient], draft_id: int) -> None:
    address = f"/write-courses/{draft_id}/parts/{part(draft_id, PartKind.LESSON).id}"
    form = {"seen": "1", "title": "T", "minutes": "5", "body": "B", "quietly": "1"}
    first = authors[0].post(address, data=form).json
    assert first is not None
    assert (first["revision"], first["saved"][:9]) == (2, "Saved at ")
    assert "<p>B</p>" in first["preview"]
    second = authors[1].post(address, data={**form, "body": "C"})
    assert (second.status_code, second.json) == (409, {"overtaken": "Wren"})


def test_two_who_write_different_parts_do_not_meet(authors: list[FlaskClient], draft_id: int) -> None:
    lesson, ending = part(draft_id, PartKind.LESSON).id, part(draft_id, PartKind.ENDING).id
    form = {"seen": "1", "title": "New", "minutes": "5", "body": "B", "story": "S", "completes": "1"}
    answers = at_once(
        [
            lambda: authors[0].post(f"/write-courses/{draft_id}/parts/{lesson}", data=form).status_code,
            lambda: authors[1].post(f"/write-courses/{draft_id}/parts/{ending}", data=form).status_code,
        ]
    )
    assert answers == [302, 302]
    assert part(draft_id, PartKind.LESSON).revision == part(draft_id, PartKind.ENDING).revision == 2


def test_of_many_who_begin_a_course_at_once_one_begins_it(authors: list[FlaskClient]) -> None:
    answers = at_once(
        [lambda c=c: c.post("/write-courses/from/kindness").status_code for c in authors]  # type: ignore[misc]  # each its own
    )
    assert sorted(answers) == [302, 409]  # type: ignore[type-var]  # numbers
    assert len(drafts.open_drafts()) == 1


def test_many_additions_at_once_are_all_there_and_in_an_order(authors: list[FlaskClient], draft_id: int) -> None:
    at_once(
        [
            lambda c=c: c.post(f"/write-courses/{draft_id}/parts", data={"kind": "lesson"})  # type: ignore[misc]  # each its own
            for c in authors * 3
        ]
    )
    lessons = [each for each in drafts.parts_of(draft_id) if each.kind == PartKind.LESSON]
    assert len(lessons) == 7
    assert len(set(drafts.slugs_in(lessons))) == 7
