"""Rules about who is on a shift together: the mix that makes it safe to open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from progression.duties import Duty
from rota.roster import Roster, RosterPerson, RosterShift
from rota.rules.base import Breach, Model, ShiftRule
from rota.rules.policy import BesideSettings, BlendSettings, CompanySettings


class Room(ShiftRule):
    """A shift has only so many places for each duty."""

    key = "room"
    words = "No more people are on a shift than it has places for."
    monotone = True

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        for duty in sorted({duty for _, duty in crew}):
            line = shift.line(duty)
            most = line.most if line else 0
            if sum(1 for _, theirs in crew if theirs is duty) > most:
                places = "no place" if most == 0 else "1 place" if most == 1 else f"{most} places"
                yield self.broken(shift, f"This shift has {places} for {duty.words}.")

    def constrain(self, model: Model, shift: RosterShift) -> None:
        crew = model.crew(shift)
        for line in shift.lines:
            model.at_most([(1, m.works) for m in crew if m.duty is line.duty], line.most)


class BlendRule(ShiftRule):
    """A rule about the mix. Some duties, and shifts made of those alone, are exempt: on call, one is alone at
    home."""

    def __init__(self, settings: BlendSettings) -> None:
        super().__init__(settings)
        self.exempt = settings.exempt_duties

    def counts(self, duty: Duty) -> bool:
        """Whether somebody in this duty is part of the mix. People who shadow are there to learn."""
        return duty.counts_as_cover and duty not in self.exempt

    def concerns(self, shift: RosterShift) -> bool:
        """Whether the mix matters on this shift at all."""
        return not shift.blend_exempt and any(self.counts(line.duty) for line in shift.lines)


class NobodyAlone(BlendRule):
    """A shift opens with company or not at all."""

    key = "nobody_alone"
    words = "Nobody is alone on a shift."
    monotone = False

    def __init__(self, settings: CompanySettings) -> None:
        super().__init__(settings)
        self.at_least = settings.at_least

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        present = sum(1 for _, duty in crew if self.counts(duty))
        if self.concerns(shift) and crew and present < self.at_least:
            are = "Nobody is" if present == 0 else "1 person is" if present == 1 else f"{present} people are"
            yield self.broken(shift, f"{are} on this shift, and it needs {self.at_least} to open.")

    def constrain(self, model: Model, shift: RosterShift) -> None:
        if self.concerns(shift):
            terms = [(1, m.works) for m in model.crew(shift) if self.counts(m.duty)]
            model.open_shift_needs(shift, terms, self.at_least)


class ExperiencedAdult(BlendRule):
    """Somebody on the shift is an adult who leads or moderates and is no newcomer to it."""

    key = "experienced_adult"
    words = "On every shift there is an experienced adult."
    monotone = False

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        if self.concerns(shift) and crew and not any(self._is_one(roster, shift, p, duty) for p, duty in crew):
            yield self.broken(shift, "No experienced adult leads or moderates on this shift yet.")

    def constrain(self, model: Model, shift: RosterShift) -> None:
        if self.concerns(shift):
            crew = model.crew(shift)
            terms = [(1, m.works) for m in crew if self._is_one(model.roster, shift, m.person, m.duty)]
            model.open_shift_needs(shift, terms, 1)

    def _is_one(self, roster: Roster, shift: RosterShift, person: RosterPerson, duty: Duty) -> bool:
        return duty.may_supervise and not person.is_newcomer and roster.is_adult(person, shift.starts_at)


class PeersBeside(BlendRule):
    """Peers host beside somebody who leads or moderates, and only a few beside each."""

    key = "peers_beside"
    words = "Peers are on duty only beside a lead or a moderator, and only a few beside each."
    monotone = False

    def __init__(self, settings: BesideSettings) -> None:
        super().__init__(settings)
        self.most_each = settings.most_each

    def check(self, roster: Roster, shift: RosterShift, crew: Sequence[tuple[RosterPerson, Duty]]) -> Iterator[Breach]:
        peers = sum(1 for _, duty in crew if duty is Duty.HOST)
        beside = sum(1 for _, duty in crew if duty.may_supervise)
        if not self.concerns(shift) or peers <= self.most_each * beside:
            return
        if beside == 0:
            yield self.broken(shift, "A peer is on this shift without a lead or a moderator beside them.")
        else:
            are = f"{peers} peers are on this shift with {beside} to look after them"
            yield self.broken(shift, f"{are}, and the most is {self.most_each} beside each.")

    def constrain(self, model: Model, shift: RosterShift) -> None:
        if self.concerns(shift):
            crew = model.crew(shift)
            peers = [(1, m.works) for m in crew if m.duty is Duty.HOST]
            beside = [(-self.most_each, m.works) for m in crew if m.duty.may_supervise]
            model.at_most(peers + beside, 0)
