"""Applying for the next step: who is told, what ends an application, and what nobody may do."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.people.models import Person, Role
from app.people.rights import suspend
from app.refusals import Conflict, Invalid
from progression import signoff
from progression.applying import applications
from progression.applying.models import HowEnded, StepApplication, WordsKind
from progression.evidence import NotAboutYourself
from progression.stages import Stage
from tests.conftest import People
from tests.progression.bringing import bring_to, has_all_for, is_signed_off
from tests.times import NOW
from tests.training.emails import words_of


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ASSESSOR,))


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    return bring_to(people.person("Otter"), Stage.PEER, by=sable)


def applies(person: Person, words: str = "I like to listen.", to: Stage = Stage.VOLUNTEER) -> StepApplication:
    db.session.rollback()
    with db.writing():
        return applications.apply(person, to, words, now=NOW)


def told(kind: str) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.person_id).where(OutboxRow.kind == kind)))


def how_it_ended(person: Person) -> HowEnded | None:
    db.session.rollback()
    found = applications.seen(person.id)
    assert found is not None
    return found.application.how_ended


def test_those_who_decide_are_told_once_of_an_application_with_its_words_on_the_page_alone(
    otter: Person, sable: Person, people: People
) -> None:
    people.person("Cedar", roles=(Role.LEAD,))
    assert applies(otter).id == applies(otter).id
    assert told("step-applied") == [sable.id]
    found = applications.seen(otter.id)
    assert found is not None
    assert [(each.kind, each.by, each.words) for each in found.written] == [
        (WordsKind.STATEMENT, "Otter", "I like to listen.")
    ]
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "step-applied")).one()
    assert "listen" not in str(row.facts)


def test_another_statement_is_added_to_the_open_application_and_not_lost(otter: Person) -> None:
    assert applies(otter).id == applies(otter, "And nights suit me.").id
    found = applications.seen(otter.id)
    assert found is not None
    assert [each.words for each in found.written] == ["I like to listen.", "And nights suit me."]


def test_an_applicant_may_apply_before_everything_is_there_but_only_for_the_next_step(otter: Person) -> None:
    with pytest.raises(Conflict, match="not your next step"):
        applies(otter, to=Stage.STAFF)
    assert applies(otter).how_ended is None


@pytest.mark.parametrize("words", ["", "   ", "x" * 2001])
def test_an_empty_or_a_long_statement_is_refused_beside_its_field(otter: Person, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        applies(otter, words)
    assert refused.value.field == "statement"


def test_a_question_is_answered_to_those_who_asked_and_the_application_stays_open(
    otter: Person, sable: Person, people: People
) -> None:
    people.person("Rowan", roles=(Role.ASSESSOR,))
    applies(otter)
    with db.writing():
        applications.ask_for_more(otter, "When could you begin?", by=sable, now=NOW)
    found = applications.seen(otter.id)
    assert found is not None
    assert found.awaits_answer
    with db.writing():
        applications.answer(otter, "In May.", now=NOW)
    assert (told("application-questioned"), told("application-answered")) == ([otter.id], [sable.id])
    for kind, page in (("application-questioned", "/journey/application"), ("application-answered", "/sign-offs/")):
        row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind)).one()
        subject, text, html = words_of(row)
        assert page in text
        assert page in html
        assert "In May." not in subject + text + html
    assert how_it_ended(otter) is None


def test_what_somebody_adds_unasked_goes_to_all_who_decide(otter: Person, sable: Person, people: People) -> None:
    rowan = people.person("Rowan", roles=(Role.ASSESSOR,))
    applies(otter)
    with db.writing():
        applications.answer(otter, "I forgot to say: nights suit me.", now=NOW)
    assert sorted(told("application-answered")) == sorted([sable.id, rowan.id])


def test_nobody_asks_themselves_and_nobody_asks_where_nothing_is_open(otter: Person, sable: Person) -> None:
    with pytest.raises(Conflict, match="no open application"), db.writing():
        applications.ask_for_more(otter, "When?", by=sable, now=NOW)
    applies(otter)
    with pytest.raises(NotAboutYourself), db.writing():
        applications.ask_for_more(otter, "When?", by=otter, now=NOW)


def test_a_decision_ends_the_application_whichever_it_is(otter: Person, sable: Person) -> None:
    applies(otter)
    with db.writing():
        signoff.not_yet(otter, Stage.VOLUNTEER, by=sable, reason="Two more shifts first.", now=NOW)
    assert how_it_ended(otter) is HowEnded.NOT_YET
    applies(otter, "Two more shifts are done.")
    has_all_for(otter, Stage.VOLUNTEER, by=sable)
    is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    assert how_it_ended(otter) is HowEnded.SIGNED_OFF


def test_an_application_taken_back_is_told_to_nobody_any_more(otter: Person) -> None:
    applies(otter)
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "step-applied")).one()
    assert from_row(row.kind, row.facts).still_wanted(row.person_id, NOW)
    db.session.rollback()
    for _ in range(2):
        with db.writing():
            applications.withdraw(otter, now=NOW)
    assert how_it_ended(otter) is HowEnded.WITHDRAWN
    assert not from_row(row.kind, row.facts).still_wanted(row.person_id, NOW)


def test_a_closed_account_ends_its_application(otter: Person, sable: Person) -> None:
    applies(otter)
    with db.writing():
        suspend(otter, by=sable, now=NOW)
    assert how_it_ended(otter) is HowEnded.OVERTAKEN
