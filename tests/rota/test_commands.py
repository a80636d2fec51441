"""`nightlight rota propose` and `nightlight rota export-case`."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from click.testing import CliRunner
from flask import Flask

from app.refusals import NotFound
from rota.commands import rota_commands
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster_json import roster_from_json
from rota.store.models import Rota
from tests.rota.crew import Crew, board_of, seats
from tests.rota.scheduling.rosters import rules_with


def test_a_proposal_from_the_command_line_lands_in_the_draft(app: Flask, crew: Crew) -> None:
    crew.always_can(crew.moderator("Wren"), crew.moderator("Teal"))
    rota = crew.rota(crew.evenings())
    result = CliRunner().invoke(rota_commands, ["propose", "--rota", str(rota.id)])
    assert result.exit_code == 0, result.output
    assert "of 2 seats filled" in result.output
    assert board_of(rota).draft is not None


def test_a_rota_that_is_not_there_ends_with_a_refusal(app: Flask) -> None:
    result = CliRunner().invoke(rota_commands, ["propose", "--rota", "77"])
    assert result.exit_code != 0
    assert isinstance(result.exception, NotFound)


def exported(rota: Rota, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(rota_commands, ["export-case", "--rota", str(rota.id), *options])
    assert result.exit_code == 0, result.output
    case: dict[str, Any] = json.loads(result.stdout)
    return case


def test_a_rota_is_exported_as_a_case_without_names_or_birth_dates(app: Flask, crew: Crew) -> None:
    wren, otter = crew.moderator("Wren"), crew.peer("Otter", born_on=date(2010, 4, 23))
    crew.always_can(wren, otter)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    case = exported(rota)
    values = case["roster"]
    assert values["rules"] == {}, "only figures that differ from the shipped ones are named"
    roster = roster_from_json({**values, "rules": rules_with().model_dump(mode="json")})
    assert [person.name for person in roster.people] == [
        f"Person {number}" for number in range(1, len(roster.people) + 1)
    ]
    assert len(roster.fixed) == 1
    assert [roster.is_adult(person, roster.shifts[-1].ends_at) for person in roster.people] == [True, True, False]
    assert case["expected"]["seats_filled_bound"] == [2, None, None]
    proposal = solve(roster, seconds=10)
    assert (proposal.filled, proposal.bound) == (2, 2)
    for private in ("Wren", "Otter", "2010-04-23", "1990-05-17", "example.org"):
        assert private not in json.dumps(case)


def test_one_week_is_exported_with_what_people_do_in_the_others(app: Flask, crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota = crew.rota(crew.evenings(), days=14)
    crew.give(rota, seats(rota)[6], wren)
    values = exported(rota, "--week", "2027-03-03", "--with-names")["roster"]
    assert (values["starts_on"], values["ends_on"]) == ("2027-03-01", "2027-03-07")
    assert len(values["shifts"]) == 7
    (person,) = [each for each in values["people"] if each["name"] == "Wren"]
    assert person["id"] == wren.id
    assert [stint["starts_at"] for stint in person["commitments"]] == ["2027-02-28T18:00:00Z"]
    result = CliRunner().invoke(rota_commands, ["export-case", "--rota", str(rota.id), "--week", "2027-06-01"])
    assert result.exit_code == 1
    assert "nothing to export" in result.output


def test_a_rota_that_is_not_there_is_not_exported(app: Flask) -> None:
    result = CliRunner().invoke(rota_commands, ["export-case", "--rota", "77"])
    assert isinstance(result.exception, NotFound)
