"""How often a quiz may be tried, and when again: decided on the server, and a trainer can always give one more."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import audit, db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import Conflict, PageOutOfDate
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import QUIZ, every_kind, install_small
from tests.training.emails import queued, words_of
from tests.training.reading import Reader
from training import attempts, learning, quiz, tries
from training.attempts import Shown
from training.models import GivenTry, UnitAttempt

HOUR = timedelta(hours=1)
TWO_TRIES = QUIZ.replace("draw: 2", "tries: 2\ndraw: 2")
A_DAY_BETWEEN = QUIZ.replace("draw: 2", "wait_hours: 24\ndraw: 2")


def finished(*at: datetime) -> list[UnitAttempt]:
    return [UnitAttempt(number=number, finished_at=each) for number, each in enumerate(at, 1)]


def test_without_a_limit_people_try_as_often_and_as_soon_as_they_like() -> None:
    state = tries.tries(every_kind(), finished(*[NOW] * 40), (), now=NOW)
    assert state.may_begin
    assert state.left is None


@given(st.integers(1, 20), st.integers(0, 25), st.integers(0, 5))
def test_a_limit_counts_every_try_and_every_one_that_was_given(allowed: int, used: int, given_: int) -> None:
    limited = every_kind().model_copy(update={"tries": allowed})
    state = tries.tries(limited, finished(*[NOW] * used), [NOW] * given_, now=NOW)
    assert state.may_begin == (used < allowed + given_)
    assert state.left == max(0, allowed + given_ - used)


@pytest.mark.parametrize(("minutes", "may_begin"), [(0, False), (24 * 60 - 1, False), (24 * 60, True)])
def test_a_wait_ends_to_the_minute(minutes: int, may_begin: bool) -> None:
    waits = every_kind().model_copy(update={"wait_hours": 24})
    state = tries.tries(waits, finished(NOW), (), now=NOW + timedelta(minutes=minutes))
    assert state.may_begin == may_begin
    assert state.opens_at == (None if may_begin else NOW + 24 * HOUR)


def test_a_given_try_ends_the_wait_that_it_was_given_in_and_no_later_one() -> None:
    waits = every_kind().model_copy(update={"wait_hours": 24})
    assert tries.tries(waits, finished(NOW), [NOW + HOUR], now=NOW + 2 * HOUR).may_begin
    assert not tries.tries(waits, finished(NOW, NOW + 3 * HOUR), [NOW + HOUR], now=NOW + 4 * HOUR).may_begin


def begin(person: Person, *, now: datetime = NOW) -> UnitAttempt:
    progress = learning.progress_in(person, "kindness", now=NOW)
    shown = Shown(progress.enrolment.id, len(attempts._attempts(progress, "quiz")))
    with db.writing():
        return attempts.begin_quiz("kindness", "quiz", shown=shown, by=person, now=now, seed=1)


def fail(person: Person, *, now: datetime = NOW) -> None:
    begin(person, now=now)
    attempt = attempts.quiz_attempt(learning.progress_in(person, "kindness", now=NOW), "quiz")
    assert attempt is not None
    for one in attempt.asked:
        right = quiz.sent(one.question, one.drawn, quiz.right_answer(one.question))
        wrong = right[::-1] if len(right) > 1 else [str(1 - int(right[0]))]
        with db.writing():
            attempts.answer("kindness", "quiz", one.number, wrong, attempt_id=attempt.row.id, by=person, now=now)


def learner(people: People, folder: Path, text: str, name: str = "Wren") -> Person:
    install_small(folder, quiz=text)
    person = people.person(name)
    with db.writing():
        learning.start("kindness", by=person, now=NOW)
    return person


def enrolment_of(person: Person) -> int:
    return learning.progress_in(person, "kindness", now=NOW).enrolment.id


@pytest.mark.both_databases
def test_the_server_refuses_one_more_than_the_course_allows_until_a_trainer_gives_one(
    people: People, tmp_path: Path
) -> None:
    wren, teal = learner(people, tmp_path, TWO_TRIES), people.person("Teal", roles=(Role.TRAINER,))
    fail(wren)
    assert tries.waiting(NOW) == []
    fail(wren)
    with pytest.raises(PageOutOfDate, match="not open yet"):
        begin(wren)
    (one,) = tries.waiting(NOW)
    assert (one.person.id, one.course, one.tries.used, one.tries.left) == (wren.id, "Being kind", 2, 0)
    for _twice in range(2):
        with db.writing():
            tries.give(one.enrolment_id, "quiz", used=2, by=teal, now=NOW)
    assert db.session.scalar(select(func.count()).select_from(GivenTry)) == 1
    assert tries.waiting(NOW) == []
    assert begin(wren).number == 3
    line = db.session.scalars(select(audit.AuditLine).where(audit.AuditLine.action == "training.try-given")).one()
    assert (line.by_id, line.details["unit"]) == (teal.id, "quiz")
    subject, text, _html = words_of(queued("another-try")[0])
    assert subject == "Another try is open: Questions"
    assert "Teal has given you another try" in text


def test_nobody_gives_themselves_a_try_nor_somebody_who_needs_none(people: People, tmp_path: Path) -> None:
    wren = learner(people, tmp_path, TWO_TRIES)
    teal = people.person("Teal", roles=(Role.TRAINER,))
    fail(wren)
    with pytest.raises(Conflict, match="by themselves now"), db.writing():
        tries.give(enrolment_of(wren), "quiz", used=1, by=teal, now=NOW)
    fail(wren)
    with pytest.raises(Conflict, match="Another trainer"), db.writing():
        tries.give(enrolment_of(wren), "quiz", used=2, by=wren, now=NOW)
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_a_learner_without_a_try_reads_whom_to_ask_and_a_trainer_opens_one_on_a_page(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    wren, teal = learner(people, tmp_path, TWO_TRIES), people.person("Teal", roles=(Role.TRAINER,))
    fail(wren)
    address = "/learning/kindness/quiz"
    assert "1 more try is open to you" in Reader(sign_in(client, wren)).open(address).text
    fail(wren)
    page = Reader(sign_in(client, wren)).open(address)
    assert "You have used your 2 tries. Ask a trainer (Teal)" in page.text
    assert "Try again with other questions" not in page.text
    trainer = Reader(sign_in(client, teal)).open("/learning").follow("People who wait for another try")
    assert "Being kind: Questions. 2 tries so far" in trainer.text
    trainer.press("Give another try: Wren")
    assert "Nobody is waiting for a try." in trainer.text
    Reader(sign_in(client, wren)).open(address).press("Try again with other questions")
    assert db.session.scalar(select(func.count()).select_from(UnitAttempt)) == 3


def test_a_wait_says_when_it_ends_on_the_reader_s_own_clock(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path
) -> None:
    wren = learner(people, tmp_path, A_DAY_BETWEEN)
    with db.writing():
        db.session.get_one(Person, wren.id).zone_name = "America/New_York"
    fail(wren)
    opens = (NOW + 24 * HOUR).astimezone(ZoneInfo("America/New_York"))
    text = Reader(sign_in(client, wren)).open("/learning/kindness/quiz").text
    assert f"The next try opens on {opens:%a} {opens.day} {opens:%b}, {opens:%H:%M}" in text
    assert "Times are on your clock (America/New York)." in text
    with clock_at(NOW + 24 * HOUR):
        reader = Reader(sign_in(client, wren)).open("/learning/kindness/quiz")
        reader.press("Try again with other questions")
    assert db.session.scalar(select(func.count()).select_from(UnitAttempt)) == 2
