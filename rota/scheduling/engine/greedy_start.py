"""A greedy start plan in well under a second: the scarcest seats first, each to the person with the fewest so far."""

from __future__ import annotations

from collections import Counter

from progression.duties import Duty
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.program import ONE
from rota.scheduling.roster import RosterLine, RosterShift, Seating
from rota.scheduling.rules.book import person_breaches, rules_in_force
from rota.scheduling.rules.policy import Severity

_DUTY_ORDER = (Duty.LEAD, Duty.ON_CALL, Duty.MODERATOR, Duty.HOST, Duty.SHADOW)
"""People who look after others are seated before the people they look after."""


def greedy_start(model: RosterModel) -> list[int]:
    """Return a solution that keeps every rule, or the empty one where the fixed seats allow no greedy one."""
    partial = _PartialPlan(model)
    for to_wanted in (False, True):
        for duty in _DUTY_ORDER:
            lines = [(shift, line) for shift in model.roster.shifts for line in shift.lines if line.duty is duty]
            lines.sort(key=lambda pair: (len(partial.candidates(*pair)), pair[0].starts_at, pair[0].id))
            for shift, line in lines:
                partial.fill(shift, line, line.wanted if to_wanted else line.minimum)
    solution = partial.solution()
    return solution if model.program.is_feasible(solution) else model.empty_solution()


class _PartialPlan:
    """The seats given so far, and the slack left in each constraint that is about seats only."""

    def __init__(self, model: RosterModel) -> None:
        self._model = model
        self._candidates: dict[tuple[int, Duty], list[tuple[int, int]]] = {}
        for seat, variable in model.seats.items():
            # Some seats are ruled out from the start: a peer's where nobody could be beside them.
            if model.program.upper[variable]:
                self._candidates.setdefault((seat.shift_id, seat.duty), []).append((seat.person_id, variable))
        seats = set(model.seats.values())
        self._slack: list[int] = []
        self._uses: dict[int, list[tuple[int, int]]] = {}
        for constraint in model.program.constraints:
            if constraint.high is not None and all(variable in seats for _, variable in constraint.terms):
                for coefficient, variable in constraint.terms:
                    self._uses.setdefault(variable, []).append((len(self._slack), coefficient))
                self._slack.append(constraint.high)
        self._seats_of: dict[int, list[tuple[Seating, int]]] = {}
        self._taken = {ONE}
        self._given: Counter[int] = Counter()
        self._options = Counter(seat.person_id for seat in model.seats)
        self._book = rules_in_force(model.roster.rules, model.roster.pairs)

    def candidates(self, shift: RosterShift, line: RosterLine) -> list[tuple[int, int]]:
        """Return the people who may take a seat on the line, each with the variable of that seat."""
        return self._candidates.get((shift.id, line.duty), [])

    def fill(self, shift: RosterShift, line: RosterLine, needed: int) -> None:
        """Seat people until the line has so many, or no more can be seated."""
        candidates = self.candidates(shift, line)
        missing = needed - sum(1 for _, variable in candidates if variable in self._taken)
        # The fewest seats so far first, then the fewest other options; newcomers after everybody else.
        by_id = self._model.roster.person_by_id
        for person_id, variable in sorted(
            candidates, key=lambda seat: (by_id[seat[0]].is_newcomer, self._given[seat[0]], self._options[seat[0]])
        ):
            if missing <= 0:
                return
            uses = self._uses.get(variable, ())
            if variable in self._taken or any(coefficient > self._slack[row] for row, coefficient in uses):
                continue
            if not self._keeps_own_rules(person_id, variable):
                continue
            for row, coefficient in uses:
                self._slack[row] -= coefficient
            self._taken.add(variable)
            self._given[person_id] += 1
            missing -= 1

    def _keeps_own_rules(self, person_id: int, variable: int) -> bool:
        """Check the rules that need more than seat variables to state: runs of nights, weekends and the like."""
        roster = self._model.roster
        person = roster.person_by_id[person_id]
        seats = [s for s, v in self._seats_of_person(person_id) if v in self._taken or v == variable]
        breaches = person_breaches(roster, self._book, person, roster.stints(person, seats))
        return not any(b.severity in (Severity.HARD, Severity.OVERRIDABLE) for b in breaches)

    def _seats_of_person(self, person_id: int) -> list[tuple[Seating, int]]:
        if not self._seats_of:
            for seat, variable in self._model.seats.items():
                self._seats_of.setdefault(seat.person_id, []).append((seat, variable))
        return self._seats_of.get(person_id, [])

    def solution(self) -> list[int]:
        """Return the solution with the seats given so far."""
        lower = self._model.program.lower
        return self._model.with_derived([int(v in self._taken) or low for v, low in enumerate(lower)])
