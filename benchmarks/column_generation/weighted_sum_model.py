"""A roster judged by one weighted sum of people short, people too many and wishes missed, as an integer program."""

from __future__ import annotations

from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.program import ONE, CompactTerms, Terms
from rota.scheduling.roster import Roster, RosterLine
from rota.scheduling.rules.book import RuleBook


class WeightedSumModel(RosterModel):
    """The program of a roster whose only objective is `cost`.

    With `has_automata`, runs of days are stated a second time as automata: a tighter relaxation, and a larger program
    to cut neighbourhoods from.
    """

    def __init__(self, roster: Roster, *, has_automata: bool = True) -> None:
        self._has_automata = has_automata
        self.only_cover_joins_people = True
        """Whether no rule joins one person's seats to another's, so that only the price of cover does."""
        self.cost: list[tuple[int, int]] = []
        super().__init__(roster)
        self.cost += self.objective_terms[Objective.FAIRNESS]

    def _add_shift_constraints(self, book: RuleBook) -> None:
        before = len(self.program.constraints)
        super()._add_shift_constraints(book)
        self.only_cover_joins_people = len(self.program.constraints) == before

    def _add_run_length_automata(self) -> None:
        if self._has_automata:
            super()._add_run_length_automata()

    def _add_cover_objectives(self) -> None:
        for shift in self.roster.shifts:
            for line in shift.lines:
                self._price_line(line, CompactTerms((1, m.works) for m in self.crew(shift) if m.duty is line.duty))

    def _price_line(self, line: RosterLine, on_line: Terms) -> None:
        """Price people short and people too many on one line, in one constraint for a tight relaxation."""
        fixed = sum(1 for _, variable in on_line if variable == ONE)
        short = self.program.add_variable(0, max(0, line.wanted - fixed))
        over = self.program.add_variable(0, max(0, line.most - line.wanted, fixed - line.wanted))
        self.program.add_constraint([*on_line, (1, short), (-1, over)], low=line.wanted, high=line.wanted)
        self._derive(short, lambda values: max(0, line.wanted - self.program.evaluate(on_line, values)))
        self._derive(over, lambda values: max(0, self.program.evaluate(on_line, values) - line.wanted))
        self.cost += [(line.shortage_price, short), (line.surplus_price, over)]
