"""Publishing editions: what is refused, what never changes, whom it asks, and taking one back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app import audit, clock, db
from app.people.models import Person, PersonState, Role
from app.policies import documents
from app.refusals import Conflict, Invalid
from progression.documents import drafts, publishing
from progression.documents.agreeing import agree, reading_of
from progression.documents.drafts import SavedMeanwhile
from progression.documents.editions import asked_by, coming_editions, editions_of, present_edition
from progression.documents.publishing import ConfirmationRequired, Days
from progression.documents.shipped import CODE_OF_CONDUCT
from progression.documents.who_agreed import agreed_to, to_agree_again
from progression.domain import doubts_about
from progression.pathway import SHIPPED, Pathway
from rota.shifts import releasing
from tests.conftest import People
from tests.progression.documents.writing import A_WEEK, drafted, published, words
from tests.rota.crew import LONDON, Crew, seats
from tests.times import NOW, TODAY

A_MONTH = timedelta(days=30)


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


def agrees(person: Person, edition: int, now: Any = NOW) -> None:
    with db.writing():
        agree(person, CODE_OF_CONDUCT, edition=edition, now=now)


def counts_until(person: Person) -> date | None:
    """The last day on which what somebody agreed to counts."""
    db.session.rollback()
    agreement = reading_of(person.id, CODE_OF_CONDUCT, NOW).agreement
    assert agreement is not None
    return agreement.counts_until


def test_a_published_edition_holds_from_its_day_and_the_draft_is_gone(sable: Person) -> None:
    assert published(sable, "Tomorrow.", from_=TODAY + timedelta(days=1)) == 2
    assert present_edition(CODE_OF_CONDUCT, TODAY).number == 1
    assert present_edition(CODE_OF_CONDUCT, TODAY + timedelta(days=1)).text == "Tomorrow.\n"
    assert [each.number for each in coming_editions(CODE_OF_CONDUCT, TODAY)] == [2]
    assert drafts.draft_of(CODE_OF_CONDUCT) is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": "# Big"}, "a heading begins with ##"),
        ({"text": "  "}, "There are no words"),
        ({"why": ""}, "Say why, in a sentence."),
        ({"what_changed": "Much."}, "Say what changed"),
        ({"what_it_means": ""}, "Say what it means"),
    ],
)
def test_a_draft_with_a_fault_is_not_published(sable: Person, change: dict[str, str], sentence: str) -> None:
    draft = drafted(sable, replace(words(), **change))
    with pytest.raises(Invalid, match=sentence), db.writing():
        publishing.publish(CODE_OF_CONDUCT, Days(holds_from=TODAY, agree_by=None), seen=draft.mark, by=sable, now=NOW)


@pytest.mark.parametrize(
    ("holds_from", "agree_by", "field"),
    [
        (TODAY - timedelta(days=1), None, "holds_from"),
        (TODAY + timedelta(days=367), None, "holds_from"),
        (TODAY, TODAY + timedelta(days=6), "agree_by"),
        (TODAY, TODAY + timedelta(days=367), "agree_by"),
        (TODAY + A_WEEK, TODAY + A_WEEK, "agree_by"),
    ],
)
def test_days_that_give_nobody_time_are_refused(
    sable: Person, holds_from: date, agree_by: date | None, field: str
) -> None:
    draft = drafted(sable)
    with pytest.raises(Invalid) as refusal, db.writing():
        publishing.publish(
            CODE_OF_CONDUCT, Days(holds_from=holds_from, agree_by=agree_by), seen=draft.mark, by=sable, now=NOW
        )
    assert refusal.value.field == field


def test_an_edition_that_changes_nothing_or_comes_before_the_last_is_refused(sable: Person) -> None:
    published(sable, "Next week.", from_=TODAY + A_WEEK)
    draft, days = drafted(sable, words("Next week.")), Days(holds_from=TODAY + A_WEEK, agree_by=None)
    with pytest.raises(Invalid, match="nothing to publish"), db.writing():
        publishing.publish(CODE_OF_CONDUCT, days, seen=draft.mark, by=sable, now=NOW)
    draft = drafted(sable, words("Now."))
    with pytest.raises(Invalid, match="take edition 2 back first"), db.writing():
        publishing.publish(CODE_OF_CONDUCT, Days(holds_from=TODAY, agree_by=None), seen=draft.mark, by=sable, now=NOW)


def test_a_draft_that_was_saved_again_is_not_published_by_the_page_of_before(sable: Person) -> None:
    shown = drafted(sable, words("Shown."))
    drafted(sable, words("Changed."))
    with pytest.raises(SavedMeanwhile), db.writing():
        publishing.publish(CODE_OF_CONDUCT, Days(holds_from=TODAY, agree_by=None), seen=shown.mark, by=sable, now=NOW)


def test_whom_it_asks_is_said_first_and_has_to_be_confirmed(people: People, sable: Person) -> None:
    moss, wren, gone = people.person("Moss"), people.person("Wren"), people.person("Gone")
    for person in (moss, wren, gone):
        agrees(person, 1)
    with db.writing():
        db.session.get_one(Person, gone.id).state = PersonState.SUSPENDED
        audit.record("people.suspended", by=sable.id, subject=f"person:{gone.id}", now=NOW)
    draft, days = drafted(sable), Days(holds_from=TODAY, agree_by=TODAY + A_MONTH)
    with pytest.raises(ConfirmationRequired) as required, db.writing():
        publishing.publish(CODE_OF_CONDUCT, days, seen=draft.mark, by=sable, now=NOW)
    assert (required.value.consequences.asked, required.value.consequences.on_the_rota) == (2, 0)
    agrees(people.person("Tern"), 1)
    mark = required.value.consequences.mark
    with pytest.raises(ConfirmationRequired), db.writing():
        publishing.publish(CODE_OF_CONDUCT, days, seen=draft.mark, by=sable, now=NOW, agreed=mark)


def test_an_edition_that_asks_again_ends_what_was_agreed_to_before_on_its_day(people: People, sable: Person) -> None:
    moss = people.person("Moss")
    agrees(moss, 1)
    published(sable, from_=TODAY + A_WEEK, agree_by=TODAY + A_MONTH)
    assert counts_until(moss) == TODAY + A_MONTH
    assert reading_of(moss.id, CODE_OF_CONDUCT, NOW).has_agreed, "it does not ask before its first day"
    assert asked_by(CODE_OF_CONDUCT, 1, TODAY) is None
    later = NOW + A_WEEK
    assert reading_of(moss.id, CODE_OF_CONDUCT, later).agree_by == TODAY + A_MONTH
    assert [line.name for line in to_agree_again(CODE_OF_CONDUCT, 2)] == ["Moss"]
    agrees(moss, 2, later)
    assert reading_of(moss.id, CODE_OF_CONDUCT, later).has_agreed
    assert [(line.name, line.edition) for line in agreed_to(CODE_OF_CONDUCT)] == [("Moss", 2)]


def test_people_keep_their_shifts_until_the_day_and_lose_those_that_need_it_after(
    people: People, sable: Person
) -> None:
    crew = Crew(people)
    wren, robin = crew.moderator("Wren"), crew.moderator("Robin")
    for person in (wren, robin):
        crew.always_can(person)
    rota = crew.rota(crew.evenings())
    for seat, person in zip(seats(rota), (wren, robin), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    agree_by = min(seat.starts_at for seat in seats(rota)).date() - timedelta(days=1)
    start = agree_by - timedelta(days=7)
    draft, days = drafted(sable), Days(holds_from=start, agree_by=agree_by)
    earlier = clock.starts(start, LONDON)
    with pytest.raises(ConfirmationRequired) as required, db.writing():
        publishing.publish(CODE_OF_CONDUCT, days, seen=draft.mark, by=sable, now=earlier)
    asks = required.value.consequences
    assert (asks.asked, asks.on_the_rota) == (2, 2)
    with db.writing():
        publishing.publish(CODE_OF_CONDUCT, days, seen=draft.mark, by=sable, now=earlier, agreed=asks.mark)
    agrees(robin, 2, earlier)
    releasing.sweep(earlier)
    assert [seat.person_id for seat in seats(rota)] == [wren.id, robin.id]
    releasing.sweep(clock.ends(agree_by, LONDON))
    assert [seat.person_id for seat in seats(rota)] == [None, robin.id]


def test_a_minor_edition_asks_nobody_but_is_what_newcomers_agree_to(people: People, sable: Person) -> None:
    moss = people.person("Moss")
    agrees(moss, 1)
    published(sable)
    assert reading_of(moss.id, CODE_OF_CONDUCT, NOW).has_agreed
    with pytest.raises(Conflict, match="another edition"):
        agrees(people.person("Wren"), 1)
    agrees(people.person("Tern"), 2)


def test_of_two_editions_that_ask_again_the_earlier_day_counts(people: People, sable: Person) -> None:
    moss = people.person("Moss")
    agrees(moss, 1)
    published(sable, "Two.", agree_by=TODAY + A_MONTH)
    published(sable, "Three.", agree_by=TODAY + 2 * A_MONTH)
    assert counts_until(moss) == TODAY + A_MONTH
    assert asked_by(CODE_OF_CONDUCT, 2, TODAY) == TODAY + 2 * A_MONTH


def test_an_edition_is_taken_back_before_its_day_and_never_after(people: People, sable: Person) -> None:
    moss = people.person("Moss")
    agrees(moss, 1)
    published(sable, "Two.", from_=TODAY + A_WEEK, agree_by=TODAY + A_MONTH)
    with db.writing():
        publishing.take_back(CODE_OF_CONDUCT, 2, by=sable, now=NOW)
    assert [each.number for each in editions_of(CODE_OF_CONDUCT)] == [1]
    assert counts_until(moss) is None
    assert published(sable, "Three.") == 3, "a number is used once"
    with pytest.raises(Conflict, match="holds already"), db.writing():
        publishing.take_back(CODE_OF_CONDUCT, 3, by=sable, now=NOW)


def test_while_the_pathway_lists_editions_a_new_one_is_refused(app: Flask, sable: Person) -> None:
    listed = documents.shipped(Pathway, SHIPPED).model_dump(mode="json")
    listed["requirements"]["code-of-conduct"]["facts"] = {"edition": ["1"]}
    doubts = doubts_about(Pathway.model_validate(listed), NOW)  # and one that a course is not installed here
    assert "“code-of-conduct” lists editions" in doubts[-1]
    with db.writing():
        documents.write("pathway", listed, holds_from=TODAY, why="As it was.", by=sable.id, now=NOW)
    with pytest.raises(Invalid, match="lists the editions"):
        published(sable)
