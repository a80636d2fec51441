"""What a roster from the database holds: everything that is called supplied, and nothing that is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from app import db
from app.policies import documents
from progression.duties import Duty
from progression.stages import Stage
from rota.exchanges.changes import DoesNotFit
from rota.planning import drafts
from rota.scheduling.cover_pattern import Need
from rota.scheduling.roster import Roster
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.policy import RotaRules
from rota.shifts import claims_and_drops
from rota.store import limits, pairs, standing_seats, wishes
from rota.store.models import ChannelKind
from rota.store.seat_parts import worked_by
from rota.store.snapshot import SUPPLIED, Depth, take_snapshot
from tests.rota.crew import LONDON, MONDAY, Crew, board_of, seats
from tests.rota.exchanges.test_parts import Shared
from tests.times import NOW

IN: Mapping[RosterData, Callable[[Roster], bool]] = {
    RosterData.CLEARANCES: lambda roster: any(person.clearances for person in roster.people),
    RosterData.AVAILABILITY: lambda roster: any(person.availability for person in roster.people),
    RosterData.AGES: lambda roster: any(person.born_on for person in roster.people),
    RosterData.STAGES: lambda roster: {person.stage for person in roster.people} > {Stage.USER},
    RosterData.COMMITMENTS: lambda roster: any(person.commitments for person in roster.people),
    RosterData.SHIFT_KINDS: lambda roster: any(shift.kind for shift in roster.shifts),
    RosterData.PAIRS: lambda roster: bool(roster.pairs),
    RosterData.NEWCOMERS: lambda roster: any(person.is_newcomer for person in roster.people),
    RosterData.LIMITS: lambda roster: any(person.limits.most_minutes_a_week for person in roster.people),
    RosterData.LEAST: lambda roster: any(person.limits.least_shifts for person in roster.people),
    RosterData.RUNS: lambda roster: any(person.limits.shortest_run for person in roster.people),
    RosterData.WISHES: lambda roster: any(person.wishes for person in roster.people),
    RosterData.STANDING_SLOTS: lambda roster: any(person.slots for person in roster.people),
    RosterData.LOAD: lambda roster: any(person.load for person in roster.people),
    RosterData.HARD_SHIFTS: lambda roster: any(
        stint.was_hard for person in roster.people for stint in person.commitments
    ),
}
"""Whether a roster holds each kind of data."""


def test_a_full_database_supplies_exactly_what_is_declared(crew: Crew) -> None:
    needs = (Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 1), Need(Duty.HOST, 1, 2, 2))
    lead, moderator = crew.lead("Heron"), crew.moderator("Wren")
    peer, newcomer = crew.peer("Sage", born_on=date(2010, 1, 1)), crew.people.person("Fern")
    crew.always_can(lead, moderator, peer, newcomer)
    nights = crew.evenings("Board", *needs, starts=time(22), ends=time(6))
    crew.published(lead, channel=crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL))
    rota = crew.rota(nights, days=14)
    with db.writing():
        limits.set_limits(peer.id, most_hours_a_week=8, least_shifts=1, shortest_run=2, by=peer.id, now=NOW)
        pairs.keep_pair(
            (lead.id, peer.id), is_together=False, from_on=MONDAY, until_on=None, reason="", by=lead.id, now=NOW
        )
        wishes.add_wish(peer.id, is_wanted=True, channel_id=None, days={4}, times=None, zone=LONDON, now=NOW)
        [*_, place] = standing_seats.places(MONDAY)
        days = standing_seats.Days(MONDAY)
        standing_seats.ask_for(peer.id, place, days, by=peer.id, is_confirmed=True, now=NOW)
    crew.give(rota, next(seat for seat in seats(rota) if seat.duty is Duty.MODERATOR), moderator)
    roster = take_snapshot(board_of(rota), now=NOW).roster
    # Who is new, and nights before, need a record of weeks: tests/rota/store/test_asked_rows.py
    of_weeks = {RosterData.NEWCOMERS, RosterData.LOAD}
    assert {data for data, is_in in IN.items() if is_in(roster)} | of_weeks == SUPPLIED


def test_a_shallower_reading_is_the_whole_one_without_the_rest(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    crew.published(wren, channel=crew.evenings("Other", Need(Duty.MODERATOR, 1, 1, 1), starts=time(9), ends=time(12)))
    rota, _seat = crew.published(teal)
    with db.writing():
        limits.set_limits(teal.id, most_hours_a_month=8, by=teal.id, now=NOW)
    board = board_of(rota)
    whole, people, offers = (take_snapshot(board, now=NOW, depth=depth) for depth in reversed(Depth))
    assert any(each.commitments for each in whole.roster.people)
    assert people.roster.people == tuple(replace(each, is_newcomer=False) for each in whole.roster.people)
    assert (people.plan, people.stages, people.without) == (whole.plan, whole.stages, whole.without)
    assert [(each.clearances, each.availability, each.away, each.stage) for each in offers.roster.people] == [
        (each.clearances, each.availability, each.away, each.stage) for each in whole.roster.people
    ]
    assert (offers.plan, offers.roster.shifts) == (whole.plan, whole.roster.shifts)


def test_seats_of_the_rota_that_is_read_are_not_read_again_as_other_work_and_parts_of_them_are(crew: Crew) -> None:
    shared = Shared(crew)
    shared.taken(2, 4, shared.teal)
    rota_id = shared.seat.rota_id
    ids, between = [shared.wren.id, shared.teal.id], (NOW, NOW + timedelta(days=60))
    everything = worked_by(ids, *between)
    assert {row.rota_id for row in everything} == {rota_id}
    assert worked_by(ids, *between, but_seats_of=(rota_id, NOW)) == [row for row in everything if row.is_part]
    assert worked_by(ids, *between, but_seats_of=(rota_id, between[1])) == everything, "they begin before that"


def test_every_kind_of_data_is_looked_for() -> None:
    assert set(IN) == set(RosterData)


def stricter_from(day: date, crew: Crew) -> None:
    """From a day on, nobody may be on duty for more than three hours of a day."""
    rules = documents.on(RotaRules, day).model_dump(mode="json")
    rules["hours_in_a_day"] |= {"severity": "hard", "adult_hours": 3}
    with db.writing():
        documents.write("rota-rules", rules, holds_from=day, why="A test", by=crew.assessor.id, now=NOW)


def test_a_rota_is_judged_by_the_rules_of_its_days_and_not_by_todays(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    channel = crew.evenings()
    next_week = MONDAY + timedelta(days=7)
    stricter_from(next_week, crew)
    this, following = crew.rota(channel), crew.rota(channel, starts_on=next_week, title="Next week")
    hours = [take_snapshot(board_of(rota), now=NOW).roster.rules.hours_in_a_day for rota in (this, following)]
    assert [(rule.adult_hours, rule.severity) for rule in hours] == [(12, "overridable"), (3, "hard")]
    crew.give(this, seats(this)[0], wren)
    with pytest.raises(drafts.BreaksRules):
        crew.give(following, seats(following)[0], wren, reason="Even with a reason")


def test_of_open_shifts_on_both_sides_of_a_new_policy_each_is_judged_by_its_own_day(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), days=3)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    stricter_from(MONDAY + timedelta(days=2), crew)
    _, tuesday, wednesday = seats(rota)
    assert [seat.id for seat in claims_and_drops.open_shifts_for(teal, now=NOW)] == [tuesday.id]
    with pytest.raises(DoesNotFit), db.writing():
        claims_and_drops.claim(wednesday.id, teal, now=NOW)
    with db.writing():
        claims_and_drops.claim(tuesday.id, teal, now=NOW)
