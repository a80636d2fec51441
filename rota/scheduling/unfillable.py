"""Why no plan can fill some shifts: a smallest minimal conflict among the rules.

A set of rules is a conflict if no plan that keeps them fills every wanted seat, all others set aside. It is minimal
(an irreducible infeasible subset) if no rule can be left out of it. A smallest one is found by implicit hitting sets:
every conflict contains a rule of each correction set (a set of rules whose removal makes the rest satisfiable), so a
smallest hitting set of the correction sets known so far is either a smallest conflict, or satisfiable and then yields
another correction set (Ignatiev, Previti, Liffiton, Marques-Silva: "Smallest MUS extraction with minimal hitting set
dualization", CP 2015).

There may be other conflicts as small, and others behind this one: it says what is in the way first, and never that one
change is enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers
from rota.scheduling.engine.cp_sat import SolverSettings, optimise
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.replan import without_person
from rota.scheduling.engine.subproblem import subproblem
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift
from rota.scheduling.rules.book import RuleBook, rules_in_force
from rota.scheduling.rules.hours import Rest
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.registry import RULE_OF
from rota.scheduling.rules.seats import Availability, Clearance
from rota.scheduling.rules.shift_mix import Apart, Room

SECONDS = 5.0
"""How long to look: one shift takes well under one second, a week of a large rota may take all of it."""

ALWAYS = (Interval(ALWAYS_SINCE, FOR_EVER),)

TOO_FEW_PEOPLE = "people"
"""The `rule` of the reason that is left where no rule is in the way."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why seats stay empty: a rule by its key, for clearance with its duty, or TOO_FEW_PEOPLE."""

    rule: str
    duty: Duty | None
    sentence: str


@dataclass(frozen=True, slots=True, order=True)
class _Cause:
    """What may be set aside: a rule, or for clearance, that people must be cleared for one duty."""

    rule: str
    duty: Duty | None = None


CanBeFilled = Callable[[frozenset[_Cause]], bool]
"""Whether every wanted seat can be filled with only these causes in force."""


class OutOfTime(Exception):
    """The time given was not enough for a proved answer."""


def why_unfillable(
    roster: Roster, plan: Plan, shift_ids: Collection[int], *, duty: Duty | None = None, seconds: float = SECONDS
) -> list[Reason] | None:
    """Why these shifts cannot all be filled, the rest of the plan staying as it is.

    With `duty`, only the seats in that duty are to be filled, and the people in other duties keep their seats.
    Returns an empty list if they can be filled, and None if nothing was proved in the time given.
    """
    part = subproblem(roster, plan, shift_ids)
    if duty is not None:
        part = _of_duty(part, plan, duty)
    solver = _Solver(part, time.monotonic() + seconds)
    causes = list(_causes(part))
    try:
        conflict = smallest_conflict(solver.can_be_filled, causes)
    except OutOfTime:
        return None
    if conflict is None:
        return []
    book = rules_in_force(part.rules, part.pairs)
    ordered = [cause for cause in causes if cause in conflict]
    seen = _as_planners_see_it(part, plan)
    return [_reason(seen, book, cause, ordered) for cause in ordered] or [_too_few(part)]


def _as_planners_see_it(part: Roster, plan: Plan) -> Roster:
    """The part in which people who are kept apart from somebody on a shift do not offer it, like anybody not available.

    Sentences count who offered a time, and may not tell these people from others.
    """
    for pair in part.pairs:
        for one, other in ((pair.first_id, pair.second_id), (pair.second_id, pair.first_id)):
            beside = {seating.shift_id for seating in plan.by_person.get(other, ())}
            if shifts := [shift for shift in part.shifts if not pair.together and shift.id in beside]:
                part = without_person(part, one, shifts, from_all=False)
    return part


