"""Short questions: whom they reach, that an answer belongs to nobody, and when it can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import OperationalError

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid
from progression.listening import pulses
from progression.listening.models import Pulse, PulseAnswer, PulseTaken
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.progression.bringing import bring_to
from tests.times import NOW, TODAY
from tests.training.emails import queued, words_of

QUESTIONS = ("How well does the rota fit your life?", "How well looked after do you feel?")


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR, Role.ASSESSOR))


def asks(by: Person, *, first: int = 0, last: int = 10, from_stage: Stage = Stage.USER) -> Pulse:
    new = pulses.NewPulse(QUESTIONS, from_stage, TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    db.session.rollback()
    with db.writing():
        return pulses.ask(new, by=by, now=NOW)


def answers(person: Person, pulse: Pulse, *ratings: int | None, words: str = "") -> None:
    db.session.rollback()
    with db.writing():
        pulses.answer(person, pulse.id, ratings, words, now=NOW)


def told() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == "pulse-open")))


def test_people_are_asked_once_and_reminded_once_unless_they_answered(tansy: Person, people: People) -> None:
    otter = bring_to(people.person("Otter"), Stage.PEER, by=tansy)
    wren = bring_to(people.person("Wren"), Stage.PEER, by=tansy)
    people.person("Juniper")
    pulse = asks(tansy, from_stage=Stage.PEER)
    for _ in range(2):
        pulses.tell_people(NOW)
    assert told() == [otter.id, wren.id]
    for body in words_of(queued("pulse-open")[0]):
        assert "rota fit" not in body
    answers(otter, pulse, 4, None)
    for days in (7, 8, 9):
        pulses.tell_people(NOW + timedelta(days=days))
    assert told() == [otter.id, wren.id, wren.id]
    pulses.tell_people(NOW + timedelta(days=11))
    assert told() == [otter.id, wren.id, wren.id]


def test_an_answer_is_kept_apart_from_its_person_and_leaves_no_line_in_the_trail(tansy: Person, people: People) -> None:
    pulse, otter = asks(tansy), people.person("Otter")
    answers(otter, pulse, 2, 5, words="The nights are long.")
    assert not {"person_id", "at", "made_at"} & set(inspect(PulseAnswer).columns.keys())
    assert set(inspect(PulseTaken).columns.keys()) == {"pulse_id", "person_id"}
    for table in ("pulse_taken", "pulse_answer"):  # in the order of their keys, so that no two rows of them match
        with pytest.raises(OperationalError, match="rowid"):
            db.session.execute(text(f"SELECT rowid FROM {table}"))  # noqa: S608  two words of this test
        db.session.rollback()
    lines = db.session.scalars(select(AuditLine).where(AuditLine.by_id == otter.id)).all()
    assert [line.action for line in lines] == []
    with pytest.raises(Conflict):
        answers(otter, pulse, 1, 1)


def test_answers_are_read_once_the_questions_are_closed_and_five_have_answered(tansy: Person, people: People) -> None:
    pulse = asks(tansy)
    for number in range(5):
        assert pulses.results_of(pulse, NOW) is None
        answers(people.person(f"Otter {number}"), pulse, number + 1, None, words=f"{9 - number} words")
    assert pulses.results_of(pulse, NOW) is None, "still open"
    with db.writing():
        pulses.close(pulse.id, by=tansy, now=NOW)
    results = pulses.results_of(pulse, NOW)
    assert results is not None
    first, second = results.questions
    assert (first.chosen, first.left_out, first.average) == ((1, 1, 1, 1, 1), 0, 3)
    assert (second.left_out, second.average) == (5, None)
    assert results.words == ["5 words", "6 words", "7 words", "8 words", "9 words"], "in no order of time"
    with pytest.raises(Conflict):
        answers(people.person("Late"), pulse, 1, 1)


def test_four_answers_stay_unread(tansy: Person, people: People) -> None:
    pulse = asks(tansy)
    for number in range(4):
        answers(people.person(f"Otter {number}"), pulse, 3, 3)
    assert pulses.results_of(pulse, NOW + timedelta(days=30)) is None
    assert pulses.one_pulse(pulse.id, NOW).answers == 4


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 2), (0, 61)])
def test_days_that_cannot_be_are_refused(tansy: Person, first: int, last: int) -> None:
    with pytest.raises(Invalid):
        asks(tansy, first=first, last=last)


@pytest.mark.parametrize("ratings", [(1,), (1, 2, 3), (0, 1), (6, 1), (None, None)])
def test_ratings_that_no_form_sends_are_refused(tansy: Person, people: People, ratings: tuple[int | None, ...]) -> None:
    with pytest.raises(Invalid):
        answers(people.person("Otter"), asks(tansy), *ratings)


def test_questions_go_from_the_form_to_the_answers(
    client: FlaskClient, tansy: Person, people: People, sign_in: SignIn
) -> None:
    sign_in(client, tansy)
    days = {"first_day": ["18", "2", "2027"], "last_day": ["20", "2", "2027"]}
    form = {"first": "How is it?", "second": "", "third": "", "fourth": "", "fifth": "", "from_stage": "user", **days}
    assert client.post("/pulse/new", data={**form, "first": ""}).status_code == 422
    assert client.post("/pulse/new", data=form).status_code == 302
    (pulse_id,) = db.session.scalars(select(Pulse.id))
    page = f"/pulse/{pulse_id}"
    for number in range(5):
        sign_in(client, people.person(f"Otter {number}"))
        assert page in client.get("/pulse").text
        assert client.post(page, data={"ratings-0": "9", "words": ""}).status_code == 422
        assert client.post(page, data={"ratings-0": "4", "words": "<i>Good</i>"}).status_code == 302
        assert client.get(page).status_code == 404
    sign_in(client, tansy)
    assert "once the questions are closed" in client.get(f"{page}/results").text
    assert client.post(f"{page}/close").status_code == 302
    results = client.get(f"{page}/results").text
    assert "On average 4.0 of 5." in results
    assert "&lt;i&gt;Good&lt;/i&gt;" in results
