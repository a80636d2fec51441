"""Rules about the people on a shift together: the mix that makes it safe to open."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, Self

from progression.duties import Duty
from rota.scheduling.offered_time import not_available
from rota.scheduling.roster import Pair, Roster, RosterPerson, RosterShift
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import WRONG_MIX, Breach, ConstraintModel, DataNeed, Scope, ShiftRule, times
from rota.scheduling.rules.policy import (
    BesideSettings,
    BlendSettings,
    CompanySettings,
    RotaRules,
    RuleSettings,
    Severity,
)
from rota.scheduling.rules.seats import Absence, Availability
from rota.scheduling.standing_slots import is_between

FORBIDDING = (Severity.HARD, Severity.OVERRIDABLE)


class Room(ShiftRule):
    """A shift has only so many places for each duty."""

    key = "room"
    statement = "No more people are on a shift than it has places for."
    monotone = True
    can_leave_seats_empty = False  # It limits a shift to the seats it wants.

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        for duty in sorted({duty for _, duty in crew}):
            line = shift.line(duty)
            most = line.most if line else 0
            if sum(1 for _, held in crew if held is duty) > most:
                places = "no place" if most == 0 else "1 place" if most == 1 else f"{most} places"
                yield self.breach(shift, f"This shift has {places} for {duty.words}.")

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        crew = model.crew(shift)
        for line in shift.lines:
            model.at_most(self, [(1, m.works) for m in crew if m.duty is line.duty], line.most)


class BlendRule(ShiftRule):
    """A rule about the mix. Some duties, and shifts of only such duties, are exempt: people on call are alone."""

    def __init__(self, settings: BlendSettings) -> None:
        super().__init__(settings)
        self.exempt = settings.exempt_duties

    def counts(self, duty: Duty) -> bool:
        """Whether people in this duty are part of the mix. People who shadow are not: they are there to learn."""
        return duty.counts_as_cover and duty not in self.exempt

    def applies_to(self, shift: RosterShift) -> bool:
        """Whether the rule applies to this shift."""
        return not shift.blend_exempt and any(self.counts(line.duty) for line in shift.lines)


class NobodyAlone(BlendRule):
    """A shift opens only with enough people."""

    key = "nobody_alone"
    statement = "Nobody is alone on a shift."
    monotone = False
    protects = "somebody could be alone on a shift"

    def __init__(self, settings: CompanySettings) -> None:
        super().__init__(settings)
        self.at_least = settings.at_least

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        present = sum(1 for _, duty in crew if self.counts(duty))
        if self.applies_to(shift) and crew and present < self.at_least:
            are = "Nobody is" if present == 0 else "1 person is" if present == 1 else f"{present} people are"
            yield self.breach(shift, f"{are} on this shift, and it needs {self.at_least} to open.")

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        if self.applies_to(shift):
            terms = [(1, m.works) for m in model.crew(shift) if self.counts(m.duty)]
            model.open_shift_needs(shift, terms, self.at_least)


class ExperiencedAdult(BlendRule):
    """Somebody on the shift is an adult who leads or moderates and is not a newcomer."""

    key = "experienced_adult"
    statement = "On every shift there is an experienced adult."
    monotone = False
    protects = "a shift could have no experienced adult"
    needs = (
        DataNeed(RosterData.AGES, "nobody counts as an adult"),
        DataNeed(
            RosterData.NEWCOMERS,
            "any adult who leads or moderates counts as experienced",
            is_essential=False,
        ),
    )

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        if (
            self.applies_to(shift)
            and crew
            and not any(self._is_experienced_adult(roster, shift, p, duty) for p, duty in crew)
        ):
            yield self.breach(shift, "Nobody with enough experience leads or moderates on this shift yet.")

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        if self.applies_to(shift):
            crew = model.crew(shift)
            terms = [(1, m.works) for m in crew if self._is_experienced_adult(model.roster, shift, m.person, m.duty)]
            model.open_shift_needs(shift, terms, 1)

    def _is_experienced_adult(self, roster: Roster, shift: RosterShift, person: RosterPerson, duty: Duty) -> bool:
        return duty.may_supervise and not person.is_newcomer and roster.is_adult(person, shift.starts_at)


class BesideRule(BlendRule):
    """Some people are on duty only beside others who look after them, and only a few beside each."""

    monotone = False
    obstacle = WRONG_MIX
    alone: ClassVar[str]
    too_many: ClassVar[str]

    def __init__(self, settings: BesideSettings) -> None:
        super().__init__(settings)
        self.most_each = settings.most_each

    @abstractmethod
    def is_looked_after(self, person: RosterPerson, duty: Duty) -> bool:
        """Whether a person in this duty needs somebody to look after them."""

    def looks_after(self, person: RosterPerson, duty: Duty) -> bool:
        """Whether a person in this duty looks after others."""
        return duty.may_supervise and not person.is_newcomer

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        if not self.applies_to(shift):
            return
        looked_after = sum(1 for person, duty in crew if self.is_looked_after(person, duty))
        beside = sum(1 for person, duty in crew if self.looks_after(person, duty))
        if looked_after and not beside:
            yield self.breach(shift, self.alone)
        elif looked_after > self.most_each * beside:
            most = self.most_each * beside
            yield self.breach(shift, f"{looked_after} {self.too_many}, and the most is {most}.")

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        if self.applies_to(shift):
            crew = model.crew(shift)
            looked_after = [(1, m.works) for m in crew if self.is_looked_after(m.person, m.duty)]
            beside = [(-self.most_each, m.works) for m in crew if self.looks_after(m.person, m.duty)]
            if looked_after:
                model.at_most(self, looked_after + beside, 0)


class PeersBeside(BesideRule):
    """Peers host beside somebody who leads or moderates."""

    key = "peers_beside"
    statement = "Peers are on duty only beside a lead or a moderator, and only a few beside each."
    protects = "peers could be without somebody who looks after them"
    alone = "A peer is on this shift without a lead or a moderator beside them."
    too_many = "peers are on this shift for the leads and moderators there are"

    def is_looked_after(self, person: RosterPerson, duty: Duty) -> bool:
        return duty is Duty.HOST

    def looks_after(self, person: RosterPerson, duty: Duty) -> bool:
        return duty.may_supervise


class NewcomersBeside(BesideRule):
    """People who are new to the work do it beside somebody who is not."""

    key = "newcomers_beside"
    statement = "Newcomers are on duty beside somebody experienced, and only a few beside each."
    protects = "newcomers could be without somebody who looks after them"
    needs = (DataNeed(RosterData.NEWCOMERS, "nobody counts as a newcomer"),)
    alone = "A newcomer is on this shift without somebody experienced beside them."
    too_many = "newcomers are on this shift for the experienced people there are"

    def is_looked_after(self, person: RosterPerson, duty: Duty) -> bool:
        return person.is_newcomer and self.counts(duty)


class ShadowsBeside(BesideRule):
    """People who shadow have somebody to watch."""

    key = "shadows_beside"
    statement = "People who shadow have a lead or a moderator to watch, who has only a few with them."
    needs = (DataNeed(RosterData.NEWCOMERS, "any lead or moderator counts as experienced", is_essential=False),)
    alone = "Somebody shadows on this shift with nobody to watch."
    too_many = "people shadow on this shift for the leads and moderators there are"

    def applies_to(self, shift: RosterShift) -> bool:
        return not shift.blend_exempt

    def is_looked_after(self, person: RosterPerson, duty: Duty) -> bool:
        return duty is Duty.SHADOW


class PairRule(ShiftRule):
    """A rule about two people on one shift."""

    @staticmethod
    @abstractmethod
    def is_about(pair: Pair) -> bool:
        """Whether the rule is about this pair of the roster."""

    def __init__(self, settings: RuleSettings, pairs: Sequence[Pair]) -> None:
        super().__init__(settings)
        self._pairs = [pair for pair in pairs if self.is_about(pair)]
        self._paired = {person_id for pair in self._pairs for person_id in (pair.first_id, pair.second_id)}

    @classmethod
    def from_policy(cls, policy: RotaRules, pairs: Sequence[Pair]) -> Self:
        return cls(getattr(policy, cls.key), pairs)

    def pairs_on(self, roster: Roster, shift: RosterShift) -> list[Pair]:
        """The pairs that hold on the day of a shift."""
        day = roster.day_of(shift) if self._pairs else None
        return [pair for pair in self._pairs if day is not None and is_between(day, pair.since, pair.until)]

    def possible_pairs(self, model: ConstraintModel, shift: RosterShift) -> Iterator[tuple[list[int], list[int]]]:
        """The variables of the first and of the second of each pair of which one may be given a seat on the shift.

        Found in one look at the crew: it has hundreds of people, and there may be a hundred pairs.
        """
        works: dict[int, list[int]] = {}
        for member in model.crew(shift) if self._pairs else ():
            if member.person.id in self._paired:
                works.setdefault(member.person.id, []).append(member.works)
        for pair in self.pairs_on(model.roster, shift) if works else ():
            first, second = works.get(pair.first_id, []), works.get(pair.second_id, [])
            if first or second:
                yield first, second


class Apart(PairRule):
    """Some people are never on one shift.

    That they are kept apart is private, so a breach is that of somebody who is away (`Absence`), in every respect.
    """

    key = "apart"
    statement = Availability.statement
    monotone = True
    names_people = True
    protects = "people who are kept apart could be seated together"
    needs = (DataNeed(RosterData.PAIRS, "nobody is kept apart by it"),)
    can_leave_seats_empty = False  # Availability stands for it, so that no explanation names it.

    @staticmethod
    def is_about(pair: Pair) -> bool:
        return not pair.together

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        present = {person.id: person for person, _ in crew}
        for pair in self.pairs_on(roster, shift):
            if pair.first_id in present and pair.second_id in present:
                for person_id in (pair.first_id, pair.second_id):
                    yield Breach(
                        rule=Absence.key,
                        severity=Severity.HARD if self.severity in FORBIDDING else self.severity,
                        scope=Scope.PERSON,
                        person_id=person_id,
                        shift_ids=(shift.id,),
                        sentence=not_available(present[person_id]),
                        is_preference=Absence.is_preference,
                        is_absence=True,
                    )

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        for first, second in self.possible_pairs(model, shift):
            if len(first) + len(second) > 1:
                model.at_most(self, [(1, works) for works in (*first, *second)], 1)


class Together(PairRule):
    """Some people are on a shift together, or neither of them is."""

    key = "together"
    statement = "People who belong together are on the same shifts."
    monotone = False
    needs = (DataNeed(RosterData.PAIRS, "nobody is put together by it"),)

    @staticmethod
    def is_about(pair: Pair) -> bool:
        return pair.together and not pair.is_wish

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        present = {person.id for person, _ in crew}
        for pair in self.pairs_on(roster, shift):
            if (pair.first_id in present) is not (pair.second_id in present):
                there, away = pair.first_id, pair.second_id
                if away in present:
                    there, away = away, there
                # Who has no seat may not have been read: most checks read the people of the shifts alone.
                other = roster.person_by_id.get(away)
                without = other.name if other else "somebody who belongs beside them"
                yield self.breach(shift, f"{roster.person_by_id[there].name} is on this shift without {without}.")

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        for one, other in self.possible_pairs(model, shift):
            first, second = (model.any_of([[(1, works)] for works in each]) for each in (one, other))
            model.at_most(self, [*first, *times(-1, second)], 0)
            model.at_most(self, [*second, *times(-1, first)], 0)


class PartnerWishes(PairRule):
    """People have somebody beside them whom they would like to have there. Only ever weighed, as other wishes are.

    Whom they named is theirs alone, so the sentence names nobody else.
    """

    key = "wishes"
    statement = "People have what they wished for where it can be done."
    monotone = False
    needs = (DataNeed(RosterData.WISHES, "nobody’s wishes are weighed"),)
    can_leave_seats_empty = False

    def __init__(self, settings: RuleSettings, pairs: Sequence[Pair]) -> None:
        super().__init__(settings, pairs)
        if self.severity is not Severity.UNUSED:
            self.severity = Severity.WISH

    @staticmethod
    def is_about(pair: Pair) -> bool:
        return pair.is_wish

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        present = {person.id: person for person, _ in crew}
        for pair in self.pairs_on(roster, shift):
            if pair.first_id in present and pair.second_id not in present:
                yield self.breach(shift, f"{present[pair.first_id].name} would rather be beside somebody else too.")

    def constrain(self, model: ConstraintModel, shift: RosterShift) -> None:
        for one, other in self.possible_pairs(model, shift):
            first, second = (model.any_of([[(1, works)] for works in each]) for each in (one, other))
            model.at_most(self, [*first, *times(-1, second)], 0)
