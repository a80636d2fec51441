"""Fixes that ask people to take a seat, to change seats, to do more, or to accept a broken rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, merged
from rota.scheduling.candidates import Fit
from rota.scheduling.engine.replan import solve_again
from rota.scheduling.fixes.fix import TRIED, Fix, FixKind, ShortSeat, listed, mix_may_be
from rota.scheduling.offered_time import partial_offer
from rota.scheduling.roster import Limits, Plan, Roster, RosterPerson, RosterShift, Seating, filled_seats
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.seats import Availability
from rota.scheduling.rules.totals import MostTheyAsked


def give(seat: ShortSeat) -> Iterator[Fix]:
    """Give the seat to somebody who is free."""
    for candidate in seat.candidates[:TRIED]:
        if candidate.fit is Fit.FREE:
            after = seat.plan_seating(seat.roster, seat.plan, candidate.person_id, seat.shift, seat.duty)
            if after is not None:
                sentence = f"Give it to {candidate.name}. Nobody else moves."
                yield seat.fix(FixKind.GIVE, candidate, sentence, None, after)


def swap(seat: ShortSeat) -> Iterator[Fix]:
    """Move people between seats within two days of the shift, so that one more seat is filled."""
    roster, plan, shift = seat.roster, seat.plan, seat.shift
    near = [
        other.id
        for other in roster.shifts
        if abs(other.starts_at - shift.starts_at) <= timedelta(days=2) or other.id == shift.id
    ]
    after, _ = solve_again(roster, plan, near, seconds=2.0, seed=1)
    fills = filled_seats(roster, after) - filled_seats(roster, plan)
    gone = plan.seatings - after.seatings
    if fills < 1 or not gone or len(after.on(shift.id, seat.duty)) <= len(plan.on(shift.id, seat.duty)):
        return
    names = sorted({roster.person_by_id[s.person_id].name for s in gone})
    changes = "1 seat changes" if len(gone) == 1 else f"{len(gone)} seats change"
    sentence = f"Move {listed(names)} so that it is filled. {changes} hands."
    yield seat.fix(FixKind.SWAP, None, sentence, None, after)


def ask_for_one_more(seat: ShortSeat) -> Iterator[Fix]:
    """Ask somebody who has as much as they wanted for one more."""
    for candidate in seat.stopped_only_by(MostTheyAsked.key)[:TRIED]:
        person = seat.roster.person_by_id[candidate.person_id]
        changed = seat.with_person(replace(person, limits=_limits_for_one_more(person.limits, seat)))
        if after := seat.plan_seating(changed, seat.plan, person.id, seat.shift, seat.duty):
            sentence = f"Ask {person.name} for one more than they offered. Nobody else moves."
            yield seat.fix(FixKind.ONE_MORE, candidate, sentence, changed, after)


def _limits_for_one_more(limits: Limits, seat: ShortSeat) -> Limits:
    minutes = seat.roster.stint(seat.shift, seat.duty).worked_minutes

    def more(limit: int | None, by: int) -> int | None:
        return None if limit is None else limit + by

    return replace(
        limits,
        most_shifts=more(limits.most_shifts, 1),
        most_minutes=more(limits.most_minutes, minutes),
        most_minutes_a_week=more(limits.most_minutes_a_week, minutes),
        most_by_kind={kind: most + (kind == seat.shift.kind) for kind, most in limits.most_by_kind.items()},
    )


def ask_for_a_time(seat: ShortSeat) -> Iterator[Fix]:
    """Ask somebody who has not offered the whole time: those who offered most of it first."""
    for candidate in seat.stopped_only_by(Availability.key)[:TRIED]:
        person = seat.roster.person_by_id[candidate.person_id]
        with_this = merged((*person.availability, Interval(seat.shift.starts_at, seat.shift.ends_at)))
        changed = seat.with_person(replace(person, availability=with_this))
        # People who are kept apart from somebody on the shift are stopped again here, and are not asked.
        if after := seat.plan_seating(changed, seat.plan, person.id, seat.shift, seat.duty):
            offered = partial_offer(seat.roster, person, seat.shift.starts_at, seat.shift.ends_at)
            who = offered or "has not offered this time but could take it"
            sentence = f"Ask {person.name}, who {who}{_more_that_week(seat, person, after)}."
            yield seat.fix(FixKind.ASK, candidate, sentence, changed, after)


def _more_that_week(seat: ShortSeat, person: RosterPerson, plan: Plan) -> str:
    """How many more short seats of the same duty they could take that week, if they offered those times as well."""
    offering = seat.with_person(replace(person, availability=(Interval(ALWAYS_SINCE, FOR_EVER),)))
    more = 0
    for other in offering.shifts_by_start:
        line = other.line(seat.duty)
        is_short = line is not None and len(plan.on(other.id, seat.duty)) < line.wanted
        if is_short and _week(seat.roster, other) == _week(seat.roster, seat.shift):
            then = seat.plan_seating(offering, plan, person.id, other, seat.duty)
            plan, more = then or plan, more + (then is not None)
    if not more:
        return ""
    return f". {more} more short {'seat' if more == 1 else 'seats'} that week could be theirs too"


def _week(roster: Roster, shift: RosterShift) -> tuple[int, int]:
    return roster.day_of(shift).isocalendar()[:2]


def waive(seat: ShortSeat) -> Iterator[Fix]:
    """Set rules aside that may be, with a reason: the seat becomes fixed, so that the breach stays visible.

    The people who would be harmed least come first. Nobody is seated at a time that they did not offer.
    """
    waivable = [
        c
        for c in seat.candidates
        if c.breaches and all(b.severity is Severity.OVERRIDABLE and b.rule != Availability.key for b in c.breaches)
    ]
    for candidate in sorted(waivable, key=lambda c: c.harm)[:TRIED]:
        seating = Seating(seat.shift.id, seat.duty, candidate.person_id)
        changed = replace(seat.roster, fixed=(*seat.roster.fixed, seating))
        after = seat.plan.adding(seating)
        if mix_may_be(changed, after, seat.shift):
            rules = len({b.rule for b in candidate.breaches})
            aside = "Set one rule aside" if rules == 1 else f"Set {rules} rules aside"
            words = " ".join(dict.fromkeys(b.sentence for b in candidate.breaches))
            sentence = f"{aside} with a reason: {words}"
            yield seat.fix(FixKind.WAIVE, candidate, sentence, changed, after)
