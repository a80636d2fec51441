"""The smallest change of a published rota that fills empty seats: who would move, and asking them.

A worker looks for it in a child process, as for the vacated seats of a draft, but nothing is written: the page shows
who has what and who would, and everybody concerned is asked. Nothing changes before all of them said yes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app import db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.people.directory import names_of
from app.refusals import Conflict, NotFound
from rota.exchanges.changes import NewMove, propose, seats_with_cover_asked
from rota.exchanges.models import ChangeKind, SeatChange
from rota.planning.proposals import SnapshotOutdated, seats_for, without_those_who_left
from rota.scheduling.roster import Seating
from rota.scheduling.roster_json import plan_from_json, roster_to_json
from rota.store.asking_hours import may_be_asked_from
from rota.store.draft_board import DraftBoard, get_board
from rota.store.left_shifts import people_who_left
from rota.store.models import Rota, Seat
from rota.store.seat_asks import who_said_no
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import take_snapshot

KIND = "smallest-change"
SECONDS = 10
"""At most: nearly all seats are filled in a fraction of a second."""


@dataclass(frozen=True)
class Moved:
    """One seat, who has it and who would. None: nobody."""

    seat: SeatRow
    was: str | None
    becomes: str | None


@dataclass(frozen=True)
class SmallestChange:
    """What was found: the moves, and everybody who has to agree to them."""

    moves: Sequence[Moved]
    asked: Sequence[str]
    seats: int
    filled: int
    seconds: float


def look_for(seat_ids: Collection[int], *, by: int, now: datetime) -> Task:
    """Ask a worker for the smallest change that fills these empty seats of one published rota.

    Of seats of several rotas those of the first are looked at. Refuses seats that are taken or have begun.
    """
    seats = seats_where(Seat.id.in_(seat_ids), Rota.version > 0)
    empty = [seat for seat in seats if seat.is_open and seat.starts_at > now]
    if not empty:
        raise Conflict("None of these seats is empty any more, so nothing has to move.")
    ids = [seat.id for seat in empty if seat.rota_id == empty[0].rota_id]
    arguments = {"rota_id": empty[0].rota_id, "seat_ids": ids, "seconds": SECONDS}
    return tasks.start(kind=KIND, arguments=arguments, by=by, now=now)


def prepare(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Take the snapshot for the child process, as JSON values."""
    return _prepared(_published(arguments["rota_id"]), arguments, now=now)


def _published(rota_id: int) -> DraftBoard:
    """The rota as it is published, whatever its draft says."""
    return replace(get_board(rota_id), draft=None, task=None, changes={})


def _prepared(board: DraftBoard, arguments: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    left: dict[int, set[int]] = defaultdict(set)
    for person_id, shift_ids in people_who_left(board, now=now).items():
        left[person_id] |= shift_ids
    empty = _empty(board, arguments["seat_ids"], now=now)
    for shift_id in {seat.shift_id for seat in empty}:
        for person_id in who_said_no(shift_id):
            left[person_id].add(shift_id)
    locked = (
        Seating(seat.shift_id, seat.duty, seat.person_id)
        for seat in board.seats
        if seat.person_id is not None and seat.starts_at > now and board.stays(seat)
    )
    roster = without_those_who_left(replace(take_snapshot(board, now=now).roster, fixed=tuple(sorted(locked))), left)
    vacated = Counter((seat.shift_id, seat.duty) for seat in empty)
    return {
        "roster": roster_to_json(roster),
        "vacated": [
            {"shift_id": shift_id, "duty": duty, "seats": seats} for (shift_id, duty), seats in sorted(vacated.items())
        ],
        "seconds": arguments["seconds"],
    }


def _empty(board: DraftBoard, seat_ids: Collection[int], *, now: datetime) -> list[SeatRow]:
    return [seat for seat in board.seats if seat.id in seat_ids and seat.is_open and seat.starts_at > now]


def keep(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    """Keep the moves in the task; nothing else is written. Refused if people, times or seats changed meanwhile."""
    board = _published(task.arguments["rota_id"])
    if _prepared(board, task.arguments, now=now) != prepared:
        raise SnapshotOutdated("People, times or seats changed while this was worked out. Look for it again.")
    wanted = set(task.arguments["seat_ids"])
    changeable = sorted((s for s in board.seats if s.starts_at > now), key=lambda seat: seat.id not in wanted)
    decided = seats_for(board, plan_from_json(output["plan"]), changeable, now=now)
    moves = [[seat.id, seat.person_id, decided[seat.id]] for seat in changeable if decided[seat.id] != seat.person_id]
    task.result = {"moves": moves} | {key: output[key] for key in ("seats", "filled", "seconds")}


def task_of(task_id: int) -> Task:
    """The task of this number, if it looks for a smallest change; refuses any other as not found."""
    task = db.session.get(Task, task_id)
    if task is None or task.kind != KIND:
        raise NotFound("There is no such work.")
    return task


def found_by(task: Task) -> SmallestChange | None:
    """What a finished task found; None while it works, or where it failed."""
    if task.result is None:
        return None
    moves = task.result["moves"]
    seats = {seat.id: seat for seat in seats_where(Seat.id.in_([seat_id for seat_id, _, _ in moves]))}
    people = {person for _, *both in moves for person in both if person is not None}
    names = names_of(people)
    shown = [
        Moved(seats[seat_id], names.get(was or 0), names.get(becomes or 0))
        for seat_id, was, becomes in moves
        if seat_id in seats
    ]
    shown.sort(key=lambda move: move.seat.starts_at)
    asked = sorted(names[person] for person in people)
    return SmallestChange(shown, asked, task.result["seats"], task.result["filled"], task.result["seconds"])


def ask(task_id: int, *, by: int, now: datetime) -> SeatChange:
    """Ask everybody concerned by what a task found: with the last yes all of it happens, or none.

    Refuses what has changed meanwhile, what fills no seat, and somebody who would be asked in their night.
    """
    task = task_of(task_id)
    if task.state is not TaskState.DONE or task.result is None or not task.result["moves"]:
        raise Conflict("Nothing was found that fills these seats, so there is nobody to ask.")
    moves = task.result["moves"]
    holders = {seat.id: seat.person_id for seat in seats_where(Seat.id.in_([seat_id for seat_id, _, _ in moves]))}
    if any(holders.get(seat_id, 0) != was for seat_id, was, _ in moves):
        raise SnapshotOutdated("Somebody was quicker: these seats changed hands meanwhile. Look for it again.")
    asked = {becomes for _, _, becomes in moves if becomes is not None}
    covered = seats_with_cover_asked([seat_id for seat_id, was, _ in moves if was is not None])
    asked |= {was for seat_id, was, _ in moves if was is not None and seat_id not in covered}
    asleep = [person for person, since in may_be_asked_from(asked, now=now).items() if since > now]
    if asleep:
        names = " and ".join(sorted(names_of(asleep).values()))
        raise Conflict(f"It is night where {names} would be asked, and nobody is asked then who has not said so.")
    new = [NewMove(seat_id, becomes) for seat_id, _, becomes in moves]
    return propose(ChangeKind.PLANNED, new, asker=None, asked=asked, by=by, now=now)
