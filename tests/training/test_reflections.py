"""Reflections and agreements as units of a course: what counts as done, who can read what, and what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.people.models import Person, Role
from app.policies import yaml_lines
from app.refusals import Conflict, Invalid
from progression.ledger import facts_of_person
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.times import NOW
from tests.training.courses import COURSE, write_pack
from training import catalogue, learning, reflections, unit_kinds
from training.models import Reflection, UnitDone
from training.pack import Unit
from training.pack_personal import Agreement
from training.pack_personal import Reflection as ReflectionUnit
from training.pack_reader import PackHasFaults, read_pack
from training.reflections import SentReflection
from training.unit_kinds import KINDS
from training.views.unit_pages import PAGES

THINK = """\
kind: reflection
slug: think
title: What about you?
minutes: 3
lead: Take a breath.
questions:
  - When was somebody kind to you?
  - What did they do?
"""
AGREE = """\
kind: agreement
slug: promise
title: The promise
minutes: 3
lead: Read it again.
document: code-of-conduct
"""
UNITS = "  - think.yaml\n  - agree.yaml\n"
MINE = "Nobody but me reads zebra-crossing."


def test_every_kind_of_unit_is_registered_with_its_checks_and_its_page() -> None:
    assert {kind.model for kind in KINDS.values()} == set(get_args(Unit))
    assert KINDS.keys() == PAGES.keys()
    estimates = {name: unit_kinds.minutes_of(unit) for name, unit in (("think", think()), ("promise", promise()))}
    assert estimates == {"think": 4, "promise": 2}


def think() -> ReflectionUnit:
    return ReflectionUnit.model_validate_json(json.dumps(yaml_lines.read(THINK).value))


def promise() -> Agreement:
    return Agreement.model_validate_json(json.dumps(yaml_lines.read(AGREE).value))


def pack_in(folder: Path, think: str = THINK, agree: str = AGREE) -> Path:
    """The small course, with both units after its own."""
    write_pack(folder, course=COURSE + UNITS)
    (folder / "think.yaml").write_text(think)
    (folder / "agree.yaml").write_text(agree)
    return folder


@pytest.fixture
def moss(people: People, tmp_path: Path) -> Person:
    """Somebody who has begun the course."""
    moss = people.person("Moss")
    with db.writing():
        catalogue.install(read_pack(pack_in(tmp_path)), by=None, now=NOW)
    with db.writing():
        learning.start("kindness", by=moss, now=NOW)
    return moss


def write(moss: Person, *texts: str, revision: int = 0, finish: bool = False) -> None:
    enrolment_id = learning.progress_in(moss, "kindness", now=NOW).enrolment.id
    db.session.rollback()
    with db.writing():
        sent = SentReflection(enrolment_id, revision, texts)
        reflections.write("kindness", "think", sent, finish=finish, by=moss, now=NOW)


def kept() -> list[tuple[list[str], int]]:
    db.session.rollback()
    return [(row.texts, row.revision) for row in db.session.scalars(select(Reflection))]


def done(moss: Person) -> set[str]:
    db.session.rollback()
    return set(learning.progress_in(moss, "kindness", now=NOW).done)


def test_what_is_written_is_kept_and_counts_once_somebody_says_they_are_done(moss: Person) -> None:
    write(moss, "Once.", "")
    assert (kept(), done(moss)) == ([(["Once.", ""], 1)], set())
    write(moss, "Once.", "They listened.", revision=1, finish=True)
    assert (kept(), done(moss)) == ([(["Once.", "They listened."], 2)], {"think"})
    write(moss, "Once.", "They listened.", revision=1, finish=True)
    assert kept() == [(["Once.", "They listened."], 2)], "the same form again"


def test_nobody_has_to_write(moss: Person) -> None:
    with pytest.raises(Invalid, match="rather not write"):
        write(moss, " ", "", finish=True)
    with db.writing():
        enrolment_id = learning.progress_in(moss, "kindness", now=NOW).enrolment.id
        reflections.thought_about("kindness", "think", enrolment_id=enrolment_id, by=moss, now=NOW)
    assert (kept(), done(moss)) == ([], {"think"})


def test_what_another_device_saved_is_not_written_over_unseen(moss: Person) -> None:
    write(moss, "On the phone.")
    with pytest.raises(Conflict, match="another device"):
        write(moss, "At the desk.")
    assert kept() == [(["On the phone.", ""], 1)]


def test_a_text_has_a_bound_and_a_lesson_takes_none(moss: Person) -> None:
    with pytest.raises(Invalid, match="under 3,000"):
        write(moss, "x" * 3001)
    sent = SentReflection(learning.progress_in(moss, "kindness", now=NOW).enrolment.id, 0, ("x",))
    db.session.rollback()
    with pytest.raises(Conflict, match="nothing to write"), db.writing():
        reflections.write("kindness", "why", sent, finish=False, by=moss, now=NOW)


def test_staff_read_what_is_shared_on_record_and_nothing_else(
    client: FlaskClient, moss: Person, people: People, sign_in: SignIn
) -> None:
    rook = people.person("Rook", roles=(Role.TRAINER,))
    shared, think = f"/learning/shared/{moss.id}", "/learning/kindness/think"
    write(moss, MINE)
    sign_in(client, rook)
    assert MINE not in client.get(shared).text
    page = sign_in(client, moss).get(think).text
    sent = {"enrolment": hidden(page, "enrolment")}
    assert "You share it." in client.post(f"{think}/share", data=sent | {"share": "1"}, follow_redirects=True).text
    sign_in(client, rook)
    assert MINE in client.get(shared).text
    db.session.rollback()
    read = db.session.scalars(select(AuditLine).where(AuditLine.action == "training.reflections-read")).all()
    assert [(line.by_id, line.subject) for line in read] == [(rook.id, f"person:{moss.id}")]
    sign_in(client, moss)
    client.post(f"{think}/share", data=sent | {"unshare": "1"})
    sign_in(client, rook)
    assert MINE not in client.get(shared).text
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN, Role.COORDINATOR)))
    assert client.get(shared).status_code == 403


def test_deleting_takes_the_words_away_and_the_step_stays_done(
    client: FlaskClient, moss: Person, sign_in: SignIn
) -> None:
    write(moss, MINE, finish=True)
    page = sign_in(client, moss).get("/learning/kindness/think").text
    assert MINE in page
    client.post("/learning/kindness/think/share", data={"enrolment": hidden(page, "enrolment"), "delete": "1"})
    assert (kept(), done(moss)) == ([], {"think"})


def test_the_words_are_in_no_audit_line(client: FlaskClient, moss: Person, sign_in: SignIn) -> None:
    page = sign_in(client, moss).get("/learning/kindness/think").text
    sent = {"enrolment": hidden(page, "enrolment"), "revision": "0", "first": MINE, "finish": "1"}
    assert (
        "Only you can read it" in client.post("/learning/kindness/think/reflect", data=sent, follow_redirects=True).text
    )
    db.session.rollback()
    assert all(MINE not in json.dumps(line.content) for line in db.session.scalars(select(AuditLine)))


def test_a_refused_save_shows_what_was_typed_and_what_was_saved(
    client: FlaskClient, moss: Person, sign_in: SignIn
) -> None:
    page = sign_in(client, moss).get("/learning/kindness/think").text
    write(moss, "On the phone.")
    sent = {"enrolment": hidden(page, "enrolment"), "revision": "0", "first": "At the desk.", "save": "1"}
    answer = client.post("/learning/kindness/think/reflect", data=sent)
    assert answer.status_code == 409
    assert "At the desk.</textarea>" in answer.text
    assert "On the phone.</blockquote>" in answer.text
    again = sent | {"revision": hidden(answer.text, "revision")}
    client.post("/learning/kindness/think/reflect", data=again)
    assert kept() == [(["At the desk.", ""], 2)]


def test_words_are_kept_also_when_the_button_says_rather_not(
    client: FlaskClient, moss: Person, sign_in: SignIn
) -> None:
    page = sign_in(client, moss).get("/learning/kindness/think").text
    sent = {"enrolment": hidden(page, "enrolment"), "revision": "0", "first": "Well.", "rather_not": "1"}
    client.post("/learning/kindness/think/reflect", data=sent)
    assert (kept(), done(moss)) == ([(["Well.", ""], 1)], {"think"})


def test_an_agreement_is_recorded_as_evidence_and_once_agreed_takes_one_press(
    client: FlaskClient, moss: Person, sign_in: SignIn
) -> None:
    page = sign_in(client, moss).get("/learning/kindness/promise").text
    assert "I never promise to keep a secret." in page
    sent = {"enrolment": hidden(page, "enrolment"), "edition": "2"}
    assert client.post("/learning/kindness/promise/agree", data=sent).status_code == 409
    for _ in range(2):
        client.post("/learning/kindness/promise/agree", data=sent | {"edition": "1"})
    facts = [(fact.key, fact.facts["edition"]) for fact in facts_of_person(moss.id)]
    assert facts == [("code-of-conduct", "1")]
    assert done(moss) == {"promise"}
    with db.writing():
        db.session.delete(db.session.scalars(select(UnitDone)).one())
    assert "You have agreed to this already" in client.get("/learning/kindness/promise").text
    client.post("/learning/kindness/promise/agree", data=sent | {"edition": "1"})
    assert done(moss) == {"promise"}
    assert len(facts_of_person(moss.id)) == 1


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"agree": AGREE.replace("code-of-conduct", "house-rules")}, "agree.yaml, line 6: there is no document"),
        (
            {"think": THINK.replace("What did they do?", "When was somebody kind to you?")},
            "both questions are the same",
        ),
        ({"think": THINK.replace("reflection", "riddle")}, "“kind” must be one of"),
    ],
)
def test_a_broken_unit_is_refused_with_its_place(tmp_path: Path, changed: dict[str, str], fault: str) -> None:
    with pytest.raises(PackHasFaults) as refusal:
        read_pack(pack_in(tmp_path, **changed))
    assert fault in str(refusal.value)
