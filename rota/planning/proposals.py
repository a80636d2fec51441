"""Proposals: the engine fills a draft in a child process, from a snapshot that must still hold at the end."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from app import audit, db
from app.audit import AuditLine
from app.jobs import tasks
from app.jobs.models import Task
from app.refusals import Conflict, Invalid
from progression.duties import Duty
from rota.planning.drafts import keep_proposal, open_draft
from rota.scheduling.roster import Plan, plan_from_json, to_json
from rota.store.assignments import lock_rota
from rota.store.models import Draft, DraftState, Rota, VersionKind
from rota.store.seats import get_rota
from rota.store.snapshot import DraftBoard, draft_board, take_snapshot

KIND = "propose"
SECONDS = 15  # The budget for a month of 500 people on two cores.


MAY_CHANGE_IT = (
    "rota.availability-%",
    "progression.evidence-%",
    "policy.written",
    "people.invitation-taken",
    "people.suspended",
    "people.reinstated",
    "people.details-corrected",
    *(f"rota.{kind}" for kind in VersionKind),
)
"""What is recorded of people, policies and other rotas that a proposal may rest on."""


class AlreadyProposing(Conflict):
    """One proposal at a time for a rota."""


class SnapshotOutdated(Conflict):
    """What the proposal was made from has changed."""


def ask(rota: Rota, *, by: int | None, now: datetime) -> Task:
    """Ask for a proposal for a rota's draft, opening one if there is none. Seats placed by hand stay."""
    draft = open_draft(rota, by=by, now=now)
    if draft.task_id is not None and not db.session.get_one(Task, draft.task_id).is_over:
        raise AlreadyProposing("A proposal is being worked out already. You can stop it and keep what it has.")
    if rota_is_over(draft_board(rota), now=now):
        raise Invalid("Every shift of this rota has begun, so there is nothing left to propose.")
    task = tasks.start(
        kind=KIND, arguments={"rota_id": rota.id, "draft_id": draft.id, "seconds": SECONDS}, by=by, now=now
    )
    draft.task_id = task.id
    return task


def rota_is_over(board: DraftBoard, *, now: datetime) -> bool:
    """Whether every shift has begun."""
    return all(seat.starts_at <= now for seat in board.seats)


