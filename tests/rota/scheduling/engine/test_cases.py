"""Hard cases as JSON beside this file: each is solved and compared with a result worked out by hand.

A case holds a description of what makes it hard, a roster as `roster_to_json` writes it with only those figures of the
rules that differ from the shipped ones, and the expected result.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rota.scheduling.engine.replan import replan_without
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.roster_json import plan_from_json, plan_to_json, roster_from_json, roster_to_json
from rota.scheduling.unfillable import why_unfillable
from tests.rota.scheduling.rosters import rules_with

CASES = sorted(Path(__file__).with_name("cases").glob("*.json"))


def read(path: Path) -> tuple[Roster, dict[str, Any]]:
    case = json.loads(path.read_text(encoding="utf-8"))
    values = case["roster"]
    rules = rules_with(**values["rules"]).model_dump(mode="json")
    return roster_from_json({**values, "rules": rules}), case["expected"]


def test_there_are_cases() -> None:
    assert len(CASES) >= 8


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_hard_case_comes_out_as_worked_out_by_hand(path: Path) -> None:
    roster, expected = read(path)
    proposal = solve(roster, seconds=10)
    assert (proposal.seats, proposal.filled, proposal.bound) == tuple(expected["seats_filled_bound"])
    assert {
        r.objective.value: r.value for r in proposal.objectives if r.objective.value in expected["stages"]
    } == expected["stages"]
    assert all(r.is_proved for r in proposal.objectives if r.objective.value in expected["stages"])
    assert [breach.sentence for breach in proposal.breaches] == expected["breaches"]
    if "plan" in expected:
        assert plan_to_json(proposal.plan) == expected["plan"]
    if "reasons" in expected:
        found = why_unfillable(roster, Plan(), [shift.id for shift in roster.shifts], seconds=30)
        assert [reason.sentence for reason in found or ()] == expected["reasons"]
    if "drop_out" in expected:
        drop_out = expected["drop_out"]
        again = replan_without(roster, plan_from_json(drop_out["plan"]), drop_out["person_id"], seconds=10)
        assert (again.filled, len(again.taken), again.is_fewest) == (drop_out["filled"], drop_out["taken"], True)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_is_written_as_it_was_read(path: Path) -> None:
    roster, _ = read(path)
    assert roster_from_json(json.loads(json.dumps(roster_to_json(roster)))) == roster
