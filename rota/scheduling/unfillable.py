"""Why no rota can fill a time: the shortest list of reasons that together make it so.

A list of reasons explains a hole if they alone, every other rule set aside, leave a seat empty; it is the shortest
where no shorter one does. So with any one of them set aside the others no longer explain it. There may be other lists
as short, and another hole behind this one: a list says what is in the way first, and never that one change will do.
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
from rota.scheduling.engine.subproblem import subproblem
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift
from rota.scheduling.rules.base import Rule
from rota.scheduling.rules.book import RuleBook, rules_in_force
from rota.scheduling.rules.policy import RotaRules, Severity

SECONDS = 5.0
"""How long to look: a shift is explained in well under one, a week of a large rota may take this."""

ALWAYS = (Interval(ALWAYS_SINCE, FOR_EVER),)

NOT_IN_THE_WAY = frozenset({"clearance", "availability", "room", "apart", "wishes", "fairness"})
"""Rules that are told apart below, or that never keep anybody from a seat that is wanted."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps seats empty: a rule by its key, for clearance with its duty, or `people` if there are
    simply too few.
    """

    rule: str
    duty: Duty | None
    sentence: str


@dataclass(frozen=True, slots=True, order=True)
class _Cause:
    """What may be set aside: a rule, or that people must be cleared for one duty."""

    rule: str
    duty: Duty | None = None


Holds = Callable[[frozenset[_Cause]], bool]
"""Whether all seats can be filled with just these causes in force."""


class OutOfTime(Exception):
    """The time given did not do for an answer that is sure."""


def why_unfillable(
    roster: Roster, plan: Plan, shift_ids: Collection[int], *, duty: Duty | None = None, seconds: float = SECONDS
) -> list[Reason] | None:
    """Why these shifts cannot have everybody they want at once, all else on the plan being as it is.

    With `duty`, only why they cannot have all they want in that duty, everybody in another staying where they are.
    An empty list: they can. None: that could not be told for sure in the time given.
    """
    part = subproblem(roster, plan, shift_ids)
    if duty is not None:
        part = _of_duty(part, plan, duty)
    asked = _Asked(part, time.monotonic() + seconds)
    causes = list(_causes(part))
    try:
        shortest = shortest_cause(asked.can_be_filled, causes)
    except OutOfTime:
        return None
    if shortest is None:
        return []
    book = rules_in_force(part.rules, part.pairs)
    told = [cause for cause in causes if cause in shortest]
    return [_said(part, book, cause, told) for cause in told] or [_too_few(part)]


def _of_duty(part: Roster, plan: Plan, duty: Duty) -> Roster:
    """The part in which nothing is wanted but this duty, and whoever has another keeps it."""
    shifts = tuple(
        replace(s, lines=tuple(line if line.duty is duty else replace(line, minimum=0, wanted=0) for line in s.lines))
        for s in part.shifts
    )
    kept = {s for shift in shifts for s in plan.by_shift.get(shift.id, ()) if s.duty is not duty}
    return replace(part, shifts=shifts, fixed=tuple(sorted({*part.fixed, *kept})))


def shortest_cause(can_be_filled: Holds, causes: Sequence[_Cause]) -> frozenset[_Cause] | None:
    """The fewest causes that alone keep seats empty; None if even all of them do not.

    Every list that explains the hole takes something out of whatever was set aside whenever all could be filled. So
    the smallest set with something out of each is either an answer, and then a shortest, or it can be filled, and
    then brings to light another thing to be set aside.
    """
    if can_be_filled(frozenset(causes)):
        return None
    set_aside: list[frozenset[_Cause]] = []
    while True:
        tried = _smallest_hitting(set_aside, causes)
        if not can_be_filled(tried):
            return tried
        grown = _grown(can_be_filled, tried, [cause for cause in causes if cause not in tried])
        set_aside.append(frozenset(causes) - grown)


def _smallest_hitting(sets: Sequence[frozenset[_Cause]], causes: Sequence[_Cause]) -> frozenset[_Cause]:
    """The fewest causes with one out of each set, the first such in the order of the causes."""
    concerned = [cause for cause in causes if any(cause in each for each in sets)]
    for size in range(len(concerned) + 1):
        for chosen in combinations(concerned, size):
            if all(not each.isdisjoint(chosen) for each in sets):
                return frozenset(chosen)
    raise AssertionError("One of each set is always enough.")


def _grown(can_be_filled: Holds, held: frozenset[_Cause], more: Sequence[_Cause]) -> frozenset[_Cause]:
    """As many of the causes added as leave all seats fillable: none that is left out could be added as well."""
    if not more or can_be_filled(held | set(more)):
        return held | set(more)
    if len(more) == 1:
        return held
    half = len(more) // 2
    held = _grown(can_be_filled, held, more[:half])
    return _grown(can_be_filled, held, more[half:])


class _Asked:
    """The question put to the solver, once for each set of causes."""

    def __init__(self, part: Roster, until: float) -> None:
        self._part, self._until = part, until
        self._known: dict[frozenset[_Cause], bool] = {}

    def can_be_filled(self, in_force: frozenset[_Cause]) -> bool:
        """Whether somebody can be found for every seat that is wanted. Raises OutOfTime."""
        if in_force not in self._known:
            self._known[in_force] = self._solved(in_force)
        return self._known[in_force]

    def _solved(self, in_force: frozenset[_Cause]) -> bool:
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
    """All that may keep somebody from a seat here, in the order in which it is told."""
    duties = {line.duty for shift in part.shifts for line in shift.lines if line.duty.counts_as_cover}
    yield from (_Cause("clearance", duty) for duty in sorted(duties))
    yield _Cause("availability")
    for name in RotaRules.model_fields:
        settings = getattr(part.rules, name)
        binds = {settings.severity, *settings.stricter_for.values()} & {Severity.HARD, Severity.OVERRIDABLE}
        is_least_rest = name == "rest" and settings.severity is Severity.WISH
        if name not in NOT_IN_THE_WAY and (binds or is_least_rest):
            yield _Cause(name)


def _with_only(part: Roster, in_force: frozenset[_Cause]) -> Roster:
    """The part with all other causes set aside, and nothing weighed that is no matter of filling seats."""
    named = {cause.rule for cause in in_force}
    unused = {"severity": Severity.UNUSED, "stricter_for": {}}
    changes = {
        name: getattr(part.rules, name).model_copy(update=unused)
        for name in RotaRules.model_fields
        if name not in named | {"clearance", "room"}
        # Who is kept apart is not available, and nobody is told more.
        and not (name == "apart" and "availability" in named)
    }
    free = {cause.duty for cause in _causes(part) if cause.duty is not None and cause not in in_force}
    return replace(
        part,
        rules=part.rules.model_copy(update=changes),
        people=tuple(_cleared(person, free) for person in part.people),
        current=(),
    )


def _cleared(person: RosterPerson, duties: Collection[Duty]) -> RosterPerson:
    if not duties:
        return person
    return replace(person, clearances={**person.clearances, **dict.fromkeys(sorted(duties), ALWAYS)})


def _said(part: Roster, book: RuleBook, cause: _Cause, told: Sequence[_Cause]) -> Reason:
    if cause.duty is not None:
        cleared = [person for person in part.people if _is_cleared(part, person, {cause.duty})]
        return Reason(cause.rule, cause.duty, f"{_only(len(cleared))} cleared for {cause.duty.words}.")
    rule = next((rule for rule in book if rule.key == cause.rule), None)
    words = rule.limit_words if isinstance(rule, Rule) else "Some of the rules stand in the way."
    if cause.rule == "availability":
        words = _offered(part, {each.duty for each in told if each.duty is not None}) or words
    return Reason(cause.rule, None, words)


def _offered(part: Roster, duties: Collection[Duty]) -> str | None:
    """How much was offered, for the duties that the other reasons speak of or else for all."""
    if len(part.shifts) > 1:
        return _offered_in_all(part, duties)
    [shift] = part.shifts
    clearance_told = bool(duties)
    duties = duties or {line.duty for line in shift.lines if line.wanted and line.duty.counts_as_cover}
    cleared = [person for person in part.people if _is_cleared(part, person, duties)]
    offering = sum(covers(person.availability, shift.starts_at, shift.ends_at) for person in cleared)
    if not cleared or offering == len(cleared):
        return None
    if clearance_told:
        return "Of them nobody offered this time." if not offering else f"Of them only {offering} offered this time."
    some = "Nobody" if not offering else f"Only {offering}"
    of = "the 1 person" if len(cleared) == 1 else f"the {len(cleared)} people"
    return f"{some} of {of} cleared for it offered this time."


def _offered_in_all(part: Roster, duties: Collection[Duty]) -> str | None:
    """On how many of some shifts too few offered their time."""
    scarce = 0
    for shift in part.shifts:
        lines = [line for line in shift.lines if line.wanted and line.duty.counts_as_cover]
        scarce += any(
            sum(_is_free_for(shift, line.duty, person) for person in part.people) < line.wanted
            for line in lines
            if not duties or line.duty in duties
        )
    if not scarce:
        return None
    every = "both" if len(part.shifts) == 2 else f"all {len(part.shifts)}"
    where = every if scarce == len(part.shifts) else f"{scarce} of the {len(part.shifts)}"
    return f"For {where} short shifts, too few people offered the time."


def _is_free_for(shift: RosterShift, duty: Duty, person: RosterPerson) -> bool:
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
    return Reason("people", None, f"{_only(len(part.people))} on this rota.")


def _only(number: int) -> str:
    return "Nobody is" if number == 0 else "Only 1 person is" if number == 1 else f"Only {number} people are"
