"""At most twelve queries for the pages that the demonstration does not fill: every course is here and has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import db
from app.files import store
from app.files.kinds import FileKind
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.progression.documents.writing import drafted, published, words
from tests.times import NOW, TODAY
from tests.training.courses import COURSE, QUIZ, pass_course, write_pack
from tests.training.practicals import work
from tests.training.test_elsewhere import STATED
from tests.training.test_reflections import AGREE, THINK, UNITS
from tests.training.test_tries import fail
from training import catalogue, elsewhere, learning, spaced_practice
from training.pack import Change, Pack
from training.pack_reader import read_pack
from training.practicals import marking
from training.programme.assigning import assign

MOST = 12
BEFORE = NOW - timedelta(days=3)


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every statement that pages send to the database from now on."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(db.extension.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.extension.engine, "before_cursor_execute", note)


def too_many(client: FlaskClient, asked: list[str], *pages: str) -> dict[str, int]:
    """Of these pages those that take too many queries, with their number."""
    counts = {}
    client.get("/")  # the first page of a day notes when the reader was last seen
    for page in pages:
        db.session.rollback()
        asked.clear()
        assert client.get(page).status_code == 200, page
        counts[page] = len(asked)
    return {page: count for page, count in counts.items() if count > MOST}


def major(pack: Pack) -> Pack:
    """The next version of a course, which asks for its first unit again."""
    change = Change(kind="major", what="The rules changed.", ask_again=(pack.units[0].slug,), within_days=30)
    return pack.model_copy(update={"change": change})


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    """Who passed two courses of nine, all of which have changed since, and began another with every kind of unit."""
    packs = catalogue.shipped_packs()
    small = write_pack(tmp_path, course=COURSE + UNITS, quiz=QUIZ.replace("draw: 2", "tries: 1\ndraw: 2"))
    (small / "think.yaml").write_text(THINK)
    (small / "agree.yaml").write_text(AGREE)
    with db.writing():
        for pack in (*packs, read_pack(small)):
            catalogue.install(pack, by=None, now=BEFORE)
    wren = people.person("Wren")
    for code in ("conflict", "safeguarding"):
        pass_course(wren, code=code, now=BEFORE)
    with db.writing():
        for pack in packs:
            catalogue.install(major(pack), by=None, now=NOW - timedelta(days=2))
    with db.writing():
        learning.start("kindness", by=wren, now=NOW - timedelta(days=2))
    fail(wren, now=NOW - timedelta(days=2))
    return wren


@pytest.fixture
def certificate(wren: Person) -> int:
    with store.written(b"%PDF-", FileKind.PDF) as new, db.writing():
        return elsewhere.add(STATED, new, of=wren, by=wren, now=NOW).id


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN, Role.TRAINER))


def test_a_learner_s_pages_take_few_queries(
    wren: Person, certificate: int, client: FlaskClient, sign_in: SignIn, asked: list[str], sable: Person
) -> None:
    published(sable, agree_by=TODAY + timedelta(days=30))
    sign_in(client, wren)
    missed = next(iter(spaced_practice.practice_of(wren, now=NOW).todays)).item
    pages = (
        "/",
        "/learning",
        "/learning/conflict",
        "/learning/recognising-risk",
        "/learning/kindness",
        *(f"/learning/kindness/{slug}" for slug in ("why", "quiz", "think", "promise")),
        "/learning/practice",
        f"/learning/practice/{missed.course}/{missed.unit}/{missed.question}",
        "/learning/transcript",
        "/learning/elsewhere",
        f"/learning/elsewhere/{certificate}",
        "/learning/elsewhere/add",
        "/documents",
        "/documents/code-of-conduct",
        "/journey",
    )
    assert too_many(client, asked, *pages) == {}


def test_the_pages_of_those_who_teach_and_administer_take_few_queries(
    wren: Person,
    certificate: int,
    client: FlaskClient,
    sign_in: SignIn,
    asked: list[str],
    sable: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published(sable, agree_by=TODAY + timedelta(days=30))
    drafted(sable, words("Something else."))
    with db.writing():
        assign([wren.id, sable.id], "listening", due_on=TODAY, by=sable, now=NOW)
    # The page offers versions of all nine, each of which would ask people again.
    offered = tuple(major(pack).model_copy(update={"summary": "New."}) for pack in catalogue.shipped_packs())
    monkeypatch.setattr(catalogue, "shipped_packs", lambda: offered)
    sign_in(client, sable)
    version = catalogue.course_called("kindness")[1].id
    pages = (
        "/",
        "/learning/courses",
        f"/learning/elsewhere/{certificate}",
        "/learning/elsewhere/waiting",
        "/learning/tries",
        "/learning/assigned",
        f"/learning/assigned/{wren.id}",
        "/learning/where-people-go-wrong",
        f"/learning/where-people-go-wrong/{version}",
        *(f"/documents/code-of-conduct{page}" for page in ("", "/write", "/changes", "/publish", "/agreements")),
        "/admin",
        "/admin/health",
        "/admin/policies/pathway",
        "/admin/policies/pathway/new",
    )
    assert too_many(client, asked, *pages) == {}


def test_pages_of_practicals_take_at_most_twelve_queries(
    client: FlaskClient, people: People, sign_in: SignIn, asked: list[str], tmp_path: Path
) -> None:
    work.install(tmp_path / "practicals")
    rook, teal = people.person("Rook", roles=(Role.TRAINER,)), people.person("Teal", roles=(Role.ASSESSOR,))
    learners = [work.begin(people.person(f"Learner {number}")) for number in range(4)]
    ids = [work.hand_in(each) for each in learners]
    for each in ids[:2]:
        work.mark(each, teal, good=False)
    with db.writing():
        marking.take(ids[2], None, by=rook, now=NOW)
    sign_in(client, rook)
    assert too_many(client, asked, "/to-mark", f"/to-mark/{ids[2]}", f"/to-mark/{ids[0]}/withdraw") == {}
    sign_in(client, learners[0])
    assert too_many(client, asked, "/learning/kindness/reply", "/learning/kindness/talk") == {}
