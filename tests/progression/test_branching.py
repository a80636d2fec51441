"""Branches of the pathway as facts: enough different people signed, and the person has not left since."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from progression.clearance import clearances
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval
from progression.pathway import Pathway
from tests.progression.asking import with_branch
from tests.progression.facts import GROWN_UP, LONDON, SHIPPED_PATHWAY, a_moderator, day, fact, observed, withdrawal

A_LEAD = [*a_moderator(), observed("lead", "2026-02-10")]


def signed(on: str, by: int = 2) -> Fact:
    return fact(FactKind.BRANCH, "lead", on)._replace(by_person_id=by)


def left(on: str) -> Fact:
    return fact(FactKind.BRANCH_LEFT, "lead", on)


def leads(facts: list[Fact], pathway: Pathway | None = None) -> tuple[Interval, ...]:
    return clearances([*A_LEAD, *facts], pathway or with_branch(), Duty.LEAD, LONDON, born_on=GROWN_UP)


def test_somebody_leads_once_two_people_have_signed() -> None:
    assert leads([signed("2026-03-01")]) == ()
    assert leads([signed("2026-03-01"), signed("2026-03-02")]) == ()  # the same person twice
    assert leads([signed("2026-03-01"), signed("2026-03-09", by=3)]) == (Interval(day("2026-03-09"), FOR_EVER),)


def test_leaving_ends_it_and_two_sign_again_to_come_back() -> None:
    both = [signed("2026-03-01"), signed("2026-03-02", by=3), left("2026-04-01")]
    assert leads(both) == (Interval(day("2026-03-02"), day("2026-04-01")),)
    assert len(leads([*both, signed("2026-05-01")])) == 1
    assert leads([*both, signed("2026-05-01"), signed("2026-05-04", by=4)])[1].start == day("2026-05-04")


def test_a_withdrawn_signature_never_counted_and_neither_did_a_withdrawn_leaving() -> None:
    second, gone = signed("2026-03-02", by=3), left("2026-04-01")
    assert leads([signed("2026-03-01"), second, withdrawal(second, "2026-04-01")]) == ()
    assert leads([signed("2026-03-01"), second, gone, withdrawal(gone, "2026-04-02")])[0].end == FOR_EVER


def test_a_branch_gives_its_duty_and_nothing_else() -> None:
    assert with_branch().duties_of_branch("lead") == (Duty.LEAD,)
    assert clearances(A_LEAD, with_branch(), Duty.MODERATOR, LONDON, born_on=GROWN_UP) != ()


def test_the_shipped_pathway_has_no_branches_and_reads_as_before() -> None:
    assert SHIPPED_PATHWAY.branches == {}
    assert "branches" not in SHIPPED_PATHWAY.model_dump(mode="json")
    assert leads([], SHIPPED_PATHWAY) != ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"signers": 0},
        {"needs": ["unheard-of"]},
        {"needs": ["in-lead"]},  # it would ask for itself
        {"from_stage": "juggler"},
    ],
)
def test_a_branch_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        with_branch(**wrong)


def test_what_asks_for_a_branch_names_one_and_as_many_signatures() -> None:
    text = with_branch().model_dump(mode="json")
    for key, times in (("lead", 1), ("unheard-of", 2)):
        text["requirements"]["in-lead"] |= {"evidence": f"branch:{key}", "times": times}
        with pytest.raises(ValidationError):
            Pathway.model_validate(text)
