"""The rubrics as a policy: what contradicts itself is refused, and too few markers are named before they are needed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.people.models import Role
from app.policies import documents
from tests.conftest import People
from tests.times import NOW
from training.practicals import rubrics
from training.practicals.rubrics import PracticalRubrics, Rubric

ONE = {"key": "calm", "title": "Calm", "levels": ["No", "Yes"], "passes_from": 2}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"criteria": [ONE, ONE]}, "the same key"),
        ({"criteria": [ONE], "may_miss": 1}, "everything passes"),
        ({"criteria": [ONE | {"passes_from": 3}]}, "only 2"),
        ({"criteria": [ONE | {"levels": ["Only one"]}]}, "at least 2"),
        ({"criteria": [ONE], "markers": 3}, "less than or equal to 2"),
    ],
)
def test_a_rubric_that_cannot_be_marked_by_is_refused(changed: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Rubric.model_validate(changed)


def test_too_few_markers_are_named_before_work_waits_for_them(people: People) -> None:
    shipped = documents.shipped(PracticalRubrics, rubrics.SHIPPED)
    one = PracticalRubrics.model_validate(
        {"give_back_after_hours": 24, "keep_words_weeks": 4, "rubrics": {"host": {"criteria": [ONE]}}}
    )
    assert "0 people may mark practicals, and 3 can be needed" in rubrics.too_few_markers(shipped, NOW)[0]
    people.person("Rook", roles=(Role.TRAINER,))
    assert rubrics.too_few_markers(one, NOW) == []
    for name in ("Teal", "Heron"):
        people.person(name, roles=(Role.ASSESSOR,))
    assert rubrics.too_few_markers(shipped, NOW) == []
