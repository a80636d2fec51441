"""Propose a plan: stage by stage, each closed before the next is traded, against a bound that is not the
solver's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rota.engine.model import RosterModel, Stage, stages
from rota.engine.program import Effort, Program, Terms, optimise, relax
from rota.roster import Plan, Roster, filled_seats, from_json, plan_to_json
from rota.rules.base import Breach
from rota.rules.book import breaches

Report = Callable[[dict[str, Any]], None]
ShouldStop = Callable[[], bool]

DEFAULT_SECONDS = 15.0
"""A month for 500 people is proved in less; past it, a coordinator would rather see what there is."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """How one stage ended: `value` was reached, `bound` cannot be bettered, both counting what one wants less
    of."""

    stage: Stage
    value: int
    bound: int

    @property
    def is_proved(self) -> bool:
        """Whether no plan does better at this stage without doing worse at an earlier one."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and what is known of it.

    `filled` of the `seats` wanted have somebody; no plan at all that keeps the rules fills more than `bound`.
    `proved` says that the cover stages, down to what is wanted, cannot be bettered.
    """

    plan: Plan
    seats: int
    filled: int
    bound: int
    proved: bool
    stages: tuple[StageResult, ...]
    seconds: float
    breaches: tuple[Breach, ...]


def solve(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Proposal:
    """The best plan found in the time given, or until `should_stop` says so. There always is one.

    With a seed the same roster gives the same plan, as long as the time is not what ends the search.
    `report` is given {"filled", "bound", "seats", "seconds"} whenever one of them is better known.
    """
    started = time.monotonic()
    model = RosterModel(roster)
    progress = _Progress(roster, model, started, report)
    most_short = relax(model.program, model.prices[Stage.WANTED], seconds=seconds)
    if most_short is not None:
        progress.bound = roster.seats - max(0, most_short.bound)
    progress.tell()

    values = model.nobody()
    results: list[StageResult] = []
    wanted = list(stages(roster))
    for number, stage in enumerate(wanted):
        left = seconds - (time.monotonic() - started)
        share = left / 2 if number < len(wanted) - 1 else left
        objective = model.prices[stage]
        values, bound = _close(model.program, objective, values, share, seed, progress, should_stop)
        value = model.program.value(objective, values)
        results.append(StageResult(stage, value, min(bound, value)))
        progress.keep(values)
        model.program.row(objective, high=value)
    plan = model.plan(values)
    filled = filled_seats(roster, plan)
    proved = all(r.is_proved for r in results if r.stage in _COVER)
    return Proposal(
        plan=plan,
        seats=roster.seats,
        filled=filled,
        bound=max(progress.bound, filled),
        proved=proved,
        stages=tuple(results),
        seconds=time.monotonic() - started,
        breaches=tuple(breaches(roster, plan)),
    )


_COVER = frozenset({Stage.SENIOR, Stage.BLEND, Stage.MINIMUM, Stage.WANTED})


def _close(
    program: Program,
    objective: Terms,
    values: list[int],
    seconds: float,
    seed: int | None,
    progress: _Progress,
    should_stop: ShouldStop | None,
) -> tuple[list[int], int]:
    """The best answer for a stage, and a bound that holds for every answer."""
    floor = relax(program, objective, seconds=seconds)
    bound = floor.bound if floor is not None else _least(program, objective)
    if program.value(objective, values) <= bound:
        return values, bound
    answer = optimise(
        program,
        objective,
        Effort(seconds=seconds, seed=seed, stop_at=bound),
        hint=values,
        on_better=lambda found, _: progress.keep(found),
        should_stop=should_stop,
    )
    bound = max(bound, answer.bound)
    # With nothing found in the time, what was found before still keeps every rule.
    return (values if answer.values is None else answer.values), bound


def _least(program: Program, objective: Terms) -> int:
    return sum(n * (program.lows[v] if n > 0 else program.highs[v]) for n, v in objective)


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """`solve` for a child process that has no database: JSON values in, JSON values out.

    `prepared` holds "roster" as `to_json` wrote it, and may hold "seconds" and "seed".
    """
    proposal = solve(
        from_json(prepared["roster"]),
        seconds=float(prepared.get("seconds", DEFAULT_SECONDS)),
        seed=prepared.get("seed"),
        report=report,
        should_stop=should_stop,
    )
    return {
        "plan": plan_to_json(proposal.plan),
        "seats": proposal.seats,
        "filled": proposal.filled,
        "bound": proposal.bound,
        "proved": proposal.proved,
        "stages": [
            {
                "stage": r.stage.value,
                "words": r.stage.words,
                "value": r.value,
                "bound": r.bound,
                "proved": r.is_proved,
            }
            for r in proposal.stages
        ],
        "seconds": round(proposal.seconds, 2),
        "breaches": [asdict(breach) for breach in proposal.breaches],
    }


class _Progress:
    """Tells how far the search is, whenever there is news."""

    def __init__(self, roster: Roster, model: RosterModel, started: float, report: Report | None) -> None:
        self._roster, self._model, self._started, self._report = roster, model, started, report
        self.bound = roster.seats
        self._filled = 0

    def keep(self, values: Sequence[int]) -> None:
        """Count the seats of an answer."""
        filled = filled_seats(self._roster, self._model.plan(values))
        if filled > self._filled:
            self._filled = filled
            self.tell()

    def tell(self) -> None:
        """Report."""
        if self._report is not None:
            seconds = round(time.monotonic() - self._started, 1)
            news = {
                "filled": self._filled,
                "bound": self.bound,
                "seats": self._roster.seats,
                "seconds": seconds,
            }
            self._report(news)
