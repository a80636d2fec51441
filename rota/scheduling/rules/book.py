"""The rules that a policy puts in force, and what a plan breaks of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from progression.duties import Duty
from progression.stages import Stage
from rota.scheduling.roster import Pair, Plan, Roster, RosterPerson, RosterShift, Seating, Stint, in_order
from rota.scheduling.rules.base import Breach, PersonRule, Rule, Scope, SeatRule, ShiftRule, glance_at
from rota.scheduling.rules.hours import Overlap
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.registry import RULES
from rota.scheduling.rules.seats import Availability
from rota.scheduling.rules.shift_mix import Apart


@dataclass(frozen=True)
class RuleBook:
    """The rules that a policy switches on, by what they are about.

    `seats` and `people` are as strict as they are for most people; `for_person` gives those for one person.
    """

    seats: tuple[SeatRule, ...]
    people: tuple[PersonRule, ...]
    shifts: tuple[ShiftRule, ...]
    stricter: Mapping[Stage, RuleBook] = field(default_factory=dict)

    def for_person(self, person: RosterPerson) -> RuleBook:
        """The book for one person, whose stage may make some rules stricter."""
        return self if person.stage is None else self.stricter.get(person.stage, self)

    @cached_property
    def naming_people(self) -> RuleBook:
        """The book with those rules about shifts alone whose breaches are somebody's in person."""
        return RuleBook((), (), tuple(rule for rule in self.shifts if rule.names_people))

    @cached_property
    def forbidding_more(self) -> tuple[ShiftRule, ...]:
        """The rules about shifts that may forbid one person more there: more people cannot mend what they find."""
        return tuple(rule for rule in self.shifts if rule.monotone and rule.severity is not Severity.WISH)

    def only(self, keys: frozenset[str]) -> RuleBook:
        """The book with the rules of these keys alone."""
        return RuleBook(
            tuple(rule for rule in self.seats if rule.key in keys),
            tuple(rule for rule in self.people if rule.key in keys),
            tuple(rule for rule in self.shifts if rule.key in keys),
            {stage: book.only(keys) for stage, book in self.stricter.items()},
        )

    def __iter__(self) -> Iterator[Rule]:
        yield from (*self.seats, *self.people, *self.shifts)


@lru_cache(maxsize=8)
def rules_in_force(policy: RotaRules, pairs: tuple[Pair, ...] = ()) -> RuleBook:
    """Every rule that is not switched off, in the order of the registry. Kept, because every single check asks."""
    by_stage = ((stage, policy.for_stage(stage)) for stage in Stage)
    stricter = {stage: _book(rules, pairs) for stage, rules in by_stage if rules is not policy}
    book = _book(policy, pairs)
    return replace(book, stricter=stricter) if stricter else book


@lru_cache(maxsize=8)
def which_differ(before: RotaRules, after: RotaRules) -> frozenset[str]:
    """The keys of the rules that may judge differently under two policies.

    Availability and the rule that reads as availability go together. Settings that a rule takes from another count.
    """
    keys: set[str] = set()
    for one, other in ((_settings_of(before, stage), _settings_of(after, stage)) for stage in (None, *Stage)):
        keys |= {key for key in one if one[key] != other[key]}
    together = frozenset({Availability.key, Apart.key})
    return frozenset(keys | together if keys & together else keys)


def _settings_of(policy: RotaRules, stage: Stage | None) -> dict[str, list[object]]:
    settings: dict[str, list[object]] = defaultdict(list)
    for rule in _all_rules(policy if stage is None else policy.for_stage(stage), ()):
        settings[rule.key].append(_comparable(rule))
    return settings


def _comparable(value: object) -> object:
    return (
        (type(value), {key: _comparable(each) for key, each in vars(value).items()})
        if isinstance(value, Rule)
        else value
    )


@lru_cache(maxsize=8)
def binding_rules(policy: RotaRules, pairs: tuple[Pair, ...] = ()) -> RuleBook:
    """The rules in force without the wishes about seats and people, which forbid nothing.

    A rule about a shift may be a wish and forbid all the same, as the one about people kept apart: its breaches say.
    """
    book = rules_in_force(policy, pairs)
    stricter = {stage: _without_wishes(each) for stage, each in book.stricter.items()}
    return replace(_without_wishes(book), stricter=stricter)


