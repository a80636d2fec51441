"""Which courses somebody needs by the pathway, and what for."""

from __future__ import annotations

from app.policies import documents
from progression.pathway import SHIPPED, Pathway
from progression.stages import Stage
from training.programme.required import needed_at


def test_a_course_is_needed_for_the_next_step_and_for_the_duties_of_the_stage() -> None:
    pathway = documents.shipped(Pathway, SHIPPED)
    assert "your step to volunteer" in needed_at(Stage.PEER, pathway)["conflict"]
    assert "shifts as host" in needed_at(Stage.PEER, pathway)["conflict"]
    assert "shifts as moderator" not in needed_at(Stage.PEER, pathway)["conflict"]
    assert "shifts as moderator" in needed_at(Stage.VOLUNTEER, pathway)["conflict"]


def test_a_member_who_has_not_stepped_up_needs_what_the_first_step_asks_for() -> None:
    pathway = documents.shipped(Pathway, SHIPPED)
    asked = {each.key for each in pathway.needs_of_step(Stage.PEER) if each.kind == "training"}
    assert set(needed_at(Stage.USER, pathway)) == asked
