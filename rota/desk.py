"""What the planner's pages read: the list of rotas, names and stages for a board, who could take a seat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import db
from app.domain import stages_of
from rota import picture
from rota.gaps import Candidate, Verdict, who_could
from rota.models import Draft, DraftState, Rota
from rota.names import names_of
from rota.picture import Board
from rota.seats import SeatRow
from rota.week import Drawing, clock_words

FIRST_REASONS = 6  # How many of each group of reasons are shown before "and … more people".


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
    names: Mapping[int, str]
    stages: Mapping[int, str]
    clock: str | None
    has_begun: bool
    is_changed: bool
    overtaken_by: str | None
    """Who has the seat as published, or "nobody", where that is not what the draft was made on."""


def rotas_with_state() -> list[tuple[Rota, Draft | None]]:
    """Every rota with its open draft, the newest first."""
    rows = db.session.execute(
        select(Rota, Draft)
        .outerjoin(Draft, (Draft.rota_id == Rota.id) & (Draft.state == DraftState.OPEN.value))
        .order_by(Rota.starts_on.desc(), Rota.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def draw(
    view: Board,
    zone: ZoneInfo,
    panel: Panel | None,
    *,
    href: Callable[[SeatRow], str],
    chosen: int | None,
    now: datetime,
) -> Drawing:
    """A board with the names and stages that its table shows; a panel knows them already."""
    if panel is not None:
        return Drawing(view, panel.names, panel.stages, zone, href, chosen)
    people = view.people
    return Drawing(view, names_of(people), stages_of(people, now), zone, href, chosen)


def seat_panel(view: Board, seat: SeatRow, *, now: datetime, everybody: bool) -> Panel:
    """Who could take a seat and why others cannot, its holder put aside."""
    roster = picture.of_board(view, now=now)
    names = {each.id: each.name for each in roster.roster.people}
    holder_id = view.holder(seat)
    if seat.starts_at <= now:
        holder = Candidate(holder_id, names[holder_id], Verdict.THERE, None, "") if holder_id else None
        return Panel(seat, holder, (), (), (), (), 0, names, roster.stages, None, True, False, None)
    found = who_could(roster.roster, roster.plan, seat.shift_id, seat.duty)
    blocked = [each for each in found if each.verdict is Verdict.BLOCKED]
    with_reason = [each for each in found if each.verdict is Verdict.OVERRIDABLE]
    most = len(found) if everybody else FIRST_REASONS
    return Panel(
        seat=seat,
        holder=next((each for each in found if each.person_id == holder_id), None),
        free=[each for each in found if each.verdict is Verdict.FREE],
        with_reason=with_reason[:most],
        elsewhere=[each for each in found if each.verdict is Verdict.ELSEWHERE],
        blocked=blocked[:most],
        more=len(with_reason[most:]) + len(blocked[most:]),
        names=names,
        stages=roster.stages,
        clock=clock_words(seat, roster.roster.zone),
        has_begun=False,
        is_changed=seat.id in view.changes,
        overtaken_by=names.get(seat.person_id or 0, "nobody") if view.is_overtaken(seat) else None,
    )
