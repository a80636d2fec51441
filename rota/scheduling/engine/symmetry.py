"""Shifts that nothing tells apart are planned as one and dealt out afterwards, so that many channels cost what one
does.

Every row of the smaller program is a sum of rows of the whole one, so what it cannot better, no plan can.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval
from rota.scheduling.engine.model import COVER, WEIGHTS, RosterModel, Stage
from rota.scheduling.engine.program import Effort, optimise
from rota.scheduling.roster import Limits, Plan, Roster, RosterPerson, RosterShift, Seating
from rota.scheduling.rules.book import rules_in_force, shift_breaches
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.shift_mix import PairRule

DEALING_SECONDS = 2.0
"""Far more than a few shifts and their people take."""

DEALT = (*COVER, Stage.SHADOWS)
"""The stages that hang on who is on a shift together with whom."""

_ALWAYS = (Interval(ALWAYS_SINCE, FOR_EVER),)


@dataclass(frozen=True, slots=True)
class Alike:
    """A roster in which shifts that are alike stand as one, and which these are, by the one that stands for them."""

    whole: Roster
    roster: Roster
    groups: Mapping[int, tuple[RosterShift, ...]]

    @property
    def copies(self) -> Mapping[int, int]:
        """How many shifts each stands for, where that is more than one."""
        return {shift_id: len(group) for shift_id, group in self.groups.items()}

    def dealt(self, plan: Plan) -> tuple[Plan, set[int]]:
        """The plan for the whole roster, the people of a group dealt to its shifts, and the shifts that lost by it.

        Nearly always none do. Where the mix of people leaves no way to deal them that is worth as much as they were
        together, the best there is stands in the plan, and those shifts have to be told apart.
        """
        seatings = {s for s in plan.seatings if s.shift_id not in self.groups}
        lost: set[int] = set()
        for shift_id, group in self.groups.items():
            crew = [(self.whole.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift_id, ())]
            mine = Plan(frozenset(_in_turn(self.whole, group, crew)))
            if not self._is_sound(group, mine):
                mine, is_worth_as_much = self._dealt_with_care(group, crew)
                if not is_worth_as_much:
                    lost.update(shift.id for shift in group)
            seatings |= mine.seatings
        return Plan(frozenset(seatings)), lost

    def _is_sound(self, group: Sequence[RosterShift], plan: Plan) -> bool:
        """Whether each shift has its share and all of them keep the rules, so that nothing was lost."""
        book = rules_in_force(self.whole.rules)
        staffed = plan.by_shift
        return not staffed or all(s.id in staffed and not shift_breaches(self.whole, book, s, plan) for s in group)

    def _dealt_with_care(
        self, group: Sequence[RosterShift], crew: Sequence[tuple[RosterPerson, Duty]]
    ) -> tuple[Plan, bool]:
        """The best way to deal one group, and whether it is worth what its people were together."""
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
        apart = replace(self.whole, people=tuple(people), shifts=tuple(group), fixed=(), current=(), pairs=())
        together = RosterModel(replace(apart, shifts=(_joined(group),)), copies={group[0].id: len(group)})
        model = RosterModel(apart)
        prices = [
            (weight * n, v) for stage, weight in WEIGHTS.items() for n, v in model.prices[stage] if stage in DEALT
        ]
        answer = optimise(model.program, prices, Effort(DEALING_SECONDS, workers=1, in_steps=True), hint=model.nobody())
        values = model.nobody() if answer.values is None else model.settled(answer.values)
        hoped = together.answer(Plan(frozenset(Seating(group[0].id, duty, p.id) for p, duty in crew)))
        is_worth_as_much = all(
            model.program.value(model.prices[stage], values) <= together.program.value(together.prices[stage], hoped)
            for stage in DEALT
        )
        return model.plan(values), is_worth_as_much


def alike(roster: Roster, apart: Set[int] = frozenset()) -> Alike:
    """The roster with shifts joined that start and end together, need the same, and mean the same to everybody.

    Those named `apart` stay as they are.
    """
    apart = _told_apart(roster) | apart
    kinds: dict[Hashable, list[RosterShift]] = {}
    for shift in roster.shifts:
        own = shift.id if shift.id in apart else None
        same = (shift.starts_at, shift.ends_at, shift.lines, shift.blend_exempt, shift.day, shift.kind, shift.minutes)
        kinds.setdefault((own, *same), []).append(shift)
    groups = {shifts[0].id: tuple(shifts) for shifts in kinds.values() if len(shifts) > 1}
    joined = tuple(_joined(shifts) if len(shifts) > 1 else shifts[0] for shifts in kinds.values())
    return Alike(roster, replace(roster, shifts=joined) if groups else roster, groups)


def cover_values(roster: Roster, plan: Plan) -> dict[Stage, int]:
    """What each stage about cover comes to in a plan, counted shift by shift on the roster itself."""
    bare = (replace(p, availability=(), commitments=(), limits=Limits(), wishes=()) for p in roster.people)
    settled = replace(roster, people=tuple(bare), fixed=tuple(sorted(plan.seatings)), pairs=())
    model = RosterModel(settled)
    values = model.nobody()
    return {stage: model.program.value(prices, values) for stage, prices in model.prices.items()}


def _told_apart(roster: Roster) -> set[int]:
    """The shifts that are not like others at the same time: somebody sits there, wishes for their channel or sits
    on it every week, or may
    come to sit there with somebody they belong with or keep apart from."""
    by_mix = (rule for rule in rules_in_force(roster.rules).shifts if not isinstance(rule, PairRule))
    if any(rule.severity is Severity.WISH for rule in by_mix):
        # What is missed on one shift is no longer missed where it counts with others.
        return {shift.id for shift in roster.shifts}
    apart = {seating.shift_id for seating in (*roster.fixed, *roster.current)}
    for person in roster.people:
        channels = {wish.channel for wish in person.wishes if wish.channel is not None}
        channels |= {slot.channel for slot in person.slots}
        if channels:
            apart.update(shift.id for shift in _offered(roster, person) if shift.channel in channels)
    for pair in roster.pairs:
        both = [roster.person_by_id.get(number) for number in (pair.first_id, pair.second_id)]
        shifts = [{shift.id for shift in _offered(roster, person)} for person in both if person is not None]
        apart |= set.union(*shifts) if pair.together else set.intersection(*shifts)
    return apart


def _offered(roster: Roster, person: RosterPerson) -> Iterable[RosterShift]:
    if roster.rules.availability.severity not in (Severity.HARD, Severity.OVERRIDABLE):
        return roster.shifts
    return (shift for interval in person.availability for shift in roster.shifts_within(interval))


def _joined(shifts: Sequence[RosterShift]) -> RosterShift:
    many = len(shifts)
    lines = (
        replace(line, minimum=many * line.minimum, wanted=many * line.wanted, most=many * line.most)
        for line in shifts[0].lines
    )
    return replace(shifts[0], lines=tuple(lines))


def _in_turn(
    roster: Roster, shifts: Sequence[RosterShift], crew: Sequence[tuple[RosterPerson, Duty]]
) -> Iterable[Seating]:
    """Each duty in turn, those who look after others first, each person to the shift that has fewest of their like."""
    experienced = {
        person.id
        for person, duty in crew
        if duty.may_supervise and not person.is_newcomer and roster.is_adult(person, shifts[0].starts_at)
    }
    there: dict[int, list[tuple[RosterPerson, Duty]]] = {shift.id: [] for shift in shifts}

    def count(shift_id: int, of: Duty | None = None, *, new: bool = False) -> int:
        return sum(1 for p, d in there[shift_id] if (of is None or d is of) and (not new or p.is_newcomer))

    def guides(shift_id: int) -> int:
        return sum(1 for p, _ in there[shift_id] if p.id in experienced)

    for line in sorted(shifts[0].lines, key=lambda line: (not line.duty.may_supervise, line.duty)):
        mine = [person for person, duty in crew if duty is line.duty]
        mine.sort(key=lambda p: (p.id not in experienced, not p.is_newcomer, p.id))
        for person in mine:
            open_to = [shift.id for shift in shifts if count(shift.id, line.duty) < line.most]
            shift_id = min(
                open_to,
                key=lambda s: (
                    count(s, line.duty),
                    guides(s) if person.id in experienced else 0,
                    count(s, new=True) - guides(s) if person.is_newcomer else 0,
                    -guides(s),
                    s,
                ),
            )
            there[shift_id].append((person, line.duty))
    return {Seating(shift_id, duty, person.id) for shift_id, here in there.items() for person, duty in here}
