"""Runs of days as a walk through states, one for each person: the tightest way to say how long runs and breaks last.

The rules have said all of this already, one stretch of days at a time. Said again as a walk, the relaxation knows
the shape of every allowed row, which is what proves small rosters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from rota.scheduling.engine.program import Program, Terms


class RunsOfDays:
    """The walk of one person from the first day to the last.

    On each day they are in one state: in the run that was under way on the first day, in their nth day of a later
    run, or in their nth day off (the last of these standing for all longer ones).
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
        first = range(min(longest, self._length))
        self._first = [program.variable(0, 1) for _ in first]
        self._run = [[program.variable(0, int(day > 0)) for _ in range(longest)] for day in range(self._length)]
        self._off = [[program.variable(0, 1) for _ in range(self._break)] for _ in range(self._length)]
        self._say()

    def _say(self) -> None:
        row = self._program.row
        for day in range(self._length):
            at_work = [(1, v) for v in self._run[day]] + [(1, v) for v in self._first[day : day + 1]]
            row([*at_work, *((1, v) for v in self._off[day])], low=1, high=1)
            row([*at_work, *((-n, v) for n, v in self._works[day])], low=0, high=0)
        for day in range(self._length - 1):
            today, tomorrow = self._run[day], self._run[day + 1]
            off, off_tomorrow = self._off[day], self._off[day + 1]
            ended: list[tuple[int, int]] = []
            for n in range(self._longest):
                goes_on = [(-1, tomorrow[n + 1])] if n + 1 < self._longest else []
                ends = [(1, today[n]), *goes_on]
                row(ends, low=0, high=0 if n + 1 < self._shortest else None)
                ended += ends
            if day < len(self._first):
                ends = [(1, self._first[day]), *((-1, v) for v in self._first[day + 1 : day + 2])]
                row(ends, low=0)
                ended += ends
            # A day off that is the first follows a run; each further one follows the one before; a run begins
            # only after enough of them.
            begins = [(1, tomorrow[0])]
            if self._break == 1:
                row([*ended, (1, off[0]), *((-n, v) for n, v in begins), (-1, off_tomorrow[0])], low=0, high=0)
                row([(1, off[0]), *((-n, v) for n, v in begins)], low=0)
                continue
            row([*ended, (-1, off_tomorrow[0])], low=0, high=0)
            for n in range(self._break - 2):
                row([(1, off[n]), (-1, off_tomorrow[n + 1])], low=0, high=0)
            enough = [(1, off[-2]), (1, off[-1]), (-1, tomorrow[0]), (-1, off_tomorrow[-1])]
            row(enough, low=0, high=0)
            row([(1, off[-1]), (-1, tomorrow[0])], low=0)

    def follow(self, values: list[int]) -> None:
        """Set the states for the days that an answer works."""
        worked = [self._program.value(terms, values) > 0 for terms in self._works]
        for states in (self._first, *self._run, *self._off):
            for variable in states:
                values[variable] = 0
        length = 0
        for day, is_worked in enumerate(worked):
            length = length + 1 if day and worked[day - 1] is is_worked else 1
            if not is_worked:
                # Days off that were under way on the first day have been long enough.
                state = min(length, self._break) if any(worked[:day]) else self._break
                values[self._off[day][state - 1]] = 1
            elif not any(not w for w in worked[:day]):
                values[self._first[min(day, len(self._first) - 1)]] = 1
            else:
                values[self._run[day][min(length, self._longest) - 1]] = 1
