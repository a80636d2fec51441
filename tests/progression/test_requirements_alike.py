"""A requirement is met at the same times whether it is asked about alone or as part of a whole pathway."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from progression.clearance import Eligibility, times_met
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.pathway import Pathway
from progression.stages import Stage
from tests.progression.asking import SAID, with_branch
from tests.progression.facts import GROWN_UP, LONDON, fact, withdrawal

DAYS = [f"2026-{month:02}-{of_month:02}" for month in (1, 2, 3, 6) for of_month in (1, 9, 28)]
# One of each kind that meets a requirement, and one of each that ends what does.
KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accepted", "code-of-conduct", {"edition": "1"}),
    ("training", "conflict", {}),
    ("observed", "lead", {}),
    ("observed", "shift", {"duty": "moderator", "seat": 1}),
    ("practical", "moderator", {}),
    ("check", "dbs-enhanced", {"level": "enhanced-barred", "workforce": "child", "outcome": "clear"}),
    ("check", "dbs-enhanced", {"level": "enhanced-barred", "workforce": "child", "outcome": "not-suitable"}),
    ("worked", "shift", {"minutes": 240, "duty": "moderator", "night": False, "seat": 1}),
    (FactKind.BRANCH, "lead", {}),
    (FactKind.BRANCH_LEFT, "lead", {}),
    (FactKind.SIGN_OFF, Stage.VOLUNTEER, {}),
    (FactKind.STEP_BACK, Stage.PEER, {}),
)


def asking_for_every_kind() -> Pathway:
    """A pathway that also asks for what is met or ended by facts of other kinds."""
    text = with_branch().model_dump(mode="json")
    text["requirements"]["lately"] = {**SAID, "evidence": "worked:shift", "within": {"least": 2, "days": 60}}
    text["requirements"]["for-a-while"] = {**SAID, "evidence": "at-stage:volunteer", "at_stage": {"days": 10}}
    text["requirements"]["practical"] = {**SAID, "evidence": "practical:moderator"}
    again = {"least": 1, "days": 90, "shifts_since": 2, "grace_days": 14}
    text["requirements"]["seen-again"] = {**SAID, "evidence": "observed:shift", "within": again}
    text["duties"]["lead"]["needs"] += ["lately", "for-a-while", "practical", "seen-again"]
    return Pathway.model_validate(text)


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    made: list[Fact] = []
    for _ in range(draw(st.integers(0, 12))):
        kind, key, details = draw(st.sampled_from(KINDS))
        on = draw(st.sampled_from(DAYS))
        signer = draw(st.integers(2, 4))
        made.append(fact(kind, key, on, **details)._replace(by_person_id=signer))
    return [*made, *(withdrawal(wrong, "2026-07-01") for wrong in made if draw(st.integers(0, 4)) == 0)]


@given(histories())
def test_every_requirement_is_met_at_the_same_times_alone_and_in_a_pathway(facts: list[Fact]) -> None:
    pathway = asking_for_every_kind()
    together = Eligibility(facts, pathway, LONDON, GROWN_UP)
    for code, need in pathway.requirements.items():
        assert together.met(code) == times_met(facts, need, LONDON, born_on=GROWN_UP), code


@given(histories())
def test_what_was_withdrawn_never_counted(facts: list[Fact]) -> None:
    gone = {each.withdraws_id for each in facts if each.withdraws_id is not None}
    as_if_never_there = [each for each in facts if each.id not in gone and each.withdraws_id is None]
    pathway = asking_for_every_kind()
    for code, need in pathway.requirements.items():
        met = times_met(facts, need, LONDON, born_on=GROWN_UP)
        assert met == times_met(as_if_never_there, need, LONDON, born_on=GROWN_UP), code
