"""Symmetry aggregation: identical shifts are planned as one, and their people are distributed over them afterwards.

So many identical channels cost what one does. Every constraint of the aggregated program is a sum of constraints of the
whole one, so its lower bounds hold for every plan of the whole roster.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval
from rota.scheduling.engine.cp_sat import SolverSettings, optimise
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import CREW_OBJECTIVES, WEIGHTS, Objective
from rota.scheduling.roster import Limits, Plan, Roster, RosterPerson, RosterShift, Seating
from rota.scheduling.rules.book import rules_in_force, shift_breaches
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.shift_mix import PairRule

DISTRIBUTION_SECONDS = 2.0
"""Far more than a few shifts and their people take."""

_ALWAYS = (Interval(ALWAYS_SINCE, FOR_EVER),)


@dataclass(frozen=True, slots=True)
class AggregatedRoster:
    """A roster in which each group of identical shifts is one shift.

    `groups` holds the original shifts by the id of the shift that stands for them.
    """

    original: Roster
    roster: Roster
    groups: Mapping[int, tuple[RosterShift, ...]]

    @property
    def copies(self) -> Mapping[int, int]:
        """How many shifts each aggregated shift stands for, where that is more than one."""
        return {shift_id: len(group) for shift_id, group in self.groups.items()}

    def disaggregate(self, plan: Plan) -> tuple[Plan, set[int]]:
        """Distribute the people of each group over its shifts.

        Returns the plan for the original roster, and the shifts on which it is worse than the aggregated plan. There
        are nearly always none. Where the mix of people allows no distribution that is as good, the plan holds the best
        one, and those shifts must be planned separately.
        """
        seatings = {s for s in plan.seatings if s.shift_id not in self.groups}
        worse: set[int] = set()
        for shift_id, group in self.groups.items():
            crew = [(self.original.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift_id, ())]
            distributed = Plan(frozenset(_distribute_greedily(self.original, group, crew)))
            if not self._keeps_rules(group, distributed):
                distributed, is_as_good = self._distribute_optimally(group, crew)
                if not is_as_good:
                    worse.update(shift.id for shift in group)
            seatings |= distributed.seatings
        return Plan(frozenset(seatings)), worse

    def _keeps_rules(self, group: Sequence[RosterShift], plan: Plan) -> bool:
        """Whether every shift has people and keeps the rules, so that nothing was lost."""
        book = rules_in_force(self.original.rules)
        staffed = plan.by_shift
        return not staffed or all(s.id in staffed and not shift_breaches(self.original, book, s, plan) for s in group)

    def _distribute_optimally(
        self, group: Sequence[RosterShift], crew: Sequence[tuple[RosterPerson, Duty]]
    ) -> tuple[Plan, bool]:
        """Return the best distribution of one group, and whether it is as good as the aggregated shift was."""
        people = (
            replace(
                p,
                clearances={duty: _ALWAYS},
                availability=_ALWAYS,
                limits=Limits(),
                commitments=(),
                wishes=(),
                slots=(),
            )
            for p, duty in crew
        )
        separate = replace(self.original, people=tuple(people), shifts=tuple(group), fixed=(), current=(), pairs=())
        merged = RosterModel(replace(separate, shifts=(_merged(group),)), copies={group[0].id: len(group)})
        model = RosterModel(separate)
        weighted = [
            (weight * n, v)
            for objective, weight in WEIGHTS.items()
            for n, v in model.objective_terms[objective]
            if objective in CREW_OBJECTIVES
        ]
        settings = SolverSettings(DISTRIBUTION_SECONDS, workers=1, deterministic=True)
        result = optimise(model.program, weighted, settings, hint=model.empty_solution())
        values = model.empty_solution() if result.values is None else model.with_derived(result.values)
        together = merged.solution_of(Plan(frozenset(Seating(group[0].id, duty, p.id) for p, duty in crew)))
        is_as_good = all(
            model.program.evaluate(model.objective_terms[objective], values)
            <= merged.program.evaluate(merged.objective_terms[objective], together)
            for objective in CREW_OBJECTIVES
        )
        return model.plan_of(values), is_as_good


def aggregate_symmetric_shifts(roster: Roster, separate: Set[int] = frozenset()) -> AggregatedRoster:
    """Merge the shifts that start and end together, need the same, and mean the same to everybody.

    The shifts named in `separate` stay as they are.
    """
    separate = _distinguishable_shifts(roster) | separate
    classes: dict[Hashable, list[RosterShift]] = {}
    for shift in roster.shifts:
        own = shift.id if shift.id in separate else None
        same = (shift.starts_at, shift.ends_at, shift.lines, shift.blend_exempt, shift.day, shift.kind, shift.minutes)
        classes.setdefault((own, *same), []).append(shift)
    groups = {shifts[0].id: tuple(shifts) for shifts in classes.values() if len(shifts) > 1}
    merged = tuple(_merged(shifts) if len(shifts) > 1 else shifts[0] for shifts in classes.values())
    return AggregatedRoster(roster, replace(roster, shifts=merged) if groups else roster, groups)


def crew_objective_values(roster: Roster, plan: Plan) -> dict[Objective, int]:
    """Return the value of each objective about cover in a plan, counted shift by shift on the roster itself."""
    bare = (replace(p, availability=(), commitments=(), limits=Limits(), wishes=()) for p in roster.people)
    settled = replace(roster, people=tuple(bare), fixed=tuple(sorted(plan.seatings)), pairs=())
    model = RosterModel(settled)
    values = model.empty_solution()
    return {objective: model.program.evaluate(terms, values) for objective, terms in model.objective_terms.items()}


def _distinguishable_shifts(roster: Roster) -> set[int]:
    """Return the shifts that matter to somebody by their channel.

    A person has a fixed or standing seat on it, wishes for its channel, has a standing slot there, or may be on it
    together with a person they belong with or are kept apart from.
    """
    mix_rules = (rule for rule in rules_in_force(roster.rules).shifts if not isinstance(rule, PairRule))
    if any(rule.severity is Severity.WISH for rule in mix_rules):
        # What one shift lacks would be hidden where the shifts are counted together.
        return {shift.id for shift in roster.shifts}
    distinguishable = {seating.shift_id for seating in (*roster.fixed, *roster.current)}
    for person in roster.people:
        channels = {wish.channel for wish in person.wishes if wish.channel is not None}
        channels |= {slot.channel for slot in person.slots}
        if channels:
            distinguishable.update(shift.id for shift in _offered(roster, person) if shift.channel in channels)
    for pair in roster.pairs:
        both = [roster.person_by_id.get(number) for number in (pair.first_id, pair.second_id)]
        shifts = [{shift.id for shift in _offered(roster, person)} for person in both if person is not None]
        distinguishable |= set.union(*shifts) if pair.together else set.intersection(*shifts)
    return distinguishable


def _offered(roster: Roster, person: RosterPerson) -> Iterable[RosterShift]:
    if roster.rules.availability.severity not in (Severity.HARD, Severity.OVERRIDABLE):
        return roster.shifts
    return (shift for interval in person.availability for shift in roster.shifts_within(interval))


def _merged(shifts: Sequence[RosterShift]) -> RosterShift:
    copies = len(shifts)
    lines = (
        replace(line, minimum=copies * line.minimum, wanted=copies * line.wanted, most=copies * line.most)
        for line in shifts[0].lines
    )
    return replace(shifts[0], lines=tuple(lines))


def _distribute_greedily(
    roster: Roster, shifts: Sequence[RosterShift], crew: Sequence[tuple[RosterPerson, Duty]]
) -> Iterable[Seating]:
    """Distribute one duty after another, supervising duties first, each person to the shift with the fewest like them.

    Experienced adults are spread first, then newcomers go where there are experienced adults.
    """
    experienced = {
        person.id
        for person, duty in crew
        if duty.may_supervise and not person.is_newcomer and roster.is_adult(person, shifts[0].starts_at)
    }
    crews: dict[int, list[tuple[RosterPerson, Duty]]] = {shift.id: [] for shift in shifts}

    def count(shift_id: int, of: Duty | None = None, *, newcomers: bool = False) -> int:
        return sum(1 for p, d in crews[shift_id] if (of is None or d is of) and (not newcomers or p.is_newcomer))

    def guides(shift_id: int) -> int:
        return sum(1 for p, _ in crews[shift_id] if p.id in experienced)

    for line in sorted(shifts[0].lines, key=lambda line: (not line.duty.may_supervise, line.duty)):
        people = [person for person, duty in crew if duty is line.duty]
        people.sort(key=lambda p: (p.id not in experienced, not p.is_newcomer, p.id))
        for person in people:
            with_space = [shift.id for shift in shifts if count(shift.id, line.duty) < line.most]
            shift_id = min(
                with_space,
                key=lambda s: (
                    count(s, line.duty),
                    guides(s) if person.id in experienced else 0,
                    count(s, newcomers=True) - guides(s) if person.is_newcomer else 0,
                    -guides(s),
                    s,
                ),
            )
            crews[shift_id].append((person, line.duty))
    return {Seating(shift_id, duty, person.id) for shift_id, theirs in crews.items() for person, duty in theirs}
