"""Undoing and redoing the steps of a draft, also those of a colleague.

Each seat of a step is put back only if it is still as the step left it: what somebody did with it since stays, and is
said. Nothing that is put back may break a rule; what was a reason to set one aside is put back with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.refusals import Conflict, NotFound
from rota.planning.drafts import BreaksRules
from rota.planning.moves import Move
from rota.planning.publishing import stopping_breaches
from rota.store.assignments import lock_rota
from rota.store.draft_board import DraftBoard, draft_board
from rota.store.draft_steps import DraftStep, DraftStepSeat, State, StepKind, put_states, states_of
from rota.store.models import (
    ChangeReason,
    Draft,
    DraftState,
    Rota,
)
from rota.store.seats import SeatRow
from rota.store.snapshot import take_snapshot


class StepOvertaken(Conflict):
    """Every seat of the step was changed since by somebody, so there is nothing left to undo or redo of it."""


class StepTurned(Conflict):
    """Somebody else undid the step, or made it again, a moment before."""


@dataclass(frozen=True)
class Step:
    """One step of a draft as pages tell it."""

    id: int
    kind: StepKind
    by: str
    made_at: datetime
    undone_by: str | None
    """Who undid it; None while it is in force."""
    turned_at: datetime
    """When it was made, undone or made again, whichever came last."""
    seats: int
    seat: SeatRow | None
    """Its seat, where it has one alone."""
    to: str | None
    """Who was given that seat."""

    @property
    def words(self) -> str:
        """What was done, such as “gave Wren the seat Board, moderator”, without the time of its shift."""
        if self.seat is None:
            what = {
                StepKind.ASSIGNED: "took people over from another rota",
                StepKind.PROPOSED: "took a proposal",
                StepKind.REVERSED: "put a published version back",
            }
            return f"{what.get(self.kind, 'changed seats')} with {self.seats} seats"
        place = f"{self.seat.channel}, {self.seat.duty.words}"
        return {
            StepKind.ASSIGNED: f"gave {self.to or 'somebody'} the seat {place}",
            StepKind.CLEARED: f"cleared the seat {place}",
            StepKind.LEFT_AS_PUBLISHED: f"left as published the seat {place}",
            StepKind.PROPOSED: f"took a proposal for the seat {place}",
            StepKind.LOCKED: f"locked the seat {place}",
            StepKind.UNLOCKED: f"unlocked the seat {place}",
            StepKind.REVERSED: f"put back the seat {place}",
        }[self.kind]


@dataclass(frozen=True)
class Turned:
    """What undoing or redoing a step came to."""

    seats: int
    kept: tuple[SeatRow, ...]
    """The seats that were left alone, because they were changed since or their shift has begun."""


def undo(rota: Rota, step_id: int, *, by: int, now: datetime) -> Turned:
    """Undo one step of the open draft, also a colleague’s; seats that were changed since stay as they are.

    Refuses where that would break a rule, or nothing is left to undo.
    """
    return _turn(rota, step_id, by=by, now=now, back=True)


def redo(rota: Rota, step_id: int, *, by: int, now: datetime) -> Turned:
    """Make a step again that was undone; otherwise as `undo`."""
    return _turn(rota, step_id, by=by, now=now, back=False)


def _turn(rota: Rota, step_id: int, *, by: int, now: datetime, back: bool) -> Turned:
    draft = _open_draft_of(rota)
    step = db.session.scalars(
        select(DraftStep)
        .where(DraftStep.id == step_id, DraftStep.draft_id == draft.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if step is None:
        raise NotFound("That was done in another draft, which was published or put away meanwhile.")
    if (step.undone_at is not None) is back:
        raise StepTurned("Somebody undid this a moment ago." if back else "Somebody made this again a moment ago.")
    board = draft_board(rota)
    seats = {seat.id: seat for seat in board.seats}
    rows = db.session.scalars(select(DraftStepSeat).where(DraftStepSeat.step_id == step.id)).all()
    rows = [row for row in rows if row.is_undone is not back]
    present = states_of(draft, only=[row.seat_id for row in rows])
    turning: dict[int, State | None] = {}
    for row in rows:
        expected, target = (row.after, row.before) if back else (row.before, row.after)
        if present.get(row.seat_id) == expected and seats[row.seat_id].starts_at > now:
            turning[row.seat_id] = target
    kept = tuple(seats[row.seat_id] for row in rows if row.seat_id not in turning)
    if not turning:
        raise StepOvertaken(
            "All of this was changed since, or has begun, so it stays as it is now. Change the seats themselves."
        )
    put_states(draft, turning)
    _refuse_what_breaks_rules(rota, turning, now=now)
    for row in rows:
        row.is_undone = back if row.seat_id in turning else row.is_undone
    step.undone_at, step.undone_by_id = (now, by) if back else (None, None)
    step.turned_at = now
    return Turned(len(turning), kept)


def _open_draft_of(rota: Rota) -> Draft:
    lock_rota(rota.id)
    draft = db.session.scalars(
        select(Draft)
        .where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if draft is None:
        raise NotFound("The draft was published or put away meanwhile, so there is nothing to undo or redo in it.")
    return draft


def _refuse_what_breaks_rules(rota: Rota, seat_ids: Collection[int], *, now: datetime) -> None:
    """Refuse if a person whom one of these seats goes to would break a rule there without a reason."""
    board = draft_board(rota)
    moves = [
        Move(seat, seat.person_id, board.holder(seat), ChangeReason.BY_HAND, None)
        for seat in board.seats
        if seat.id in seat_ids and seat.id in board.changes and board.has_holder(seat)
    ]
    if moves and (stopping := stopping_breaches(board, take_snapshot(board, now=now, only=()), moves)):
        raise BreaksRules(*dict.fromkeys(breach.sentence for breach in stopping))


@dataclass(frozen=True)
class LastSteps:
    """The newest steps of a draft, and which of them the buttons are about."""

    steps: Sequence[Step]

    @property
    def to_undo(self) -> Step | None:
        """The newest step in force."""
        return next((step for step in self.steps if step.undone_by is None), None)

    @property
    def to_redo(self) -> Step | None:
        """The step that was undone last."""
        undone = [step for step in self.steps if step.undone_by is not None]
        return max(undone, key=lambda step: (step.turned_at, -step.id), default=None)


def last_steps(board: DraftBoard) -> LastSteps:
    """The newest steps of the open draft, the newest first."""
    seats = {seat.id: seat for seat in board.seats}
    return LastSteps(
        [
            Step(
                id=row.step.id,
                kind=StepKind(row.step.kind),
                by=row.by or "Nightlight",
                made_at=row.step.made_at,
                undone_by=None if row.step.undone_at is None else row.undone_by or "Nightlight",
                turned_at=row.step.turned_at,
                seats=row.seats,
                seat=seats.get(row.seat_id) if row.seats == 1 else None,
                to=row.given_to,
            )
            for row in board.steps
        ]
    )
