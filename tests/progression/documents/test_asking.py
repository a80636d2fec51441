"""Asking people to agree again: whom, how often, on Today and by e-mail, and what stops it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.outbox.notice import from_row
from app.people.models import Person, Role
from progression.documents import publishing
from progression.documents.agreeing import agree
from progression.documents.asking import ask_people, asked_of
from progression.documents.notices import AgreeAgain
from progression.documents.shipped import CODE_OF_CONDUCT
from progression.stages import Stage
from progression.standing import clearances_of
from tests.conftest import People, SignIn
from tests.progression.bringing import bring_to
from tests.progression.documents.writing import SENTENCES, published
from tests.progression.facts import LONDON
from tests.times import NOW, TODAY
from tests.training.emails import queued, words_of

UNTIL = TODAY + timedelta(days=30)


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


@pytest.fixture
def moss(people: People) -> Person:
    moss = people.person("Moss")
    with db.writing():
        agree(moss, CODE_OF_CONDUCT, edition=1, now=NOW - timedelta(days=90))
    return moss


def days_later(days: int) -> None:
    ask_people(NOW + timedelta(days=days))


def test_everybody_who_agreed_before_gets_one_email_and_one_reminder(
    moss: Person, people: People, sable: Person
) -> None:
    people.person("Newcomer")
    published(sable, from_=TODAY + timedelta(days=2), agree_by=UNTIL)
    counts = []
    for days in (0, 1, 2, 3, 22, 23, 24, 30, 31):
        days_later(days)
        days_later(days)
        counts.append(len(queued(AgreeAgain.kind)))
    assert counts == [0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert {row.person_id for row in queued(AgreeAgain.kind)} == {moss.id}


def test_the_email_says_what_changed_why_and_what_it_means(moss: Person, sable: Person) -> None:
    published(sable, agree_by=UNTIL)
    days_later(0)
    subject, *bodies = words_of(queued(AgreeAgain.kind)[0])
    assert subject == "Please read the new edition of “The code of conduct” by 20 March 2027"
    for body in bodies:
        assert all(sentence in body for sentence in SENTENCES.values())
        assert "/documents/code-of-conduct" in body
        assert "offered to others from three days before" in " ".join(body.split())


def test_after_a_long_stop_of_the_worker_the_reminder_alone_goes_out(moss: Person, sable: Person) -> None:
    published(sable, agree_by=UNTIL)
    days_later(30)  # the last day
    assert [row.facts["is_reminder"] for row in queued(AgreeAgain.kind)] == [True]


def test_with_a_week_to_agree_there_is_one_email_and_no_reminder_on_the_same_day(moss: Person, sable: Person) -> None:
    published(sable, agree_by=TODAY + timedelta(days=7))
    for days in range(9):
        days_later(days)
    assert len(queued(AgreeAgain.kind)) == 1


def test_who_has_agreed_or_is_asked_no_longer_gets_none(moss: Person, people: People, sable: Person) -> None:
    published(sable, agree_by=UNTIL)
    days_later(0)
    [row] = queued(AgreeAgain.kind)
    notice = from_row(row.kind, row.facts)
    assert notice.still_wanted(moss.id, NOW)
    assert not notice.still_wanted(moss.id, NOW + timedelta(days=31)), "the day is past"
    with db.writing():
        agree(moss, CODE_OF_CONDUCT, edition=2, now=NOW)
    assert not notice.still_wanted(moss.id, NOW)
    days_later(25)
    assert len(queued(AgreeAgain.kind)) == 1


def test_a_minor_edition_and_one_that_was_taken_back_ask_nobody(moss: Person, sable: Person) -> None:
    published(sable, "A comma.")
    published(sable, "Much.", from_=TODAY + timedelta(days=5), agree_by=UNTIL)
    with db.writing():
        publishing.take_back(CODE_OF_CONDUCT, 3, by=sable, now=NOW)
    for days in range(0, 32, 5):
        days_later(days)
    assert queued(AgreeAgain.kind) == []
    assert asked_of(moss.id, NOW + timedelta(days=40)) == []


def test_today_has_the_button_until_it_is_done(
    client: FlaskClient, moss: Person, sable: Person, sign_in: SignIn
) -> None:
    published(sable, agree_by=UNTIL)
    page = sign_in(client, moss).get("/").text
    assert "Please agree again" in page
    assert SENTENCES["what_changed"] in page
    assert 'href="/documents/code-of-conduct"' in page
    with db.writing():
        agree(moss, CODE_OF_CONDUCT, edition=2, now=NOW)
    assert "Please agree again" not in client.get("/").text


def test_after_the_day_the_agreement_no_longer_counts_and_agreeing_brings_all_back(
    people: People, sable: Person
) -> None:
    wren = people.person("Wren")
    bring_to(wren, Stage.VOLUNTEER, by=sable)
    published(sable, agree_by=UNTIL)
    moderates = clearances_of([wren.id], NOW)[wren.id]["moderator"]
    assert [span.end for span in moderates] == [clock.ends(UNTIL, LONDON)]
    with db.writing():
        agree(wren, CODE_OF_CONDUCT, edition=2, now=NOW + timedelta(days=40))
    later = NOW + timedelta(days=41)
    assert any(span.start <= later < span.end for span in clearances_of([wren.id], later)[wren.id]["moderator"])


def test_the_page_of_a_person_says_what_they_agreed_to(
    client: FlaskClient, moss: Person, sable: Person, sign_in: SignIn
) -> None:
    published(sable, agree_by=UNTIL)
    page = sign_in(client, sable).get(f"/people/{moss.id}").text
    assert "What they agreed to" in page
    assert "counts until 20 March 2027" in page
