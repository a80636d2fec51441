"""Rosters and plans as JSON values: for the solver's process, and for hard cases kept as tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from rota.scheduling.roster import Plan, Roster

_ROSTERS: TypeAdapter[Roster] = TypeAdapter(Roster)
_PLANS: TypeAdapter[Plan] = TypeAdapter(Plan)


def roster_to_json(roster: Roster) -> dict[str, Any]:
    """The roster as JSON values, instants in UTC as ISO 8601."""
    # Clearances may be worked out only when they are asked for; JSON needs all of them.
    people = tuple(replace(person, clearances=dict(person.clearances)) for person in roster.people)
    values: dict[str, Any] = _ROSTERS.dump_python(replace(roster, people=people), mode="json")
    return values


def roster_from_json(values: Mapping[str, Any]) -> Roster:
    """The roster that `roster_to_json` wrote. Raises pydantic's ValidationError, with the place of each fault."""
    return _ROSTERS.validate_python(values, strict=False)


def plan_to_json(plan: Plan) -> list[dict[str, Any]]:
    """The plan as a list of seatings in a fixed order, so that equal plans give equal JSON."""
    return [{"shift_id": s.shift_id, "duty": s.duty, "person_id": s.person_id} for s in sorted(plan.seatings)]


def plan_from_json(values: Sequence[Mapping[str, Any]]) -> Plan:
    """The plan that `plan_to_json` wrote."""
    return _PLANS.validate_python({"seatings": values})
