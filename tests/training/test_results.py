"""What people who decide see of how a course was passed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import attempts, learning, results
from training.attempts import Shown
from training.scenario import ChoiceMade

STORY = "the-thread-at-1-am"


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    wren = people.person("Wren")
    pass_course(wren)
    return wren


@pytest.mark.both_databases
def test_a_pass_is_its_score_its_tries_and_the_ending_that_was_played_to(wren: Person) -> None:
    (result,) = results.results_of(wren.id)
    (quiz,), (story, second) = result.quizzes, result.scenarios
    assert (quiz.title, quiz.right, quiz.asked, quiz.tries) == ("Check what you know", 10, 10, 1)
    assert (story.title, story.ending, story.tries) == ("The thread at 1 am", "A light left on", 1)
    assert (second.title, second.ending, second.tries) == ("A Saturday at the mending table", "Mended", 1)


def test_practice_after_the_pass_changes_nothing_of_it(wren: Person) -> None:
    before = results.results_of(wren.id)
    enrolment = learning.progress_in(wren, "conflict", now=NOW).enrolment.id
    with db.writing():
        begun = attempts.begin_scenario("conflict", STORY, shown=Shown(enrolment, 1), by=wren, now=NOW)
        made = ChoiceMade("first-look", "wait")
        attempts.choose("conflict", STORY, made, attempt_id=begun.id, position=0, by=wren, now=NOW)
    assert results.results_of(wren.id) == before


def test_the_sign_off_page_links_the_certificate_and_shows_score_and_ending_but_no_single_reply(
    wren: Person, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Sable", roles=(Role.ASSESSOR,)))
    page = " ".join(client.get(f"/sign-offs/{wren.id}").text.split())
    assert "Check what you know: <b>10 of 10 right</b>, on the first try" in page
    assert "The thread at 1 am: played to “A light left on”" in page
    assert "names what both of them feel" not in page
    assert 'href="/certificates/1.pdf"' in page
    assert client.get("/certificates/1.pdf").mimetype == "application/pdf"
