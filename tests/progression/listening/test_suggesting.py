"""Suggestions: who reads them, who answers, and that a name that was left out stays out."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound
from progression.evidence import NotAboutYourself
from progression.listening import suggesting, suggestions
from progression.listening.models import Outcome, Suggestion, SuggestionAnswer
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.emails import queued, words_of

LAMP = "A brighter board at night."


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.COORDINATOR,))


@pytest.fixture
def otter(people: People) -> Person:
    return people.person("Otter")


def suggests(person: Person, words: str = LAMP, *, with_name: bool = True) -> Suggestion:
    db.session.rollback()
    with db.writing():
        return suggesting.suggest(person, words, with_name=with_name, now=NOW)


def answers(
    made: Suggestion, by: Person, words: str = "New colours in May.", you_said: str = "", seen: int = 0
) -> SuggestionAnswer:
    db.session.rollback()
    new = suggesting.NewAnswer(Outcome.PLANNED, words, you_said, seen)
    with db.writing():
        return suggesting.answer(made.id, new, by=by, now=NOW)


def told(kind: str) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == kind)))


def test_those_who_answer_are_told_once_a_day_and_never_of_their_own(
    otter: Person, tansy: Person, people: People
) -> None:
    people.person("Cedar", roles=(Role.TRAINER,))
    assert suggests(otter).id == suggests(otter).id, "the same form sent twice"
    suggests(otter, "Fewer e-mails.")
    assert told("suggestions-wait") == [tansy.id]
    suggests(tansy, "A bigger kettle.")
    assert told("suggestions-wait") == [tansy.id]
    assert [each.words for each in suggestions.to_answer(reader=tansy.id)] == [LAMP, "Fewer e-mails."]


def test_a_name_that_was_left_out_is_nowhere_that_an_answerer_reads(
    client: FlaskClient, otter: Person, tansy: Person, sign_in: SignIn
) -> None:
    made = suggests(otter, with_name=False)
    sign_in(client, tansy)
    for page in ("/suggestions/to-answer", f"/suggestions/{made.id}"):
        shown = client.get(page).text
        assert LAMP in shown
        assert "Otter" not in shown
    assert db.session.scalars(select(AuditLine).where(AuditLine.action.contains("suggest"))).all() == []


def test_an_answer_reaches_its_person_and_what_everybody_may_read_has_no_name(
    otter: Person, tansy: Person, people: People
) -> None:
    made = suggests(otter)
    answers(made, tansy, you_said="The board is too dark at night.")
    assert told("suggestion-answered") == [otter.id]
    for text in words_of(queued("suggestion-answered")[0]):
        assert "New colours" not in text
    (public,) = suggestions.you_said_we_did(NOW)
    assert (public.you_said, public.words, public.by) == (
        "The board is too dark at night.",
        "New colours in May.",
        "Tansy",
    )
    (own,) = suggestions.own_suggestions(otter.id)
    assert own.answer == public
    between_the_two = suggests(otter, "Something about my partner.")
    answers(between_the_two, tansy)
    assert suggestions.you_said_we_did(NOW) == [public]


def test_of_two_who_answer_at_once_the_second_reads_the_first_and_nothing_is_lost(
    client: FlaskClient, otter: Person, tansy: Person, people: People, sign_in: SignIn
) -> None:
    made = suggests(otter)
    first = answers(made, tansy)
    with pytest.raises(Conflict, match="Somebody else answered"):
        answers(made, people.person("Rowan", roles=(Role.COORDINATOR,)), "In June.")
    sign_in(client, people.person("Moss", roles=(Role.COORDINATOR,)))
    late = client.post(
        f"/suggestions/{made.id}", data={"seen": 0, "outcome": "done", "words": "In June.", "you_said": ""}
    )
    assert (late.status_code, "In June." in late.text, "New colours in May." in late.text) == (409, True, True)
    answers(made, tansy, "In June after all.", seen=first.id)
    assert told("suggestion-answered") == [otter.id] * 2


def test_a_suggestion_that_was_taken_back_is_read_by_nobody_and_another_persons_is_unknown(
    client: FlaskClient, otter: Person, tansy: Person, sign_in: SignIn
) -> None:
    made = suggests(otter)
    answers(made, tansy, you_said="Too dark.")
    with pytest.raises(NotFound), db.writing():
        suggesting.withdraw(tansy, made.id, now=NOW)
    sign_in(client, otter)
    assert client.post(f"/suggestions/{made.id}/withdraw").status_code == 302
    assert suggestions.to_answer(reader=tansy.id) == []
    assert suggestions.you_said_we_did(NOW) == []
    with pytest.raises(NotFound):
        answers(made, tansy)


def test_nobody_answers_their_own_and_nobody_buries_the_others(tansy: Person, otter: Person) -> None:
    with pytest.raises(NotAboutYourself):
        answers(suggests(tansy), tansy)
    for number in range(suggesting.MOST_OPEN):
        suggests(otter, f"Idea {number}.")
    with pytest.raises(Conflict, match="wait for an answer already"):
        suggests(otter, "One more.")
    with pytest.raises(Invalid):
        suggests(otter, " ")


def test_a_suggestion_goes_from_its_form_to_its_answer(
    client: FlaskClient, otter: Person, tansy: Person, sign_in: SignIn
) -> None:
    sign_in(client, otter)
    assert client.post("/suggestions", data={"words": "", "name": "shown"}).status_code == 422
    assert client.post("/suggestions", data={"words": "Use <b>bold</b>.", "name": "shown"}).status_code == 302
    assert "Use &lt;b&gt;bold&lt;/b&gt;." in client.get("/suggestions").text
    sign_in(client, tansy)
    assert "Otter" in client.get("/suggestions/to-answer").text
    made = db.session.scalars(select(Suggestion.id)).one()
    form = {"seen": 0, "outcome": "done", "words": "Done today.", "you_said": "Use bold."}
    assert client.post(f"/suggestions/{made}", data=form).status_code == 302
    sign_in(client, otter)
    page = client.get("/suggestions").text
    assert "We did it" in page
    assert "Done today." in page
