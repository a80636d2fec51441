"""Whose renewals would fill the most of the seats that nobody can fill in the coming weeks.

Chosen one person after another, each time who fills most; then nobody and nothing is kept that could be left out. That
is nearly always the shortest list: of 600 drawn weeks of seven people it had one person too many in one. A solver looks
for a shorter one within a time limit (`fewest_renewals`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heapreplace

from rota.scheduling.cover_ahead import NO_LIMIT, Ahead, AheadSeat, Renewed
from rota.scheduling.fewest_renewals import fewest_people


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one person is invited to renew, and the seats that are filled once they and those before them have."""

    person_id: int
    lapses: Mapping[str, datetime]
    seats: tuple[AheadSeat, ...]


def invitations(
    ahead: Ahead,
    *,
    report: Callable[[int], None] = lambda invited: None,
    should_stop: Callable[[], bool] = lambda: False,
    seconds: float = 0,
) -> list[Invitation]:
    """Whom to invite, so that as many seats are filled as all renewals together could fill; who brings most is first.

    Nobody can be left out of the list, and nothing of what one of them is invited to renew, without losing a seat.
    Stopped early, it is the list so far. With `seconds`, a solver looks that long for a list of fewer people.
    """
    lapses = {person.id: person.lapses for person in ahead.people}
    everything = {each: frozenset(lapses[each]) for each in _who_matters(ahead)}
    chosen = _who_brings_most(ahead, everything, report, should_stop)
    if not should_stop() and _worth(ahead, chosen) < _worth(ahead, everything):
        # Some fill a seat only together: one of them moves over for the other.
        chosen |= {each: codes for each, codes in everything.items() if each not in chosen}
    chosen = _with_nothing_too_much(ahead, chosen)
    if seconds and not should_stop() and len(chosen) > 1:
        chosen = _shortened(ahead, everything, chosen, seconds)
    found: list[Invitation] = []
    so_far: dict[int, frozenset[str]] = {}
    before = ahead.filled()
    for person_id, codes in chosen.items():
        so_far[person_id] = codes
        after = ahead.filled(so_far)
        theirs = {code: lapses[person_id][code] for code in sorted(codes)}
        found.append(Invitation(person_id, theirs, tuple(sorted(after - before))))
        before = after
    return found


def _who_matters(ahead: Ahead) -> list[int]:
    """The people who could renew something that matters in a week with an empty seat."""
    with_gaps = [week for week in ahead.weeks if len(week.filled({}).seats) < len(week.seats)]
    return sorted({person_id for week in with_gaps for person_id in week.lapsing})


def _who_brings_most(
    ahead: Ahead, everything: Renewed, report: Callable[[int], None], should_stop: Callable[[], bool]
) -> dict[int, frozenset[str]]:
    """One person after another, each time who fills most seats beside those before, until nobody alone fills one."""
    chosen: dict[int, frozenset[str]] = {}
    may_help = {each for week in ahead.weeks for each in week.can_be_helped_by(chosen)}
    # What somebody brought when they were last looked at is hardly ever less than what they bring later.
    waiting = [(-NO_LIMIT, -NO_LIMIT, each) for each in sorted(may_help)]
    while waiting and not should_stop():
        person_id = waiting[0][2]
        safe, seats = _gain(ahead, chosen, person_id, everything[person_id])
        now = (-safe, -seats, person_id)
        if not seats:
            heappop(waiting)
        elif now > waiting[0] and now > min(waiting[1:3], default=now):
            heapreplace(waiting, now)
        else:
            heappop(waiting)
            chosen[person_id] = everything[person_id]
            report(len(chosen))
    return chosen


def _gain(ahead: Ahead, chosen: Renewed, person_id: int, codes: frozenset[str]) -> tuple[int, int]:
    gains = [week.gain(chosen, person_id, codes) for week in ahead.weeks]
    return sum(safe for safe, _ in gains), sum(seats for _, seats in gains)


def _shortened(ahead: Ahead, everything: Renewed, chosen: Renewed, seconds: float) -> dict[int, frozenset[str]]:
    """A list of fewer people that fills as much, who brings most first; the same list where none was found."""
    fewer = fewest_people(ahead, everything, chosen, seconds=seconds)
    if fewer is None:
        return dict(chosen)
    alone = {person_id: _gain(ahead, {}, person_id, everything[person_id]) for person_id in fewer}
    order = sorted(fewer, key=lambda each: (*(-gained for gained in alone[each]), each))
    shorter = _with_nothing_too_much(ahead, {each: everything[each] for each in order})
    return shorter if _worth(ahead, shorter) == _worth(ahead, chosen) else dict(chosen)


def _with_nothing_too_much(ahead: Ahead, chosen: Renewed) -> dict[int, frozenset[str]]:
    """The list without whom, and without what, it loses no seat."""
    kept = dict(chosen)
    for person_id, codes in reversed(list(chosen.items())):
        for less in (codes, *(frozenset({code}) for code in sorted(codes) if len(codes) > 1)):
            without = {**kept, person_id: kept[person_id] - less}
            if kept[person_id] and _worth(ahead, without) == _worth(ahead, kept):
                kept = without
    return {person_id: codes for person_id, codes in kept.items() if codes}


def _worth(ahead: Ahead, renewed: Renewed) -> tuple[int, int]:
    worth = [week.filled(renewed).worth for week in ahead.weeks]
    return sum(safe for safe, _ in worth), sum(seats for _, seats in worth)
