"""What the planner's pages read: the list of rotas, names and stages for a board, who could take a seat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from app import clock, db
from app.domain import stages_of
from app.people.directory import names_of
from app.people.models import Person, PersonState
from progression.standing import ever_signed_off_for
from rota.planning.doubtful_seats import second_look
from rota.planning.missing_requirements import who_does
from rota.planning.week_table import A_WEEK, Drawing, clock_words
from rota.scheduling.candidates import Candidate, Fit, who_could
from rota.scheduling.fixes.fix import Fix
from rota.scheduling.fixes.suggest import cheapest_fixes
from rota.scheduling.unfillable import Reason, why_unfillable
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind, Draft, DraftState, Rota
from rota.store.seats import SeatRow
from rota.store.snapshot import DraftBoard, Snapshot, take_snapshot

FIRST_REASONS = 6  # How many of each group of reasons are shown before "and … more people".
LOOKED_AT = 150
"""How many people are judged for a seat: each takes a fraction of a millisecond."""


@dataclass(frozen=True)
class Panel:
    """One seat, and everybody for it."""

    seat: SeatRow
    holder: Candidate | None
    free: Sequence[Candidate]
    with_reason: Sequence[Candidate]
    elsewhere: Sequence[Candidate]
    blocked: Sequence[Candidate]
    more: int
    unread: int
    """How many people more there are, of whom none was looked at: those least likely to be able."""
    names: Mapping[int, str]
    stages: Mapping[int, str]
    clock: str | None
    has_begun: bool
    is_changed: bool
    overtaken_by: str | None
    """Who has the seat as published, or "nobody", where that is not what the draft was made on."""
    fixes: Sequence[Fix] | None = None
    """The cheapest ways to fill it; None where nobody asked for them."""
    reasons: Sequence[Reason] = ()
    """Why nothing fills it, where that was asked and could be told."""
    taken: Snapshot | None = None
    """The picture that all this was read from; None for a shift that has begun."""

    @staticmethod
    def who_does(fix: Fix) -> list[str]:
        """Who can put in place each thing that a fix waits for: "Background check: an assessor records it."."""
        return [f"{lack.title}: {who_does(lack)}." for lack in fix.missing]

    @property
    def is_hole(self) -> bool:
        """Whether the seat is empty and nobody can simply be given it."""
        return not self.has_begun and self.holder is None and not self.free


def rotas_with_state() -> list[tuple[Rota, Draft | None]]:
    """Every rota with its open draft, the newest first."""
    rows = db.session.execute(
        select(Rota, Draft)
        .outerjoin(Draft, (Draft.rota_id == Rota.id) & (Draft.state == DraftState.OPEN))
        .order_by(Rota.starts_on.desc(), Rota.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def draw(
    board: DraftBoard,
    zone: ZoneInfo,
    panel: Panel | None,
    *,
    href: Callable[[SeatRow], str],
    chosen: int | None,
    monday: date,
    now: datetime,
) -> Drawing:
    """A board with the names and stages that its table shows, and which seats of one week need a second look.

    A panel has taken the picture for that already.
    """
    of_the_week = [seat for seat in board.seats if monday <= clock.on(seat.starts_at, zone) < monday + A_WEEK]
    taken = panel.taken if panel is not None else None
    if taken is None:
        taken = take_snapshot(board, now=now, only=(), seated_on=of_the_week)
    names = {each.id: each.name for each in taken.roster.people}
    return Drawing(board, names, taken.stages, zone, href, chosen, second_look(board, taken, of_the_week))


def seat_panel(board: DraftBoard, seat: SeatRow, *, now: datetime, everybody: bool, with_fixes: bool = False) -> Panel:
    """Who could take a seat and why others cannot, its holder put aside.

    Where there are many people, those come into question first who may be cleared and offered a time like it.
    `with_fixes` also tries what else would fill it, which takes a second or so.
    """
    if seat.starts_at <= now:
        return _of_the_past(board, seat, now=now)
    nearest, unread = _nearest_to(seat, now=now)
    roster = take_snapshot(board, now=now, only=nearest, lacking=seat.duty if with_fixes else None)
    names = {each.id: each.name for each in roster.roster.people}
    holder_id = board.holder(seat)
    judged = {*nearest, *(holder for holder in (holder_id,) if holder is not None)}
    found = who_could(roster.roster, roster.plan, seat.shift_id, seat.duty, among=judged)
    blocked = [each for each in found if each.fit is Fit.BLOCKED]
    with_reason = [each for each in found if each.fit is Fit.OVERRIDABLE]
    most = len(found) if everybody else FIRST_REASONS
    fixes = cheapest_fixes(roster.roster, roster.plan, seat.shift_id, seat.duty) if with_fixes else None
    has_none = fixes is not None and not fixes
    reasons = why_unfillable(roster.roster, roster.plan, [seat.shift_id], duty=seat.duty, seconds=2) if has_none else ()
    return Panel(
        seat=seat,
        holder=next((each for each in found if each.person_id == holder_id), None),
        free=[each for each in found if each.fit is Fit.FREE],
        with_reason=with_reason[:most],
        elsewhere=[each for each in found if each.fit is Fit.ELSEWHERE],
        blocked=blocked[:most],
        more=len(with_reason[most:]) + len(blocked[most:]),
        unread=unread,
        names=names,
        stages=roster.stages,
        clock=clock_words(seat, roster.roster.zone),
        has_begun=False,
        is_changed=seat.id in board.changes,
        overtaken_by=names.get(seat.person_id or 0, "nobody") if board.is_overtaken(seat) else None,
        fixes=fixes,
        reasons=reasons or (),
        taken=roster,
    )


def _of_the_past(board: DraftBoard, seat: SeatRow, *, now: datetime) -> Panel:
    names, stages = names_of(board.people), stages_of(board.people, now)
    holder_id = board.holder(seat)
    holder = Candidate(holder_id, names[holder_id], Fit.THERE, None, "") if holder_id else None
    return Panel(seat, holder, (), (), (), (), 0, 0, names, stages, None, True, False, None)


def _nearest_to(seat: SeatRow, *, now: datetime) -> tuple[list[int], int]:
    """Who comes into question first for a seat, by what the database can tell alone; and how many are left.

    First who was signed off far enough and offers time on that day, then who was signed off, then the others.
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
        .limit(LOOKED_AT)
    ).all()
    return [row.id for row in rows], (rows[0].everybody - len(rows)) if rows else 0
