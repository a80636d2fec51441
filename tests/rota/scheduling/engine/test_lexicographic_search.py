"""The bounds of the lexicographic search."""

from __future__ import annotations

from progression.duties import Duty
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.solve import solve
from tests.rota.scheduling.rosters import at, line, person, roster, shift


def test_fairness_has_a_bound_where_the_relaxation_of_an_earlier_objective_is_not_tight() -> None:
    # One person on a shift that needs two: the relaxation opens half of the shift.
    half_filled = shift(at(0, 9), 4, line(Duty.MODERATOR, 2), blend_exempt=False)
    proposal = solve(roster([person(1)], [half_filled]), seconds=60, should_stop=lambda: True)
    results = {r.objective: r for r in proposal.objectives}
    assert (proposal.filled, results[Objective.BLEND].value) == (1, 1)
    assert 0 < results[Objective.FAIRNESS].bound == results[Objective.FAIRNESS].value
