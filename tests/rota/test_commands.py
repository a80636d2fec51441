"""`nightlight rota propose`."""

from __future__ import annotations

from click.testing import CliRunner
from flask import Flask

from app.refusals import NotFound
from rota.commands import rota_commands
from tests.rota.crew import Crew, board_of


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
