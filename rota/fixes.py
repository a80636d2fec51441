"""The cheapest ways to fill a seat that is short, each confirmed by solving a small part again with it in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from progression.duties import Duty
from progression.intervals import FOR_EVER, Interval, joined
from rota.engine.again import solve_again
from rota.gaps import Candidate, Verdict, who_could
from rota.roster import Limits, Plan, Roster, RosterPerson, RosterShift, Seating, filled_seats
from rota.rules.base import spoken
from rota.rules.book import check_assignment, rules_in_force, shift_breaches
from rota.rules.policy import Severity

MOVED = timedelta(minutes=30)
"""How far a shift may be moved: a handover half an hour off troubles nobody."""

TRIED = 12
"""Of one kind, how many people are tried: those who come first in `who_could`, with the lightest load."""


class FixKind(StrEnum):
    """What a fix asks for, the lightest first."""

    GIVE = "give"
    SWAP = "swap"
    ONE_MORE = "one_more"
    ASK = "ask"
    TRAIN = "train"
    MOVE = "move"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to fill a seat, which was tried: `plan` keeps the rules of `roster` as well as the plan did before.

    `roster` differs from the one given in what the fix asks for and in nothing else. `fills` is how many seats
    more are filled in all, and `moves` are seats that others leave for it.
    """

    kind: FixKind
    person_id: int | None
    rule: str | None
    sentence: str
    fills: int
    moves: tuple[Seating, ...]
    roster: Roster
    plan: Plan


def cheapest_fixes(roster: Roster, plan: Plan, shift_id: int, duty: Duty, *, most: int = 5) -> list[Fix]:
    """Up to so many fixes for one short seat, the lightest first; of one kind, those that fill most seats first."""
    shift = roster.shift_by_id[shift_id]
    candidates = who_could(roster, plan, shift_id, duty)
    found: list[Fix] = []
    for kind, tries in (
        (FixKind.GIVE, _give(roster, plan, shift, duty, candidates)),
        (FixKind.SWAP, _swap(roster, plan, shift, duty)),
        (FixKind.ONE_MORE, _one_more(roster, plan, shift, duty, candidates)),
        (FixKind.ASK, _ask(roster, plan, shift, duty, candidates)),
        (FixKind.TRAIN, _train(roster, plan, shift, duty, candidates)),
        (FixKind.MOVE, _move(roster, plan, shift, duty, candidates)),
        (FixKind.WAIVE, _waive(roster, plan, shift, duty, candidates)),
    ):
        of_kind = sorted(tries, key=lambda fix: (-fix.fills, len(fix.moves)))
        # Two of a kind are enough to choose from, and leave room for other kinds.
        found += of_kind[: 2 if kind is not FixKind.GIVE else most]
        if len(found) >= most:
            break
    return found[:most]


def _seated(roster: Roster, plan: Plan, person_id: int, shift: RosterShift, duty: Duty) -> Plan | None:
    """The plan with the person in the seat, if that breaks nothing new on this roster.

    A shift that still wants company is no reason against them; a peer with nobody beside them is.
    """
    here = roster.shift_by_id[shift.id]
    if check_assignment(roster, plan, roster.person_by_id[person_id], here, duty):
        return None
    after = plan.adding(Seating(shift.id, duty, person_id))
    found = shift_breaches(roster, rules_in_force(roster.rules, roster.pairs), here, after)
    return None if any(breach.severity is Severity.HARD for breach in found) else after


def _give(roster: Roster, plan: Plan, shift: RosterShift, duty: Duty, candidates: Sequence[Candidate]) -> Iterator[Fix]:
    for candidate in candidates[:TRIED]:
        if candidate.verdict is Verdict.FREE and (after := _seated(roster, plan, candidate.person_id, shift, duty)):
            sentence = f"Give it to {candidate.name}. Nobody else moves."
            yield _fix(FixKind.GIVE, candidate, sentence, roster, plan, roster, after)


def _swap(roster: Roster, plan: Plan, shift: RosterShift, duty: Duty) -> Iterator[Fix]:
    """Somebody able who is used elsewhere near by, whose seat another can take."""
    near = [
        other.id
        for other in roster.shifts
        if abs(other.starts_at - shift.starts_at) <= timedelta(days=2) or other.id == shift.id
    ]
    after, _ = solve_again(roster, plan, near, seconds=2.0, seed=1)
    fills = filled_seats(roster, after) - filled_seats(roster, plan)
    gone = plan.seatings - after.seatings
    if fills < 1 or not gone or len(after.on(shift.id, duty)) <= len(plan.on(shift.id, duty)):
        return
    names = sorted({roster.person_by_id[s.person_id].name for s in gone})
    changes = "1 seat changes" if len(gone) == 1 else f"{len(gone)} seats change"
    sentence = f"Move {' and '.join(names)} so that it is filled. {changes} hands."
    yield Fix(FixKind.SWAP, None, None, sentence, fills, tuple(sorted(gone)), roster, after)


def _one_more(
    roster: Roster, plan: Plan, shift: RosterShift, duty: Duty, candidates: Sequence[Candidate]
) -> Iterator[Fix]:
    for candidate in _stopped_only_by(candidates, "most_they_asked"):
        person = roster.person_by_id[candidate.person_id]
        changed = _with(roster, replace(person, limits=_room_for_one(person.limits, shift, roster, duty)))
        if after := _seated(changed, plan, person.id, shift, duty):
            sentence = f"Ask {person.name} for one more than they offered. Nobody else moves."
            yield _fix(FixKind.ONE_MORE, candidate, sentence, roster, plan, changed, after)


