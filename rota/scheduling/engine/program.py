"""An integer program as plain lists: bounded variables and linear constraints.

Both solvers read it: `cp_sat` minimises an objective over it, `relaxation` computes lower bounds from it. Because the
constraints are kept here, a neighbourhood can be solved again with all other variables held: only the constraints on
its variables are given to the solver.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

ONE = 0
"""The variable that is always one, so that settled seats and constants are written like any other term."""

Terms = Sequence[tuple[int, int]]
"""A linear expression: (coefficient, variable) for each term."""


class CompactTerms(Sequence[tuple[int, int]]):
    """Terms in arrays: a large roster has millions, and pairs of Python integers would be most of the memory used."""

    __slots__ = ("_coefficients", "_variables")

    def __init__(self, terms: Iterable[tuple[int, int]]) -> None:
        coefficients: tuple[int, ...]
        variables: tuple[int, ...]
        coefficients, variables = zip(*terms, strict=True) if (terms := list(terms)) else ((), ())
        self._variables = array("i", variables)
        # Most expressions have coefficients of one only, so those tuples are shared.
        ones = _ONES.get(len(coefficients))
        self._coefficients: Sequence[int] = ones if ones == coefficients else array("q", coefficients)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._coefficients, self._variables, strict=True)

    def __len__(self) -> int:
        return len(self._variables)

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, int]]: ...

    def __getitem__(self, index: int | slice) -> tuple[int, int] | Sequence[tuple[int, int]]:
        if isinstance(index, slice):
            return list(zip(self._coefficients[index], self._variables[index], strict=True))
        return self._coefficients[index], self._variables[index]

    @property
    def variables(self) -> Sequence[int]:
        """The variables without their coefficients."""
        return self._variables


_ONES = {length: (1,) * length for length in range(1, 65)}


@dataclass(frozen=True, slots=True)
class LinearConstraint:
    """low <= terms <= high; None leaves a side open."""

    terms: CompactTerms
    low: int | None
    high: int | None
    is_at_most_one: bool = False
    is_objective_limit: bool = False
    """Whether it freezes an objective at the value reached. Such a constraint joins all variables, so neighbourhoods
    do not grow along it."""


class Program:
    """Integer variables with bounds, and linear constraints over them. Constraints and variables are only added."""

    def __init__(self) -> None:
        self.lower = [1]
        self.upper = [1]
        self.constraints: list[LinearConstraint] = []
        self._constraints_on = [array("i")]

    def add_variable(self, low: int, high: int) -> int:
        """Add a variable and return its index."""
        self.lower.append(low)
        self.upper.append(high)
        self._constraints_on.append(array("i"))
        return len(self.lower) - 1

    def constraints_on(self, variables: Iterable[int]) -> list[LinearConstraint]:
        """Return the constraints that contain any of these variables."""
        indices = {index for variable in variables for index in self._constraints_on[variable]}
        return [self.constraints[index] for index in sorted(indices)]

    def add_constraint(
        self, terms: Terms, low: int | None = None, high: int | None = None, *, is_objective_limit: bool = False
    ) -> LinearConstraint | None:
        """Add a constraint with terms of the same variable merged and fixed variables replaced by their value.

        Returns None where the bounds of the variables imply it. If the fixed variables alone break a limit, the limit
        is moved to what they reach, so the other variables may add nothing and the program stays feasible.
        """
        expression, constant = self._merged(terms)
        least, most, is_binary_sum = self._range(expression)
        low = None if low is None else min(low - constant, most)
        high = None if high is None else max(high - constant, least)
        low = None if low is not None and low <= least else low
        high = None if high is not None and high >= most else high
        if low is None and high is None:
            return None
        if high == least and low is None:
            # Every variable is forced to the bound with the least value: fix them and spare the solvers a constraint.
            for coefficient, variable in expression:
                fixed = self.lower[variable] if coefficient > 0 else self.upper[variable]
                self.lower[variable] = self.upper[variable] = fixed
            return None
        is_at_most_one = low is None and high == 1 and is_binary_sum
        constraint = LinearConstraint(expression, low, high, is_at_most_one, is_objective_limit)
        index = len(self.constraints)
        for variable in expression.variables:
            self._constraints_on[variable].append(index)
        self.constraints.append(constraint)
        return constraint

    def _merged(self, terms: Terms) -> tuple[CompactTerms, int]:
        """Return the terms with one term for each variable that is not fixed, and the sum of the fixed ones."""
        coefficients: dict[int, int] = {}
        constant = 0
        for coefficient, variable in terms:
            low = self.lower[variable]
            if low == self.upper[variable]:
                constant += coefficient * low
            else:
                coefficients[variable] = coefficients.get(variable, 0) + coefficient
        expression = CompactTerms((number, variable) for variable, number in coefficients.items() if number)
        return expression, constant

    def _range(self, terms: Terms) -> tuple[int, int, bool]:
        """Return the least and most an expression can be, and whether it is a plain sum of binary variables."""
        least = most = 0
        is_binary_sum = True
        for coefficient, variable in terms:
            at_lower, at_upper = coefficient * self.lower[variable], coefficient * self.upper[variable]
            least += min(at_lower, at_upper)
            most += max(at_lower, at_upper)
            is_binary_sum = is_binary_sum and coefficient == 1 and at_lower == 0 and at_upper == 1
        return least, most, is_binary_sum

    def is_feasible(self, values: Sequence[int]) -> bool:
        """Whether the values satisfy every constraint."""
        return all(
            (c.low is None or self.evaluate(c.terms, values) >= c.low)
            and (c.high is None or self.evaluate(c.terms, values) <= c.high)
            for c in self.constraints
        )

    def evaluate(self, terms: Terms, values: Sequence[int]) -> int:
        """Return the value of an expression."""
        return sum(coefficient * values[variable] for coefficient, variable in terms)

    def lower_bound(self, terms: Terms) -> int:
        """Return the least that an expression can be by the bounds of its variables alone."""
        lower, upper = self.lower, self.upper
        return sum(n * (lower[v] if n > 0 else upper[v]) for n, v in terms)
