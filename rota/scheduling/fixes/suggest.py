"""The cheapest ways to fill a seat that is short, each confirmed by checking or solving the roster with it in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from progression.duties import Duty
from rota.scheduling.candidates import candidates_for
from rota.scheduling.fixes import people, shifts, training
from rota.scheduling.fixes.fix import Fix, FixKind, ShortSeat
from rota.scheduling.offered_time import is_away
from rota.scheduling.roster import Plan, Roster

WAYS: tuple[tuple[FixKind, Callable[[ShortSeat], Iterator[Fix]]], ...] = (
    (FixKind.GIVE, people.give),
    (FixKind.SWAP, people.swap),
    (FixKind.ONE_MORE, people.ask_for_one_more),
    (FixKind.ASK, people.ask_for_a_time),
    (FixKind.TRAIN, training.train),
    (FixKind.MOVE, shifts.move),
    (FixKind.SPLIT, shifts.split),
    (FixKind.WAIVE, people.waive),
)
"""How to find the fixes of each kind, the lightest kind first."""


def cheapest_fixes(roster: Roster, plan: Plan, shift_id: int, duty: Duty, *, most: int = 5) -> list[Fix]:
    """Up to so many fixes for one short seat, the lightest first; of one kind, those that fill most seats first.

    Of those that train or sign off, the person who needs least comes first; of those that set a rule aside, the person
    who would be harmed least, however many seats it fills. Nobody is suggested for a time at which they are away.
    """
    candidates = [each for each in candidates_for(roster, plan, shift_id, duty) if not each.is_away]
    seat = ShortSeat(roster, plan, roster.shift_by_id[shift_id], duty, candidates)
    fixes: list[Fix] = []
    for kind, tries in WAYS:
        # Whether training helps is always included where nobody can simply be given the seat.
        is_full = len(fixes) >= most
        if is_full and (kind is not FixKind.TRAIN or fixes[0].kind is FixKind.GIVE):
            continue
        of_kind = [fix for fix in tries(seat) if not _seats_somebody_away(plan, fix)]
        if kind is not FixKind.WAIVE:
            of_kind.sort(key=lambda fix: (len(fix.missing), -fix.fills, len(fix.moves)))
        if is_full and of_kind:
            del fixes[most - 1 :]
        # Two of a kind are enough to choose from, and leave places for other kinds.
        fixes += of_kind[: 2 if kind is not FixKind.GIVE else most]
    return fixes[:most]


def _seats_somebody_away(plan: Plan, fix: Fix) -> bool:
    """Whether a fix gives somebody a seat at a time at which they are away."""
    shifts, people = fix.roster.shift_by_id, fix.roster.person_by_id
    given = ((people[s.person_id], shifts[s.shift_id]) for s in fix.plan.seatings - plan.seatings)
    return any(is_away(person, shift.starts_at, shift.ends_at) for person, shift in given)
