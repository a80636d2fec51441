"""A rule about sequences: some kinds of shift may not come on the day after some others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from rota.scheduling.instants import ONE_DAY
from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import Breach, ConstraintModel, DataNeed, Glance, PersonRule, Possible
from rota.scheduling.rules.days import by_day
from rota.scheduling.rules.policy import SuccessionSettings


class Successions(PersonRule):
    """Some kinds of shift may not follow some others on the very next day."""

    key = "successions"
    statement = "Nobody has a kind of shift on the day after one it may not follow."
    monotone = True
    needs = (DataNeed(RosterData.SHIFT_KINDS, "no shift is kept from following another"),)

    def __init__(self, settings: SuccessionSettings) -> None:
        super().__init__(settings)
        self.forbidden = settings.forbidden

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return not self.forbidden or glance.number < 2

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        if not self.forbidden:
            return
        worked = by_day(roster, stints)
        for day, earlier in worked.items():
            for a in earlier:
                for b in worked.get(day + ONE_DAY, ()):
                    if b.kind in self.forbidden.get(a.kind, ()):
                        sentence = f"{person.name} would have {b.kind} on the day after {a.kind}."
                        yield self.breach(person, sentence, b, a)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        worked: dict[date, list[Possible]] = {}
        for possible in model.possible(person):
            if self.forbidden:
                worked.setdefault(model.roster.day_of(possible.stint), []).append(possible)
        for day, today in worked.items():
            following = worked.get(day + ONE_DAY, ())
            for barred in {frozenset(kinds) for kinds in self.forbidden.values() if kinds}:
                # One constraint for all kinds that bar the same ones: a tighter relaxation than one for each pair.
                barring = {kind for kind, kinds in self.forbidden.items() if barred <= kinds}
                earlier = model.any_of([[(1, p.works)] for p in today if p.stint.kind in barring])
                later = model.any_of([[(1, p.works)] for p in following if p.stint.kind in barred])
                if earlier and later:
                    model.at_most(self, [*earlier, *later], 1)
