"""Which sign-offs are open again: those that the stage of today stands on, until somebody decides."""

from __future__ import annotations

from typing import Any

import pytest

from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.reopened import reopened_of
from progression.stages import Stage
from tests.progression.facts import day, fact, signed_off, stepped_back, trained, withdrawal

COURSE, OTHER = trained("2025-08-01"), trained("2025-08-02")
SIGNED = fact(FactKind.SIGN_OFF, Stage.VOLUNTEER, "2025-09-01", rests_on=[COURSE.id, OTHER.id])
GONE = withdrawal(COURSE, "2025-10-01")
OPEN = [COURSE, OTHER, SIGNED, GONE]


def confirmed(*despite: int) -> Fact:
    details: dict[str, Any] = {"confirms": SIGNED.id, "despite": list(despite)}
    return fact(FactKind.CONFIRMED, Stage.VOLUNTEER, "2025-11-01", **details)


@pytest.mark.parametrize(
    ("more", "still_open"),
    [
        ([], [COURSE.id]),
        ([trained("2025-10-02")], [COURSE.id]),  # recorded again: somebody must still say that it suffices
        ([confirmed(COURSE.id)], []),
        ([confirmed(COURSE.id), withdrawal(OTHER, "2025-12-01")], [OTHER.id]),
        ([withdrawal(SIGNED, "2025-11-01")], []),
        ([stepped_back(Stage.PEER, "2025-11-01")], []),
        ([stepped_back(Stage.PEER, "2025-11-01"), signed_off(Stage.VOLUNTEER, "2026-01-01")], []),
        ([signed_off(Stage.STAFF, "2025-11-01")], [COURSE.id]),
    ],
)
def test_a_sign_off_is_open_until_somebody_decides_about_just_what_was_withdrawn(
    more: list[Fact], still_open: list[int]
) -> None:
    assert [list(each.ids) for each in reopened_of([*OPEN, *more])] == ([still_open] if still_open else [])


def test_a_confirmation_that_is_withdrawn_settles_nothing() -> None:
    said = confirmed(COURSE.id)
    assert len(reopened_of([*OPEN, said, withdrawal(said, "2025-11-02")])) == 1
    assert day("2025-11-02") > said.happened_at