def _room_for_one(limits: Limits, shift: RosterShift, roster: Roster, duty: Duty) -> Limits:
    minutes = roster.stint(shift, duty).worked_minutes

    def more(limit: int | None, by: int) -> int | None:
        return None if limit is None else limit + by

    kinds = {kind: most + (1 if kind == shift.kind else 0) for kind, most in limits.most_by_kind.items()}
    return replace(
        limits,
        most_shifts=more(limits.most_shifts, 1),
        most_minutes=more(limits.most_minutes, minutes),
        most_minutes_a_week=more(limits.most_minutes_a_week, minutes),
        most_by_kind=kinds,
    )


def _ask(roster: Roster, plan: Plan, shift: RosterShift, duty: Duty, candidates: Sequence[Candidate]) -> Iterator[Fix]:
    for candidate in _stopped_only_by(candidates, "availability"):
        person = roster.person_by_id[candidate.person_id]
        offered = joined((*person.availability, Interval(shift.starts_at, shift.ends_at)))
        changed = _with(roster, replace(person, availability=offered))
        # Who stays away for a reason that is nobody's business is stopped again here, and is not asked.
        if after := _seated(changed, plan, person.id, shift, duty):
            sentence = f"Ask {person.name}, who has not offered this time but could take it."
            yield _fix(FixKind.ASK, candidate, sentence, roster, plan, changed, after)


def _train(
    roster: Roster, plan: Plan, shift: RosterShift, duty: Duty, candidates: Sequence[Candidate]
) -> Iterator[Fix]:
    """A sign-off or a refresher finished before the shift, and all the short seats it would fill."""
    for candidate in _stopped_only_by(candidates, "clearance"):
        person = roster.person_by_id[candidate.person_id]
        held = person.clearances.get(duty, ())
        cleared = joined((*held, Interval(shift.starts_at, FOR_EVER)))
        changed = _with(roster, replace(person, clearances={**person.clearances, duty: cleared}))
        after = _seated(changed, plan, person.id, shift, duty)
        if after is None:
            continue
        for other in changed.shifts_by_start:
            line = other.line(duty)
            if other.id != shift.id and line and len(after.on(other.id, duty)) < line.wanted:
                after = _seated(changed, after, person.id, other, duty) or after
        by = spoken(shift.starts_at, roster)
        fix = _fix(FixKind.TRAIN, candidate, "", roster, plan, changed, after)
        seats = "this seat" if fix.fills == 1 else "this and 1 more seat" if fix.fills == 2 else None
        seats = seats or f"this and {fix.fills - 1} more seats"
        what = "Renew" if held else "Finish"
        yield replace(fix, sentence=f"{what} {person.name}’s clearance for {duty.words} by {by}. Fills {seats}.")


def _move(roster: Roster, plan: Plan, shift: RosterShift, duty: Duty, candidates: Sequence[Candidate]) -> Iterator[Fix]:
    """The shift a little earlier or later, if all who are on it can come along and one more can."""
    for by, words in ((MOVED, "later"), (-MOVED, "earlier")):
        moved = replace(shift, starts_at=shift.starts_at + by, ends_at=shift.ends_at + by)
        changed = replace(roster, shifts=tuple(moved if s.id == shift.id else s for s in roster.shifts))
        emptied = plan.without(*plan.by_shift.get(shift.id, ()))
        after: Plan | None = emptied
        for seating in plan.by_shift.get(shift.id, ()):
            after = after and _seated(changed, after, seating.person_id, moved, seating.duty)
        if after is None:
            continue
        stopped = (c for c in candidates if c.verdict in (Verdict.BLOCKED, Verdict.OVERRIDABLE, Verdict.ELSEWHERE))
        for candidate in stopped:
            if then := _seated(changed, after, candidate.person_id, moved, duty):
                sentence = f"Start the shift 30 minutes {words}, and {candidate.name} can take it."
                yield _fix(FixKind.MOVE, candidate, sentence, roster, plan, changed, then)
                break


def _waive(
    roster: Roster, plan: Plan, shift: RosterShift, duty: Duty, candidates: Sequence[Candidate]
) -> Iterator[Fix]:
    """A rule that may be set aside with a reason: the seat becomes fixed, so that the breach stays in sight."""
    waivable = [c for c in candidates if c.breaches and all(b.severity is Severity.OVERRIDABLE for b in c.breaches)]
    for candidate in [c for c in waivable if c.rule != "availability"][:TRIED]:
        seating = Seating(shift.id, duty, candidate.person_id)
        changed = replace(roster, fixed=(*roster.fixed, seating))
        sentence = f"Set one rule aside with a reason: {candidate.sentence}"
        yield _fix(FixKind.WAIVE, candidate, sentence, roster, plan, changed, plan.adding(seating))


def _stopped_only_by(candidates: Sequence[Candidate], rule: str) -> list[Candidate]:
    stopped = [c for c in candidates if c.breaches and all(b.rule == rule for b in c.breaches)]
    return stopped[:TRIED]


def _with(roster: Roster, person: RosterPerson) -> Roster:
    return replace(roster, people=tuple(person if p.id == person.id else p for p in roster.people))


def _fix(
    kind: FixKind, candidate: Candidate, sentence: str, before: Roster, plan: Plan, after: Roster, then: Plan
) -> Fix:
    fills = filled_seats(after, then) - filled_seats(before, plan)
    moves = tuple(sorted(plan.seatings - then.seatings))
    return Fix(kind, candidate.person_id, candidate.rule, sentence, fills, moves, after, then)
