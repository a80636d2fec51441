"""The planner's panel for one seat: who could take it, and why others cannot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain import stages_of
from app.people.directory import names_of
from progression.in_grace import graces_for
from rota.planning.missing_requirements import who_does
from rota.planning.proposals import without_those_who_left
from rota.planning.week_table import clock_words
from rota.scheduling.candidates import Candidate, Fit, candidates_for
from rota.scheduling.fixes.fix import Fix
from rota.scheduling.fixes.suggest import cheapest_fixes
from rota.scheduling.unfillable import Reason, why_unfillable
from rota.store.draft_board import DraftBoard
from rota.store.left_shifts import people_who_left
from rota.store.nearest_people import nearest_to
from rota.store.seat_parts import parts_of_seat
from rota.store.seats import SeatRow
from rota.store.snapshot import Depth, Snapshot, take_snapshot

FIRST_REASONS = 6
"""How many people of each group are shown before "and … more people"."""

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
    grace: Mapping[int, str] = field(default_factory=dict)
    """Of those listed who may do the duty without something new for a while, until when and without what."""
    more: int = 0
    """How many more people need a reason or are blocked than are listed."""
    unread: int = 0
    """How many people were not judged at all: those least likely to be able."""
    clock: str | None = None
    next_open: SeatRow | None = None
    """The next seat after it that counts and is empty; after the last one the first of the rota."""
    locked_by: str | None = None
    """Who locked the seat; None if it is not locked."""
    parts: Sequence[SeatRow] = ()
    """The hours of it that others took; they end if the seat leaves its holder."""
    is_changed: bool = False
    override_words: str | None = None
    """Why a rule was set aside to give the seat to its holder in this draft."""
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


def seat_panel(
    board: DraftBoard,
    seat: SeatRow,
    *,
    now: datetime,
    everybody: bool,
    with_fixes: bool = False,
    shown: Sequence[SeatRow] | None = None,
) -> Panel:
    """Judge who could take a seat, its present holder taken off it.

    Of many people, those are judged who may be cleared and offered a time like it. `everybody` lists all who were
    judged. `with_fixes` also tries what else would fill the seat, which takes a second or so. `shown` are the seats
    beside which the panel is shown, its own included: of other seats only the holders who are judged are read, unless
    fixes are tried, which may move anybody.
    """
    if seat.starts_at <= now:
        return _panel_of_begun_shift(board, seat, now=now)
    nearest, unread = nearest_to(seat, now=now)
    lacking, seated_on, depth = (seat.duty, None, Depth.SHIFTS) if with_fixes else (None, shown, Depth.PEOPLE)
    snapshot = take_snapshot(board, now=now, only=nearest, lacking=lacking, seated_on=seated_on, depth=depth)
    roster, plan = snapshot.roster, snapshot.plan
    names = {each.id: each.name for each in roster.people}
    holder_id = board.holder(seat)
    among = {*nearest, *(holder for holder in (holder_id,) if holder is not None)}
    left = people_who_left(board, now=now)
    candidates = _those_who_left_last(
        candidates_for(roster, plan, seat.shift_id, seat.duty, among=among),
        {person_id for person_id, shift_ids in left.items() if seat.shift_id in shift_ids},
    )
    blocked = [each for each in candidates if each.fit is Fit.BLOCKED]
    with_reason = [each for each in candidates if each.fit is Fit.OVERRIDABLE]
    listed = len(candidates) if everybody else FIRST_REASONS
    fixes = _fixes(snapshot, seat, left) if with_fixes else None
    able = {each.person_id for each in candidates if each.fit is not Fit.BLOCKED}
    graces = graces_for(seat.duty, {each: snapshot.without[each] for each in able & snapshot.without.keys()}, now)
    return Panel(
        seat=seat,
        holder=next((each for each in candidates if each.person_id == holder_id), None),
        names=names,
        stages=snapshot.stages,
        free=[each for each in candidates if each.fit is Fit.FREE],
        with_reason=with_reason[:listed],
        elsewhere=[each for each in candidates if each.fit is Fit.ELSEWHERE],
        blocked=blocked[:listed],
        grace={person_id: each.words for person_id, each in graces.items()},
        more=len(with_reason[listed:]) + len(blocked[listed:]),
        unread=unread,
        clock=clock_words(seat, roster.zone),
        next_open=_next_open(board, seat, now=now),
        locked_by=_locked_by(board, seat),
        parts=_parts(board, seat),
        is_changed=seat.id in board.changes,
        override_words=board.changes[seat.id].override_words if seat.id in board.changes else None,
        overtaken_by=names.get(seat.person_id or 0, "nobody") if board.is_overtaken(seat) else None,
        fixes=fixes,
        reasons=_why_nothing_fills(snapshot, seat) if fixes == [] else (),
        snapshot=snapshot,
    )


def _fixes(snapshot: Snapshot, seat: SeatRow, left: Mapping[int, Collection[int]]) -> Sequence[Fix]:
    without = without_those_who_left(snapshot.roster, left)
    return cheapest_fixes(without, snapshot.plan, seat.shift_id, seat.duty)


def _next_open(board: DraftBoard, seat: SeatRow, *, now: datetime) -> SeatRow | None:
    def order(one: SeatRow) -> tuple[datetime, int]:
        return one.starts_at, one.id

    open_seats = sorted(
        (
            one
            for one in board.seats
            if one.is_wanted and one.id != seat.id and one.starts_at > now and board.holder(one) is None
        ),
        key=order,
    )
    return next((one for one in open_seats if order(one) > order(seat)), open_seats[0] if open_seats else None)


def _parts(board: DraftBoard, seat: SeatRow) -> Sequence[SeatRow]:
    return parts_of_seat(seat.id) if seat.id in board.shared else ()


def _locked_by(board: DraftBoard, seat: SeatRow) -> str | None:
    if seat.id not in board.locks:
        return None
    by_id = board.locks[seat.id]
    return names_of([by_id])[by_id] if by_id is not None else "Somebody"


def _those_who_left_last(candidates: Sequence[Candidate], left: Collection[int]) -> list[Candidate]:
    """People who left the shift are not free for it: they come last of those who are possible with a reason."""

    def judged(one: Candidate) -> Candidate:
        if one.person_id not in left or one.fit not in (Fit.FREE, Fit.OVERRIDABLE):
            return one
        words = f"{one.name} gave this shift back or was taken off it."
        return replace(one, fit=Fit.OVERRIDABLE, sentence=f"{words} {one.sentence}" if one.breaches else words)

    return sorted(map(judged, candidates), key=lambda one: one.person_id in left)


def _why_nothing_fills(snapshot: Snapshot, seat: SeatRow) -> Sequence[Reason]:
    roster, plan = snapshot.roster, snapshot.plan
    return why_unfillable(roster, plan, [seat.shift_id], duty=seat.duty, seconds=SECONDS_FOR_REASONS) or ()


def _panel_of_begun_shift(board: DraftBoard, seat: SeatRow, *, now: datetime) -> Panel:
    names, stages = names_of(board.people), stages_of(board.people, now)
    holder_id = board.holder(seat)
    holder = Candidate(holder_id, names[holder_id], Fit.THERE, None, "") if holder_id else None
    return Panel(seat=seat, holder=holder, names=names, stages=stages, has_begun=True, parts=_parts(board, seat))
