"""Changes of a published rota near its time: its people are asked first, or it is a named emergency.

The first publication of a rota asks nobody, however near: nobody has planned their days by it yet, and people are only
given times that they offered. After that a seat that begins within the policy's notice changes only with the yes of
everybody who would lose or get it. Who looks for cover has said yes to losing it already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from app import db
from app.refusals import Invalid
from rota.exchanges.changes import NewMove, propose, seats_with_cover_asked
from rota.exchanges.models import ChangeKind, SeatChange
from rota.exchanges.policy import rules_now
from rota.planning.moves import Move
from rota.store.draft_board import DraftBoard
from rota.store.emergency_reasons import EmergencyReason
from rota.store.models import RotaVersion

LONGEST_WORDS = 500


def to_be_asked(board: DraftBoard, moves: Iterable[Move], *, now: datetime) -> tuple[Move, ...]:
    """Those moves of a draft that publishing may not make without the yes of the people concerned."""
    if not board.rota.is_published:
        return ()
    rules = rules_now(now)
    near = [move for move in moves if rules.needs_consent(move.seat, now=now)]
    covered = _with_cover_asked(near)
    return tuple(move for move in near if _who_is_asked(move, covered))


def ask_first(
    board: DraftBoard, moves: Sequence[Move], *, by: int, now: datetime, told_otherwise: Collection[int]
) -> dict[int, list[int]]:
    """Ask the people of these moves. Those that share a person are one question, made together or not at all.

    Returns the ids of the changes that each person is asked about. Those in `told_otherwise` have seats that change at
    once, and read of both in one e-mail.
    """
    covered = _with_cover_asked(moves)
    asked: dict[int, list[int]] = defaultdict(list)
    for group in _groups(moves):
        change = _ask(board, group, covered, told_otherwise, by=by, now=now)
        for party in change.parties:
            asked[party.person_id].append(change.id)
    return asked


def emergency_words(words: str) -> str:
    """The reason for not asking, as it is kept; empty where there is none. Refuses one that is too long."""
    tidy = " ".join(words.split())
    if len(tidy) > LONGEST_WORDS:
        raise Invalid(f"Please keep why it cannot wait under {LONGEST_WORDS} characters.", field="emergency")
    return tidy


def keep_emergency(version: RotaVersion, words: str, *, by: int) -> None:
    """Keep who decided not to ask first, and why, for the people who read it."""
    db.session.add(EmergencyReason(version_id=version.id, by_id=by, words=words))


def _ask(
    board: DraftBoard,
    moves: Sequence[Move],
    covered: Collection[int],
    told_otherwise: Collection[int],
    *,
    by: int,
    now: datetime,
) -> SeatChange:
    drafted = [board.changes[move.seat.id] for move in moves]
    new = [
        NewMove(move.seat.id, move.to_person_id, change.overrides, change.override_words)
        for move, change in zip(moves, drafted, strict=True)
    ]
    asked = {person for move in moves for person in _who_is_asked(move, covered)}
    return propose(ChangeKind.PLANNED, new, asker=None, asked=asked, by=by, now=now, told_otherwise=told_otherwise)


def _with_cover_asked(moves: Iterable[Move]) -> frozenset[int]:
    return seats_with_cover_asked([move.seat.id for move in moves if move.from_person_id is not None])


def _who_is_asked(move: Move, covered: Collection[int]) -> set[int]:
    """Who gets the seat, and who loses it unless they look for cover themselves, as for the seats in `covered`."""
    people = {move.to_person_id}
    if move.seat.id not in covered:
        people.add(move.from_person_id)
    return {person for person in people if person is not None}


def _groups(moves: Sequence[Move]) -> list[list[Move]]:
    """The moves in groups, such that nobody is in two of them."""
    groups: list[tuple[set[int], list[Move]]] = []
    for move in moves:
        people = {person for person in (move.from_person_id, move.to_person_id) if person is not None}
        together = [move]
        for group in [each for each in groups if each[0] & people]:
            groups.remove(group)
            people |= group[0]
            together += group[1]
        groups.append((people, together))
    return [sorted(together, key=lambda move: move.seat.id) for _, together in groups]
