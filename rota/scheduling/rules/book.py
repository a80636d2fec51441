"""The rules in force, listed once, in the order in which their reasons are told; and the checking face of a
plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from progression.duties import Duty
from progression.stages import Stage
from rota.scheduling.roster import Pair, Plan, Roster, RosterPerson, RosterShift, Seating, Stint
from rota.scheduling.rules.base import Breach, PersonRule, Rule, SeatRule, ShiftRule
from rota.scheduling.rules.days import (
    LongestRun,
    NightsInARow,
    NightsInThePeriod,
    OneADay,
    RecoveryAfterNights,
    ShortestBreak,
    ShortestRun,
    Weekends,
)
from rota.scheduling.rules.hours import HoursInADay, HoursInAWeek, LeastRest, Overlap, Rest
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.seats import Availability, Clearance, CoolDown, Under18Nights
from rota.scheduling.rules.shift_mix import (
    Apart,
    ExperiencedAdult,
    NewcomersBeside,
    NobodyAlone,
    PeersBeside,
    Room,
    ShadowsBeside,
    Together,
)
from rota.scheduling.rules.successions import Successions
from rota.scheduling.rules.totals import LeastTheyAsked, LighterAfterHeavy, MostTheyAsked
from rota.scheduling.rules.wishes import Fairness, StandingSlots, Wishes


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules that a policy switches on, by what they speak of.

    `seats` and `people` are as strict as they are for most; what holds for one person, `of` knows.
    """

    seats: tuple[SeatRule, ...]
    people: tuple[PersonRule, ...]
    shifts: tuple[ShiftRule, ...]
    stricter: Mapping[Stage, RuleBook] = field(default_factory=dict)

    def of(self, person: RosterPerson) -> RuleBook:
        """The book for one person, whose stage may make some rules stricter."""
        return self if person.stage is None else self.stricter.get(person.stage, self)

    def __iter__(self) -> Iterator[Rule]:
        yield from (*self.seats, *self.people, *self.shifts)


def rules_in_force(policy: RotaRules, pairs: Sequence[Pair] = ()) -> RuleBook:
    """Every rule that is not switched off, each told before those that matter only once it holds."""
    # Judging one seat after another asks for one book again and again, and both it is made from never change.
    known = _LATEST.get("book")
    if known is not None and known[0] is policy and known[1] is pairs:
        return known[2]
    book = _rules_in_force(policy, pairs)
    if isinstance(pairs, tuple):
        _LATEST["book"] = (policy, pairs, book)
    return book


_LATEST: dict[str, tuple[RotaRules, tuple[Pair, ...], RuleBook]] = {}


def _rules_in_force(policy: RotaRules, pairs: Sequence[Pair]) -> RuleBook:
    by_stage = ((stage, policy.for_stage(stage)) for stage in Stage)
    stricter = {stage: _book(theirs, pairs) for stage, theirs in by_stage if theirs is not policy}
    book = _book(policy, pairs)
    return replace(book, stricter=stricter) if stricter else book


def _book(policy: RotaRules, pairs: Sequence[Pair]) -> RuleBook:
    seats: tuple[SeatRule, ...] = (
        Clearance(policy.clearance),
        Under18Nights(policy.under_18_nights),
        Availability(policy.availability),
        CoolDown(policy.cool_down),
    )
    people: tuple[PersonRule, ...] = (
        Overlap(policy.overlap),
        Rest(policy.rest),
        LeastRest(policy.rest),
        OneADay(policy.one_a_day),
        HoursInADay(policy.hours_in_a_day, policy.rest),
        HoursInAWeek(policy.hours_in_a_week, policy.rest),
        Successions(policy.successions),
        LongestRun(policy.longest_run),
        ShortestRun(policy.shortest_run),
        ShortestBreak(policy.shortest_break),
        NightsInARow(policy.nights_in_a_row),
        NightsInThePeriod(policy.nights_in_the_period),
        RecoveryAfterNights(policy.recovery_after_nights),
        LighterAfterHeavy(policy.lighter_after_heavy),
        Weekends(policy.weekends),
        MostTheyAsked(policy.most_they_asked),
        LeastTheyAsked(policy.least_they_asked),
        StandingSlots(policy.standing_slots),
        Wishes(policy.wishes),
        Fairness(policy.fairness),
    )
    shifts: tuple[ShiftRule, ...] = (
        Room(policy.room),
        Apart(policy.apart, pairs),
        PeersBeside(policy.peers_beside),
        NewcomersBeside(policy.newcomers_beside),
        ShadowsBeside(policy.shadows_beside),
        NobodyAlone(policy.nobody_alone),
        ExperiencedAdult(policy.experienced_adult),
        Together(policy.together, pairs),
    )
    return RuleBook(
        tuple(rule for rule in seats if rule.severity is not Severity.UNUSED),
        tuple(rule for rule in people if rule.severity is not Severity.UNUSED),
        tuple(rule for rule in shifts if rule.severity is not Severity.UNUSED),
    )