def book_of(roster: Roster) -> RuleBook:
    """The binding rules of a roster, found once: to find them by its policy takes as long as to judge somebody."""
    found = roster.worked_out
    if "book" not in found:
        found["book"] = binding_rules(roster.rules, roster.pairs)
    book: RuleBook = found["book"]
    return book


def _without_wishes(book: RuleBook) -> RuleBook:
    return RuleBook(
        tuple(rule for rule in book.seats if rule.severity is not Severity.WISH),
        tuple(rule for rule in book.people if rule.severity is not Severity.WISH),
        book.shifts,
    )


def _book(policy: RotaRules, pairs: tuple[Pair, ...]) -> RuleBook:
    used = [rule for rule in _all_rules(policy, pairs) if rule.severity is not Severity.UNUSED]
    return RuleBook(
        tuple(rule for rule in used if isinstance(rule, SeatRule)),
        tuple(rule for rule in used if isinstance(rule, PersonRule)),
        tuple(rule for rule in used if isinstance(rule, ShiftRule)),
    )


def _all_rules(policy: RotaRules, pairs: tuple[Pair, ...]) -> list[Rule]:
    return [rule.from_policy(policy, pairs) for rule in RULES]


def breaches(roster: Roster, plan: Plan, *, wishes: bool = False) -> list[Breach]:
    """Every rule that the plan breaks; with `wishes`, every wish that it misses too.

    What people's commitments break among themselves, without a shift of this roster, is left out.
    """
    return [
        *breaches_of_people(roster, plan, (person.id for person in roster.people), wishes=wishes),
        *breaches_of_shifts(roster, plan, wishes=wishes),
    ]


def breaches_of_people(roster: Roster, plan: Plan, ids: Iterable[int], *, wishes: bool = False) -> list[Breach]:
    """The part of `breaches` that is about these people, by id: also what one of them breaks by who is beside them."""
    book, ids = (rules_in_force if wishes else binding_rules)(roster.rules, roster.pairs), list(ids)
    found: list[Breach] = []
    for person in (roster.person_by_id[person_id] for person_id in ids):
        found += person_breaches(roster, book, person, roster.stints(person, plan.by_person.get(person.id, ())))
    if roster.pairs:  # Only people who are kept apart break a rule about a shift in person.
        among, on_shifts = set(ids), {s.shift_id for person_id in ids for s in plan.by_person.get(person_id, ())}
        book = book.naming_people
        beside = (b for n in sorted(on_shifts) for b in shift_breaches(roster, book, roster.shift_by_id[n], plan))
        found += [breach for breach in beside if breach.scope is Scope.PERSON and breach.person_id in among]
    return [breach for breach in dict.fromkeys(found) if wishes or breach.severity is not Severity.WISH]


def breaches_of_shifts(roster: Roster, plan: Plan, *, wishes: bool = False) -> list[Breach]:
    """The part of `breaches` that is about those who are on a shift together."""
    book = rules_in_force(roster.rules, roster.pairs)
    found = (breach for shift in roster.shifts for breach in shift_breaches(roster, book, shift, plan))
    of_shifts = (breach for breach in found if breach.scope is Scope.SHIFT)
    return [breach for breach in of_shifts if wishes or breach.severity is not Severity.WISH]


def person_breaches(roster: Roster, book: RuleBook, person: RosterPerson, stints: Sequence[Stint]) -> list[Breach]:
    """What one person's stints break, given in order of their start."""
    own, glance = book.for_person(person), glance_at(stints)
    rules: list[SeatRule | PersonRule] = [*own.seats]
    rules += [rule for rule in own.people if not rule.is_easily_kept(roster, person, glance)]
    return [
        breach
        for rule in rules
        for breach in rule.check(roster, person, stints)
        if breach.shift_ids or rule.applies_without_shifts
    ]


