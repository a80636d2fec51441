"""The pathway as a policy: what ships is whole, and what is not whole is refused with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from app import clock, db
from app.people.models import Person
from app.policies import documents
from app.refusals import Invalid
from progression.clearance import matching_facts
from progression.documents.shipped import DOCUMENTS
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.pathway import SHIPPED, Pathway
from progression.stages import Stage
from progression.standing import clearances_of
from tests.conftest import People
from tests.progression.bringing import bring_to
from tests.progression.facts import LONDON, SHIPPED_PATHWAY, agreed
from tests.times import NOW, TODAY


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return loaded


def test_each_requirement_says_where_it_comes_from() -> None:
    assert all(len(each.source) > 10 for each in SHIPPED_PATHWAY.requirements.values())


def test_the_pathway_asks_for_the_present_edition_of_a_document_and_lists_no_numbers() -> None:
    asked = [each for each in SHIPPED_PATHWAY.requirements.values() if each.kind == FactKind.ACCEPTED]
    assert [each.evidence for each in asked if "edition" in each.facts] == []
    assert {each.key for each in asked} <= {each.key for each in DOCUMENTS}


def test_a_version_of_the_pathway_that_lists_editions_still_loads_and_means_the_same() -> None:
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    text["requirements"]["code-of-conduct"]["facts"] = {"edition": ["1"]}
    listed = Pathway.model_validate(text).requirements["code-of-conduct"]
    facts = [agreed(NOW.date().isoformat(), edition="1"), agreed(NOW.date().isoformat(), edition="2")]
    assert [fact.facts["edition"] for fact in matching_facts(facts, listed)] == ["1"]


def test_each_duty_that_counts_asks_at_least_for_the_code_of_conduct() -> None:
    for duty in Duty:
        assert "code-of-conduct" in SHIPPED_PATHWAY.duties[duty].needs


@pytest.mark.parametrize("duty", [Duty.LEAD, Duty.MODERATOR, Duty.ON_CALL])
def test_who_is_responsible_for_members_is_grown_up_and_checked(duty: Duty) -> None:
    assert {"adult", "dbs-check", "conflict"} <= set(SHIPPED_PATHWAY.duties[duty].needs)


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(loaded: dict[str, Any]) -> None:
        for name in path[:-1]:
            loaded = loaded[name]
        del loaded[path[-1]]

    return change


def _with(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(loaded: dict[str, Any]) -> None:
        for name in path[:-1]:
            loaded = loaded[name]
        loaded[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_without("duties", "host"), "no word on who may do: host"),
        (_without("requirements", "conflict"), "not described under requirements: conflict"),
        (_with([], "steps", "staff"), "asked for nowhere: staff-talk"),
        (_without("steps", "staff"), "what peer, volunteer and staff each need"),
        (_with("user", "duties", "shadow", "from_stage"), "nobody goes on a shift before"),
        (_with("age:grown-up", "requirements", "adult", "evidence"), "an age is written age:18"),
        (_with("Conflict", "requirements", "conflict", "evidence"), "String should match pattern"),
        (_with(0, "requirements", "conflict", "times"), "greater than or equal to 1"),
        (_without("requirements", "conflict", "source"), "Field required"),
        (_with("juggling", "requirements", "conflict", "hobby"), "Extra inputs are not permitted"),
    ],
)
def test_a_pathway_that_is_not_whole_is_refused(change: Callable[[dict[str, Any]], None], sentence: str) -> None:
    loaded = document()
    change(loaded)
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        Pathway.model_validate(loaded)


@pytest.fixture
def otter(people: People) -> Person:
    return bring_to(people.person("Otter"), Stage.VOLUNTEER, by=people.person("Sable"))


@pytest.mark.both_databases
def test_a_pathway_written_for_next_month_decides_for_next_month(otter: Person) -> None:
    stricter = document()
    stricter["duties"]["moderator"]["needs"].append("observed-lead")
    first_day = TODAY + timedelta(days=30)
    with db.writing():
        documents.write("pathway", stricter, holds_from=first_day, why="Safer nights.", by=None, now=NOW)
    (span,) = clearances_of([otter.id], NOW)[otter.id]["moderator"]
    assert span.end == clock.starts(first_day, LONDON)
    later = clock.ends(first_day, LONDON)
    assert clearances_of([otter.id], later)[otter.id]["moderator"] == ()


@pytest.mark.both_databases
def test_a_pathway_written_again_without_a_change_leaves_no_gap(otter: Person) -> None:
    before = clearances_of([otter.id], NOW)[otter.id]
    with db.writing():
        documents.write("pathway", document(), holds_from=date(2027, 4, 1), why="The same again.", by=None, now=NOW)
    assert clearances_of([otter.id], NOW)[otter.id] == before


def test_a_broken_pathway_cannot_be_written(otter: Person) -> None:
    broken = document()
    del broken["duties"]["lead"]
    with pytest.raises(Invalid, match="lead"), db.writing():
        documents.write("pathway", broken, holds_from=TODAY, why="A slip.", by=None, now=NOW)
