"""Read seat changes for those whom they concern: what moves from whom to whom, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from app import clock, db, settings
from app.people.directory import names_of
from app.people.rights import permissions_of
from app.refusals import NotFound
from progression.intervals import Interval
from rota.exchanges.models import PENDING, Answer, ChangeKind, ChangeState, SeatChange, SeatChangeParty, SeatMove
from rota.permissions import RotaPermission
from rota.store.models import Assignment, Seat
from rota.store.seats import SeatRow, seats_of_notice


@dataclass(frozen=True)
class MoveLine:
    """One seat of a change: who has it, and who is to have it, by name; None: nobody, or the first who takes it."""

    seat: SeatRow
    giver_id: int | None
    giver: str | None
    taker_id: int | None
    taker: str | None
    is_stale: bool
    """Whether the seat is no longer with whom it was when the change was asked for."""


@dataclass(frozen=True)
class ChangeForReader:
    """A change as one person reads it."""

    change: SeatChange
    lines: Sequence[MoveLine]
    reader_id: int
    asker: str | None
    own_answer: Answer | None
    is_asked: bool
    open_to: Sequence[str]
    """The names of those who have still to answer, the reader left out."""

    @property
    def own_lines(self) -> list[MoveLine]:
        """The seats that the reader gives or gets."""
        return [line for line in self.lines if self.reader_id in (line.giver_id, line.taker_id)]

    @property
    def is_mine(self) -> bool:
        """Whether the reader asked for it."""
        return self.change.asker_id == self.reader_id

    @property
    def is_overtaken(self) -> bool:
        """Whether it can no longer come about as it was asked."""
        stale = self.change.is_pending and any(line.is_stale for line in self.lines)
        return stale or self.change.state is ChangeState.OVERTAKEN

    @property
    def changed_meanwhile(self) -> SeatRow | None:
        """The seat that changed hands meanwhile, if that is why it cannot come about."""
        named = (line.seat for line in self.lines if line.seat.id == self.change.overtaken_seat_id)
        stale = (line.seat for line in self.lines if line.is_stale and self.change.is_pending)
        return next(named, None) or next(stale, None)

    def is_about_shift(self, shift_id: int) -> bool:
        """Whether a seat of this shift would change hands."""
        return any(line.seat.shift_id == shift_id for line in self.lines)

    def is_open(self, now: datetime) -> bool:
        """Whether it may still come about."""
        return self.change.is_pending and self.change.expires_at > now and not self.is_overtaken

    def waits_for(self, person_id: int) -> bool:
        """Whether somebody is asked and has still to answer."""
        is_open = self.change.state is ChangeState.OPEN
        return is_open and any(p.person_id == person_id and p.answer is None for p in self.change.parties)

    def may_answer(self, now: datetime) -> bool:
        """Whether the reader is asked and has still to answer."""
        return self.change.expires_at > now and self.waits_for(self.reader_id)


def change_for_reader(change: SeatChange, reader_id: int) -> ChangeForReader:
    """A change as one person reads it; whether they may is for the caller to know."""
    return _views([change], reader_id)[0]


def change_for(change_id: int, person_id: int, *, now: datetime) -> ChangeForReader:
    """Return a change to somebody whom it concerns or who plans; refuses anybody else as not found."""
    concerned = SeatChange.id == change_id
    plans = RotaPermission.PLAN in permissions_of(person_id, on=clock.on(now, settings.current().zone))
    if not plans:
        concerned &= _concerns(person_id)
    change = db.session.scalars(_loaded().where(concerned)).unique().one_or_none()
    if change is None:
        raise NotFound("There is no such question of yours.")
    return change_for_reader(change, person_id)


def asked_of_and_by(
    person_id: int, *, now: datetime, reader_id: int | None = None
) -> tuple[list[ChangeForReader], list[ChangeForReader]]:
    """The changes that a person has still to answer, and the pending ones that they asked for, by when they end.

    As the person reads them or, with `reader_id`, somebody who plans.
    """
    mine = select(SeatChangeParty.change_id).where(
        SeatChangeParty.person_id == person_id, SeatChangeParty.answer.is_(None)
    )
    to_answer = SeatChange.id.in_(mine) & (SeatChange.state == ChangeState.OPEN)
    found = _still_open(to_answer | _asked_by(person_id), reader_id or person_id, now=now)
    by_them = [each for each in found if each.change.asker_id == person_id]
    return [each for each in found if each.waits_for(person_id)], by_them


def asked_by(person_id: int, *, now: datetime) -> list[ChangeForReader]:
    """The pending changes that a person asked for."""
    return _still_open(_asked_by(person_id), person_id, now=now)


def _asked_by(person_id: int) -> ColumnElement[bool]:
    return (SeatChange.asker_id == person_id) & SeatChange.state.in_(PENDING)


def waiting_for_decision(reader_id: int, *, now: datetime) -> list[ChangeForReader]:
    """The changes that everybody concerned accepted and that a coordinator has still to agree to."""
    return _still_open(SeatChange.state == ChangeState.ACCEPTED, reader_id, now=now)


def looking_for_cover(reader_id: int, *, now: datetime) -> list[ChangeForReader]:
    """The shifts for which cover is asked and that nobody has taken yet, the soonest first."""
    is_looking = (SeatChange.kind == ChangeKind.COVER) & (SeatChange.state == ChangeState.OPEN)
    return _still_open(is_looking, reader_id, now=now)


_LOOKING = (
    select(SeatMove.seat_id)
    .join(SeatChange, SeatChange.id == SeatMove.change_id)
    .join(Assignment, Assignment.id == SeatMove.expects_assignment_id)
    .where(
        SeatChange.kind == ChangeKind.COVER,
        SeatChange.state == ChangeState.OPEN,  # until its shift begins, at `expires_at`
        Assignment.ended_at.is_(None),
    )
)
LOOKS_FOR_COVER = Seat.id.in_(_LOOKING)
"""The condition that the holder of a seat asks for cover, for queries about coming shifts."""


def seats_looking_for_cover(now: datetime, until: datetime) -> dict[int, int]:
    """The seats of shifts that begin between two instants and for which cover is asked, each with its change, by id."""
    query = _LOOKING.add_columns(SeatChange.id).where(SeatChange.expires_at > now, SeatChange.expires_at < until)
    return {row.seat_id: row.id for row in db.session.execute(query)}


def _concerns(person_id: int) -> ColumnElement[bool]:
    party = select(SeatChangeParty.change_id).where(SeatChangeParty.person_id == person_id)
    moved = select(SeatMove.change_id).where(
        (SeatMove.from_person_id == person_id) | (SeatMove.to_person_id == person_id)
    )
    return SeatChange.id.in_(party.union(moved)) | (SeatChange.asker_id == person_id)


def _loaded() -> Select[SeatChange]:
    """With moves, parties and their people in one query: few of each, on pages that ask for much else."""
    moves, parties = joinedload(SeatChange.moves), joinedload(SeatChange.parties)
    return select(SeatChange).options(
        moves.joinedload(SeatMove.from_person),
        moves.joinedload(SeatMove.to_person),
        parties.joinedload(SeatChangeParty.person),
    )


def _still_open(condition: ColumnElement[bool], reader_id: int, *, now: datetime) -> list[ChangeForReader]:
    query = _loaded().where(condition, SeatChange.expires_at > now).order_by(SeatChange.expires_at, SeatChange.id)
    return [view for view in _views(db.session.scalars(query).unique().all(), reader_id) if not view.is_overtaken]


def _views(changes: Sequence[SeatChange], reader_id: int) -> list[ChangeForReader]:
    moves = [move for change in changes for move in change.moves]
    seats = _seats(move.seat_id for move in moves)
    people = {person for move in moves for person in (move.from_person_id, move.to_person_id)}
    people |= {change.asker_id for change in changes} | {party.person_id for each in changes for party in each.parties}
    names = names_of(person for person in people if person is not None)
    return [_view(change, reader_id, seats, names) for change in changes]


def _seats(ids: Iterable[int]) -> dict[int, SeatRow]:
    wanted: Collection[int] = set(ids)
    return {seat.id: seat for seat in seats_of_notice(Seat.id.in_(wanted))} if wanted else {}


def _of_part(seat: SeatRow, part: Interval | None) -> SeatRow:
    """The seat with the hours that are offered, where it is a part of it."""
    return seat if part is None else seat._replace(starts_at=part.start, ends_at=part.end)


def _view(change: SeatChange, reader_id: int, seats: dict[int, SeatRow], names: dict[int, str]) -> ChangeForReader:
    lines = [
        MoveLine(
            _of_part(seats[move.seat_id], move.part),
            move.from_person_id,
            names[move.from_person_id] if move.from_person_id is not None else None,
            move.to_person_id,
            names[move.to_person_id] if move.to_person_id is not None else None,
            is_stale=seats[move.seat_id].assignment_id != move.expects_assignment_id,
        )
        for move in change.moves
    ]
    own = next((party for party in change.parties if party.person_id == reader_id), None)
    waiting = [p.person_id for p in change.parties if p.answer is None and p.person_id != reader_id]
    return ChangeForReader(
        change,
        sorted(lines, key=lambda line: (line.seat.starts_at, line.seat.id)),
        reader_id,
        asker=names[change.asker_id] if change.asker_id is not None else None,
        own_answer=own.answer if own is not None else None,
        is_asked=own is not None,
        open_to=sorted(names[person_id] for person_id in waiting),
    )
