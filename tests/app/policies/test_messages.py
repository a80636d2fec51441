"""The faults of a document, in sentences that name the field."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.policies.messages import causes, sentence_of


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: int = Field(ge=1, le=12)
    rest: float = Field(default=8, le=744)
    label: str = Field(default="Day", min_length=1)
    days: tuple[int, ...] = Field(default=(1,), min_length=1)


FIELDS = tuple(Limits.model_fields)


def sentences(document: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Limits.model_validate(document)
    return [sentence_of(problem, FIELDS) for problem in causes(refused.value.errors(), FIELDS)]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({}, "“hours” is missing."),
        ({"hours": 13}, "“hours” must be at most 12."),
        ({"hours": 8, "rest": 800}, "“rest” must be at most 744."),
        ({"hours": 0}, "“hours” must be at least 1."),
        ({"hours": "eight"}, "“hours” must be a whole number."),
        ({"hours": 8, "label": ""}, "“label” is empty."),
        ({"hours": 8, "label": 3}, "“label” must be text; put it in quotation marks."),
        ({"hours": 8, "days": []}, "“days” needs at least 1, and has 0."),
        ({"hours": 8, "wages": 2}, "“wages” is not a word we know here."),
    ],
)
def test_each_fault_is_one_sentence(document: dict[str, Any], sentence: str) -> None:
    assert sentences(document) == [sentence]


def test_a_mistyped_field_is_not_called_missing_too() -> None:
    assert sentences({"huors": 8}) == ["“huors” is not a word we know here; did you mean “hours”?"]
