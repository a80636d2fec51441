"""Two tabs, double clicks and replayed forms: real requests at the same moment never give an extra try, lose no answer.

The application is served from threads, and eight requests are let go together.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app import clock, db, settings
from app.people import sessions
from app.people.models import Person
from app.people.request_session import cookie_name
from tests.client import Client
from tests.conftest import People, clock_at
from tests.times import NOW
from tests.training.courses import QUIZ, install_small
from training import attempts, learning, quiz, signing_keys, spaced_practice
from training.attempts import QuizAttempt, Shown
from training.models import (
    Answer,
    Certificate,
    Completion,
    Enrolment,
    PracticeAnswer,
    ScenarioChoice,
    UnitAttempt,
    UnitDone,
)

pytestmark = pytest.mark.both_databases
TABS = 8
Fields = dict[str, str | list[str]]


class Tabs:
    """Eight tabs of one person's browser, which send forms at the same moment to the served application."""

    def __init__(self, app: Flask, port: int, person: Person) -> None:
        with db.writing():
            token = sessions.start(person, device="Test", now=clock.now())
        client = app.test_client()
        assert isinstance(client, Client)
        client.set_cookie(cookie_name(), token)
        self.headers = {
            "Host": "localhost",
            "Cookie": f"{cookie_name()}={token}",
            "X-CSRFToken": client.token(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.port = port
        db.session.rollback()  # its read would hold SQLite's snapshot

    def send(self, address: str | Callable[[int], str], fields: Callable[[int], Fields]) -> Counter[int]:
        """Send the form of each tab, all at once; return how often each status came."""
        together, statuses = threading.Barrier(TABS), Counter[int]()

        def one(tab: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            body = urlencode(fields(tab), doseq=True)
            together.wait()
            connection.request("POST", address if isinstance(address, str) else address(tab), body, self.headers)
            statuses[connection.getresponse().status] += 1
            connection.close()

        threads = [threading.Thread(target=one, args=(tab,)) for tab in range(TABS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        db.session.expire_all()
        return statuses


@contextmanager
def served(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def wren(people: People, tmp_path: Path) -> Person:
    install_small(tmp_path, quiz=QUIZ.replace("draw: 2", "tries: 2\ndraw: 2"))
    person = people.person("Wren")
    with db.writing():
        learning.start("kindness", by=person, now=NOW)
    return person


@pytest.fixture
def tabs(app: Flask, wren: Person) -> Iterator[Tabs]:
    with served(app) as port:
        yield Tabs(app, port, wren)


def count(model: type[db.Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def enrolment_id() -> int:
    return db.session.scalars(select(Enrolment.id)).one()


def begin_after(tries: int) -> Callable[[int], Fields]:
    """The form of a page that was opened when there were so many tries."""
    page: Fields = {"enrolment": str(enrolment_id()), "after": str(tries)}
    return lambda _tab: page


def begun(person: Person) -> QuizAttempt:
    shown = Shown(enrolment_id(), count(UnitAttempt))
    with db.writing():
        attempts.begin_quiz("kindness", "quiz", shown=shown, by=person, now=NOW, seed=1)
    attempt = attempts.quiz_attempt(learning.progress_in(person, "kindness", now=NOW), "quiz")
    assert attempt is not None
    return attempt


def sent(attempt: QuizAttempt, number: int, *, right: bool) -> list[str]:
    one = attempt.numbered(number)
    picked = quiz.sent(one.question, one.drawn, quiz.right_answer(one.question))
    return picked if right else picked[::-1] if len(picked) > 1 else [str(1 - int(picked[0]))]


def answer(person: Person, attempt: QuizAttempt, number: int, *, right: bool) -> None:
    with db.writing():
        picked = sent(attempt, number, right=right)
        attempts.answer("kindness", "quiz", number, picked, attempt_id=attempt.row.id, by=person, now=NOW)


def test_a_course_started_in_eight_tabs_is_started_once(app: Flask, people: People, tmp_path: Path) -> None:
    install_small(tmp_path)
    with served(app) as port:
        statuses = Tabs(app, port, people.person("Moss")).send("/learning/kindness/start", lambda _tab: {"after": "0"})
    assert statuses == {302: TABS}
    assert count(Enrolment) == 1


def test_eight_who_begin_get_one_try(tabs: Tabs) -> None:
    for unit in ("quiz", "story"):
        assert tabs.send(f"/learning/kindness/{unit}/begin", begin_after(0)) == {302: TABS}
    assert sorted(db.session.execute(select(UnitAttempt.unit, UnitAttempt.number)).all()) == [("quiz", 1), ("story", 1)]


def test_the_last_try_that_a_course_allows_is_begun_once_and_none_after_it(tabs: Tabs, wren: Person) -> None:
    attempt = begun(wren)
    for number in (1, 2):
        answer(wren, attempt, number, right=False)
    tabs.send("/learning/kindness/quiz/begin", begin_after(1))
    assert count(UnitAttempt) == 2
    latest = attempts.quiz_attempt(learning.progress_in(wren, "kindness", now=NOW), "quiz")
    assert latest is not None
    for number in (1, 2):
        answer(wren, latest, number, right=False)
    # Every page that there ever was, sent again: the two tries are all there are.
    for after in (0, 1, 2):
        tabs.send("/learning/kindness/quiz/begin", begin_after(after))
    assert count(UnitAttempt) == 2


def test_one_answer_sent_from_eight_tabs_counts_once(tabs: Tabs, wren: Person) -> None:
    attempt = begun(wren)
    right: Fields = {"attempt": str(attempt.row.id), "picked": sent(attempt, 1, right=True)}
    assert tabs.send("/learning/kindness/quiz/1", lambda _tab: right) == {302: TABS}
    (kept,) = db.session.scalars(select(Answer)).all()
    assert kept.is_right


def test_of_different_answers_from_eight_tabs_the_first_counts_and_the_others_are_told(
    tabs: Tabs, wren: Person
) -> None:
    attempt = begun(wren)
    tabs.send(
        "/learning/kindness/quiz/1",
        lambda tab: {"attempt": str(attempt.row.id), "picked": sent(attempt, 1, right=tab % 2 == 0)},
    )
    assert count(Answer) == 1
    assert count(UnitAttempt) == 1


def test_the_last_answer_from_eight_tabs_finishes_the_try_and_passes_the_course_once(tabs: Tabs, wren: Person) -> None:
    attempt = begun(wren)
    answer(wren, attempt, 1, right=True)
    with db.writing():
        learning.mark_read("kindness", "why", enrolment_id=enrolment_id(), by=wren, now=NOW)
    progress = learning.progress_in(wren, "kindness", now=NOW)
    with db.writing():
        learning.complete_unit(progress, "story", by=wren, now=NOW)
    signing_keys.current(settings.current().keys, now=NOW)
    last: Fields = {"attempt": str(attempt.row.id), "picked": sent(attempt, 2, right=True)}
    assert tabs.send("/learning/kindness/quiz/2", lambda _tab: last) == {302: TABS}
    assert [count(model) for model in (Answer, UnitDone, Completion, Certificate)] == [2, 3, 1, 1]
    row = db.session.scalars(select(UnitAttempt)).one()
    assert (row.right_answers, row.is_passed) == (2, True)


def test_two_answers_sent_at_the_same_moment_are_both_kept(tabs: Tabs, wren: Person) -> None:
    """Two questions open in two tabs: neither answer is lost, and together they finish the try."""
    attempt = begun(wren)

    tabs.send(
        lambda tab: f"/learning/kindness/quiz/{1 + tab % 2}",
        lambda tab: {"attempt": str(attempt.row.id), "picked": sent(attempt, 1 + tab % 2, right=True)},
    )
    assert sorted(db.session.scalars(select(Answer.position))) == [0, 1]
    assert db.session.scalars(select(UnitAttempt.is_passed)).one() is True


def test_a_choice_from_eight_tabs_counts_once_and_other_choices_are_told_that_the_story_moved_on(
    tabs: Tabs, wren: Person
) -> None:
    with db.writing():
        row = attempts.begin_scenario("kindness", "story", shown=Shown(enrolment_id(), 0), by=wren, now=NOW)
    page: Fields = {"attempt": str(row.id), "step": "first", "position": "0"}
    tabs.send("/learning/kindness/story/choose", lambda tab: {**page, "choice": "kind" if tab % 2 else "rude"})
    assert count(ScenarioChoice) == 1
    assert tabs.send("/learning/kindness/story/choose", lambda _tab: {**page, "choice": "kind"})
    assert count(ScenarioChoice) == 1


def test_a_practice_answer_from_eight_tabs_counts_once(app: Flask, wren: Person) -> None:
    attempt = begun(wren)
    for number in (1, 2):
        answer(wren, attempt, number, right=False)
    with clock_at(NOW + timedelta(days=1)), served(app) as port:
        first = spaced_practice.practice_of(wren, now=clock.now()).todays[0].item
        asked = spaced_practice.open_question(first, by=wren, now=clock.now())
        picked = quiz.sent(asked.question, asked.drawn, quiz.right_answer(asked.question))
        page: Fields = {"number": "0", "picked": picked}
        address = f"/learning/practice/{first.course}/{first.unit}/{first.question}"
        assert Tabs(app, port, wren).send(address, lambda _tab: page) == {302: TABS}
    assert count(PracticeAnswer) == 1
    assert count(Answer) == 2


def test_late_answers_from_eight_tabs_end_the_try_once_and_none_is_taken(
    app: Flask, people: People, tmp_path: Path
) -> None:
    install_small(tmp_path, quiz=QUIZ.replace("draw: 2", "minutes_allowed: 10\ndraw: 2"))
    moss = people.person("Moss")
    with db.writing():
        learning.start("kindness", by=moss, now=NOW)
    attempt = begun(moss)
    answer(moss, attempt, 1, right=True)
    late: Fields = {"attempt": str(attempt.row.id), "picked": sent(attempt, 2, right=True)}
    with clock_at(NOW + timedelta(minutes=20)), served(app) as port:
        assert Tabs(app, port, moss).send("/learning/kindness/quiz/2", lambda _tab: late) == {302: TABS}
    row = db.session.scalars(select(UnitAttempt)).one()
    assert (count(Answer), row.right_answers, row.finished_at) == (1, 1, NOW + timedelta(minutes=10))