def breaches(roster: Roster, plan: Plan, *, wishes: bool = False) -> list[Breach]:
    """Every rule that the plan breaks, and every wish it misses if asked.

    What people's commitments break among themselves, with no shift of this roster in it, is left out.
    """
    book = rules_in_force(roster.rules, roster.pairs)
    found: list[Breach] = []
    for person in roster.people:
        found += person_breaches(roster, book, person, roster.stints(person, plan.by_person.get(person.id, ())))
    for shift in roster.shifts:
        found += shift_breaches(roster, book, shift, plan)
    return [breach for breach in found if wishes or breach.severity is not Severity.WISH]


def person_breaches(roster: Roster, book: RuleBook, person: RosterPerson, stints: Sequence[Stint]) -> list[Breach]:
    """What one person's stints break, given in order of their start."""
    theirs = book.of(person)
    rules: tuple[SeatRule | PersonRule, ...] = (*theirs.seats, *theirs.people)
    return [
        breach
        for rule in rules
        for breach in rule.check(roster, person, stints)
        if breach.shift_ids or rule.is_about_lack
    ]


def shift_breaches(roster: Roster, book: RuleBook, shift: RosterShift, plan: Plan) -> list[Breach]:
    """What those on one shift break together."""
    crew = [(roster.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift.id, ())]
    return [breach for rule in book.shifts for breach in rule.check(roster, shift, crew)]


def check_assignment(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty) -> list[Breach]:
    """What giving this person this seat would newly break, the first to be told first. Empty: it may be
    given.

    Of the rules about shifts only those count that adding more people cannot mend, so that a shift can be
    filled one seat at a time. Wishes are no reason against anybody and are left out.
    """
    book = rules_in_force(roster.rules, roster.pairs)
    own = book.of(person)
    seating = Seating(shift.id, duty, person.id)
    theirs = plan.by_person.get(person.id, ())
    found: list[Breach] = []
    if seating not in theirs:
        before, after = roster.stints(person, theirs), roster.stints(person, (*theirs, seating))
        seat = (roster.stint(shift, duty),)
        for seat_rule in own.seats:
            # Whatever else they do, such a rule speaks of this seat alone.
            if seat_rule.severity is not Severity.WISH:
                earlier = partial(seat_rule.check, roster, person, before)
                found += _new(seat_rule, earlier, seat_rule.check(roster, person, seat))
        for rule in own.people:
            if rule.severity is not Severity.WISH:
                earlier = partial(rule.check, roster, person, before)
                found += _new(rule, earlier, rule.check_with(roster, person, after, seat[0]))
        crew = [(roster.person_by_id[s.person_id], s.duty) for s in plan.by_shift.get(shift.id, ())]
        joined = [*crew, (person, duty)]
        for shift_rule in book.shifts:
            if shift_rule.monotone and shift_rule.severity is not Severity.WISH:
                earlier = partial(shift_rule.check, roster, shift, crew)
                found += _new(shift_rule, earlier, shift_rule.check(roster, shift, joined))
    return [breach for breach in found if breach.person_id in (None, person.id)]


def _new(rule: Rule, before: Callable[[], Iterable[Breach]], after: Iterable[Breach]) -> list[Breach]:
    now = [breach for breach in after if breach.shift_ids]
    if not now:
        return []
    known = list(before())
    new = [breach for breach in now if breach not in known]
    # A rule that more can mend may merely say something milder now: that is no new breach.
    return new if rule.monotone or len(now) > len(known) else []
