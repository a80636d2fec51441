"""Proposals: the engine fills a draft in a child process, from a snapshot that must still hold at the end."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import audit, clock, db, settings
from app.jobs import tasks
from app.jobs.models import Task
from app.refusals import Conflict, Invalid
from progression.duties import Duty
from rota.planning.drafts import lay_proposal, open_draft
from rota.planning.proposal_scope import WHOLE_ROTA, ProposalScope
from rota.scheduling.engine.replan import without_person
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.roster_json import plan_from_json, roster_to_json
from rota.store.assignments import lock_rota
from rota.store.draft_board import DraftBoard, draft_board
from rota.store.left_shifts import people_who_left
from rota.store.models import Draft, DraftState, Rota
from rota.store.seats import SeatRow, get_rota
from rota.store.snapshot import plan_of, take_snapshot

KIND = "propose"
SECONDS = 15  # The budget for a month of 500 people on two cores.


class AlreadyProposing(Conflict):
    """One proposal at a time for a rota."""


class SnapshotOutdated(Conflict):
    """What the proposal was made from has changed."""


def ask(rota: Rota, *, by: int | None, now: datetime, scope: ProposalScope = WHOLE_ROTA) -> Task:
    """Ask for a proposal for a rota's draft, opening one if there is none. Seats placed by hand and locked ones stay.

    Refuses a scope without a shift that is still to come.
    """
    if rota_is_over(draft_board(rota), now=now):
        raise Invalid("Every shift of this rota has begun, so there is nothing left to propose.")
    if scope.last is not None and scope.last < clock.on(now, settings.current().zone):
        raise Invalid("These days are over, so there is nothing left to propose for them.")
    return start_task(KIND, rota, seconds=SECONDS, by=by, now=now, scope=scope)


def start_task(
    kind: str, rota: Rota, *, seconds: int, by: int | None, now: datetime, scope: ProposalScope = WHOLE_ROTA
) -> Task:
    """Ask for long work on a rota's draft, opening one if there is none; one piece of work at a time."""
    draft = open_draft(rota, by=by, now=now)
    if draft.task_id is not None and not db.session.get_one(Task, draft.task_id).is_over:
        raise AlreadyProposing("A proposal is being worked out already. You can stop it and keep what it has.")
    arguments: dict[str, Any] = {"rota_id": rota.id, "draft_id": draft.id, "seconds": seconds}
    if scope != WHOLE_ROTA:
        arguments["scope"] = scope.as_json()
    task = tasks.start(kind=kind, arguments=arguments, by=by, now=now)
    draft.task_id = task.id
    return task


def rota_is_over(board: DraftBoard, *, now: datetime) -> bool:
    """Whether every shift has begun."""
    return all(seat.starts_at <= now for seat in board.seats)


