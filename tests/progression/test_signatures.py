"""Signatures: different people, each once, and nobody for themselves."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.pathway import Pathway
from progression.signatures import signers, still_needed, suffice
from progression.stages import Stage
from tests.progression.facts import SHIPPED_PATHWAY, fact, withdrawal


def signed_by(person_id: int | None) -> Fact:
    return fact(FactKind.SIGN_OFF, Stage.STAFF, "2026-03-01")._replace(by_person_id=person_id)


def test_one_signature_suffices_where_the_policy_asks_for_one() -> None:
    assert SHIPPED_PATHWAY.signers_of_step(Stage.STAFF) == 1
    assert suffice([signed_by(2)], 1)
    assert not suffice([], 1)


def test_the_same_person_twice_is_one_signature() -> None:
    assert still_needed([signed_by(2), signed_by(2)], 2) == 1
    assert suffice([signed_by(2), signed_by(3)], 2)


@pytest.mark.parametrize("by", [1, None])
def test_neither_the_person_themselves_nor_nightlight_signs(by: int | None) -> None:
    assert signers([signed_by(by)]) == frozenset()


def test_a_withdrawn_signature_is_missing_again() -> None:
    second = signed_by(3)
    assert still_needed([signed_by(2), second, withdrawal(second, "2026-03-02")], 2) == 1


def test_the_pathway_says_how_many_sign_for_a_step_and_not_for_the_beginning() -> None:
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    assert "signing" not in text  # what ships is as it was
    assert Pathway.model_validate({**text, "signing": {"staff": {"signers": 2}}}).signers_of_step(Stage.STAFF) == 2
    for refused in ({"user": {"signers": 1}}, {"staff": {"signers": 0}}, {"staff": {"signers": 4}}):
        with pytest.raises(ValidationError):
            Pathway.model_validate({**text, "signing": refused})
