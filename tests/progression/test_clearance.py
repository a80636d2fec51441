"""Clearance: who may do what, and when. A wrong answer here can hurt somebody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from progression.checks import Level, Outcome, Workforce
from progression.clearance import birthday, clearances, may_do, times_met
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval, covers
from progression.pathway import Requirement
from progression.stages import Stage
from tests.progression.facts import (
    GROWN_UP,
    LONDON,
    SHIPPED_PATHWAY,
    a_moderator,
    agreed,
    checked,
    day,
    fact,
    observed,
    safe,
    signed_off,
    stepped_back,
    trained,
    withdrawal,
)


def cleared(facts: list[Fact], duty: Duty, on: str, *, born_on: date | None = GROWN_UP) -> bool:
    """Whether the person may do the duty from noon to four on a day."""
    return may_do(
        facts,
        SHIPPED_PATHWAY,
        duty,
        LONDON,
        starts_at=day(on, 12),
        ends_at=day(on, 16),
        born_on=born_on,
    )


PEER = [agreed("2025-06-01"), signed_off(Stage.PEER, "2025-07-01"), safe("2025-06-15")]


@pytest.mark.parametrize(
    ("facts", "duty", "may"),
    [
        ([], Duty.SHADOW, False),
        ([agreed("2025-06-01"), trained("2025-06-02")], Duty.SHADOW, False),
        (PEER, Duty.SHADOW, True),
        (PEER, Duty.HOST, False),
        ([*PEER, trained("2025-08-01")], Duty.HOST, True),
        ([*PEER[1:], trained("2025-08-01")], Duty.HOST, False),
        ([agreed("2025-06-01", edition="0"), *PEER[1:], trained("2025-08-01")], Duty.HOST, True),
        ([*PEER, trained("2025-08-01"), checked("2025-09-01")], Duty.MODERATOR, False),
        (a_moderator(), Duty.MODERATOR, True),
        (a_moderator(), Duty.HOST, True),
        (a_moderator(), Duty.LEAD, False),
        ([*a_moderator(), observed("lead", "2026-02-10")], Duty.LEAD, True),
        ([*a_moderator(), observed("lead", "2026-02-10")], Duty.ON_CALL, False),
        ([*a_moderator(), signed_off(Stage.STAFF, "2026-02-20")], Duty.ON_CALL, True),
    ],
)
def test_who_may_do_what_on_the_first_of_march(facts: list[Fact], duty: Duty, may: bool) -> None:
    assert cleared(facts, duty, "2026-03-01") is may


@pytest.mark.parametrize("duty", list(Duty))
def test_nobody_without_evidence_may_do_anything(duty: Duty) -> None:
    assert clearances([], SHIPPED_PATHWAY, duty, LONDON, born_on=GROWN_UP) == ()


def test_a_duty_the_pathway_does_not_know_is_refused_and_not_guessed() -> None:
    with pytest.raises(ValueError, match="juggler"):
        clearances(a_moderator(), SHIPPED_PATHWAY, "juggler", LONDON)


@pytest.mark.parametrize("missing", range(6))
def test_a_moderator_needs_each_piece_but_the_observation_and_the_earlier_step(missing: int) -> None:
    facts = a_moderator()
    gone = facts.pop(missing)
    assert cleared(facts, Duty.MODERATOR, "2026-03-01") is (gone.key in ("shift", "peer"))


@pytest.mark.parametrize("wrong", range(6))
def test_withdrawn_evidence_never_counted(wrong: int) -> None:
    facts = a_moderator()
    facts.append(withdrawal(facts[wrong], "2026-04-01"))
    still = facts[wrong].key in ("shift", "peer")
    assert cleared(facts, Duty.MODERATOR, "2026-05-01") is still
    assert cleared(facts, Duty.MODERATOR, "2026-03-01") is still


def test_a_fact_recorded_again_after_its_withdrawal_counts() -> None:
    facts = a_moderator()
    facts += [withdrawal(facts[3], "2026-04-01"), trained("2026-04-10")]
    assert not cleared(facts, Duty.MODERATOR, "2026-04-09")
    assert cleared(facts, Duty.MODERATOR, "2026-04-10")


def test_valid_until_holds_to_the_end_of_that_day_in_the_organisations_zone() -> None:
    facts = [*PEER, trained("2025-08-01", until="2026-07-10")]
    (span,) = clearances(facts, SHIPPED_PATHWAY, "host", LONDON)
    assert span.end == datetime(2026, 7, 10, 23, 0, tzinfo=UTC)  # midnight in London in summer
    (span,) = clearances(facts, SHIPPED_PATHWAY, "host", ZoneInfo("America/New_York"))
    assert span.end == datetime(2026, 7, 11, 4, 0, tzinfo=UTC)


def test_a_night_shift_over_the_end_of_validity_is_not_covered() -> None:
    facts = [*PEER, trained("2025-08-01", until="2026-03-28")]
    spans = clearances(facts, SHIPPED_PATHWAY, "host", LONDON)
    begins = clock.local(LONDON, 2026, 3, 28, 22)
    assert covers(spans, begins, clock.local(LONDON, 2026, 3, 29, 0))
    assert not covers(spans, begins, clock.local(LONDON, 2026, 3, 29, 6))


def test_training_done_again_before_it_lapses_leaves_no_hole() -> None:
    facts = [*PEER, trained("2025-08-01", until="2026-07-31"), trained("2026-07-20", until="2027-07-19")]
    (span,) = clearances(facts, SHIPPED_PATHWAY, "host", LONDON)
    assert span == Interval(day("2025-08-01"), clock.ends(date(2027, 7, 19), LONDON))


def test_training_done_again_after_it_lapsed_leaves_the_hole() -> None:
    facts = [*PEER, trained("2025-08-01", until="2026-07-31"), trained("2026-08-05", until="2027-08-04")]
    first, second = clearances(facts, SHIPPED_PATHWAY, "host", LONDON)
    assert first.end == clock.ends(date(2026, 7, 31), LONDON)
    assert second.start == day("2026-08-05")


def test_a_shorter_repeat_does_not_take_away_what_still_holds() -> None:
    facts = [*PEER, trained("2025-08-01", until="2027-07-31"), trained("2026-01-05", until="2026-03-04")]
    assert cleared(facts, Duty.HOST, "2027-01-01")


def test_a_step_back_ends_clearance_and_keeps_what_the_lower_stage_may_do() -> None:
    facts = [*a_moderator(), stepped_back(Stage.PEER, "2026-04-01")]
    assert cleared(facts, Duty.MODERATOR, "2026-03-31")
    assert not cleared(facts, Duty.MODERATOR, "2026-04-01")
    assert cleared(facts, Duty.HOST, "2026-04-01")


@pytest.mark.parametrize(
    ("check", "may"),
    [
        (checked("2025-09-01"), True),
        (checked("2025-09-01", workforce=Workforce.CHILD_AND_ADULT), True),
        (checked("2025-09-01", outcome=Outcome.RISK_ASSESSED), True),
        (checked("2025-09-01", workforce=Workforce.ADULT), False),
        (checked("2025-09-01", level=Level.ENHANCED), False),
        (checked("2025-09-01", level=Level.STANDARD), False),
        (checked("2025-09-01", outcome=Outcome.NOT_SUITABLE), False),
        (checked("2025-09-01", until="2026-02-28"), False),
        (checked("2025-09-01", until="2026-03-01"), True),
    ],
)
def test_the_check_must_be_of_the_level_and_workforce_the_duty_needs(check: Fact, may: bool) -> None:
    facts = [each for each in a_moderator() if each.kind != FactKind.CHECK]
    assert cleared([*facts, check], Duty.MODERATOR, "2026-03-01") is may


@pytest.mark.parametrize("level", list(Level))
def test_a_check_that_finds_somebody_not_suitable_ends_every_check_seen_before(level: Level) -> None:
    facts = [*a_moderator(), checked("2026-03-10", level=level, outcome=Outcome.NOT_SUITABLE)]
    assert cleared(facts, Duty.MODERATOR, "2026-03-09")
    assert not cleared(facts, Duty.MODERATOR, "2026-03-10")
    assert not cleared(facts, Duty.MODERATOR, "2027-01-01")


def test_a_check_seen_on_the_day_of_a_refusal_does_not_outweigh_it() -> None:
    facts = [*a_moderator(), checked("2026-03-10", outcome=Outcome.NOT_SUITABLE), checked("2026-03-10")]
    assert not cleared(facts, Duty.MODERATOR, "2026-03-11")


def test_a_later_clear_check_opens_the_way_again_and_a_withdrawn_refusal_never_counted() -> None:
    refusal = checked("2026-03-10", outcome=Outcome.NOT_SUITABLE)
    facts = [*a_moderator(), refusal]
    assert cleared([*facts, checked("2026-05-01")], Duty.MODERATOR, "2026-05-02")
    assert cleared([*facts, withdrawal(refusal, "2026-03-11")], Duty.MODERATOR, "2026-03-12")


def test_nobody_moderates_before_their_eighteenth_birthday() -> None:
    born_on = date(2008, 3, 15)
    assert not cleared(a_moderator(), Duty.MODERATOR, "2026-03-14", born_on=born_on)
    assert cleared(a_moderator(), Duty.MODERATOR, "2026-03-15", born_on=born_on)
    (span,) = clearances(a_moderator(), SHIPPED_PATHWAY, "moderator", LONDON, born_on=born_on)
    assert span == Interval(clock.starts(date(2026, 3, 15), LONDON), FOR_EVER)


def test_an_unknown_birth_date_is_never_old_enough_but_peers_may_still_host() -> None:
    assert not cleared(a_moderator(), Duty.MODERATOR, "2026-03-01", born_on=None)
    assert cleared(a_moderator(), Duty.HOST, "2026-03-01", born_on=None)


def test_somebody_born_on_a_leap_day_turns_eighteen_on_the_first_of_march() -> None:
    assert birthday(date(2008, 2, 29), 18, LONDON) == clock.starts(date(2026, 3, 1), LONDON)
    assert birthday(date(2008, 2, 29), 20, LONDON) == clock.starts(date(2028, 2, 29), LONDON)


THREE_TIMES = Requirement(
    evidence="observed:night",
    title="Three observed nights",
    how="Ask the lead.",
    times=3,
    facts={},
    source="Only for this test.",
)


def test_a_requirement_of_three_is_met_when_three_hold_at_once() -> None:
    nights = [
        fact("observed", "night", "2026-01-01", until="2026-06-30"),
        fact("observed", "night", "2026-02-01"),
        fact("observed", "night", "2026-03-01"),
    ]
    assert times_met(nights[:2], THREE_TIMES, LONDON, born_on=None) == ()
    (span,) = times_met(nights, THREE_TIMES, LONDON, born_on=None)
    assert span == Interval(day("2026-03-01"), clock.ends(date(2026, 6, 30), LONDON))


ANY_FACT = st.one_of(
    st.builds(
        lambda stage, number: signed_off(stage, f"2026-01-{number:02}"),
        st.sampled_from([Stage.PEER, Stage.VOLUNTEER, Stage.STAFF]),
        st.integers(1, 28),
    ),
    st.builds(lambda number: agreed(f"2026-01-{number:02}"), st.integers(1, 28)),
    st.builds(
        lambda number, until: trained(f"2026-01-{number:02}", until=f"2026-02-{until:02}"),
        st.integers(1, 28),
        st.integers(1, 28),
    ),
    st.builds(
        lambda number, outcome: checked(f"2026-01-{number:02}", outcome=outcome),
        st.integers(1, 28),
        st.sampled_from(list(Outcome)),
    ),
)


@given(st.lists(ANY_FACT, max_size=10), st.sampled_from(list(Duty)), st.data())
def test_taking_good_evidence_away_never_clears_anybody(facts: list[Fact], duty: Duty, data: st.DataObject) -> None:
    before = clearances(facts, SHIPPED_PATHWAY, duty, LONDON, born_on=GROWN_UP)
    good = [each for each in facts if each.facts.get("outcome") != Outcome.NOT_SUITABLE and each.kind != "sign-off"]
    if good:
        gone = data.draw(st.sampled_from(good))
        after = clearances([*facts, withdrawal(gone, "2026-02-01")], SHIPPED_PATHWAY, duty, LONDON, born_on=GROWN_UP)
        assert all(covers(before, span.start, span.end) for span in after)


@given(st.lists(ANY_FACT, max_size=10), st.sampled_from(list(Duty)), st.randoms())
def test_the_order_in_which_facts_are_read_does_not_matter(facts: list[Fact], duty: Duty, random: object) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    read = clearances(facts, SHIPPED_PATHWAY, duty, LONDON, born_on=GROWN_UP)
    assert clearances(shuffled, SHIPPED_PATHWAY, duty, LONDON, born_on=GROWN_UP) == read
