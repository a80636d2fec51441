"""The greedy start plan keeps every rule."""

from __future__ import annotations

from benchmarks.blended import blended
from rota.scheduling.engine.greedy_start import greedy_start
from rota.scheduling.engine.model import RosterModel


def test_the_first_plan_keeps_every_rule() -> None:
    model = RosterModel(blended(40, 1, 2))
    values = greedy_start(model)
    assert model.program.is_feasible(values)
    assert model.plan_of(values).seatings
