"""The fewest people whose renewals fill as much as all renewals together would, found by a solver within a time limit.

One model for all weeks that renewals can help: who is invited, and who is on which seat of which shift if they are. It
counts as `cover_ahead` does, so that a plan of the model is one of the forecast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rota.scheduling.cover_ahead import NOTHING, Ahead, Renewed, Week

SEED = 1


def fewest_people(ahead: Ahead, everything: Renewed, chosen: Renewed, *, seconds: float) -> frozenset[int] | None:
    """The ids of the fewest people who fill as much as `everything` does, each renewing all that it has of them.

    `chosen` is a list that does, where the search begins. None where nothing shorter was found in so many seconds, as
    the solver counts them, and at most twice as many by the clock.
    """
    from ortools.sat.python import cp_model  # Loading it takes seconds and 80 MiB, so only processes that solve do.

    cp = cp_model.CpModel()
    invited = {person_id: cp.new_bool_var("") for person_id in everything}
    for week in ahead.weeks:
        target = week.filled(everything).worth
        if target != week.filled({}).worth:
            _Model(cp, week, everything, invited).reach(*target)
    for person_id, variable in invited.items():
        cp.add_hint(variable, person_id in chosen)
    cp.add(sum(invited.values()) <= len(chosen) - 1)
    cp.minimize(sum(invited.values()))
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = seconds  # the same facts give the same list on every machine
    solver.parameters.max_time_in_seconds = 2 * seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    if solver.solve(cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return frozenset(person_id for person_id, variable in invited.items() if solver.boolean_value(variable))


class _Model:
    """The seats of one week in a model, by who could be on them."""

    def __init__(self, cp: Any, week: Week, everything: Renewed, invited: Mapping[int, Any]) -> None:
        self._cp, self._week, self._everything, self._invited = cp, week, everything, invited
        self._on: dict[tuple[int, int], list[Any]] = defaultdict(list)  # by line of a shift: who is on it
        self._nodes: dict[tuple[int, Any, bool], list[Any]] = defaultdict(list)  # by person and day, or night
        self._kept: dict[tuple[int, Any, bool], list[Any]] = defaultdict(list)  # the same, of seats they have already
        self._keep_holders()
        self._let_others_fill()
        self._limit()

    def reach(self, safe: int, seats: int) -> None:
        """Ask for so many seats that a safe mix needs, and for so many in all."""
        self._cp.add(sum(self._count(is_safe=True)) >= safe)
        self._cp.add(sum(self._count(is_safe=False)) >= seats)

    def _count(self, *, is_safe: bool) -> list[Any]:
        most: dict[tuple[int, int], int] = defaultdict(int)
        for seat in self._week.seats:
            most[self._week.place_of[seat.shift_id], seat.line] += not (is_safe and seat.is_beyond_safe)
        counted = []
        for place, number in most.items():
            counted.append(self._cp.new_int_var(0, number, ""))
            self._cp.add(counted[-1] <= sum(self._on[place]))
        return counted

    def _may(self, person_id: int, lacks: frozenset[str] | None) -> Any:
        """Whether somebody may be there: 0 or 1, or the variable of their invitation."""
        if lacks is None or not lacks <= self._everything.get(person_id, NOTHING):
            return int(lacks == NOTHING)
        return self._invited[person_id] if lacks else 1

    def _keep_holders(self) -> None:
        people = {person.id: person for person in self._week.people}
        for place, shift in enumerate(self._week.shifts):
            for number, line in enumerate(shift.lines):
                for person in (people[each] for each in line.holders if each in people):
                    stays = self._may(person.id, person.lacks(line.duty, shift.starts_at, shift.ends_at))
                    if isinstance(stays, int) and not stays:
                        continue
                    self._on[place, number].append(stays)
                    self._kept[person.id, shift.day, shift.is_night].append(stays)

    def _let_others_fill(self) -> None:
        for (place, number), candidates in self._week.candidates.items():
            shift = self._week.shifts[place]
            for person, lacks in candidates:
                may = self._may(person.id, lacks)
                if isinstance(may, int) and not may:
                    continue
                on = self._cp.new_bool_var("")
                self._cp.add(on <= may)
                self._on[place, number].append(on)
                self._nodes[person.id, shift.day, shift.is_night].append(on)

    def _limit(self) -> None:
        """Nobody twice on one day or night, nor beyond what they asked for; what they have already stays."""
        by_person: dict[int, list[tuple[bool, list[Any]]]] = defaultdict(list)
        for node, on in self._nodes.items():
            by_person[node[0]].append((node[2], on))
            for kept in self._kept.get(node, ()):
                self._cp.add(sum(on) + kept <= 1)
            self._cp.add(sum(on) <= 1)
        for person_id, nodes in by_person.items():
            most, most_nights = self._week.most_of[person_id]
            kept = [(node[2], stays) for node, seats in self._kept.items() if node[0] == person_id for stays in seats]
            self._at_most(most, [on for _, on in nodes], [stays for _, stays in kept])
            self._at_most(most_nights, [on for night, on in nodes if night], [stays for night, stays in kept if night])

    def _at_most(self, most: int, nodes: list[list[Any]], kept: list[Any]) -> None:
        """At most so many of these; where somebody may have more than that already, none comes on top of it."""
        others = [on for each in nodes for on in each]
        if len(kept) > most:
            self._cp.add(sum(others) == 0)
        elif len(nodes) + len(kept) > most:
            self._cp.add(sum(others) + sum(kept) <= most)
