"""Runs of working days and days off of one person as an automaton in the program.

The rules already state how long runs and breaks may be, one window of days at a time. The automaton states the same
with a much tighter relaxation: every path through its states is an allowed sequence of days. That proves small rosters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from rota.scheduling.engine.program import Program, Terms


class RunLengthAutomaton:
    """The states of one person from the first day to the last, as binary variables.

    On each day exactly one state holds: the run under way on the first day, the nth day of a later run, or the nth day
    off (the last of these standing for all longer breaks).
    """

    def __init__(
        self,
        program: Program,
        days: tuple[date, date],
        works: Mapping[date, Terms],
        *,
        longest: int,
        shortest: int,
        shortest_break: int,
    ) -> None:
        self._longest, self._shortest, self._break = longest, max(1, shortest), max(1, shortest_break)
        self._length = (days[1] - days[0]).days + 1
        self._works = [works.get(days[0] + timedelta(days=n), ()) for n in range(self._length)]
        self._program = program
        add_variable = program.add_variable
        self._first_run = [add_variable(0, 1) for _ in range(min(longest, self._length))]
        self._run = [[add_variable(0, int(day > 0)) for _ in range(longest)] for day in range(self._length)]
        self._off = [[add_variable(0, 1) for _ in range(self._break)] for _ in range(self._length)]
        self._add_one_state_a_day()
        for day in range(self._length - 1):
            self._add_transitions(day)

    def _add_one_state_a_day(self) -> None:
        for day in range(self._length):
            at_work = [(1, v) for v in self._run[day]] + [(1, v) for v in self._first_run[day : day + 1]]
            self._program.add_constraint([*at_work, *((1, v) for v in self._off[day])], low=1, high=1)
            self._program.add_constraint([*at_work, *((-n, v) for n, v in self._works[day])], low=0, high=0)

    def _add_transitions(self, day: int) -> None:
        """Add the constraints between the states of a day and those of the next."""
        add_constraint = self._program.add_constraint
        today, tomorrow = self._run[day], self._run[day + 1]
        off, off_tomorrow = self._off[day], self._off[day + 1]
        ended: list[tuple[int, int]] = []
        for n in range(self._longest):
            continues = [(-1, tomorrow[n + 1])] if n + 1 < self._longest else []
            ends = [(1, today[n]), *continues]
            add_constraint(ends, low=0, high=0 if n + 1 < self._shortest else None)
            ended += ends
        if day < len(self._first_run):
            ends = [(1, self._first_run[day]), *((-1, v) for v in self._first_run[day + 1 : day + 2])]
            add_constraint(ends, low=0)
            ended += ends
        # A run is followed by the first day off, each day off by the next; a run begins only after enough of them.
        begins = tomorrow[0]
        if self._break == 1:
            add_constraint([*ended, (1, off[0]), (-1, begins), (-1, off_tomorrow[0])], low=0, high=0)
            add_constraint([(1, off[0]), (-1, begins)], low=0)
            return
        add_constraint([*ended, (-1, off_tomorrow[0])], low=0, high=0)
        for n in range(self._break - 2):
            add_constraint([(1, off[n]), (-1, off_tomorrow[n + 1])], low=0, high=0)
        add_constraint([(1, off[-2]), (1, off[-1]), (-1, begins), (-1, off_tomorrow[-1])], low=0, high=0)
        add_constraint([(1, off[-1]), (-1, begins)], low=0)

    def set_states(self, values: list[int]) -> None:
        """Set the state variables to the days that a solution works."""
        worked = [self._program.evaluate(terms, values) > 0 for terms in self._works]
        for states in (self._first_run, *self._run, *self._off):
            for variable in states:
                values[variable] = 0
        length = 0
        for day, is_worked in enumerate(worked):
            length = length + 1 if day and worked[day - 1] is is_worked else 1
            if not is_worked:
                # A break under way on the first day is taken to be long enough.
                state = min(length, self._break) if any(worked[:day]) else self._break
                values[self._off[day][state - 1]] = 1
            elif not any(not w for w in worked[:day]):
                values[self._first_run[min(day, len(self._first_run) - 1)]] = 1
            else:
                values[self._run[day][min(length, self._longest) - 1]] = 1
