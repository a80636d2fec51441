"""Leading a group: who is with it and how far, parts opened early or held back, and notes to all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import clock, db, settings
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people.models import Person, PersonState, Role
from app.refusals import Conflict, Invalid
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY
from tests.training.courses import install_shipped
from tests.training.emails import queued, words_of
from tests.training.reading import Reader
from training import learning
from training.guided import groups, own
from training.guided.groups import Plan
from training.guided.models import GuidedGroup, GuidedPace
from training.guided.progress import GroupPage, group_page, notes_for

WEEK = timedelta(days=7)


def today(now: datetime = NOW) -> date:
    return clock.on(now, settings.current().zone)


@pytest.fixture
def teal(people: People) -> Person:
    """Who leads."""
    install_shipped()
    return people.person("Teal", roles=(Role.TRAINER,))


@pytest.fixture
def group(teal: Person, people: People) -> GuidedGroup:
    """A group of the shipped course that begins today, with Wren in it."""
    people.person("Wren")
    with db.writing():
        made = groups.create("conflict", Plan(teal.id, today(), 7), by=teal, now=NOW)
        groups.add(made.id, ["wren "], by=teal, now=NOW)
    return made


def person(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.display_name == name)).one()


def page(group: GuidedGroup, now: datetime = NOW) -> GroupPage:
    return group_page(group.id, now=now)


def open_numbers(group: GuidedGroup, now: datetime = NOW) -> list[int]:
    return [part.number for part in page(group, now).parts if page(group, now).is_open(part)]


@pytest.mark.both_databases
def test_people_of_a_group_have_its_days_from_when_they_begin_the_course(group: GuidedGroup) -> None:
    wren = person("Wren")
    with db.writing():
        learning.start("conflict", by=wren, now=NOW)
    progress = learning.progress_in(wren, "conflict", now=NOW)
    assert set(progress.closed) == {unit.slug for part in page(group).parts[1:] for unit in part.units}
    (one,) = page(group).people
    assert (one.person.display_name, one.has_begun, one.units_done) == ("Wren", True, 0)


def test_a_part_is_opened_early_and_that_is_taken_back(group: GuidedGroup, teal: Person) -> None:
    for _twice in range(2):
        with db.writing():
            groups.open_early(group.id, 3, by=teal, now=NOW)
    assert open_numbers(group) == [1, 2, 3]
    assert [row.facts["part"] for row in queued("guided-part-open")] == [1, 3]
    with db.writing():
        groups.close_again(group.id, by=teal, now=NOW)
    assert open_numbers(group) == [1]
    actions = db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("training.group-part-%"))).all()
    assert sorted(actions) == ["training.group-part-closed-again", "training.group-part-opened"]


def test_a_part_is_held_back_with_those_after_it_and_then_opens_at_once(group: GuidedGroup, teal: Person) -> None:
    with db.writing():
        groups.hold_back(group.id, 2, by=teal, now=NOW)
    assert open_numbers(group, NOW + 5 * WEEK) == [1]
    with db.writing():
        groups.let_go_on(group.id, by=teal, now=NOW + 3 * WEEK)
    assert open_numbers(group, NOW + 3 * WEEK) == [1, 2]
    assert page(group, NOW + 3 * WEEK).pace.opens_on(3) == today() + 4 * WEEK


def test_a_part_that_is_open_is_not_held_back(group: GuidedGroup, teal: Person) -> None:
    with pytest.raises(Conflict, match="open already"), db.writing():
        groups.hold_back(group.id, 1, by=teal, now=NOW)


def test_opening_what_is_held_back_ends_the_holding_back(group: GuidedGroup, teal: Person) -> None:
    with db.writing():
        groups.hold_back(group.id, 2, by=teal, now=NOW)
        groups.open_early(group.id, 2, by=teal, now=NOW)
    assert open_numbers(group) == [1, 2]


@pytest.mark.parametrize(("first_day", "days_between"), [(TODAY, 0), (TODAY, 29), (date(2029, 1, 1), 7)])
def test_days_out_of_bounds_are_refused(teal: Person, first_day: date, days_between: int) -> None:
    with pytest.raises(Invalid), db.writing():
        groups.create("conflict", Plan(teal.id, first_day, days_between), by=teal, now=NOW)


def test_somebody_who_may_not_lead_is_refused_as_leader(teal: Person, people: People) -> None:
    wren = people.person("Wren")
    with pytest.raises(Invalid, match="may lead"), db.writing():
        groups.create("conflict", Plan(wren.id, today(), 7), by=teal, now=NOW)


def test_changed_days_never_close_a_part_that_is_open(group: GuidedGroup, teal: Person) -> None:
    with pytest.raises(Invalid, match="would close again"), db.writing():
        groups.change(group.id, Plan(teal.id, today() + WEEK, 7), by=teal, now=NOW)
    with db.writing():
        groups.change(group.id, Plan(teal.id, today(), 3), by=teal, now=NOW)
    assert page(group).pace.opens_on(2) == today() + timedelta(3)


def test_a_name_that_nobody_has_adds_nobody(group: GuidedGroup, teal: Person, people: People) -> None:
    people.person("Moss")
    people.person("Juniper", state=PersonState.INVITED)
    for name in ("Nobody", "Juniper"):
        with pytest.raises(Invalid, match=f"called {name}"), db.writing():
            groups.add(group.id, ["Moss", name], by=teal, now=NOW)
    assert len(page(group).people) == 1


def test_joining_a_group_ends_a_pace_of_ones_own(group: GuidedGroup, teal: Person, people: People) -> None:
    moss = people.person("Moss")
    with db.writing():
        own.begin(learning.start("conflict", by=moss, now=NOW), by=moss, now=NOW)
        assert groups.add(group.id, ["Moss", "Wren"], by=teal, now=NOW) == 1
    paces = db.session.scalars(select(GuidedPace).where(GuidedPace.person_id == moss.id).order_by(GuidedPace.id)).all()
    assert [(pace.group_id, pace.ended_at is None) for pace in paces] == [(None, False), (group.id, True)]


@pytest.mark.both_databases
def test_who_is_taken_out_has_everything_open_and_so_has_everybody_when_a_group_ends(
    group: GuidedGroup, teal: Person
) -> None:
    wren = person("Wren")
    with db.writing():
        learning.start("conflict", by=wren, now=NOW)
        groups.remove(page(group).people[0].paced.own.id, by=teal, now=NOW)
    assert learning.progress_in(wren, "conflict", now=NOW).closed == {}
    with db.writing():
        groups.add(group.id, ["Wren"], by=teal, now=NOW)
        groups.end(group.id, by=teal, now=NOW)
    assert learning.progress_in(wren, "conflict", now=NOW).closed == {}
    with db.writing():
        groups.go_on(group.id, by=teal, now=NOW)
    assert learning.progress_in(wren, "conflict", now=NOW).closed


def test_a_note_goes_to_everybody_with_the_group_and_to_nobody_else(
    group: GuidedGroup, teal: Person, people: People
) -> None:
    moss = people.person("Moss")
    with db.writing():
        note = groups.write_note(group.id, "  See you on Thursday.\r\n\r\nBring tea. ", by=teal, now=NOW)
    assert [each.text for each in notes_for(person("Wren").id, "conflict")] == ["See you on Thursday.\n\nBring tea."]
    assert notes_for(moss.id, "conflict") == []
    (row,) = queued("guided-note")
    assert row.person_id == person("Wren").id
    subject, text, html = words_of(row)
    assert subject == "A note from Teal to your group in “Understanding conflict”"
    for body in (text, html):
        assert "Bring tea." in body
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "training.note-written")).one()
    assert "tea" not in str(line.content)
    with db.writing():
        groups.take_back_note(note.id, by=teal, now=NOW)
    assert notes_for(person("Wren").id, "conflict") == []


@pytest.mark.parametrize("text", ["  ", "x" * (groups.LONGEST_NOTE + 1)])
def test_an_empty_or_very_long_note_is_refused(group: GuidedGroup, teal: Person, text: str) -> None:
    with pytest.raises(Invalid), db.writing():
        groups.write_note(group.id, text, by=teal, now=NOW)
    assert db.session.scalar(select(func.count()).where(OutboxRow.kind == "guided-note")) == 0


def test_a_trainer_leads_a_group_by_pages_alone(
    client: FlaskClient, teal: Person, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren")
    reader = Reader(sign_in(client, teal)).open("/learning").follow("Groups that take a course a part at a time")
    reader.press("Set up the group", first_day=["18", "2", "2027"], leader=str(teal.id))
    assert reader.heading == "Understanding conflict, with Teal"
    refused = reader.press("Add them", names="Wren\nNobody at all")
    assert refused.status == 422
    assert "Nobody with an open account is called Nobody at all." in refused.text
    reader.open("/learning/groups").follow("Understanding conflict").press("Add them", names="Wren")
    assert "0 of" in reader.text
    reader.press("Send the note", text="Welcome to all of you.")
    second = group_page(1, now=NOW).parts[1].title
    reader.press(f"Open it now: {second}")
    learner = Reader(sign_in(client, wren)).open("/learning/conflict")
    assert "2 of" in learner.text
    learner.press("Start the course").open("/learning/conflict")
    assert "You are with the group that Teal leads." in learner.text
    assert "Welcome to all of you." in learner.text
    assert learner.open("/learning/groups").status == 403
