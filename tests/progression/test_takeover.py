"""Stages, checks, agreements and observations of an organisation's own records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person, Role
from app.trail import verification
from progression.duties import Duty
from progression.ledger import facts_of_person, notes_of
from progression.stages import Stage
from progression.standing import standing_of
from progression.takeover import PROGRESSION_PART as PART
from tests.app.takeover.batches import reading, remarks, taken_over, undone, value_of
from tests.conftest import People, SignIn
from tests.progression.bringing import passes_conflict, passes_safeguarding
from tests.times import NOW

CHECK = {
    "check_issued_on": "3/6/2025",
    "check_level": "Enhanced with barred lists",
    "check_workforce": "Children",
    "check_outcome": "clear",
    "check_number": "001234564821",
}
WHOLE = {"stage": "volunteer", "stage_since": "1/9/2024", "code_agreed_on": "1/9/2024", **CHECK}


@pytest.fixture
def admin(people: People) -> Person:
    return people.person("Sable", roles=(Role.ADMIN,))


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ("volunteer", "volunteer"),
        ("vol", "volunteer"),
        ("Vol.", "volunteer"),
        ("V", "volunteer"),
        ("Moderator", "volunteer"),
        ("peer supporter", "peer"),
        ("P", "peer"),
        ("Staff", "staff"),
        ("member of staff", "staff"),
    ],
)
def test_a_stage_is_read_as_people_write_it(app: Flask, admin: Person, written: str, stage: str) -> None:
    cells = {"stage": written, "stage_since": "3/6/2025"}
    assert value_of(PART, admin, cells)["stage"] == {"to": stage, "on": "2025-06-03", "is_dated": True}
    has_note = any("is read as" in note for note in remarks(PART, admin, cells)["notes"])
    assert has_note == (written.lower() != stage)


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("enhanced with barred lists", "enhanced-barred"),
        ("Enhanced + children's barred list", "enhanced-barred"),
        ("Enh. (barred)", "enhanced-barred"),
        ("Enhanced (no barred list)", "enhanced"),
        ("Enhanced without barred lists", "enhanced"),
        ("ENHANCED", "enhanced"),
        ("Standard DBS", "standard"),
        ("basic", "basic"),
    ],
)
def test_a_level_of_check_is_never_read_higher_than_it_is_written(
    app: Flask, admin: Person, written: str, level: str
) -> None:
    check = value_of(PART, admin, {**CHECK, "check_level": written})["check"]
    assert check["facts"]["level"] == level


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"stage": "wizard"}, "stage: “wizard” is not a stage here"),
        ({"stage": "ex-volunteer"}, "stage: “ex-volunteer”: if they have left"),
        ({"stage_since": "3/6/2025"}, "stage: There is a day, but no stage"),
        ({"stage": "vol", "stage_since": "19/2/2027"}, "stage_since: 19 February 2027 is still to come"),
        ({"stage": "vol", "stage_since": "31/2/2025"}, "stage_since: “31/2/2025” is not in the calendar"),
        ({**CHECK, "check_issued_on": "Yes"}, "check_issued_on: “Yes” does not say from when"),
        ({**CHECK, "check_issued_on": ""}, "check_issued_on: There is “Background check, level” here"),
        ({**CHECK, "check_level": "gold"}, "check_level: “gold” is not a level"),
        ({"check_issued_on": "3/6/2025"}, "check_level: The records do not say how far"),
        ({**CHECK, "check_workforce": ""}, "check_workforce: The pathway asks whom the check covers"),
        ({**CHECK, "check_outcome": ""}, "check_outcome: No outcome is given"),
        ({**CHECK, "check_due_on": "2/6/2025"}, "check_due_on: It would be due again before"),
    ],
)
def test_what_cannot_be_taken_says_why_and_how_to_mend_it(
    app: Flask, admin: Person, cells: dict[str, str], fault: str
) -> None:
    found = remarks(PART, admin, cells)["faults"]
    assert any(each.startswith(fault) for each in found), found


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ({**CHECK, "check_issued_on": "pending"}, "check_issued_on: “pending”: no check is taken over until"),
        (CHECK, "check_issued_on: It counts until 3 June 2028"),
        ({**CHECK, "check_due_on": "3/6/2030"}, "check_due_on: It counts until 3 June 2028 only"),
        ({**CHECK, "check_issued_on": "3/6/2021"}, "check_issued_on: It was out of date after 3 June 2024"),
        ({**CHECK, "check_number": "1.23E+11"}, "check_number: “1.23E+11” has no four last characters"),
        ({"stage": "vol"}, "stage_since: No day is given"),
        ({"code_agreed_on": "Y"}, "code_agreed_on: “Y” is taken as from today"),
    ],
)
def test_what_is_taken_otherwise_than_written_has_a_note(
    app: Flask, admin: Person, cells: dict[str, str], note: str
) -> None:
    found = remarks(PART, admin, cells)
    assert found["faults"] == []
    assert any(each.startswith(note) for each in found["notes"]), found


def test_users_and_empty_cells_bring_nothing(app: Flask, admin: Person) -> None:
    assert PART.read({"stage": "member", "check_issued_on": "no", "code_agreed_on": ""}, reading(admin)).value is None


def test_only_who_records_evidence_takes_it_over(app: Flask, people: People, admin: Person, wren: Person) -> None:
    coordinator = people.person("Finch", roles=(Role.COORDINATOR,))
    assert "taken over by people who may record evidence" in remarks(PART, coordinator, WHOLE)["faults"][0]


def test_each_part_of_a_row_becomes_a_fact_of_its_day_and_nobody_gets_an_e_mail(
    app: Flask, admin: Person, wren: Person
) -> None:
    cells = {**WHOLE, "observed:shift": "1/8/2024", "seen_by": "M. Hale"}
    taking = taken_over(PART, wren, admin, cells)
    facts = {fact.requirement: fact for fact in facts_of_person(wren.id)}
    assert set(facts) == {
        "observed:shift",
        "accepted:code-of-conduct",
        "check:dbs-enhanced",
        "sign-off:volunteer",
    }
    assert {fact.takeover_id for fact in facts.values()} == {taking.batch_id}
    assert facts["sign-off:volunteer"].happened_at == datetime(2024, 8, 31, 23, tzinfo=UTC)  # midnight in London
    check = facts["check:dbs-enhanced"]
    assert check.valid_until == date(2028, 6, 3)
    assert check.facts["last_four"] == "4821"
    assert notes_of([check.id])[check.id].text == "Seen by M. Hale."
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    told = PART.told([wren.id], taking.batch_id, NOW)[wren.id]
    assert "Volunteer since 1 September 2024" in told


def test_pages_say_that_it_was_taken_over_by_whom_and_when(
    app: Flask, people: People, admin: Person, wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    taken_over(PART, wren, admin, {**WHOLE, "observed:lead": "2/1/2026", "seen_by": "M. Hale"})
    words = "Taken over from records by Sable on 18 February 2027."
    sign_in(client, wren)
    assert client.get("/journey").text.count(words) >= 2
    assessor = people.person("Finch", roles=(Role.ASSESSOR,))
    sign_in(client, assessor)
    page = client.get(f"/sign-offs/{wren.id}").text
    assert page.count(words) >= 4
    assert "Seen by M. Hale." in page
    evidence_id = facts_of_person(wren.id)[0].id
    assert words in client.get(f"/sign-offs/{wren.id}/evidence/{evidence_id}/withdraw").text


# What was taken over, and from when to when that lets somebody moderate: midnight in London on both days.
EDGES = [
    ("the check ends", {"check_issued_on": "18/2/2024"}, date(2027, 2, 18), True),
    ("the day after the check ended", {"check_issued_on": "17/2/2024"}, date(2027, 2, 18), False),
    ("the day before the check ends", {"check_issued_on": "19/2/2024"}, date(2027, 2, 18), True),
    ("a leap day counts until the last of February", {"check_issued_on": "29/2/2024"}, date(2027, 2, 28), True),
    ("and not on the first of March", {"check_issued_on": "29/2/2024"}, date(2027, 3, 1), False),
    ("due sooner than the pathway asks", {"check_due_on": "18/2/2027"}, date(2027, 2, 18), True),
    ("and not a day longer", {"check_due_on": "18/2/2027"}, date(2027, 2, 19), False),
    ("a check that lapsed years ago", {"check_issued_on": "3/6/2021"}, date(2027, 2, 18), False),
    ("a volunteer since today", {"stage_since": "18/2/2027"}, date(2027, 2, 18), True),
    ("and not on the day before", {"stage_since": "18/2/2027"}, date(2027, 2, 17), False),
    ("agreed today", {"code_agreed_on": "18/2/2027"}, date(2027, 2, 18), True),
    ("and not on the day before", {"code_agreed_on": "18/2/2027"}, date(2027, 2, 17), False),
    ("a peer does not moderate", {"stage": "peer"}, date(2027, 2, 18), False),
    ("nor somebody whose check is of adults", {"check_workforce": "adult"}, date(2027, 2, 18), False),
    ("nor whose check asked no barred list", {"check_level": "enhanced"}, date(2027, 2, 18), False),
    ("nor who was found not suitable", {"check_outcome": "not suitable"}, date(2027, 2, 18), False),
    ("something shown and assessed counts", {"check_outcome": "risk assessed"}, date(2027, 2, 18), True),
]


@pytest.mark.parametrize(("_case", "cells", "day", "may"), EDGES, ids=[f"{case}-{day}" for case, _, day, _ in EDGES])
def test_what_was_taken_over_counts_exactly_as_its_dates_say(
    app: Flask, admin: Person, wren: Person, _case: str, cells: dict[str, str], day: date, may: bool
) -> None:
    passes_conflict(wren)
    passes_safeguarding(wren)
    taken_over(PART, wren, admin, {**WHOLE, **cells})
    starts_at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    standing = standing_of(wren.id, NOW)
    assert standing.may(Duty.MODERATOR, starts_at, starts_at + timedelta(hours=23, minutes=59)) == may


@pytest.mark.both_databases
def test_taken_twice_nothing_doubles_and_undone_nothing_counts(app: Flask, admin: Person, wren: Person) -> None:
    passes_conflict(wren)
    first = taken_over(PART, wren, admin, WHOLE)
    value = value_of(PART, admin, WHOLE)
    assert PART.would_add({wren.id: value}, reading(admin)) == set()
    notes = PART.compare({wren.id: value}, reading(admin))[wren.id]
    assert all("is recorded here already" in note.sentence for note in notes)
    assert len(notes) == 3
    before = len(facts_of_person(wren.id))
    taken_over(PART, wren, admin, WHOLE)
    assert len(facts_of_person(wren.id)) == before
    undone(PART, [wren], first)
    standing = standing_of(wren.id, NOW)
    assert standing.stage is Stage.USER
    assert not any(standing.clearances.values())
    assert PART.told([wren.id], first.batch_id, NOW) == {}
    taken_over(PART, wren, admin, WHOLE)
    assert standing_of(wren.id, NOW).stage is Stage.VOLUNTEER
    assert list(verification.check()) == []


def test_a_later_check_is_added_and_a_lower_stage_is_not(app: Flask, admin: Person, wren: Person) -> None:
    taken_over(PART, wren, admin, {**WHOLE, "stage": "staff"})
    value = value_of(PART, admin, {**WHOLE, "stage_since": "1/1/2026", "check_issued_on": "1/1/2026"})
    assert PART.would_add({wren.id: value}, reading(admin)) == {wren.id}
    [note] = [each for each in PART.compare({wren.id: value}, reading(admin))[wren.id] if each.column == "stage"]
    assert note.sentence == "This changes nothing: they are staff here already."
    taken_over(PART, wren, admin, {**WHOLE, "stage_since": "1/1/2026", "check_issued_on": "1/1/2026"})
    facts = facts_of_person(wren.id)
    assert [fact.key for fact in facts if fact.kind == "sign-off"] == ["staff"]
    assert len([fact for fact in facts if fact.kind == "check"]) == 2


def test_without_a_day_of_its_own_nothing_is_added_on_another_day(app: Flask, admin: Person, wren: Person) -> None:
    cells = {"stage": "vol", "code_agreed_on": "yes"}
    taken_over(PART, wren, admin, cells)
    taken_over(PART, wren, admin, cells, now=NOW + timedelta(days=3))
    assert len(facts_of_person(wren.id)) == 2


def test_the_sums_say_how_many_come_at_each_stage(app: Flask, admin: Person) -> None:
    values = [
        value_of(PART, admin, cells)
        for cells in ({"stage": "vol"}, {"stage": "V"}, {"stage": "staff"}, {**CHECK, "check_issued_on": "3/6/2021"})
    ]
    assert list(PART.sums(values, reading(admin))) == ["1 staff, 2 volunteers", "1 background check out of date"]
