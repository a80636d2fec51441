"""References, the right to work and interviews as records of their own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from app.refusals import Conflict, Invalid, NotFound
from progression.evidence import NotAboutYourself
from progression.fact_kinds import FactKind
from progression.models import Evidence
from progression.pathway import Requirement
from progression.record_details import Proof, RecordOutcome, Relation
from progression.records import recording
from progression.records.recording import NewRecord
from progression.stages import Stage
from progression.standing import step_now
from tests.conftest import People, SignIn
from tests.progression.asking import SAID, asking, with_records
from tests.progression.bringing import bring_to
from tests.times import NOW, TODAY


def reference(referee: str, outcome: RecordOutcome = RecordOutcome.GOOD, **more: Any) -> NewRecord:
    said: dict[str, Any] = {"key": "given", "words": "Kind and steady.", "on": TODAY - timedelta(days=3)}
    return NewRecord(
        kind=FactKind.REFERENCE, referee=referee, relation=Relation.WORK, outcome=outcome, **{**said, **more}
    )


def record(person: Person, new: NewRecord, by: Person, once: str | None = None) -> Evidence:
    with db.writing():
        return recording.record_it(person, new, by=by, now=NOW, once=once)


@pytest.fixture
def two(people: People) -> tuple[Person, Person]:
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    return bring_to(people.person("Wren"), Stage.VOLUNTEER, by=sable), sable


def missing(person: Person) -> set[str]:
    step = step_now(person.id, NOW)
    assert step is not None
    return {each.need.title for each in step.unmet}


def test_two_good_references_by_two_people_meet_what_asks_for_two(two: tuple[Person, Person]) -> None:
    wren, sable = two
    with asking(with_records()):
        record(wren, reference("A. Miller"), sable)
        record(wren, reference("B. Potter", RecordOutcome.CONCERNS), sable)
        assert "Two references" in missing(wren)
        record(wren, reference("C. Baker"), sable)
        assert "Two references" not in missing(wren)


def test_the_same_referee_twice_is_one_reference_and_the_same_form_twice_one_record(two: tuple[Person, Person]) -> None:
    wren, sable = two
    with asking(with_records()):
        first = record(wren, reference("A. Miller"), sable, once="form:1")
        assert record(wren, reference("A. Miller"), sable, once="form:1").id == first.id
        with pytest.raises(Conflict, match="recorded already"):
            record(wren, reference("a. miller "), sable)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"referee": " "}, "referee"),
        ({"words": " "}, "words"),
        ({"on": TODAY + timedelta(days=1)}, "happened_on"),
        ({"on": date(2010, 1, 1)}, "happened_on"),
        ({"holds_until": TODAY}, "holds_until"),
        ({"key": "unheard-of"}, "what"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(two: tuple[Person, Person], wrong: dict[str, Any], field: str) -> None:
    wren, sable = two
    new = reference(**{"referee": "A. Miller", **wrong})
    with asking(with_records()), pytest.raises(Invalid) as refused:
        record(wren, new, sable)
    assert refused.value.field == field


def test_nobody_records_about_themselves_and_nothing_that_is_not_asked_for(two: tuple[Person, Person]) -> None:
    wren, sable = two
    seen = NewRecord(kind=FactKind.RIGHT_TO_WORK, key="seen", on=TODAY, proof=Proof.ONLINE)
    with pytest.raises(Invalid):
        record(wren, seen, sable)  # the shipped pathway asks for none
    with asking(with_records()):
        with pytest.raises(NotAboutYourself):
            record(sable, seen, sable)
        with pytest.raises(NotFound):
            recording.asked_for(with_records(), FactKind.CHECK)


def test_the_right_to_work_holds_through_the_day_by_which_it_is_looked_at_again(two: tuple[Person, Person]) -> None:
    wren, sable = two
    with asking(with_records()):
        record(
            wren,
            NewRecord(
                kind=FactKind.RIGHT_TO_WORK,
                key="seen",
                on=TODAY,
                proof=Proof.ONLINE,
                holds_until=TODAY + timedelta(days=30),
            ),
            sable,
        )
        assert "The right to work" not in missing(wren)
        later = step_now(wren.id, NOW + timedelta(days=31))
        assert later is not None
        assert "The right to work" in {each.need.title for each in later.unmet}


def test_a_pathway_says_which_outcome_counts() -> None:
    for evidence in ("reference:given", "interview:post"):
        with pytest.raises(ValueError, match="which outcome counts"):
            Requirement.model_validate({**SAID, "evidence": evidence})


def test_staff_record_on_pages_and_the_person_never_reads_what_a_reference_says(
    two: tuple[Person, Person], client: FlaskClient, sign_in: SignIn
) -> None:
    wren, sable = two
    day = {"happened_on": [str(TODAY.day), str(TODAY.month), str(TODAY.year)]}
    forms: dict[str, dict[str, Any]] = {
        "reference": {
            "what": "given",
            "referee": "A. Miller",
            "relation": "work",
            "words": "Steady.",
            "outcome": "good",
        },
        "interview": {"what": "post", "words": "She asked good questions.", "outcome": "good"},
        "right-to-work": {"what": "seen", "proof": "online"},
    }
    with asking(with_records()):
        sign_in(client, sable)
        for kind, data in forms.items():
            page = f"/sign-offs/{wren.id}/record/{kind}"
            assert client.get(page).status_code == 200
            assert client.post(page, data={"once": f"a-form-for-{kind[:9]}", **day, **data}).status_code == 302, kind
        evidence = client.get(f"/sign-offs/{wren.id}").text
        assert "A. Miller" in evidence
        assert "Steady." in evidence
        sign_in(client, wren)
        own = client.get("/journey").text
        assert "Steady." not in own
        assert "A. Miller" not in own