def shift_breaches(roster: Roster, book: RuleBook, shift: RosterShift, plan: Plan) -> list[Breach]:
    """What those on one shift break together."""
    crew = [(roster.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift.id, ())]
    return [breach for rule in book.shifts for breach in rule.check(roster, shift, crew)]


def check_assignment(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty) -> list[Breach]:
    """What giving this person this seat would newly break, in the order of the rules. Empty: they may have it.

    Nobody has two seats in one duty on one shift: who has one already may not have this. Of the rules about shifts only
    those count that adding more people cannot mend, so that a shift can be filled one seat at a time. Wishes forbid
    nothing and are left out.
    """
    if Seating(shift.id, duty, person.id) in plan.by_person.get(person.id, ()):
        return [on_it_already(person.id, person.name, shift.id)]
    before = roster.stints(person, plan.by_person.get(person.id, ()))
    about_person = _new_about_person(roster, person, before, roster.stint(shift, duty))
    # An absence and a pair that is kept apart are the same breach, and it is said once.
    return list(dict.fromkeys([*about_person, *_new_about_shift(roster, plan, person, shift, duty)]))


def on_it_already(person_id: int, name: str, shift_id: int) -> Breach:
    """The breach of two seats in one duty on one shift. A plan cannot hold both, so no rule sees it."""
    sentence = f"{name} is on this shift already."
    return Breach(Overlap.key, Severity.HARD, Scope.PERSON, person_id, (shift_id,), sentence)


def which_fit(
    roster: Roster, plan: Plan, person: RosterPerson, seats: Iterable[tuple[RosterShift, Duty]]
) -> list[bool]:
    """Whether the person may have each of these seats: whether `check_assignment` finds nothing against it.

    It is quicker than asking for each seat: what rules say of the person is looked for once for all seats in one duty
    at the same time, since only wishes ask on which channel a seat is.
    """
    held = plan.by_person.get(person.id, ())
    before = roster.stints(person, held)
    known: dict[Stint, bool] = {}

    def fits_person(stint: Stint) -> bool:
        same_time = replace(stint, shift_id=0, channel="")
        if same_time not in known:
            known[same_time] = not any(_new_about_person(roster, person, before, stint))
        return known[same_time]

    return [
        Seating(shift.id, duty, person.id) not in held
        and (fits_person(roster.stint(shift, duty)) and not any(_new_about_shift(roster, plan, person, shift, duty)))
        for shift, duty in seats
    ]


def _new_about_person(roster: Roster, person: RosterPerson, before: Sequence[Stint], new: Stint) -> Iterator[Breach]:
    """What one stint more than these would newly break of the rules about seats and people."""
    own = book_of(roster).for_person(person)
    after = in_order([*before, new])
    for seat_rule in own.seats:
        # Such a rule is about this seat alone, whatever else the person does.
        if seat_rule.forbids(roster, person, new):
            yield from _new(seat_rule, seat_rule.check(roster, person, before), seat_rule.check(roster, person, (new,)))
    glance = glance_at(after)
    for rule in own.people:
        if not rule.is_easily_kept(roster, person, glance):
            yield from _new(rule, rule.check(roster, person, before), rule.check_with(roster, person, after, new))


def _new_about_shift(
    roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty
) -> Iterator[Breach]:
    """What the person would newly break together with those on the shift, which more people there cannot mend."""
    crew = [(roster.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift.id, ())]
    joined = [*crew, (person, duty)]
    for rule in book_of(roster).forbidding_more:
        found = _new(rule, rule.check(roster, shift, crew), rule.check(roster, shift, joined))
        yield from (breach for breach in found if breach.person_id in (None, person.id))


def _new(rule: Rule, before: Iterator[Breach], after: Iterable[Breach]) -> list[Breach]:
    """The breaches that are not there before. What was broken before is only looked for where something is broken."""
    now = [breach for breach in after if breach.shift_ids]
    if not now:
        return []
    earlier = list(before)
    new = [breach for breach in now if breach not in earlier]
    # Of a rule that more people can mend, a breach may only have become milder: that is not a new one.
    return new if rule.monotone or len(now) > len(earlier) else []