def _of_duty(part: Roster, plan: Plan, duty: Duty) -> Roster:
    """The part with only this duty wanted, and the people in other duties fixed on their seats."""
    shifts = tuple(
        replace(s, lines=tuple(line if line.duty is duty else replace(line, minimum=0, wanted=0) for line in s.lines))
        for s in part.shifts
    )
    kept = {s for shift in shifts for s in plan.by_shift.get(shift.id, ()) if s.duty is not duty}
    return replace(part, shifts=shifts, fixed=tuple(sorted({*part.fixed, *kept})))


def smallest_conflict(can_be_filled: CanBeFilled, causes: Sequence[_Cause]) -> frozenset[_Cause] | None:
    """A smallest set of causes with which not every seat can be filled; None if all can be filled with all of them."""
    if can_be_filled(frozenset(causes)):
        return None
    correction_sets: list[frozenset[_Cause]] = []
    while True:
        hitting = _smallest_hitting_set(correction_sets, causes)
        if not can_be_filled(hitting):
            return hitting
        kept = _grow(can_be_filled, hitting, [cause for cause in causes if cause not in hitting])
        correction_sets.append(frozenset(causes) - kept)


def _smallest_hitting_set(sets: Sequence[frozenset[_Cause]], causes: Sequence[_Cause]) -> frozenset[_Cause]:
    """A smallest set with at least one cause of each set: the first in the order of the causes."""
    candidates = [cause for cause in causes if any(cause in each for each in sets)]
    for size in range(len(candidates) + 1):
        for chosen in combinations(candidates, size):
            if all(not each.isdisjoint(chosen) for each in sets):
                return frozenset(chosen)
    raise AssertionError("The set of all candidates hits every set.")


def _grow(can_be_filled: CanBeFilled, held: frozenset[_Cause], more: Sequence[_Cause]) -> frozenset[_Cause]:
    """Add as many causes as leave all seats fillable: a maximal satisfiable set, by bisection."""
    if not more or can_be_filled(held | set(more)):
        return held | set(more)
    if len(more) == 1:
        return held
    half = len(more) // 2
    held = _grow(can_be_filled, held, more[:half])
    return _grow(can_be_filled, held, more[half:])


class _Solver:
    """Asks the engine whether all seats can be filled, once for each set of causes."""

    def __init__(self, part: Roster, until: float) -> None:
        self._part, self._until = part, until
        self._answers: dict[frozenset[_Cause], bool] = {}

    def can_be_filled(self, in_force: frozenset[_Cause]) -> bool:
        """Whether every wanted seat can be filled. Raises OutOfTime."""
        if in_force not in self._answers:
            self._answers[in_force] = self._solve(in_force)
        return self._answers[in_force]

    def _solve(self, in_force: frozenset[_Cause]) -> bool:
        left = self._until - time.monotonic()
        if left <= 0:
            raise OutOfTime
        model = RosterModel(_with_only(self._part, in_force))
        short = model.objective_terms[Objective.WANTED]
        model.program.add_constraint(short, high=0)
        answer = optimise(model.program, [], SolverSettings(left, workers=1))
        if answer.values is None and not answer.is_infeasible:
            raise OutOfTime
        return answer.values is not None


def _causes(part: Roster) -> Iterator[_Cause]:
    """All that may keep people from a seat here, in the order in which it is reported."""
    duties = {line.duty for shift in part.shifts for line in shift.lines if line.duty.counts_as_cover}
    yield from (_Cause(Clearance.key, duty) for duty in sorted(duties))
    yield _Cause(Availability.key)
    for name in RotaRules.model_fields:
        if name not in RULE_OF or not RULE_OF[name].can_leave_seats_empty:
            continue
        settings = getattr(part.rules, name)
        binds = {settings.severity, *settings.stricter_for.values()} & {Severity.HARD, Severity.OVERRIDABLE}
        is_least_rest = name == Rest.key and settings.severity is Severity.WISH
        if binds or is_least_rest:
            yield _Cause(name)


