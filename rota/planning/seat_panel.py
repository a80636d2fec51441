"""The planner's panel for one seat: who could take it, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from app import db
from app.domain import stages_of
from app.people.directory import names_of
from app.people.models import Person, PersonState
from progression.standing import ever_signed_off_for
from rota.planning.missing_requirements import who_does
from rota.planning.week_table import clock_words
from rota.scheduling.candidates import Candidate, Fit, candidates_for
from rota.scheduling.fixes.fix import Fix
from rota.scheduling.fixes.suggest import cheapest_fixes
from rota.scheduling.unfillable import Reason, why_unfillable
from rota.store.draft_board import DraftBoard
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind
from rota.store.seats import SeatRow
from rota.store.snapshot import Snapshot, take_snapshot

FIRST_REASONS = 6
"""How many people of each group are shown before "and … more people"."""

MOST_JUDGED = 150
"""How many people are judged for a seat: each takes a fraction of a millisecond."""

SECONDS_FOR_REASONS = 2.0
"""How long to look for the reasons why nothing fills a seat."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One seat, and everybody for it. Of a shift that has begun only the holder is known."""

    seat: SeatRow
    holder: Candidate | None
    names: Mapping[int, str]
    stages: Mapping[int, str]
    has_begun: bool = False
    free: Sequence[Candidate] = ()
    with_reason: Sequence[Candidate] = ()
    elsewhere: Sequence[Candidate] = ()
    blocked: Sequence[Candidate] = ()
    more: int = 0
    """How many more people need a reason or are blocked than are listed."""
    unread: int = 0
    """How many people were not judged at all: those least likely to be able."""
    clock: str | None = None
    is_changed: bool = False
    overtaken_by: str | None = None
    """Who has the seat as published, or "nobody", if that is not what the draft was made on."""
    fixes: Sequence[Fix] | None = None
    """The cheapest ways to fill it; None if they were not asked for."""
    reasons: Sequence[Reason] = ()
    """Why nothing fills it, if that was asked for and could be found."""
    snapshot: Snapshot | None = field(default=None, repr=False)
    """What all this was read from; None for a shift that has begun."""

    @staticmethod
    def who_does(fix: Fix) -> list[str]:
        """Who can supply each requirement that a fix waits for: "Background check: an assessor records it."."""
        return [f"{lack.title}: {who_does(lack)}." for lack in fix.missing]

    @property
    def is_hole(self) -> bool:
        """Whether the seat is empty and nobody can simply be given it."""
        return not self.has_begun and self.holder is None and not self.free


def seat_panel(board: DraftBoard, seat: SeatRow, *, now: datetime, everybody: bool, with_fixes: bool = False) -> Panel:
    """Judge who could take a seat, its present holder taken off it.

    Of many people, those are judged who may be cleared and offered a time like it. `everybody` lists all who were
    judged. `with_fixes` also tries what else would fill the seat, which takes a second or so.
    """
    if seat.starts_at <= now:
        return _panel_of_begun_shift(board, seat, now=now)
    nearest, unread = _nearest_to(seat, now=now)
    snapshot = take_snapshot(board, now=now, only=nearest, lacking=seat.duty if with_fixes else None)
    roster, plan = snapshot.roster, snapshot.plan
    names = {each.id: each.name for each in roster.people}
    holder_id = board.holder(seat)
    among = {*nearest, *(holder for holder in (holder_id,) if holder is not None)}
    candidates = candidates_for(roster, plan, seat.shift_id, seat.duty, among=among)
    blocked = [each for each in candidates if each.fit is Fit.BLOCKED]
    with_reason = [each for each in candidates if each.fit is Fit.OVERRIDABLE]
    shown = len(candidates) if everybody else FIRST_REASONS
    fixes = cheapest_fixes(roster, plan, seat.shift_id, seat.duty) if with_fixes else None
    return Panel(
        seat=seat,
        holder=next((each for each in candidates if each.person_id == holder_id), None),
        names=names,
        stages=snapshot.stages,
        free=[each for each in candidates if each.fit is Fit.FREE],
        with_reason=with_reason[:shown],
        elsewhere=[each for each in candidates if each.fit is Fit.ELSEWHERE],
        blocked=blocked[:shown],
        more=len(with_reason[shown:]) + len(blocked[shown:]),
        unread=unread,
        clock=clock_words(seat, roster.zone),
        is_changed=seat.id in board.changes,
        overtaken_by=names.get(seat.person_id or 0, "nobody") if board.is_overtaken(seat) else None,
        fixes=fixes,
        reasons=_why_nothing_fills(snapshot, seat) if fixes == [] else (),
        snapshot=snapshot,
    )


def _why_nothing_fills(snapshot: Snapshot, seat: SeatRow) -> Sequence[Reason]:
    roster, plan = snapshot.roster, snapshot.plan
    return why_unfillable(roster, plan, [seat.shift_id], duty=seat.duty, seconds=SECONDS_FOR_REASONS) or ()


def _panel_of_begun_shift(board: DraftBoard, seat: SeatRow, *, now: datetime) -> Panel:
    names, stages = names_of(board.people), stages_of(board.people, now)
    holder_id = board.holder(seat)
    holder = Candidate(holder_id, names[holder_id], Fit.THERE, None, "") if holder_id else None
    return Panel(seat=seat, holder=holder, names=names, stages=stages, has_begun=True)


def _nearest_to(seat: SeatRow, *, now: datetime) -> tuple[list[int], int]:
    """Return the people most likely to be able to take a seat, as far as one query can tell, and how many are left out.

    First those signed off far enough who offer time on that day, then the others signed off, then everybody else.
    """
    days = {seat.starts_at + timedelta(days=number) for number in (-1, 0, 1)}  # whatever the zone it was offered in
    offered = Person.id.in_(
        select(AvailabilityWeekly.person_id)
        .where(AvailabilityWeekly.weekday.in_({day.weekday() for day in days}))
        .union(
            select(AvailabilityDated.person_id).where(
                AvailabilityDated.kind == DatedKind.CAN,
                AvailabilityDated.starts_at < seat.ends_at,
                AvailabilityDated.ends_at > seat.starts_at,
            )
        )
    )
    signed_off = Person.id.in_(ever_signed_off_for(seat.duty, now))
    rows = db.session.execute(
        select(Person.id, func.count().over().label("everybody"))
        .where(Person.state == PersonState.ACTIVE)
        .order_by(case((signed_off & offered, 0), (signed_off, 1), else_=2), Person.id)
        .limit(MOST_JUDGED)
    ).all()
    return [row.id for row in rows], (rows[0].everybody - len(rows)) if rows else 0
