"""Slots: what the organisation says, or advice that is safe where it says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import db
from app.organisation import changing, in_force, slots
from app.organisation.in_force import COLUMNS, Details
from app.organisation.slots import NATIONS, SLOTS
from app.people.models import Role
from app.refusals import Invalid
from tests.app.organisation.test_changing import TEXTS
from tests.conftest import People
from tests.times import NOW


@pytest.mark.parametrize("key", SLOTS)
def test_an_empty_slot_gives_safe_advice_with_the_emergency_number_in_force(key: str) -> None:
    found = slots.shown(key, Details(emergency_number="112"))
    assert not found.is_filled
    assert found.words
    assert "{" not in found.words
    assert ("{danger}" in SLOTS[key].advice) == ("112" in found.words)


def test_every_slot_is_fed_by_something_that_administrators_write() -> None:
    assert {slot.column for slot in SLOTS.values()} <= set(COLUMNS)
    assert {slot.column for slot in SLOTS.values()} <= set(changing.SupportTexts.__dataclass_fields__)


def test_a_person_without_a_number_counts_as_empty() -> None:
    named = Details(safeguarding_lead="Sable Kane")
    assert slots.empty(["safeguarding-lead"], named) == [SLOTS["safeguarding-lead"]]
    reached = replace(named, safeguarding_lead_number="020 7946 0018")
    assert slots.empty(["safeguarding-lead", "on-call"], reached) == [SLOTS["on-call"]]
    found = slots.shown("safeguarding-lead", reached)
    assert (found.name, found.number, found.words) == ("Sable Kane", "020 7946 0018", None)


def test_local_help_that_is_not_said_shows_the_help_lines_in_force() -> None:
    found = slots.shown("local-help", Details(help_lines="Text line; by text message; HELLO to 50808"))
    assert [line.name for line in found.lines] == ["Text line"]
    assert slots.shown("local-help", Details(local_help="The youth centre")).lines == ()


def test_what_administrators_write_fills_slots_and_a_nation_is_one_of_the_list(people: People) -> None:
    merle = people.person("Merle", roles=(Role.ADMIN,))
    said = replace(TEXTS, nation="Scotland", report_form="https://example.org/form", local_help="The youth centre")
    with db.writing():
        changing.write_texts(said, seen=0, by=merle.id, now=NOW)
    details = in_force.details()
    assert slots.shown("nation", details).words == NATIONS["Scotland"]
    assert slots.shown("report-form", details).words == "https://example.org/form"
    assert slots.empty(SLOTS, details) == [SLOTS["deputy-lead"]]
    with pytest.raises(Invalid, match="Choose where you work from the list"), db.writing():
        changing.write_texts(replace(said, nation="Atlantis"), seen=details.version, by=merle.id, now=NOW)
