"""Who could take a seat that is short, and why the others cannot: everybody, by the first rule that stops
them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from progression.duties import Duty
from rota.scheduling.offered_time import is_away, offers_such_hours
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, minutes_between
from rota.scheduling.rules.base import Breach, spoken_hours
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity


class Fit(StrEnum):
    """What stands between a person and a seat."""

    FREE = "free"
    ELSEWHERE = "elsewhere"
    OVERRIDABLE = "overridable"
    BLOCKED = "blocked"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person, for one seat. `rule` is the first that stops them, or None for who may take it.

    ELSEWHERE: cleared, free and rested, were it not for another seat on this rota.
    OVERRIDABLE: a rule stops them that a coordinator may set aside with a reason.
    """

    person_id: int
    name: str
    fit: Fit
    rule: str | None
    sentence: str
    breaches: tuple[Breach, ...] = ()
    is_away: bool = False
    """Whether they said that they are away then: nobody suggests asking them."""

    @property
    def harm(self) -> tuple[int, float]:
        """How much setting all these rules aside would put at stake: first by kind, then by how far they are broken."""
        return max((b.harm for b in self.breaches), default=0), sum(b.excess for b in self.breaches)


_ORDER = {fit: place for place, fit in enumerate(Fit)}


def who_could(
    roster: Roster, plan: Plan, shift_id: int, duty: Duty, *, among: Collection[int] | None = None
) -> list[Candidate]:
    """Everybody on the roster, or those of them who are `among` these, for one seat.

    First who is free, those with the lightest load foremost. Whom a rule stops that may be set aside comes by how much
    harm that would do, the least first: of those who offered nothing of the time, who never offers such hours comes
    last, and who is away comes after them all. The rest come in groups by the first rule that stops them.
    """
    shift = roster.shift_by_id[shift_id]
    people = [person for person in roster.people if among is None or person.id in among]
    load = _minutes_on(roster, plan, people)
    found = [(candidate(roster, plan, person, shift, duty), person) for person in people]
    sizes = Counter(c.rule for c, _ in found)
    found.sort(
        key=lambda pair: (
            _ORDER[pair[0].fit],
            pair[0].is_away,
            *_weight(pair[0], pair[1], shift),
            sizes[pair[0].rule] if pair[0].rule else 0,
            pair[0].rule or "",
            load[pair[1].id] + pair[1].load,
            pair[1].name,
            pair[1].id,
        )
    )
    return [c for c, _ in found]


def candidate(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty) -> Candidate:
    """What would come of giving one person one seat."""
    if person.id in plan.on(shift.id, duty):
        return Candidate(person.id, person.name, Fit.THERE, None, f"{person.name} is on this shift already.")
    # Whether the line has room is about the shift and not about the person, so it is no reason against them.
    found = [b for b in check_assignment(roster, plan, person, shift, duty) if b.person_id == person.id]
    away = is_away(person, shift.starts_at, shift.ends_at)
    if not found and away:  # The policy does not ask what people offered, but who is away is not simply free.
        return Candidate(
            person.id, person.name, Fit.OVERRIDABLE, "availability", f"{person.name} is away then.", is_away=True
        )
    if not found:
        return Candidate(person.id, person.name, Fit.FREE, None, _why_free(roster, plan, person, shift))
    # A rule that can be set aside is no reason while another cannot.
    never = [b for b in found if b.severity is Severity.HARD]
    first = never[0] if never else max(found, key=lambda b: (b.harm, b.excess))
    # Without their other seats. Nobody else's on other shifts matter here, and a small plan is read quickly.
    elsewhere = Plan(frozenset(s for s in plan.by_shift.get(shift.id, ()) if s.person_id != person.id))
    if person.id in plan.by_person and all(
        b.person_id != person.id for b in check_assignment(roster, elsewhere, person, shift, duty)
    ):
        fit = Fit.ELSEWHERE
    elif not never:
        # Whoever sets them aside has to read all of them.
        words = " ".join(dict.fromkeys(b.sentence for b in [first, *found]))
        return Candidate(person.id, person.name, Fit.OVERRIDABLE, first.rule, words, tuple(found), away)
    else:
        fit = Fit.BLOCKED
    return Candidate(person.id, person.name, fit, first.rule, first.sentence, tuple(found), away)


def _weight(candidate: Candidate, person: RosterPerson, shift: RosterShift) -> tuple[tuple[int, float], bool]:
    if candidate.fit is not Fit.OVERRIDABLE:
        return (0, 0.0), False
    is_asked = any(breach.rule == "availability" for breach in candidate.breaches)
    return candidate.harm, is_asked and not offers_such_hours(person, shift.starts_at, shift.ends_at)


def _why_free(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift) -> str:
    stints = roster.stints(person, plan.by_person.get(person.id, ()))
    before = [s.ends_at for s in stints if s.ends_at <= shift.starts_at]
    rested = minutes_between(max(before), shift.starts_at) if before else None
    here = [s for s in stints if s.shift_id is not None]
    count = "Nothing else on this rota" if not here else f"{len(here)} more on this rota"
    hours = spoken_hours(sum(s.worked_minutes for s in here))
    so_far = count if not here else f"{count}, {hours}"
    if rested is None or timedelta(minutes=rested) > timedelta(days=7):
        return f"Free and rested. {so_far}."
    return f"Free, with {spoken_hours(rested)} of rest before it. {so_far}."


def _minutes_on(roster: Roster, plan: Plan, people: Iterable[RosterPerson]) -> dict[int, int]:
    return {
        person.id: sum(stint.worked_minutes for stint in roster.stints(person, plan.by_person.get(person.id, ())))
        for person in people
    }
