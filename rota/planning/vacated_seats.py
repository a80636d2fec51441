"""Published seats that became empty: which they are, and filling them again while as few others as possible move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app import audit, db
from app.jobs.models import Task
from app.refusals import Conflict
from rota.planning.drafts import lay_proposal
from rota.planning.proposals import (
    SnapshotOutdated,
    draft_of,
    is_out_of_date,
    locked_board,
    marks_of,
    roster_to_fill,
    seats_for,
    start_task,
)
from rota.scheduling.roster import Seating
from rota.scheduling.roster_json import plan_from_json, roster_to_json
from rota.store.draft_board import DraftBoard, draft_board
from rota.store.models import AssignmentChange, ChangeReason, Draft, Rota
from rota.store.seats import SeatRow, get_rota

KIND = "replan"
SECONDS = 10  # At most: nearly all seats are filled in a fraction of a second.

LEFT = (ChangeReason.DROPPED, ChangeReason.NOT_CLEARED, ChangeReason.ACCOUNT_CLOSED)
"""How a published seat becomes empty without a coordinator wanting it."""


class NothingVacated(Conflict):
    """No published seat became empty, or all of them have somebody in the draft."""


@dataclass(frozen=True)
class FillSummary:
    """What the last filling of vacated seats came to."""

    at: datetime
    seats: int
    filled: int
    moved: int
    """How many others have another published seat, or one less, in the draft because of it."""

    @property
    def unfilled(self) -> int:
        """The vacated seats for which nobody was found."""
        return self.seats - self.filled


def vacated_seats(board: DraftBoard, *, now: datetime) -> list[SeatRow]:
    """Return the coming published seats that were given back or released, and that nobody has in the draft either.

    Seats of people who shadow do not count, nor do those that a coordinator cleared. Takes one query at most.
    """
    empty = {
        seat.id: seat
        for seat in board.seats
        if seat.is_open and seat.duty.counts_as_cover and seat.starts_at > now
        if board.holder(seat) is None and not board.is_by_hand(seat) and not board.is_locked(seat)
    }
    if not empty:
        return []
    newest = (
        select(func.max(AssignmentChange.id))
        .where(AssignmentChange.seat_id.in_(empty))
        .group_by(AssignmentChange.seat_id)
    )
    rows = db.session.scalars(
        select(AssignmentChange.seat_id).where(AssignmentChange.id.in_(newest), AssignmentChange.why.in_(LEFT))
    )
    vacated = set(rows)
    return [seat for seat_id, seat in empty.items() if seat_id in vacated]


def ask_to_fill(rota: Rota, *, by: int | None, now: datetime) -> Task:
    """Ask for the vacated seats to be filled in the rota's draft, opening one if there is none."""
    if not vacated_seats(draft_board(rota), now=now):
        raise NothingVacated("No seat of this rota is waiting to be filled again.")
    return start_task(KIND, rota, seconds=SECONDS, by=by, now=now)


def prepare(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Take the snapshot for the child process, as JSON values."""
    board = draft_board(get_rota(arguments["rota_id"]))
    return _prepared(board, now=now) | {"seconds": arguments["seconds"]}


def _prepared(board: DraftBoard, *, now: datetime) -> dict[str, Any]:
    """The roster, in which only what a coordinator placed by hand, and what stays, is fixed, and the seats to fill."""
    by_hand = (
        Seating(seat.shift_id, seat.duty, holder)
        for seat in board.seats
        for holder in (board.holder(seat),)
        if holder is not None and seat.starts_at > now and (board.is_by_hand(seat) or board.stays(seat))
    )
    roster = replace(roster_to_fill(board, now=now), fixed=tuple(sorted(by_hand)))
    vacated = Counter((seat.shift_id, seat.duty) for seat in vacated_seats(board, now=now))
    return {
        "roster": roster_to_json(roster),
        "vacated": [
            {"shift_id": shift_id, "duty": duty, "seats": seats} for (shift_id, duty), seats in sorted(vacated.items())
        ],
    }


def keep(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    """Write the filled seats into the task's draft, and keep the figures. Refused if anything changed meanwhile."""
    draft = draft_of(task)
    board = locked_board(draft)
    if any(prepared[key] != value for key, value in _prepared(board, now=now).items()):
        raise SnapshotOutdated(
            "People, times or seats changed while this was worked out, so it was not kept. Fill the seats again."
        )
    moved = _write(draft, board, output, by=task.requested_by_id, now=now)
    figures = {key: output[key] for key in ("seats", "filled", "seconds")} | {"moved": moved}
    task.result = figures | marks_of(draft, board.revision)
    counts = {key: figures[key] for key in ("seats", "filled", "moved")}
    audit.record("rota.replanned", by=task.requested_by_id, subject=f"draft:{draft.id}", now=now, details=counts)


def _write(draft: Draft, board: DraftBoard, output: dict[str, Any], *, by: int | None, now: datetime) -> int:
    """Write the plan into the draft. Returns how many people lose a seat that is theirs as published."""
    vacated = {seat.id for seat in vacated_seats(board, now=now)}
    changeable = [
        seat
        for seat in board.seats
        if seat.starts_at > now and not board.is_by_hand(seat) and not board.is_locked(seat)
    ]
    # Of two free seats of one line the vacated one is filled, so that it no longer counts as empty.
    changeable.sort(key=lambda seat: seat.id not in vacated)
    decided = seats_for(board, plan_from_json(output["plan"]), changeable, now=now)
    lay_proposal(draft, board, decided, by=by, now=now)
    return len({s.person_id for s in changeable if s.person_id is not None and decided[s.id] != s.person_id})


def were_filled_last(board: DraftBoard) -> bool:
    """Whether the draft's newest piece of work was filling vacated seats, and not a whole proposal."""
    return board.task is not None and board.task.kind == KIND


def last_fill(board: DraftBoard) -> FillSummary | None:
    """Return what the draft's last filling came to, or None if none was kept or anything has changed since."""
    task = board.task
    if task is None or task.kind != KIND or task.result is None or task.finished_at is None:
        return None
    if is_out_of_date(task.result, board):
        return None
    return FillSummary(task.finished_at, task.result["seats"], task.result["filled"], task.result["moved"])
