"""Reminding people: one e-mail each, nobody twice in a week, and of nothing that they did in the meantime."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, clock, db, settings
from app.outbox.notice import from_row
from app.people.models import Person, PersonState, Role
from app.refusals import Invalid
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.emails import queued, words_of
from training.programme.assigning import assign
from training.teaching.reminding import MOST_AT_ONCE, Outcome, remind

LATER = NOW + timedelta(days=8)  # the e-mail of being asked is a week old


@pytest.fixture
def team(people: People) -> dict[str, Person]:
    """Ash asks; Birch is asked for a course by tomorrow, and needs others; Cedar has passed it."""
    install_shipped()
    made = {name: people.person(name) for name in ("Ash", "Birch", "Cedar")}
    pass_course(made["Cedar"])
    with db.writing():
        due_on = clock.on(NOW, settings.current().zone) + timedelta(days=1)
        assign([made["Birch"].id], "conflict", due_on=due_on, by=made["Ash"], now=NOW)
    return made


def remind_all(team: dict[str, Person], *, days: int = 8) -> Outcome:
    with db.writing():
        ids = [person.id for name, person in team.items() if name != "Ash"]
        return remind(ids, by=team["Ash"], now=NOW + timedelta(days=days))


@pytest.mark.both_databases
def test_who_has_something_to_do_gets_one_e_mail_and_the_trail_says_by_whom(team: dict[str, Person]) -> None:
    assert remind_all(team) == Outcome(reminded=1, lately=0, nothing=1)
    (row,) = queued("courses-to-do")
    assert row.person_id == team["Birch"].id
    subject, text, html = words_of(row, now=LATER)
    assert subject == "“Understanding conflict” waits for you"
    for words in (text, html):
        assert "Ash asked us to remind you kindly" in words
        assert "/learning/conflict" in words
    assert "it was due on 19 February 2027, and you can still take it" in text
    lines = db.session.scalars(select(audit.AuditLine).where(audit.AuditLine.action == "training.reminded")).all()
    assert [(line.by_id, line.subject) for line in lines] == [(team["Ash"].id, f"person:{team['Birch'].id}")]


def test_nobody_is_reminded_twice_in_a_week_or_soon_after_being_asked(team: dict[str, Person]) -> None:
    assert remind_all(team, days=2) == Outcome(reminded=0, lately=1, nothing=1)
    assert remind_all(team, days=8).reminded == 1
    assert remind_all(team, days=14).lately == 1
    assert remind_all(team, days=15).reminded == 1


def test_what_was_done_in_the_meantime_is_not_reminded_of(team: dict[str, Person]) -> None:
    remind_all(team)
    (row,) = queued("courses-to-do")
    notice = from_row(row.kind, row.facts)
    assert notice.still_wanted(team["Birch"].id, LATER)
    pass_course(team["Birch"], now=LATER)
    assert not notice.still_wanted(team["Birch"].id, LATER + timedelta(days=1))


def test_nobody_and_too_many_at_once_are_refused_and_closed_accounts_are_left_out(
    team: dict[str, Person], people: People
) -> None:
    elm = people.person("Elm", state=PersonState.SUSPENDED)
    with db.writing():
        assert remind([elm.id], by=team["Ash"], now=LATER) == Outcome(0, 0, nothing=1)
    for ids in (range(0), range(1, MOST_AT_ONCE + 2)):
        with pytest.raises(Invalid), db.writing():
            remind(ids, by=team["Ash"], now=LATER)


def test_the_page_reminds_those_who_are_ticked(
    team: dict[str, Person], people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    clock.set_to(LATER)
    sign_in(client, people.person("Tansy", roles=(Role.TRAINER,)))
    page = client.get("/learning/matrix").text
    assert 'aria-label="Remind Birch of 1 course"' in page
    after = client.post(
        "/learning/matrix/remind?next=/learning/matrix", data={"to": [team["Birch"].id]}, follow_redirects=True
    ).text
    assert "1 person gets an e-mail" in after
    assert 'aria-label="Remind Birch' not in after
    assert "reminded Fri 26 Feb" in after
