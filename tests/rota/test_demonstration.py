"""The rota of the demonstration: planned, proposed and published by the product itself, with true gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.people.models import Person, PersonPrivate, PersonState
from progression.models import Evidence
from progression.observing.on_shift import observable_by
from rota.ahead import forecasts
from rota.exchanges.models import ChangeKind
from rota.exchanges.reading import asked_of_and_by
from rota.planning import publishing
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Limits
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import Severity
from rota.shifts import claims_and_drops, my_shifts
from rota.store.draft_board import draft_board
from rota.store.models import Rota
from rota.store.seat_parts import parts_where
from rota.store.seats import seats_of_rota
from rota.store.snapshot import take_snapshot
from rota.store.standing_seats import StandingSeat
from rota.store.waiting import lines_waited_for
from rota.worked import recording
from tests.rota.crew import board_of
from tests.rota.scheduling.independent_bound import filled_of, most_fillable, wanted_seats
from tests.times import MONDAY, NOW

WEEK = timedelta(days=7)
STEPS = 1.0  # of the solver, for each part of the search


@pytest.fixture
def rotas(demonstration: Flask) -> list[Rota]:
    return list(db.session.scalars(select(Rota).order_by(Rota.starts_on)))


def test_four_weeks_are_published_that_keep_every_rule_and_four_are_to_plan(rotas: list[Rota]) -> None:
    *published, to_plan = rotas
    weeks = [(rota.starts_on - MONDAY, rota.ends_on - MONDAY) for rota in rotas]
    assert [(first.days // 7, (last.days + 1) // 7) for first, last in weeks] == [(-2, 0), (0, 2), (2, 6)]
    assert to_plan.version == 0
    assert all(seat.person_id is None for seat in seats_of_rota(to_plan.id))
    for rota in published:
        assert rota.version == 1
        board = board_of(rota)
        roster = take_snapshot(board, now=NOW)
        assert [each for each in breaches(roster.roster, roster.plan) if each.scope is Scope.PERSON] == []
        wanted = [seat for seat in board.seats if seat.is_wanted]
        empty = [seat for seat in wanted if seat.person_id is None]
        assert 0 < len(empty) < len(wanted) / 5
        # It is the nights that are short, on the board and on call.
        assert {seat.label for seat in empty} <= {"Night", "Small hours"}
        assert len({seat.channel for seat in empty}) == 2
        assert publishing.review(board_of(rota), now=NOW).empty == sum(seat.ends_at > NOW for seat in empty)


def test_somebody_is_in_each_state_that_planning_shows(rotas: list[Rota]) -> None:
    snapshot = take_snapshot(draft_board(rotas[-1]), now=NOW)
    people = {person.name: person for person in snapshot.roster.people}
    assert {name for name, person in people.items() if person.is_newcomer} == {"Raven"}
    assert my_shifts.upcoming(people["Raven"].id, now=NOW), "the newcomer is in the first shifts"
    assert {(pair.together, pair.is_wish) for pair in snapshot.roster.pairs} == {(True, False), (False, False)}
    assert people["Sorrel"].limits.most_minutes_a_week == 10 * 60
    assert [row.confirmed_at is not None for row in db.session.scalars(select(StandingSeat))] == [True, False]
    assert {person.name for person in people.values() if person.adult_on and person.adult_on > NOW.date()} == {
        "Robin",
        "Pebble",
        "Thistle",
    }


def test_a_swap_waits_for_the_volunteer_who_waits_for_a_shift_and_two_people_share_one(rotas: list[Rota]) -> None:
    volunteer = db.session.scalars(
        select(PersonPrivate.person_id).where(PersonPrivate.email == "volunteer@demo.test")
    ).one()
    asked, _ = asked_of_and_by(volunteer, now=NOW)
    assert [view.change.kind for view in asked] == [ChangeKind.SWAP]
    assert len(lines_waited_for(volunteer, now=NOW)) == 1
    [part] = parts_where()
    assert part.starts_at > NOW
    assert part.label == "Evening"


def test_somebody_wrote_of_a_peer_on_a_shift_and_more_wait_to_be_written(rotas: list[Rota]) -> None:
    written = select(Evidence).where(Evidence.kind == "observed", Evidence.happened_at > NOW - 2 * WEEK)
    (seen,) = [fact for fact in db.session.scalars(written) if "seat" in fact.facts]
    assert seen.key == "shift"
    observer = db.session.get_one(Person, seen.by_person_id)
    assert any(not each.is_written for each in observable_by(observer, NOW))


def test_one_account_is_invited_and_one_suspended(rotas: list[Rota]) -> None:
    others = select(Person.display_name, Person.state).where(Person.state != PersonState.ACTIVE)
    assert {row.display_name: row.state for row in db.session.execute(others)} == {
        "Lotus": PersonState.INVITED,
        "Stoat": PersonState.SUSPENDED,
    }


def test_the_volunteer_has_a_shift_ahead_and_an_open_one_to_take(rotas: list[Rota]) -> None:
    juniper = db.session.scalars(select(Person).where(Person.display_name == "Juniper")).one()
    assert my_shifts.upcoming(juniper.id, now=NOW)
    assert claims_and_drops.open_shifts_for(juniper, now=NOW)


def test_the_proposal_fills_as_many_seats_as_any_rota_could_and_keeps_every_rule(rotas: list[Rota]) -> None:
    whole = take_snapshot(draft_board(rotas[-1]), now=NOW).roster
    in_first_week = (shift for shift in whole.shifts if shift.starts_at < whole.shifts[0].starts_at + WEEK)
    roster = replace(whole, shifts=tuple(in_first_week))
    proposal = solve(roster, seconds=STEPS, seed=1, counts_steps=True)
    filled = filled_of(roster, proposal.plan)
    assert proposal.filled == filled
    assert proposal.proved
    # The independent bound knows of no recovery after nights, no pairs and no limits.
    recovery = roster.rules.recovery_after_nights.model_copy(update={"severity": Severity.UNUSED, "stricter_for": {}})
    rules = roster.rules.model_copy(update={"recovery_after_nights": recovery})
    unlimited = tuple(replace(person, limits=Limits()) for person in roster.people)
    freer = replace(roster, rules=rules, people=unlimited, pairs=())
    at_most = solve(freer, seconds=STEPS, seed=1, counts_steps=True).filled
    assert filled <= at_most == most_fillable(freer)
    assert filled < wanted_seats(roster), "the demonstration is honestly short at night"
    assert breaches(roster, proposal.plan) == []


def test_the_forecast_shows_a_lapse_that_leaves_seats_empty_and_whom_to_invite(rotas: list[Rota]) -> None:
    forecast = forecasts.latest()
    assert forecast is not None
    recording.record_worked(NOW)  # as the worker does a minute after loading: there is nothing left to record
    assert not forecasts.since(forecast).is_older
    [invitation] = forecast.result["invitations"]
    assert db.session.get_one(Person, invitation["person_id"]).display_name == "Hazel"
    assert invitation["seats"] > 0
    assert forecast.result["filled_then"] == forecast.result["filled"] + invitation["seats"]
