"""Fixes that ask something of people as they are: to take a seat, to change places, to do more, to bear more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, merged
from rota.scheduling.candidates import Fit
from rota.scheduling.engine.replan import solve_again
from rota.scheduling.fixes.fix import TRIED, Fix, FixKind, Hole, listed, mix_may_be
from rota.scheduling.offered_time import offer_words, offered_minutes, spoken_length
from rota.scheduling.roster import (
    Limits,
    Plan,
    Roster,
    RosterPerson,
    RosterShift,
    Seating,
    filled_seats,
    minutes_between,
)
from rota.scheduling.rules.policy import Severity


def give(hole: Hole) -> Iterator[Fix]:
    """Give the seat to somebody who is free."""
    for candidate in hole.candidates[:TRIED]:
        if candidate.fit is Fit.FREE:
            after = hole.seated(hole.roster, hole.plan, candidate.person_id, hole.shift, hole.duty)
            if after is not None:
                sentence = f"Give it to {candidate.name}. Nobody else moves."
                yield hole.fix(FixKind.GIVE, candidate, sentence, None, after)


def swap(hole: Hole) -> Iterator[Fix]:
    """Somebody able who is used elsewhere near by, whose seat another can take."""
    roster, plan, shift = hole.roster, hole.plan, hole.shift
    near = [
        other.id
        for other in roster.shifts
        if abs(other.starts_at - shift.starts_at) <= timedelta(days=2) or other.id == shift.id
    ]
    after, _ = solve_again(roster, plan, near, seconds=2.0, seed=1)
    fills = filled_seats(roster, after) - filled_seats(roster, plan)
    gone = plan.seatings - after.seatings
    if fills < 1 or not gone or len(after.on(shift.id, hole.duty)) <= len(plan.on(shift.id, hole.duty)):
        return
    names = sorted({roster.person_by_id[s.person_id].name for s in gone})
    changes = "1 seat changes" if len(gone) == 1 else f"{len(gone)} seats change"
    sentence = f"Move {listed(names)} so that it is filled. {changes} hands."
    yield hole.fix(FixKind.SWAP, None, sentence, None, after)


def ask_for_one_more(hole: Hole) -> Iterator[Fix]:
    """Somebody who has all they asked for."""
    for candidate in hole.stopped_only_by("most_they_asked")[:TRIED]:
        person = hole.roster.person_by_id[candidate.person_id]
        changed = hole.with_person(replace(person, limits=_room_for_one(person.limits, hole)))
        if after := hole.seated(changed, hole.plan, person.id, hole.shift, hole.duty):
            sentence = f"Ask {person.name} for one more than they offered. Nobody else moves."
            yield hole.fix(FixKind.ONE_MORE, candidate, sentence, changed, after)


def _room_for_one(limits: Limits, hole: Hole) -> Limits:
    minutes = hole.roster.stint(hole.shift, hole.duty).worked_minutes

    def more(limit: int | None, by: int) -> int | None:
        return None if limit is None else limit + by

    return replace(
        limits,
        most_shifts=more(limits.most_shifts, 1),
        most_minutes=more(limits.most_minutes, minutes),
        most_minutes_a_week=more(limits.most_minutes_a_week, minutes),
        most_by_kind={kind: most + (kind == hole.shift.kind) for kind, most in limits.most_by_kind.items()},
    )


def ask_for_a_time(hole: Hole) -> Iterator[Fix]:
    """Somebody who has not offered the time; whoever offered most of it first."""
    for candidate in hole.stopped_only_by("availability")[:TRIED]:
        person = hole.roster.person_by_id[candidate.person_id]
        offered = merged((*person.availability, Interval(hole.shift.starts_at, hole.shift.ends_at)))
        changed = hole.with_person(replace(person, availability=offered))
        # Who stays away for a reason that is nobody's business is stopped again here, and is not asked.
        if after := hole.seated(changed, hole.plan, person.id, hole.shift, hole.duty):
            said, more = _what_was_offered(hole, person), _more_that_week(hole, person, after)
            sentence = f"Ask {person.name}, who {said}{more}."
            yield hole.fix(FixKind.ASK, candidate, sentence, changed, after)


def _what_was_offered(hole: Hole, person: RosterPerson) -> str:
    starts_at, ends_at = hole.shift.starts_at, hole.shift.ends_at
    offered = offer_words(hole.roster, person, starts_at, ends_at)
    if offered is None:
        return "has not offered this time but could take it"
    short = minutes_between(starts_at, ends_at) - offered_minutes(person, starts_at, ends_at)
    return f"{offered}, {spoken_length(short)} short"


def _more_that_week(hole: Hole, person: RosterPerson, plan: Plan) -> str:
    """How many more short seats of the same duty they could take that week, if they offered those times as well."""
    asked = hole.with_person(replace(person, availability=(Interval(ALWAYS_SINCE, FOR_EVER),)))
    more = 0
    for other in asked.shifts_by_start:
        line = other.line(hole.duty)
        is_short = line is not None and len(plan.on(other.id, hole.duty)) < line.wanted
        if is_short and _week(hole.roster, other) == _week(hole.roster, hole.shift):
            then = hole.seated(asked, plan, person.id, other, hole.duty)
            plan, more = then or plan, more + (then is not None)
    if not more:
        return ""
    return f". {more} more short {'seat' if more == 1 else 'seats'} that week could be theirs too"


def _week(roster: Roster, shift: RosterShift) -> tuple[int, int]:
    return roster.day_of(shift).isocalendar()[:2]


def waive(hole: Hole) -> Iterator[Fix]:
    """Rules that may be set aside with a reason: the seat becomes fixed, so that the breach stays in sight.

    Whoever would be harmed least comes first. Time that somebody did not offer is not taken.
    """
    waivable = [
        c
        for c in hole.candidates
        if c.breaches and all(b.severity is Severity.OVERRIDABLE and b.rule != "availability" for b in c.breaches)
    ]
    for candidate in sorted(waivable, key=lambda c: c.harm)[:TRIED]:
        seating = Seating(hole.shift.id, hole.duty, candidate.person_id)
        changed = replace(hole.roster, fixed=(*hole.roster.fixed, seating))
        after = hole.plan.adding(seating)
        if mix_may_be(changed, after, hole.shift):
            rules = len({b.rule for b in candidate.breaches})
            aside = "Set one rule aside" if rules == 1 else f"Set {rules} rules aside"
            words = " ".join(dict.fromkeys(b.sentence for b in candidate.breaches))
            sentence = f"{aside} with a reason: {words}"
            yield hole.fix(FixKind.WAIVE, candidate, sentence, changed, after)
