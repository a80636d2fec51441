"""What people record by hand: checks, observations, agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app import db
from app.people.models import Person
from app.refusals import Invalid
from progression import recording
from progression.checks import Outcome
from progression.evidence import NotAboutYourself
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person
from progression.stages import Stage
from progression.standing import may_do
from tests.conftest import People
from tests.progression.bringing import CHECK, bring_to, has_all_for, is_checked, is_signed_off
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable")


@pytest.fixture
def otter(people: People, sable: Person) -> Person:
    """A peer who has all that the step to volunteer asks for."""
    peer = bring_to(people.person("Otter"), Stage.PEER, by=sable)
    has_all_for(peer, Stage.VOLUNTEER, by=sable)
    return peer


def kinds(person: Person) -> list[str]:
    return [fact.kind for fact in facts_of_person(person.id)]


def test_a_check_is_kept_as_codes_and_dates_without_the_certificate(otter: Person) -> None:
    (check,) = [fact for fact in facts_of_person(otter.id) if fact.kind == FactKind.CHECK]
    assert check.requirement == "check:dbs-enhanced"
    assert check.valid_until == CHECK.next_due_on
    assert dict(check.facts) == {
        "level": "enhanced-barred",
        "workforce": "child",
        "outcome": "clear",
        "issued_on": "2026-01-02",
        "last_four": "4821",
    }


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"seen_on": date(2026, 1, 1)}, "seen_on", "before it was issued"),
        ({"seen_on": TODAY + timedelta(days=1)}, "seen_on", "still to come"),
        ({"issued_on": date(2016, 1, 2)}, "issued_on", "more than ten years ago"),
        ({"next_due_on": TODAY}, "next_due_on", "out of date already"),
        ({"next_due_on": date(2029, 1, 3)}, "next_due_on", "by 2 January 2029 at the latest"),
        ({"last_four": "001234564821"}, "last_four", "last four characters"),
        ({"last_four": "48 1"}, "last_four", "last four characters"),
    ],
)
def test_a_check_whose_details_cannot_be_is_refused_at_its_field(
    people: People, sable: Person, changes: dict[str, Any], field: str, sentence: str
) -> None:
    wren = people.person("Wren")
    with pytest.raises(Invalid, match=sentence) as refused, db.writing():
        recording.record_check(wren, replace(CHECK, **changes), by=sable, now=NOW)
    assert refused.value.field == field
    assert kinds(wren) == []


def test_nobody_records_their_own_check_or_observation(sable: Person) -> None:
    with pytest.raises(NotAboutYourself), db.writing():
        recording.record_check(sable, CHECK, by=sable, now=NOW)
    with pytest.raises(NotAboutYourself), db.writing():
        recording.record_observation(sable, "shift", on=TODAY, note="I was good.", by=sable, now=NOW)


def test_a_check_that_finds_somebody_not_suitable_takes_hold_at_once(otter: Person, sable: Person) -> None:
    is_signed_off(otter, Stage.VOLUNTEER, by=sable, now=NOW)
    refusal = replace(CHECK, outcome=Outcome.NOT_SUITABLE, issued_on=TODAY, seen_on=TODAY)
    version = otter.rights_version
    is_checked(otter, by=sable, now=NOW, check=refusal)
    assert not may_do(otter.id, "moderator", starts_at=NOW, ends_at=NOW + timedelta(hours=4), now=NOW)
    assert db.session.get_one(Person, otter.id, populate_existing=True).rights_version > version


@pytest.mark.parametrize(
    ("key", "on", "note", "sentence"),
    [
        ("juggling", TODAY, "Five balls.", "Choose what it was"),
        ("shift", TODAY + timedelta(days=1), "Calm.", "still to come"),
        ("shift", date(2010, 1, 1), "Calm.", "ten years"),
        ("shift", TODAY, "   ", "Write down what you saw"),
    ],
)
def test_an_observation_that_cannot_be_is_refused(
    people: People, sable: Person, key: str, on: date, note: str, sentence: str
) -> None:
    wren = people.person("Wren")
    with pytest.raises(Invalid, match=sentence), db.writing():
        recording.record_observation(wren, key, on=on, note=note, by=sable, now=NOW)
