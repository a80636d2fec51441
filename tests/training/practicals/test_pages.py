"""The pages of practicals: what the learner reads before and after, and what markers may see."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.times import NOW
from tests.training.practicals import work
from tests.training.practicals.work import TEXT, hand_in
from tests.training.reading import Reader
from training.practicals import feedback, marking
from training.practicals.models import PracticalTry

PAGE = "/learning/kindness/reply"
LEVELS = {f"level-{key}": "2" for key in ("safety", "listening", "fairness", "boundaries")}


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    work.install(tmp_path)
    return work.begin(people.person("Wren"))


@pytest.fixture
def rook(people: People) -> Person:
    return people.person("Rook", roles=(Role.TRAINER,))


def test_from_reading_the_rubric_to_a_second_try_through_pages_only(
    client: FlaskClient, wren: Person, rook: Person, sign_in: SignIn
) -> None:
    learner = Reader(sign_in(client, wren)).open(PAGE)
    assert "This is what it is marked by" in learner.text
    assert "Keeps young people safe (must be passed)" in learner.text
    learner.press("Hand it in", text="Half of it.", save="1")
    learner.press("Hand it in", text=TEXT, hand_in="1")
    assert "With a marker" in learner.text
    trainer = Reader(sign_in(client, rook)).open("/to-mark")
    assert "Wren" in trainer.text
    assert TEXT not in trainer.text, "what somebody has not taken they do not read"
    trainer.press("Take it")
    assert TEXT in trainer.text
    trainer.press("Give this mark", **LEVELS | {"level-safety": "1"}, whole="Warm.")
    assert "say what was missing" in trainer.text
    trainer.press(
        "Give this mark", **LEVELS | {"level-safety": "1", "comment-safety": "Nobody was told."}, whole="Warm."
    )
    assert "Not there yet" in trainer.text
    learner = Reader(sign_in(client, wren)).open(PAGE)
    assert "Nobody was told." in learner.text
    assert "You can hand in again from" in learner.text
    learner.press("Send the answer", answer="I see.")
    assert "Wren answered" in learner.text
    trainer = Reader(sign_in(client, rook)).open("/to-mark").follow("Wren: A hard evening")
    trainer.press("Send the answer", answer="You will.")
    trainer.follow("Withdraw this mark").press("Withdraw the mark", reason="I read the wrong one.")
    assert "Wren" in trainer.text
    learner = Reader(sign_in(client, wren)).open(PAGE)
    assert "I read the wrong one." in learner.text
    assert "With a marker" in learner.text


def test_a_conversation_is_arranged_on_the_pages(
    client: FlaskClient, wren: Person, rook: Person, sign_in: SignIn
) -> None:
    learner = Reader(sign_in(client, wren)).open("/learning/kindness/talk")
    learner.press("I am ready", text="Evenings.", hand_in="1")
    trainer = Reader(sign_in(client, rook)).open("/to-mark").follow("Arrange a time")
    assert "Evenings." in trainer.text
    day = NOW.date() + timedelta(days=1)
    parts = [str(day.day), str(day.month), str(day.year)]
    assert "Write the time like 19:30." in trainer.press("Take it and tell", day=parts, time="7ish", where="Here").text
    trainer.press("Take it and tell", day=parts, time="19:30", where="The small room")
    assert "19:30" in trainer.text
    learner = Reader(sign_in(client, wren)).open("/learning/kindness/talk")
    assert "The small room" in learner.text
    learner.press("Not ready after all, or another time")
    assert db.session.scalars(select(PracticalTry.meet_at)).all() == [None]


def test_a_second_marker_does_not_see_the_first_mark(
    client: FlaskClient, people: People, wren: Person, rook: Person, sign_in: SignIn
) -> None:
    work.two_mark()
    try_id, teal = hand_in(wren), people.person("Teal", roles=(Role.ASSESSOR,))
    work.mark(try_id, rook)
    with db.writing():
        marking.take(try_id, None, by=teal, now=NOW)
    assert feedback.feedback_on(work.row_of(try_id), teal).marks == ()
    page = sign_in(client, teal).get(f"/to-mark/{try_id}").text
    assert TEXT in page
    assert "Try to ask first" not in page
    assert "Try to ask first" not in sign_in(client, wren).get(PAGE).text
    assert "Try to ask first" in sign_in(client, rook).get(f"/to-mark/{try_id}").text


def test_another_marker_reads_marked_work_on_record_and_nobody_reads_what_waits(
    client: FlaskClient, people: People, wren: Person, rook: Person, sign_in: SignIn
) -> None:
    try_id, teal = hand_in(wren), people.person("Teal", roles=(Role.ASSESSOR,))
    assert sign_in(client, teal).get(f"/to-mark/{try_id}").status_code == 404
    work.mark(try_id, rook)
    assert TEXT in client.get(f"/to-mark/{try_id}").text
    db.session.rollback()
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "training.practical-read")).one()
    assert (line.by_id, line.subject) == (teal.id, f"person:{wren.id}")
    with db.writing():
        marking.not_me(try_id, by=teal, now=NOW)
    assert client.get(f"/to-mark/{try_id}").status_code == 404


def test_what_was_typed_is_shown_again_where_it_could_not_be_kept(
    client: FlaskClient, wren: Person, rook: Person, people: People, sign_in: SignIn
) -> None:
    page = sign_in(client, wren).get(PAGE).text
    try_id = hand_in(wren)
    names = ("enrolment", "handed_in", "revision")
    form = {name: hidden(page, name) for name in names} | {"text": "Typed in another tab.", "hand_in": "1"}
    answer = client.post(f"{PAGE}/work", data=form)
    assert (answer.status_code, "Typed in another tab." in answer.text) == (409, True)
    marked = {**LEVELS, "round": "1", "whole": "A long look at it."}
    answer = sign_in(client, rook).post(f"/to-mark/{try_id}", data=marked)
    assert (answer.status_code, "A long look at it." in answer.text) == (409, True)
    assert db.session.scalar(select(func.count()).select_from(PracticalTry)) == 1