def prepare(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Take the snapshot for the child process, as JSON values."""
    board = draft_board(get_rota(arguments["rota_id"]))
    scope = ProposalScope.from_json(arguments.get("scope"))
    prepared = {
        "roster": roster_to_json(_roster_to_propose(board, now=now, scope=scope)),
        "seconds": arguments["seconds"],
    }
    return prepared | {"scope": scope.as_json()}


def roster_to_fill(board: DraftBoard, *, now: datetime, scope: ProposalScope = WHOLE_ROTA) -> Roster:
    """The rota and its open draft as the engine is given them: nobody is available for a shift that they left.

    Seats outside the scope, and locked ones, are left as they are.
    """
    roster = without_those_who_left(take_snapshot(board, now=now).roster, people_who_left(board, now=now))
    return scope.narrowed(roster, board, now=now)


def _roster_to_propose(board: DraftBoard, *, now: datetime, scope: ProposalScope) -> Roster:
    """The same for a proposal, which spares people changes of what they were told, and not of an earlier proposal."""
    roster = roster_to_fill(board, now=now, scope=scope)
    told = [(seat, seat.person_id) for seat in board.seats if seat.starts_at > now]
    published = plan_of((seat, holder) for seat, holder in told if holder in roster.person_by_id)
    return replace(roster, current=tuple(sorted({*published.seatings, *roster.fixed})))


def without_those_who_left(roster: Roster, left: Mapping[int, Collection[int]]) -> Roster:
    """The roster in which nobody is available for a shift that they left: `left` has shift ids by person id."""
    for person_id, shift_ids in left.items():
        if person_id in roster.person_by_id:
            shifts = [roster.shift_by_id[n] for n in sorted(shift_ids) if n in roster.shift_by_id]
            roster = without_person(roster, person_id, shifts, from_all=False)
    return roster


def keep(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    """Write the proposal into the task's draft, and keep its figures in the task."""
    draft = draft_of(task)
    revision = keep_in_draft(draft, prepared, output, by=task.requested_by_id, now=now)
    figures = {key: output[key] for key in ("seats", "filled", "bound", "proved", "seconds", "reasons")}
    task.result = figures | marks_of(draft, revision)


def keep_in_draft(
    draft: Draft, prepared: dict[str, Any], output: dict[str, Any], *, by: int | None, now: datetime
) -> int:
    """Write a proposal into a draft, and return the planning revision it rests on.

    Refused if anything it was made from has changed meanwhile.
    """
    board = locked_board(draft)
    scope = ProposalScope.from_json(prepared.get("scope"))
    roster = _roster_to_propose(board, now=now, scope=scope)
    if roster_to_json(roster) != prepared["roster"]:
        raise SnapshotOutdated(
            "People, times or seats changed while this was worked out, so it was not kept. Ask for a new proposal."
        )
    changeable = scope.changeable(board, roster, now=now)
    decided = seats_for(board, plan_from_json(output["plan"]), changeable, now=now)
    lay_proposal(draft, board, decided, by=by, now=now)
    audit.record(
        "rota.proposed",
        by=by,
        subject=f"draft:{draft.id}",
        now=now,
        details={"filled": output["filled"], "bound": output["bound"], "proved": output["proved"]},
    )
    return board.revision


def draft_of(task: Task) -> Draft:
    """The draft that a task works for. Refused if its rota was deleted meanwhile."""
    draft = db.session.get(Draft, task.arguments["draft_id"])
    if draft is None:
        raise SnapshotOutdated("The rota was deleted meanwhile, so nothing of it was kept.")
    return draft


def draft(draft_id: int) -> Draft:
    """One draft."""
    return db.session.get_one(Draft, draft_id)


def locked_board(draft: Draft) -> DraftBoard:
    """Lock the draft's rota and return its board. Refused if the draft is no longer open."""
    rota = lock_rota(draft.rota_id)
    db.session.refresh(draft)
    if draft.state != DraftState.OPEN:
        raise SnapshotOutdated("The draft was published or put away meanwhile, so this proposal was not kept.")
    return draft_board(rota)


def seats_for(board: DraftBoard, plan: Plan, changeable: Sequence[SeatRow], *, now: datetime) -> dict[int, int | None]:
    """Return who is to have each changeable seat, None being nobody, so that the draft matches the plan.

    Those who have a seat of the line keep it; the others take the free changeable ones, in their order.
    """
    waiting: dict[tuple[int, Duty], list[int]] = defaultdict(list)
    for seating in sorted(plan.seatings):
        waiting[seating.shift_id, seating.duty].append(seating.person_id)
    kept: dict[int, int] = {}
    for seat in board.seats:
        holder = board.holder(seat)
        if seat.starts_at > now and holder in waiting[seat.shift_id, seat.duty]:
            waiting[seat.shift_id, seat.duty].remove(holder)
            kept[seat.id] = holder
    decided: dict[int, int | None] = {}
    for seat in changeable:
        free = waiting[seat.shift_id, seat.duty]
        decided[seat.id] = kept[seat.id] if seat.id in kept else free.pop(0) if free else None
    return decided


def progress_figures(task: Task) -> Mapping[str, int]:
    """Return how far a proposal is; zeros before its first progress report."""
    reported = task.result or task.progress or {}
    figures = {key: int(reported.get(key, 0)) for key in ("filled", "bound", "seats", "seconds")}
    return figures | {"possible": figures["bound"] - figures["filled"]}


@dataclass(frozen=True)
class ProposalSummary:
    """What the last proposal found when it was kept, and whether that is out of date.

    How many seats are filled now is no figure of a proposal: `rota.store.shortages.filling` counts them for every page.
    """

    at: datetime
    possible: int
    """How many more of the seats that it was asked to fill some rota might fill."""
    unreachable: int
    """How many of them no rota that keeps the rules can fill."""
    scope: ProposalScope
    """What it was asked for; unless that was the whole rota, its figures say nothing of the other seats."""
    is_overtaken: bool
    """Whether seats, people or rules have changed since, or shifts of it have begun."""


def last_proposal(board: DraftBoard, *, now: datetime) -> ProposalSummary | None:
    """Return what the draft's last proposal found, or None if none was kept."""
    task = board.task
    if task is None or task.kind != KIND or task.result is None or task.finished_at is None:
        return None
    filled, bound, seats = (int(task.result[key]) for key in ("filled", "bound", "seats"))
    has_begun = any(task.finished_at < seat.starts_at <= now for seat in board.seats)
    return ProposalSummary(
        at=task.finished_at,
        possible=bound - filled,
        unreachable=seats - bound,
        scope=ProposalScope.from_json(task.arguments.get("scope")),
        is_overtaken=has_begun or is_out_of_date(task.result, board),
    )


def marks_of(draft: Draft, revision: int) -> dict[str, Any]:
    """What a result keeps for `is_out_of_date`: a digest of the draft's seats, and the revision it rests on."""
    return {"laid": _seats_digest(draft_board(get_rota(draft.rota_id))), "revision": revision}


def is_out_of_date(result: Mapping[str, Any], board: DraftBoard) -> bool:
    """Whether seats, people or rules have changed since a result was kept. Results without a revision count as old."""
    return result.get("laid") != _seats_digest(board) or result.get("revision") != board.revision


def _seats_digest(board: DraftBoard) -> str:
    """Equal for as long as the same people have the same seats: 16 hexadecimal digits."""
    seats = [(seat.id, seat.is_wanted, board.holder(seat)) for seat in board.seats]
    return hashlib.sha256(repr(seats).encode()).hexdigest()[:16]


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