def prepare(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Take the snapshot for the child process, as JSON values."""
    board = draft_board(get_rota(arguments["rota_id"]))
    return {"roster": to_json(take_snapshot(board, now=now).roster), "seconds": arguments["seconds"]}


def keep(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    """Write the proposal into the task's draft, and keep its figures in the task."""
    draft = db.session.get_one(Draft, task.arguments["draft_id"])
    keep_in_draft(draft, prepared, output, by=task.requested_by_id, now=now)
    figures = {key: output[key] for key in ("seats", "filled", "bound", "proved", "seconds", "reasons")}
    task.result = figures | {"laid": _seats_digest(draft_board(get_rota(draft.rota_id)))}


def keep_in_draft(
    draft: Draft, prepared: dict[str, Any], output: dict[str, Any], *, by: int | None, now: datetime
) -> None:
    """Write a proposal into a draft. Refused if anything it was made from has changed meanwhile."""
    rota = lock_rota(draft.rota_id)
    db.session.refresh(draft)
    if draft.state != DraftState.OPEN:
        raise SnapshotOutdated("The draft was published or put away meanwhile, so this proposal was not kept.")
    board = draft_board(rota)
    if to_json(take_snapshot(board, now=now).roster) != prepared["roster"]:
        raise SnapshotOutdated(
            "People, times or seats changed while this was worked out, so it was not kept. Ask for a new proposal."
        )
    seated = seats_for(board, plan_from_json(output["plan"]), now=now)
    keep_proposal(draft, board, seated, by=by, now=now)
    audit.record(
        "rota.proposed",
        by=by,
        subject=f"draft:{draft.id}",
        now=now,
        details={"filled": output["filled"], "bound": output["bound"], "proved": output["proved"]},
    )


def draft(draft_id: int) -> Draft:
    """One draft."""
    return db.session.get_one(Draft, draft_id)


def seats_for(board: DraftBoard, plan: Plan, *, now: datetime) -> dict[int, int]:
    """Return a person for each seat: those who have a seat of the line keep it, others take free ones in order."""
    waiting: dict[tuple[int, Duty], list[int]] = defaultdict(list)
    for seating in sorted(plan.seatings):
        waiting[seating.shift_id, seating.duty].append(seating.person_id)
    seated: dict[int, int] = {}
    ahead = [seat for seat in board.seats if seat.starts_at > now]
    for seat in ahead:
        holder = board.holder(seat)
        if holder in waiting[seat.shift_id, seat.duty]:
            waiting[seat.shift_id, seat.duty].remove(holder)
            seated[seat.id] = holder
    for seat in ahead:
        if seat.id not in seated and waiting[seat.shift_id, seat.duty] and not board.is_settled(seat):
            seated[seat.id] = waiting[seat.shift_id, seat.duty].pop(0)
    return seated


def progress_figures(task: Task) -> Mapping[str, int]:
    """Return how far a proposal is; zeros before its first progress report."""
    reported = task.result or task.progress or {}
    figures = {key: int(reported.get(key, 0)) for key in ("filled", "bound", "seats", "seconds")}
    return figures | {"possible": figures["bound"] - figures["filled"]}


@dataclass(frozen=True)
class ProposalSummary:
    """The figures of the last proposal when it was kept, and whether they are out of date."""

    at: datetime
    filled: int
    bound: int
    seats: int
    filled_now: int
    """How many of the seats it was asked to fill have somebody in the draft now."""
    is_overtaken: bool
    """Whether seats, people or rules have changed since."""


def last_proposal(board: DraftBoard) -> ProposalSummary | None:
    """Return the figures of the draft's last proposal, or None if none was kept. Takes one query at most."""
    task = board.task
    if task is None or task.result is None or task.finished_at is None or board.draft is None:
        return None
    counted = [s for s in board.seats if s.is_wanted and s.duty.counts_as_cover and s.starts_at > task.finished_at]
    return ProposalSummary(
        at=task.finished_at,
        filled=int(task.result["filled"]),
        bound=int(task.result["bound"]),
        seats=int(task.result["seats"]),
        filled_now=sum(board.holder(seat) is not None for seat in counted),
        is_overtaken=task.result.get("laid") != _seats_digest(board) or _something_changed_since(board.draft),
    )


def _seats_digest(board: DraftBoard) -> str:
    """Equal for as long as the same people have the same seats: 16 hexadecimal digits."""
    seats = [(seat.id, seat.is_wanted, board.holder(seat)) for seat in board.seats]
    return hashlib.sha256(repr(seats).encode()).hexdigest()[:16]


def _something_changed_since(draft: Draft) -> bool:
    """Whether anything was recorded, after the draft's last proposal was kept, that may have changed it."""
    kept = (
        select(func.max(AuditLine.id))
        .where(AuditLine.subject == f"draft:{draft.id}", AuditLine.action == "rota.proposed")
        .scalar_subquery()
    )
    later = select(AuditLine.id).where(AuditLine.id > kept, or_(*(AuditLine.action.like(one) for one in MAY_CHANGE_IT)))
    return db.session.scalar(later.limit(1)) is not None


def reasons_for(task: Task | None, monday: date) -> list[Mapping[str, Any]]:
    """Return why the last proposal could not fill this week whole, by duty and time of day, as far as it found out."""
    result = (task.result or {}) if task is not None else {}
    # Results kept before they named shifts cannot be shown by day.
    return [one for one in result.get("reasons", {}).get(monday.isoformat(), ()) if "shift_ids" in one]


def task_of(rota_id: int) -> Task | None:
    """The newest proposal for the rota's open draft, running or finished."""
    return db.session.scalars(
        select(Task)
        .join(Draft, Draft.task_id == Task.id)
        .where(Draft.rota_id == rota_id, Draft.state == DraftState.OPEN)
    ).one_or_none()