def _with_only(part: Roster, in_force: frozenset[_Cause]) -> Roster:
    """The part with all other causes set aside, and without rules that are only weighed."""
    named = {cause.rule for cause in in_force}
    kept = named | {Clearance.key, Room.key}
    people = part.people
    if Availability.key in named:
        kept.add(Apart.key)  # People who are kept apart are reported as not available.
    else:
        people = tuple(replace(person, away=()) for person in people)
    unused = {"severity": Severity.UNUSED, "stricter_for": {}}
    changes = {
        name: getattr(part.rules, name).model_copy(update=unused) for name in RotaRules.model_fields if name not in kept
    }
    free = {cause.duty for cause in _causes(part) if cause.duty is not None and cause not in in_force}
    return replace(
        part,
        rules=part.rules.model_copy(update=changes),
        people=tuple(_cleared(person, free) for person in people),
        current=(),
    )


def _cleared(person: RosterPerson, duties: Collection[Duty]) -> RosterPerson:
    if not duties:
        return person
    return replace(person, clearances={**person.clearances, **dict.fromkeys(sorted(duties), ALWAYS)})


def _reason(part: Roster, book: RuleBook, cause: _Cause, conflict: Sequence[_Cause]) -> Reason:
    if cause.duty is not None:
        cleared = [person for person in part.people if _is_cleared(part, person, {cause.duty})]
        return Reason(cause.rule, cause.duty, f"{_only(len(cleared))} cleared for {cause.duty.words}.")
    rule = next((rule for rule in book if rule.key == cause.rule), None)
    sentence = "Some of the rules stand in the way." if rule is None else rule.limit
    if cause.rule == Availability.key:
        sentence = _offers(part, {each.duty for each in conflict if each.duty is not None}) or sentence
    return Reason(cause.rule, None, sentence)


def _offers(part: Roster, duties: Collection[Duty]) -> str | None:
    """How many people offered the time, among those cleared for the duties of the other reasons or else for any."""
    if len(part.shifts) > 1:
        return _offers_on_several(part, duties)
    [shift] = part.shifts
    is_clearance_given = bool(duties)
    duties = duties or {line.duty for line in shift.lines if line.wanted and line.duty.counts_as_cover}
    cleared = [person for person in part.people if _is_cleared(part, person, duties)]
    offering = sum(covers(person.availability, shift.starts_at, shift.ends_at) for person in cleared)
    if not cleared or offering == len(cleared):
        return None
    if is_clearance_given:
        return "Of them nobody offered this time." if not offering else f"Of them only {offering} offered this time."
    some = "Nobody" if not offering else f"Only {offering}"
    of = "the 1 person" if len(cleared) == 1 else f"the {len(cleared)} people"
    return f"{some} of {of} cleared for it offered this time."


def _offers_on_several(part: Roster, duties: Collection[Duty]) -> str | None:
    """On how many of several shifts too few people offered the time."""
    scarce = 0
    for shift in part.shifts:
        lines = [line for line in shift.lines if line.wanted and line.duty.counts_as_cover]
        scarce += any(
            sum(_is_cleared_and_offers(shift, line.duty, person) for person in part.people) < line.wanted
            for line in lines
            if not duties or line.duty in duties
        )
    if not scarce:
        return None
    every = "both" if len(part.shifts) == 2 else f"all {len(part.shifts)}"
    where = every if scarce == len(part.shifts) else f"{scarce} of the {len(part.shifts)}"
    return f"For {where} short shifts, too few people offered the time."


def _is_cleared_and_offers(shift: RosterShift, duty: Duty, person: RosterPerson) -> bool:
    cleared = person.clearances.get(duty, ())
    return all(covers(times, shift.starts_at, shift.ends_at) for times in (cleared, person.availability))


def _is_cleared(part: Roster, person: RosterPerson, duties: Collection[Duty]) -> bool:
    return any(
        covers(person.clearances.get(line.duty, ()), shift.starts_at, shift.ends_at)
        for shift in part.shifts
        for line in shift.lines
        if line.duty in duties
    )


def _too_few(part: Roster) -> Reason:
    return Reason(TOO_FEW_PEOPLE, None, f"{_only(len(part.people))} on this rota.")


def _only(number: int) -> str:
    return "Nobody is" if number == 0 else "Only 1 person is" if number == 1 else f"Only {number} people are"
