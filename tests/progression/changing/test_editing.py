"""Changing a pathway a step at a time: it is whole after each, and what contradicts itself is refused in a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.refusals import Conflict, Invalid, NotFound
from progression.changing import editing
from progression.changing.kinds import Asks, asks_of, requirement_of, values_in
from progression.changing.places import needs_at, place_called, who_asks
from progression.changing.words import differences, rule_in_words
from progression.duties import Duty
from progression.pathway import Branch, Requirement
from progression.stages import Stage
from tests.progression.asking import LEADING, SAID, with_branch, with_records
from tests.progression.facts import SHIPPED_PATHWAY
from tests.times import NOW

WORDS = {"title": "What it is", "how": "How to get it.", "source": "Ours."}


def filled(asks: Asks, **values: Any) -> Requirement:
    """What a new form comes to."""
    empty = {"low": None, "unit": "shifts"}
    return requirement_of(asks, {**empty, **WORDS, **values}, None, now=NOW)


@pytest.mark.parametrize(
    ("asks", "values", "evidence", "words"),
    [
        (Asks.COURSE, {"what": "conflict"}, "training:conflict", "The course is passed, and the pass has not run out."),
        (Asks.AGREEMENT, {"what": "code-of-conduct"}, "accepted:code-of-conduct", "Agreed to, in its present version."),
        (
            Asks.CHECK,
            {"level": "enhanced", "workforces": ["child"], "assessed": True},
            "check:dbs-enhanced",
            "Enhanced or Enhanced, with barred lists; for work with children; clear, or assessed as suitable. "
            "Made again after 36 months.",
        ),
        (Asks.REFERENCES, {"times": 2}, "reference:given", "Recorded as good. 2 of them."),
        (Asks.RIGHT_TO_WORK, {}, "right-to-work:seen", "Somebody has seen the document, or looked with a share code."),
        (
            Asks.INTERVIEW,
            {"conditions": True},
            "interview:what-it-is",
            "Recorded as good, or as good with something to look at first.",
        ),
        (Asks.TALK, {}, "observed:what-it-is", "Staff have recorded it."),
        (
            Asks.OBSERVED,
            {"what": "shift", "times": 3, "on_duties": ["host"]},
            "observed:shift",
            "Somebody watched them as host, and it went well. 3 of them.",
        ),
        (
            Asks.OBSERVED,
            {"what": "shift", "times": 1, "again_days": 183, "shifts_since": 30, "grace_days": 14},
            "observed:shift",
            "Somebody watched them, and it went well. At least 1 time in the last 183 days. It counts until 30 shifts "
            "were worked since. You keep it for 14 days with less. Days away make the time longer.",
        ),
        (Asks.PRACTICAL, {"what": "moderator"}, "practical:moderator", "A marker passed it."),
        (
            Asks.LATELY,
            {"least": 4, "days": 90, "low": 2, "begins_with": ["sign-off:volunteer"]},
            "worked:shift",
            "On shifts. At least 4 times in the last 90 days. Once you have it, 2 times are enough to keep it. Days "
            "away make the time longer.",
        ),
        (
            Asks.AT_STAGE,
            {"what": "volunteer", "days": 90},
            "at-stage:volunteer",
            "At the stage of volunteer, or above it. For 90 days, all your time there together. Days away do not "
            "count.",
        ),
        (Asks.AGE, {"age": 21}, "age:21", "21 or older."),
    ],
)
def test_each_kind_comes_to_its_requirement_and_back_to_the_same_form(
    asks: Asks, values: dict[str, Any], evidence: str, words: str
) -> None:
    need = filled(asks, **values)
    assert need.evidence == evidence
    assert asks_of(need) is asks
    assert rule_in_words(need, SHIPPED_PATHWAY) == words
    assert requirement_of(asks, values_in(need), need, now=NOW) == need
    pathway = editing.add(SHIPPED_PATHWAY, place_called(SHIPPED_PATHWAY, "duty-host"), need)
    assert [each for _, each in needs_at(pathway, place_called(pathway, "duty-host"))][-1].evidence == evidence


def test_every_requirement_of_a_pathway_comes_through_its_form_as_it_was() -> None:
    for pathway in (SHIPPED_PATHWAY, with_branch(), with_records()):
        for need in pathway.requirements.values():
            branch = pathway.branches.get(need.key)
            signers = branch.signers if branch else 1
            assert requirement_of(asks_of(need), values_in(need), need, signers=signers, now=NOW) == need


def test_what_a_form_has_no_field_for_stays_as_it_was() -> None:
    need = Requirement.model_validate(
        {**SAID, "evidence": "accepted:code-of-conduct", "facts": {"edition": ["1", "2"]}, "times": 1}
    )
    changed = requirement_of(asks_of(need), {**values_in(need), "title": "Our code"}, need, now=NOW)
    assert (changed.title, changed.facts) == ("Our code", {"edition": ("1", "2")})
    unknown = Requirement.model_validate({**SAID, "evidence": "juggled:balls", "times": 3})
    assert asks_of(unknown) is None
    assert requirement_of(None, {**values_in(unknown), "how": "Ask the circus."}, unknown, now=NOW) == (
        unknown.model_copy(update={"how": "Ask the circus."})
    )


def test_the_instant_whose_clearance_counts_stays_while_the_last_day_of_a_grace_period_does() -> None:
    need = filled(Asks.AGE, age=21, grace_until=date(2027, 3, 1))
    assert need.grace is not None
    assert (need.grace.cleared_at, need.grace.until) == (NOW, date(2027, 3, 1))
    later = NOW.replace(hour=23)
    same = requirement_of(Asks.AGE, values_in(need), need, now=later)
    assert same.grace == need.grace
    moved = requirement_of(Asks.AGE, {**values_in(need), "grace_until": date(2027, 3, 2)}, need, now=later)
    assert moved.grace is not None
    assert moved.grace.cleared_at == later
    gone = requirement_of(Asks.AGE, {**values_in(need), "grace_until": None}, need, now=later)
    assert gone.grace is None
    with pytest.raises(Invalid, match=r"within 184 days"):
        filled(Asks.AGE, age=21, grace_until=date(2028, 3, 1))


def test_a_requirement_is_one_wherever_it_is_asked_for_and_goes_with_its_last_place() -> None:
    host, lead = (place_called(SHIPPED_PATHWAY, each) for each in ("duty-host", "duty-lead"))
    with_age = editing.add(SHIPPED_PATHWAY, host, filled(Asks.AGE, age=21))
    assert with_age.duties[Duty.HOST].needs[-1] == "what-it-is"
    both = editing.add(with_age, lead, filled(Asks.AGE, age=21))  # in just the same words
    assert [each.code for each in who_asks(both, "what-it-is")] == ["duty-lead", "duty-host"]
    with pytest.raises(Invalid, match="asked for here already"):
        editing.add_known(both, host, "what-it-is")
    one = editing.take_out(both, host, "what-it-is")
    assert "what-it-is" in one.requirements
    assert editing.take_out(one, lead, "what-it-is") == SHIPPED_PATHWAY
    with pytest.raises(NotFound):
        editing.take_out(one, host, "what-it-is")


def test_two_of_the_same_title_have_names_of_their_own() -> None:
    host = place_called(SHIPPED_PATHWAY, "duty-host")
    pathway = editing.add(SHIPPED_PATHWAY, host, filled(Asks.AGE, age=21))
    pathway = editing.add(pathway, host, filled(Asks.AGE, age=25))
    assert pathway.duties[Duty.HOST].needs[-2:] == ("what-it-is", "what-it-is-2")
    assert editing.free_code("18 – or older!", ()) == "or-older"
    assert editing.free_code("१८", ()) == "asked-for"


def test_who_signs_for_a_step_and_from_when_a_duty_is_open() -> None:
    pathway = editing.sign_step(SHIPPED_PATHWAY, Stage.STAFF, 2)
    assert pathway.signers_of_step(Stage.STAFF) == 2
    assert editing.sign_step(pathway, Stage.STAFF, 1) == SHIPPED_PATHWAY
    assert editing.open_duty(pathway, Duty.LEAD, Stage.STAFF).duties[Duty.LEAD].from_stage is Stage.STAFF
    with pytest.raises(Invalid, match="Nobody goes on a shift before"):
        editing.open_duty(pathway, Duty.LEAD, Stage.USER)


def test_a_branch_is_added_changed_with_the_signatures_that_are_asked_for_and_taken_out_when_no_duty_needs_it() -> None:
    branch = Branch.model_validate({**LEADING, "needs": [], "signers": 1})
    pathway, code = editing.put_branch(SHIPPED_PATHWAY, None, branch)
    assert code == "leading-shifts"
    lead = place_called(pathway, "duty-lead")
    asked = requirement_of(Asks.BRANCH, {**WORDS, "what": code}, None, signers=1, now=NOW)
    pathway = editing.add(pathway, lead, asked)
    pathway, _ = editing.put_branch(pathway, code, branch.model_copy(update={"signers": 2}))
    assert pathway.requirements["what-it-is"].times == 2
    with pytest.raises(Conflict, match="“On shifts as lead” can only be done by people in this branch"):
        editing.remove_branch(pathway, code)
    pathway = editing.take_out(pathway, lead, "what-it-is")
    assert editing.remove_branch(pathway, code) == SHIPPED_PATHWAY


def test_a_branch_does_not_ask_for_a_branch() -> None:
    pathway = with_branch()
    with pytest.raises(Invalid, match="branches begin from stages"):
        editing.add_known(pathway, place_called(pathway, "branch-lead"), "in-lead")


def test_what_differs_is_said_place_by_place_and_in_words() -> None:
    pathway = editing.add(SHIPPED_PATHWAY, place_called(SHIPPED_PATHWAY, "duty-host"), filled(Asks.AGE, age=21))
    pathway = editing.take_out(pathway, place_called(pathway, "step-peer"), "welcome-talk")
    pathway = editing.sign_step(pathway, Stage.STAFF, 2)
    said = differences(SHIPPED_PATHWAY, pathway, lambda need: need.title)
    assert [(each.place, each.was, each.now) for each in said] == [
        ("To be a peer: what it asks for", "“A welcome talk with a member of staff”", None),
        ("To be staff", "1 person signs for it.", "2 different people sign for it."),
        ("On shifts as host: what it asks for", None, "“What it is”"),
        ("What it is", None, "21 or older."),
    ]
    assert differences(pathway, pathway, lambda need: need.title) == []
    renamed = pathway.requirements["what-it-is"].model_copy(update={"how": "Wait for it."})
    (only,) = differences(pathway, editing.change(pathway, "what-it-is", renamed), lambda need: need.title)
    assert only.now == "What it is. Wait for it. Ours."
