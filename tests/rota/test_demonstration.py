"""The rota of the demonstration: planned, proposed and published by the product itself, with true gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.people.models import Person
from rota.planning import publishing
from rota.scheduling.engine.solve import solve
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import Severity
from rota.shifts import claims_and_drops, my_shifts
from rota.store.draft_board import draft_board
from rota.store.models import Rota
from rota.store.seats import seats_of_rota
from rota.store.snapshot import take_snapshot
from tests.rota.crew import board_of
from tests.rota.scheduling.independent_bound import filled_of, most_fillable, wanted_seats
from tests.times import MONDAY, NOW


@pytest.fixture
def rotas(demonstration: Flask) -> list[Rota]:
    return list(db.session.scalars(select(Rota).order_by(Rota.starts_on)))


def test_two_weeks_are_published_that_keep_every_rule_and_one_is_to_plan(rotas: list[Rota]) -> None:
    *published, to_plan = rotas
    assert [rota.starts_on - MONDAY for rota in published] == [timedelta(0), timedelta(days=7)]
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
        # It is the nights that are short: some of the empty seats lie between 20:00 and 08:00.
        assert any(seat.label in ("Night", "Small hours") for seat in empty)
        assert publishing.review(board_of(rota), now=NOW).empty == sum(seat.ends_at > NOW for seat in empty)


def test_the_volunteer_has_a_shift_ahead_and_an_open_one_to_take(rotas: list[Rota]) -> None:
    juniper = db.session.scalars(select(Person).where(Person.display_name == "Juniper")).one()
    assert my_shifts.upcoming(juniper.id, now=NOW)
    assert claims_and_drops.open_shifts_for(juniper, now=NOW)


def test_the_proposal_fills_as_many_seats_as_any_rota_could_and_keeps_every_rule(rotas: list[Rota]) -> None:
    roster = take_snapshot(draft_board(rotas[-1]), now=NOW).roster
    proposal = solve(roster, seconds=60, seed=1)
    filled = filled_of(roster, proposal.plan)
    assert proposal.filled == filled
    assert proposal.proved
    # The independent bound knows of no recovery after nights.
    recovery = roster.rules.recovery_after_nights.model_copy(update={"severity": Severity.UNUSED, "stricter_for": {}})
    rules = roster.rules.model_copy(update={"recovery_after_nights": recovery})
    at_most = solve(replace(roster, rules=rules), seconds=60, seed=1).filled
    assert filled <= at_most == most_fillable(roster)
    assert filled < wanted_seats(roster), "the demonstration is honestly short at night"
    assert breaches(roster, proposal.plan) == []
