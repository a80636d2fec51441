"""Seats whose holder may no longer have them: the rules allowed it when they were given, and do not now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rota.scheduling.rules.base import Breach, Scope
from rota.scheduling.rules.book import book_of, person_breaches, shift_breaches
from rota.scheduling.rules.policy import Severity
from rota.store.draft_board import DraftBoard
from rota.store.seats import SeatRow
from rota.store.snapshot import Snapshot


def doubtful_seats(board: DraftBoard, snapshot: Snapshot, seats: Iterable[SeatRow]) -> Mapping[int, tuple[str, ...]]:
    """Return, by seat id, the sentences of the rules that a seat's holder breaks there; seats without any are left out.

    A rule that may be set aside with a reason counts only where the draft gave the seat and nobody wrote a reason:
    for a published seat, the person who gave it has answered for that. Seats of shifts that are not in the snapshot,
    such as those that have begun, are passed over.
    """
    held = {(seat.shift_id, holder): seat for seat in seats for holder in (board.holder(seat),) if holder is not None}
    doubts: dict[int, dict[str, None]] = defaultdict(dict)
    for breach in _breaches(snapshot, held):
        for shift_id in breach.shift_ids:
            seat = held.get((shift_id, breach.person_id or 0))
            if seat is not None and _counts(board, seat, breach):
                doubts[seat.id][breach.sentence] = None
    return {seat_id: tuple(sentences) for seat_id, sentences in doubts.items()}


def _breaches(snapshot: Snapshot, held: Iterable[tuple[int, int]]) -> Iterator[Breach]:
    roster, plan = snapshot.roster, snapshot.plan
    book = book_of(roster)
    for person_id in sorted({person_id for _, person_id in held} & set(roster.person_by_id)):
        person = roster.person_by_id[person_id]
        yield from person_breaches(roster, book, person, roster.stints(person, plan.by_person.get(person_id, ())))
    if not roster.pairs:  # Only people who are kept apart break a rule about a shift in person.
        return
    for shift_id in sorted({shift_id for shift_id, _ in held} & set(roster.shift_by_id)):
        of_shift = shift_breaches(roster, book.naming_people, roster.shift_by_id[shift_id], plan)
        yield from (breach for breach in of_shift if breach.scope is Scope.PERSON)


def _counts(board: DraftBoard, seat: SeatRow, breach: Breach) -> bool:
    change = board.changes.get(seat.id)
    if breach.severity is Severity.OVERRIDABLE:
        return change is not None and breach.rule not in change.overrides
    return breach.severity is Severity.HARD
