"""The pathway that everybody may read: in plain words, with a drawing."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from progression.pathway import Requirement
from progression.pathway_words import amount_in_words, drawing_of, stages_in_words
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.progression.asking import SAID, asking, with_branch
from tests.progression.facts import SHIPPED_PATHWAY


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"evidence": "observed:shift"}, ""),
        ({"evidence": "observed:shift", "times": 3}, "3 of them."),
        (
            {"evidence": "at-stage:volunteer", "at_stage": {"days": 90}},
            "For 90 days, all your time there together. Days away do not count.",
        ),
        (
            {"evidence": "worked:shift", "within": {"least": 40, "unit": "hours", "days": 90}},
            "At least 40 hours in the last 90 days. Days away make the time longer.",
        ),
        (
            {"evidence": "worked:shift", "within": {"least": 4, "days": 90, "low": 2, "grace_days": 14}},
            "At least 4 times in the last 90 days. Once you have it, 2 times are enough to keep it. "
            "You keep it for 14 days with less. Days away make the time longer.",
        ),
    ],
)
def test_how_much_is_asked_for_is_a_sentence(asked: dict[str, Any], words: str) -> None:
    assert amount_in_words(Requirement.model_validate({**SAID, **asked})) == words


def test_every_duty_stands_at_the_stage_that_opens_it() -> None:
    opened = {each.stage: [duty.value for duty, _ in each.duties] for each in stages_in_words(SHIPPED_PATHWAY)}
    assert opened == {
        Stage.PEER: ["host", "shadow"],
        Stage.VOLUNTEER: ["lead", "moderator"],
        Stage.STAFF: ["on_call"],
    }


def test_a_branch_leaves_the_road_at_its_stage() -> None:
    drawn = drawing_of(with_branch(title="Leading shifts of every kind, day and night"), Stage.VOLUNTEER, ["lead"])
    names = {mark.label: mark for mark in drawn.marks}
    (branch,) = [mark for mark in drawn.marks if mark.leaves_at is not None]
    assert branch.label == "Leading shifts of every k…"
    assert (branch.leaves_at, branch.is_here) == (names["Volunteer"].y, True)
    assert names["Volunteer"].y < branch.y < names["Staff"].y == drawn.last < drawn.height
    assert [mark.label for mark in drawn.marks if mark.is_behind] == ["User", "Peer"]


def test_a_new_member_reads_the_whole_road(people: People, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, people.person("Wren"))
    assert "/journey/pathway" in client.get("/journey").text
    page = client.get("/journey/pathway").text
    for need in SHIPPED_PATHWAY.requirements.values():
        assert need.how in page
    assert "User: you are here" in page
    with asking(with_branch()):
        page = client.get("/journey/pathway").text
        assert "Leading shifts" in page
        assert "2 different members of staff sign" in page
