"""Who could take a seat that is short, and for everybody else the rule that stops them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.wording import duration
from progression.duties import Duty
from rota.scheduling.instants import minutes_between
from rota.scheduling.offered_time import offers_such_hours
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift
from rota.scheduling.rules.base import Breach, PersonRule
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.registry import RULE_OF
from rota.scheduling.rules.seats import Availability


class Fit(StrEnum):
    """How near a person is to a seat, the nearest first.

    ELSEWHERE: they could have it, were it not for another seat of theirs on this rota.
    OVERRIDABLE: only rules stop them that a coordinator may set aside with a reason.
    BLOCKED: a rule stops them that nobody may set aside.
    THERE: they are on the shift already.
    """

    FREE = "free"
    ELSEWHERE = "elsewhere"
    OVERRIDABLE = "overridable"
    BLOCKED = "blocked"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person, for one seat. `rule` is the first that stops them, or None for a person who may take it."""

    person_id: int
    name: str
    fit: Fit
    rule: str | None
    sentence: str
    breaches: tuple[Breach, ...] = ()
    is_away: bool = False
    """Whether they cannot come then, whatever keeps them, so that nothing suggests asking them."""

    @property
    def harm(self) -> tuple[int, float]:
        """What setting all these rules aside would put at stake: first by kind, then by how far they are broken."""
        return max((b.harm for b in self.breaches), default=0), sum(b.excess for b in self.breaches)


_ORDER = {fit: place for place, fit in enumerate(Fit)}


def candidates_for(
    roster: Roster, plan: Plan, shift_id: int, duty: Duty, *, among: Collection[int] | None = None
) -> list[Candidate]:
    """Everybody on the roster, or those of them who are `among` these, for one seat, the most suitable first.

    In order of their `Fit`. People who are free come by their load, the lightest first; people whom rules stop that may
    be set aside by the harm of that, the least first. Of the latter, those who never offer such hours come after the
    others who offered nothing of the time, and those who are away come last. The rest are grouped by the first rule
    that stops them.
    """
    shift = roster.shift_by_id[shift_id]
    people = [person for person in roster.people if among is None or person.id in among]
    load = _minutes_on(roster, plan, people)
    judged = [(candidate(roster, plan, person, shift, duty), person) for person in people]
    sizes = Counter(c.rule for c, _ in judged)
    judged.sort(
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
    return [c for c, _ in judged]


def candidate(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty) -> Candidate:
    """What giving one person one seat would break, and how near they are to it."""
    if person.id in plan.on(shift.id, duty):
        return Candidate(person.id, person.name, Fit.THERE, None, f"{person.name} is on this shift already.")
    # A full cover line is about the shift and not about the person, so it is not a reason against them.
    found = [b for b in check_assignment(roster, plan, person, shift, duty) if b.person_id == person.id]
    away = any(b.is_absence for b in found)
    if not found:
        return Candidate(person.id, person.name, Fit.FREE, None, _free_words(roster, plan, person, shift))
    # A rule that can be set aside is not the reason while another cannot.
    never = [b for b in found if b.severity is Severity.HARD]
    first = never[0] if never else max(found, key=lambda b: (b.harm, b.excess))
    if person.id in plan.by_person and _is_for_other_seats(roster, plan, person, shift, duty, found):
        fit = Fit.ELSEWHERE
    elif not never:
        # A person who sets them aside has to read all of them.
        words = " ".join(dict.fromkeys(b.sentence for b in [first, *found]))
        return Candidate(person.id, person.name, Fit.OVERRIDABLE, first.rule, words, tuple(found), away)
    else:
        fit = Fit.BLOCKED
    return Candidate(person.id, person.name, fit, first.rule, first.sentence, tuple(found), away)


def _is_for_other_seats(
    roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift, duty: Duty, found: Iterable[Breach]
) -> bool:
    """Whether all that was found against somebody would be gone without their other seats on this rota."""
    # What a rule forbids about the seat itself does not depend on what else they do.
    if not all(issubclass(RULE_OF[breach.rule], PersonRule) for breach in found):
        return False
    # Other people's seats on other shifts do not matter here: a small plan is faster.
    elsewhere = Plan(frozenset(s for s in plan.by_shift.get(shift.id, ()) if s.person_id != person.id))
    return all(b.person_id != person.id for b in check_assignment(roster, elsewhere, person, shift, duty))


def _weight(candidate: Candidate, person: RosterPerson, shift: RosterShift) -> tuple[tuple[int, float], bool]:
    if candidate.fit is not Fit.OVERRIDABLE:
        return (0, 0.0), False
    is_asked = any(breach.rule == Availability.key for breach in candidate.breaches)
    return candidate.harm, is_asked and not offers_such_hours(person, shift.starts_at, shift.ends_at)


def _free_words(roster: Roster, plan: Plan, person: RosterPerson, shift: RosterShift) -> str:
    stints = roster.stints(person, plan.by_person.get(person.id, ()))
    before = [s.ends_at for s in stints if s.ends_at <= shift.starts_at]
    rested = minutes_between(max(before), shift.starts_at) if before else None
    here = [s for s in stints if s.shift_id is not None]
    count = "Nothing else on this rota" if not here else f"{len(here)} more on this rota"
    hours = duration(sum(s.worked_minutes for s in here))
    so_far = count if not here else f"{count}, {hours}"
    if rested is None or timedelta(minutes=rested) > timedelta(days=7):
        return f"Free and rested. {so_far}."
    return f"Free, with {duration(rested)} of rest before it. {so_far}."


def _minutes_on(roster: Roster, plan: Plan, people: Iterable[RosterPerson]) -> dict[int, int]:
    return {
        person.id: sum(stint.worked_minutes for stint in roster.stints(person, plan.by_person.get(person.id, ())))
        for person in people
    }
