"""Whom to invite: as much is filled as all renewals together fill, by nobody and nothing too many."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from progression.duties import Duty
from rota.scheduling.cover_ahead import Ahead, AheadLine, AheadPerson
from rota.scheduling.renewals_ahead import invitations
from tests.rota.scheduling.test_cover_ahead import DAY, MONDAY, crowd, evening, lapsing, person

CONFLICT, SAFE = "training:conflict", "training:safeguarding"


def finished(each: AheadPerson, codes: frozenset[str]) -> AheadPerson:
    """The person after they have renewed this."""
    duties = {duty: tuple(a for a in asked if a.evidence not in codes) for duty, asked in each.duties.items()}
    return replace(each, duties=duties)


def test_who_brings_most_is_invited_first_and_who_brings_nothing_is_not() -> None:
    week = tuple(evening(day) for day in range(7))
    few = tuple(evening(day, hour=8) for day in range(7, 9))
    wren = person(1, lapsing(SAFE, MONDAY + 2 * DAY), able=person(1).able)
    otter = replace(person(2, lapsing(SAFE, MONDAY)), not_on=frozenset(shift.id for shift in week))
    heron = replace(person(3, lapsing(SAFE, MONDAY)), not_on=frozenset(shift.id for shift in (*week, *few)))
    wren = replace(wren, not_on=frozenset(shift.id for shift in few))
    found = invitations(Ahead((*week, *few), (heron, otter, wren)))
    assert [(each.person_id, len(each.seats)) for each in found] == [(1, 5), (2, 2)]
    assert found[0].lapses == {SAFE: MONDAY + 2 * DAY}


def test_only_what_the_seats_ask_for_is_to_be_renewed() -> None:
    wren = AheadPerson(
        1,
        person(1).able,
        {
            Duty.MODERATOR: (lapsing(SAFE, MONDAY),),
            Duty.LEAD: (lapsing(SAFE, MONDAY), lapsing(CONFLICT, MONDAY)),
        },
    )
    [found] = invitations(Ahead((evening(0),), (wren,)))
    assert list(found.lapses) == [SAFE]
    [found] = invitations(Ahead((evening(0, AheadLine(Duty.LEAD, 1, 1)),), (wren,)))
    assert list(found.lapses) == [CONFLICT, SAFE]


def test_what_they_never_had_cannot_be_renewed() -> None:
    never = replace(lapsing(SAFE, MONDAY), held=(), lapses_at=None)
    assert invitations(Ahead((evening(0),), (person(1, never),))) == []


def test_two_are_invited_where_only_both_together_fill_a_seat() -> None:
    lead, moderator = AheadLine(Duty.LEAD, 1, 1), AheadLine(Duty.MODERATOR, 1, 1)
    # Wren could lead once renewed, and leaves the moderator's seat to Otter, who could take it once renewed.
    wren = AheadPerson(1, person(1).able, {Duty.MODERATOR: (), Duty.LEAD: (lapsing(SAFE, MONDAY),)})
    otter = person(2, lapsing(SAFE, MONDAY))
    found = invitations(Ahead((evening(0, moderator, lead),), (wren, otter)))
    assert {each.person_id for each in found} == {1, 2}


def test_stopped_early_it_keeps_whom_it_chose() -> None:
    weeks = tuple(evening(day) for day in range(14))
    wren = replace(person(1, lapsing(SAFE, MONDAY)), not_on=frozenset(shift.id for shift in weeks[7:]))
    otter = replace(person(2, lapsing(SAFE, MONDAY)), not_on=frozenset(shift.id for shift in weeks[:7]))
    reported: list[int] = []
    found = invitations(Ahead(weeks, (wren, otter)), report=reported.append, should_stop=lambda: bool(reported))
    assert [each.person_id for each in found] == [1]


@pytest.mark.parametrize("seed", range(40))
def test_finishing_the_invitations_fills_exactly_the_seats_that_were_promised(seed: int) -> None:
    ahead = crowd(random.Random(seed))
    found = invitations(ahead)
    codes = {each.person_id: frozenset(each.lapses) for each in found}
    promised = ahead.filled(codes)
    after = Ahead(ahead.shifts, tuple(finished(each, codes.get(each.id, frozenset())) for each in ahead.people))
    assert after.filled() == promised
    everybody = Ahead(ahead.shifts, tuple(finished(each, frozenset(each.lapses)) for each in ahead.people))
    assert len(promised) == len(everybody.filled())
    for each in found:
        rest = {person_id: kept for person_id, kept in codes.items() if person_id != each.person_id}
        assert len(ahead.filled(rest)) < len(promised) or _safe(ahead, rest) < _safe(ahead, codes)


def _safe(ahead: Ahead, codes: dict[int, frozenset[str]]) -> int:
    return sum(not seat.is_beyond_safe for seat in ahead.filled(codes))


def test_lapses_are_by_the_end_of_what_was_held() -> None:
    ends = MONDAY + timedelta(days=3)
    assert person(1, lapsing(SAFE, ends)).lapses == {SAFE: ends}
