"""What the planner's pages show: the list of rotas, and one week of a rota with its proposal and a chosen seat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import false, select

from app import clock, db
from progression.in_grace import Grace, graces_for
from rota.planning import proposals
from rota.planning.doubtful_seats import doubtful_seats
from rota.planning.seat_panel import Panel, seat_panel
from rota.planning.undoing import LastSteps, last_steps
from rota.planning.vacated_seats import FillSummary, last_fill, vacated_seats
from rota.planning.week_table import A_WEEK, ShortTimes, Week, WeekTable, WeekTile
from rota.store.cover_needs import Cover, SpecialTime, UnplannedTime, cover_between
from rota.store.draft_board import DraftBoard
from rota.store.models import Draft, DraftState, Rota
from rota.store.seats import SeatRow
from rota.store.shortages import Filling, filling
from rota.store.snapshot import Depth, Snapshot, take_snapshot

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """What a request asks to see. Without a day that is today's week, or the nearest week of the rota."""

    day: date
    seat_id: int | None = None
    everybody: bool = False
    with_fixes: bool = False


@dataclass(frozen=True)
class Links:
    """Where a seat and a week of the rota are shown."""

    seat: Callable[[SeatRow], str]
    week: Callable[[date], str]


@dataclass(frozen=True, kw_only=True)
class PlannerPage:
    """One week of a rota, as the table and the list show it."""

    day: date
    """The day that was asked for, or the nearest of the rota."""
    monday: date
    zone: ZoneInfo
    week: Week
    weeks: Sequence[WeekTile]
    panel: Panel | None
    proposal: Mapping[str, int] | None
    """How far the newest proposal is; None if none was asked for."""
    proposed: proposals.ProposalSummary | None
    reasons: Sequence[ShortTimes]
    """Why the week stays short, as far as the last proposal found out."""
    vacated: int
    """How many published seats became empty and have nobody in the draft; not counted beside a seat's panel."""
    last_fill: FillSummary | None
    is_over: bool
    filling: Filling
    """How many of the rota's seats that count are filled, as the draft has it."""
    unplanned: Sequence[UnplannedTime]
    """Times of the week that need people and have no shift on any rota; not looked for beside a seat's panel."""
    special: Sequence[SpecialTime]
    """The closures, events and bank holidays of the week; likewise."""
    steps: LastSteps
    """What was done in the draft last."""
    first: date
    """The first day of the rota."""
    last: date

    @property
    def earlier(self) -> date | None:
        """The Monday of the week before; None in the rota's first."""
        return self.monday - A_WEEK if self.monday > self.first else None

    @property
    def later(self) -> date | None:
        """The Monday of the week after; None in the rota's last."""
        return self.monday + A_WEEK if self.monday + A_WEEK <= self.last else None

    @property
    def day_before(self) -> date | None:
        """The day before; None on the rota's first."""
        return self.day - A_DAY if self.day > self.first else None

    @property
    def day_after(self) -> date | None:
        """The day after; None on the rota's last."""
        return self.day + A_DAY if self.day < self.last else None


def rotas_with_drafts() -> list[tuple[Rota, Draft | None]]:
    """Every rota that was not withdrawn, with its open draft, the newest first."""
    rows = db.session.execute(
        select(Rota, Draft)
        .outerjoin(Draft, (Draft.rota_id == Rota.id) & (Draft.state == DraftState.OPEN))
        .where(Rota.withdrawn_at.is_(None))
        .order_by(Rota.starts_on.desc(), Rota.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def planner_page(board: DraftBoard, asked: Asked, links: Links, *, zone: ZoneInfo, now: datetime) -> PlannerPage:
    """Assemble the page of one week, and of one seat if a seat of this rota was asked for."""
    chosen = next((seat for seat in board.seats if seat.id == asked.seat_id), None)
    day = clock.on(chosen.starts_at, zone) if chosen else _nearest_day(board.rota, asked.day)
    monday = clock.monday_of(day)
    of_week = [seat for seat in board.seats if monday <= clock.on(seat.starts_at, zone) < monday + A_WEEK]
    everybody, with_fixes = asked.everybody, asked.with_fixes
    panel = (
        seat_panel(board, chosen, now=now, everybody=everybody, with_fixes=with_fixes, shown=of_week)
        if chosen
        else None
    )
    table = _week_table(board, panel, links, zone=zone, of_week=of_week, now=now)
    week = table.week(monday)
    cover = _cover(monday, zone=zone, now=now) if panel is None else None
    return PlannerPage(
        day=day,
        monday=monday,
        zone=zone,
        week=week,
        weeks=table.weeks(monday, links.week),
        panel=panel,
        proposal=proposals.progress_figures(board.task) if board.task else None,
        proposed=proposals.last_proposal(board, now=now),
        reasons=table.short_times(week, proposals.reasons_for(board.task, monday)),
        # A page with a seat's panel is about that seat, and has no query to spare.
        vacated=len(vacated_seats(board, now=now)) if panel is None else 0,
        last_fill=last_fill(board),
        is_over=proposals.rota_is_over(board, now=now),
        filling=filling(board.seats, board.has_holder, now=now),
        unplanned=cover.unplanned.times if cover is not None else (),
        special=cover.special if cover is not None else (),
        steps=last_steps(board),
        first=board.rota.starts_on,
        last=board.rota.ends_on,
    )


def _cover(monday: date, *, zone: ZoneInfo, now: datetime) -> Cover | None:
    starts, ends = max(clock.starts(monday, zone), now), clock.starts(monday + A_WEEK, zone)
    if starts >= ends:
        return None
    return cover_between(starts, ends, zone=zone, named=false(), counting_drafts=True)


def _nearest_day(rota: Rota, day: date) -> date:
    return min(max(day, rota.starts_on), rota.ends_on)


def _week_table(
    board: DraftBoard, panel: Panel | None, links: Links, *, zone: ZoneInfo, of_week: Sequence[SeatRow], now: datetime
) -> WeekTable:
    """The table's names, stages and doubtful seats of one week; from the panel's snapshot if there is one."""
    snapshot = panel.snapshot if panel is not None else None
    if snapshot is None:
        snapshot = take_snapshot(board, now=now, only=(), seated_on=of_week, depth=Depth.PEOPLE)
    return WeekTable(
        board=board,
        names={each.id: each.name for each in snapshot.roster.people},
        stages=snapshot.stages,
        zone=zone,
        href=links.seat,
        now=now,
        chosen=panel.seat.id if panel is not None else None,
        doubts=doubtful_seats(board, snapshot, of_week),
        graces=_graces(board, snapshot, of_week, now=now),
    )


def _graces(board: DraftBoard, snapshot: Snapshot, seats: Sequence[SeatRow], *, now: datetime) -> dict[int, Grace]:
    """Of each seat whose holder is cleared for its duty only for a while: until when, and without what."""
    held = [(seat, holder) for seat in seats if (holder := board.holder(seat)) in snapshot.without]
    by_duty = {duty: graces_for(duty, snapshot.without, now) for duty in {seat.duty for seat, _holder in held}}
    return {
        seat.id: by_duty[seat.duty][holder]
        for seat, holder in held
        if holder is not None and holder in by_duty[seat.duty]
    }
