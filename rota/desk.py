"""What the planner's pages read: the list of rotas, names and stages for a board, who could take a seat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import db
from app.domain import stages_of
from app.jobs.models import Task
from rota import picture
from rota.gaps import Candidate, Verdict, who_could
from rota.models import Draft, DraftState, Rota
from rota.names import names_of
from rota.picture import Board
from rota.seats import SeatRow
from rota.week import Drawing, clock_words

FIRST_REASONS = 6  # How many who cannot are shown before "and … more people".


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
    stages: dict[int, str]
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


def draw(view: Board, zone: ZoneInfo, *, href: Callable[[SeatRow], str], chosen: int | None, now: datetime) -> Drawing:
    """A board with the names and stages that its table shows."""
    people = view.people
    return Drawing(view, names_of(people), dict(stages_of(people, now)), zone, href, chosen)


def task_of(view: Board) -> Task | None:
    """The newest proposal of the open draft."""
    if view.draft is None or view.draft.task_id is None:
        return None
    return db.session.get(Task, view.draft.task_id)


def seat_panel(view: Board, seat: SeatRow, *, now: datetime, everybody: bool) -> Panel:
    """Who could take a seat and why others cannot, its holder put aside."""
    roster = picture.of_board(view, now=now)
    holder_id = view.holder(seat)
    if seat.starts_at <= now:
        name = names_of({holder_id}) if holder_id is not None else {}
        holder = Candidate(holder_id, name[holder_id], Verdict.THERE, None, "") if holder_id else None
        return Panel(seat, holder, (), (), (), (), 0, dict(roster.stages), None, True, False, None)
    names = {each.id: each.name for each in roster.roster.people}
    found = who_could(roster.roster, roster.plan, seat.shift_id, seat.duty)
    blocked = [each for each in found if each.verdict is Verdict.BLOCKED]
    shown = blocked if everybody else blocked[:FIRST_REASONS]
    return Panel(
        seat=seat,
        holder=next((each for each in found if each.person_id == holder_id), None),
        free=[each for each in found if each.verdict is Verdict.FREE],
        with_reason=[each for each in found if each.verdict is Verdict.OVERRIDABLE],
        elsewhere=[each for each in found if each.verdict is Verdict.ELSEWHERE],
        blocked=shown,
        more=len(blocked) - len(shown),
        stages=dict(roster.stages),
        clock=clock_words(seat, roster.roster.zone),
        has_begun=False,
        is_changed=seat.id in view.changes,
        overtaken_by=names.get(seat.person_id or 0, "nobody") if view.is_overtaken(seat) else None,
    )
