"""The one way in which published seats change hands with consent: propose, answer, take, withdraw, decide.

A change has moves (a seat, its holder now, and the person it is to go to) and parties, whose consent it needs. While it
is pending everybody keeps the seats they have and is responsible for them. With the last yes, and a coordinator's where
the policy asks for it, all of its moves are made at once (`applying`), or none.

`by` is who acts: the person themselves, or a coordinator on their behalf.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from app import audit, clock, db, settings
from app.outbox import queue
from app.outbox.notice import Notice
from app.people.rights import people_who_may, permissions_of
from app.refusals import Conflict, NotAllowed, NotFound
from progression.intervals import Interval
from rota.exchanges.applying import apply_or_overtake, reasons_against_taking
from rota.exchanges.models import Answer, ChangeKind, ChangeState, SeatChange, SeatChangeParty, SeatMove
from rota.exchanges.notices import SeatChangeAsked, SeatChangeEnded, SeatChangeWaits
from rota.exchanges.policy import rules_now
from rota.permissions import RotaPermission
from rota.store.assignments import SeatHolderChanged, lock_rota
from rota.store.models import Assignment, Rota, Seat
from rota.store.seats import SeatRow, seats_where

TAKEN_BY_THE_FIRST = (ChangeKind.COVER, ChangeKind.PART)
"""The kinds of change in which nobody is named: the first whom it fits may take it, until the shift begins."""
NO_SUCH_CHANGE = "There is no such question of yours."
QUICKER = "Somebody was a moment quicker and has this shift. Thank you for offering."


class NotOpenAnyMore(Conflict):
    """The change has ended: nothing can be answered, withdrawn or decided."""


class DoesNotFit(Conflict):
    """A rule does not allow this person on this seat."""


class HasBegun(Conflict):
    """The shift has begun."""


@dataclass(frozen=True)
class NewMove:
    """A seat that is to change hands. `to_person_id` None: the first who takes it (cover), or nobody (planned).

    `overrides` are keys of rules that a coordinator took responsibility for, with the reason in `override_words`.
    """

    seat_id: int
    to_person_id: int | None
    overrides: Sequence[str] = ()
    override_words: str | None = None
    part: Interval | None = None
    """The hours of the seat that somebody offers; None: all of it."""


def propose(
    kind: ChangeKind,
    moves: Sequence[NewMove],
    *,
    asker: int | None,
    asked: Collection[int],
    by: int,
    now: datetime,
    told_otherwise: Collection[int] = (),
) -> SeatChange:
    """Ask for a change of published seats. Nothing changes until everybody in `asked` said yes, or somebody takes it.

    `asker` is the person whose wish it is, who has agreed by asking; None where the planners ask. Each seat is expected
    to stay with who has it now. It can be answered until the first of its shifts begins, and no longer than the
    policy says; cover is looked for until the shift begins. Asking again for the same cover returns what is asked.
    Those in `told_otherwise` read of it in another e-mail, which the caller queues.

    Refuses seats that are not published or have begun, and an asker who does not have the seat they give.
    """
    if kind is not ChangeKind.PLANNED:  # who publishes was let through by the page
        may_act_for(asker, by, now=now)
    db.lock_people([each for each in {asker, *asked} if each is not None])
    seats = _published([move.seat_id for move in moves], now=now)
    if asker is not None and asker not in {seat.person_id for seat in seats.values()}:
        raise NotFound("There is no such shift of yours. You may have given it back already.")
    if kind is ChangeKind.COVER and (before := cover_asked_for(moves[0].seat_id)) is not None:
        return before
    rules, starts = rules_now(now), min(seat.starts_at for seat in seats.values())
    change = SeatChange(
        kind=kind,
        state=ChangeState.OPEN,
        made_at=now,
        made_by_id=by,
        asker_id=asker,
        expires_at=starts if kind in TAKEN_BY_THE_FIRST else min(starts, now + timedelta(days=rules.answers.days)),
        needs_approval=any(rules.needs_approval(kind, seat, now=now) for seat in seats.values()),
        moves=[_move(move, seats[move.seat_id]) for move in moves],
        parties=[SeatChangeParty(person_id=each) for each in sorted(asked)],
    )
    db.session.add(change)
    db.session.flush()
    _record("asked", change, by=by, now=now, kind=kind, seats=sorted(seats))
    for person_id in sorted({*asked} - {*told_otherwise}):
        tell(change, SeatChangeAsked(change_id=change.id), [person_id], now=now)
    if kind is ChangeKind.COVER:
        tell(change, SeatChangeWaits(change_id=change.id), _planners(now) - {by, asker}, now=now)
    return change


def answer(change_id: int, person_id: int, said: Answer, *, by: int, now: datetime) -> SeatChange:
    """Say yes or no for a party. The last yes makes the change; a no ends it. Saying the same again changes nothing.

    Look at the state of what is returned: applied, accepted (a coordinator has still to agree), open (others have still
    to answer), refused, or overtaken where the seats or the rules have changed meanwhile, and nothing was changed.

    Refuses a person who was not asked, as not found, and a change that has ended (`NotOpenAnyMore`).
    """
    may_act_for(person_id, by, now=now)
    change = locked(change_id)
    party = next((each for each in change.parties if each.person_id == person_id), None)
    if party is None:
        raise NotFound(NO_SUCH_CHANGE)
    if party.answer is said:
        return change
    refuse_ended(change, now=now)
    party.answer, party.answered_at, party.answered_by_id = said, now, by
    _record("answered", change, by=by, now=now, person=person_id, answer=said)
    if said is Answer.NO:
        end(change, ChangeState.REFUSED, by=by, now=now)
    elif all(each.answer is Answer.YES for each in change.parties):
        _agreed(change, by=by, now=now)
    return change


def take(change_id: int, person_id: int, *, by: int, now: datetime) -> SeatChange:
    """Take the shift for which cover is asked, or the part of one that is offered: the first who fits has it.

    Only then it leaves its holder.

    Where a coordinator has still to agree, it is kept for this person meanwhile (`accepted`). Doing it twice changes
    nothing. Refuses a shift that somebody else took (`SeatHolderChanged`), one that is no longer offered or has begun,
    and one that a rule forbids, with the reasons of this person alone.
    """
    may_act_for(person_id, by, now=now)
    change = locked(change_id, person_id)
    if change.kind not in TAKEN_BY_THE_FIRST:
        raise NotFound(NO_SUCH_CHANGE)
    move = change.moves[0]
    if move.to_person_id == person_id and change.state in (ChangeState.ACCEPTED, ChangeState.APPLIED):
        return change
    if move.to_person_id is not None:
        raise SeatHolderChanged(QUICKER)
    refuse_ended(change, now=now)
    if move.from_person_id == person_id:
        raise Conflict("This shift is yours already. Take back that you look for cover, and you keep it.")
    if reasons := reasons_against_taking(change, person_id, now=now):
        raise DoesNotFit(*reasons)
    move.to_person_id = person_id
    change.parties.append(SeatChangeParty(person_id=person_id, answer=Answer.YES, answered_at=now, answered_by_id=by))
    if change.needs_approval:
        _record("answered", change, by=by, now=now, person=person_id, answer=Answer.YES)
    _agreed(change, by=by, now=now)
    return change


def withdraw(change_id: int, *, by: int, now: datetime) -> SeatChange:
    """Take a question back, for its asker; everybody keeps what they have. Doing it twice changes nothing.

    People who had said yes are told. Refuses a change that has come about or ended otherwise.
    """
    change = locked(change_id)
    if change.asker_id is None:
        _may_plan(by, now=now)
    else:
        may_act_for(change.asker_id, by, now=now)
    if change.state is ChangeState.WITHDRAWN:
        return change
    refuse_ended(change, now=now)
    end(change, ChangeState.WITHDRAWN, by=by, now=now)
    return change


def decide(change_id: int, *, agrees: bool, by: int, now: datetime) -> SeatChange:
    """Agree to a change that everybody concerned has accepted, or decline it, as a coordinator.

    Refuses one that does not wait for it, and people who do not plan.
    """
    _may_plan(by, now=now)
    change = locked(change_id)
    if change.state is not ChangeState.ACCEPTED:
        raise NotOpenAnyMore("This does not wait for a coordinator any more. Nothing was changed now.")
    refuse_ended(change, now=now)
    _record("decided", change, by=by, now=now, agrees=agrees)
    if agrees:
        change.approved_by_id = by
        _apply(change, by=by, now=now)
    else:
        end(change, ChangeState.REFUSED, by=by, now=now)
    return change


def cover_asked_for(seat_id: int) -> SeatChange | None:
    """The pending change that looks for cover for a seat, if its holder still has it."""
    query = select(SeatChange).join(SeatMove, SeatMove.change_id == SeatChange.id)
    query = query.join(Assignment, Assignment.id == SeatMove.expects_assignment_id).where(*_is_cover_for([seat_id]))
    return db.session.scalars(query.order_by(SeatChange.id.desc())).first()


def seats_with_cover_asked(seat_ids: Collection[int]) -> frozenset[int]:
    """Those of these seats for which their holders look for cover, in one query."""
    if not seat_ids:
        return frozenset()
    query = select(SeatMove.seat_id).join(SeatChange, SeatMove.change_id == SeatChange.id)
    query = query.join(Assignment, Assignment.id == SeatMove.expects_assignment_id).where(*_is_cover_for(seat_ids))
    return frozenset(db.session.scalars(query))


def _is_cover_for(seat_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """The conditions on a change, joined with its moves and their assignments, that it is pending cover for a seat."""
    is_cover = SeatChange.kind == ChangeKind.COVER, SeatChange.is_pending_in_sql()
    return *is_cover, SeatMove.seat_id.in_(seat_ids), Assignment.ended_at.is_(None)


def end(change: SeatChange, state: ChangeState, *, by: int | None, now: datetime) -> None:
    """End a pending change that is not made; tell, once, those for whom that is news."""
    change.state, change.ended_at, change.ended_by_id = state, now, by
    if state is not ChangeState.REFUSED:  # that has its line already: who answered or decided so
        _record(str(state), change, by=by, now=now)
    said_yes = {party.person_id for party in change.parties if party.answer is Answer.YES}
    asker = {change.asker_id} if change.asker_id is not None else {change.made_by_id}
    if state is ChangeState.OVERTAKEN and _asker_has_left(change):
        asker = set()  # another answer came first, which is what they asked for
    # Who offered a part still comes for all of the shift, so planners have nothing to do.
    is_gap = state is ChangeState.EXPIRED and change.kind is not ChangeKind.PART
    told = said_yes | asker | (_planners(now) if is_gap else set())
    tell(change, SeatChangeEnded(change_id=change.id), told - {by}, now=now)


def _asker_has_left(change: SeatChange) -> bool:
    """Whether who asked no longer has the seat that they wanted to give."""
    given = [move.expects_assignment_id for move in change.moves if move.from_person_id == change.asker_id]
    still = select(Assignment.id).where(Assignment.id.in_(given), Assignment.ended_at.is_(None))
    return change.asker_id is not None and db.session.scalars(still).first() is None


def tell(change: SeatChange, notice: Notice, people: Collection[int | None], *, now: datetime) -> None:
    """Queue one e-mail of a kind about a change to each of these people, once."""
    seats = seats_where(Seat.id.in_([move.seat_id for move in change.moves]))
    deadline = max((seat.ends_at for seat in seats), default=change.expires_at)
    for person_id in sorted(each for each in people if each is not None):
        once = f"{notice.kind}:{change.id}:{person_id}"
        queue.enqueue(notice, to=person_id, once=once, now=now, deadline=max(deadline, now))


def _agreed(change: SeatChange, *, by: int, now: datetime) -> None:
    if change.needs_approval:
        change.state = ChangeState.ACCEPTED
        tell(change, SeatChangeWaits(change_id=change.id, is_decision=True), _planners(now), now=now)
        return
    _apply(change, by=by, now=now)


def _apply(change: SeatChange, *, by: int, now: datetime) -> None:
    apply_or_overtake(change, by=by, now=now)
    if change.state is ChangeState.OVERTAKEN:
        end(change, ChangeState.OVERTAKEN, by=by, now=now)


def locked(change_id: int, *more_people: int) -> SeatChange:
    """Lock everybody concerned, these people too, and the rotas, then the change itself; return it, reread."""
    change = db.session.get(SeatChange, change_id)
    if change is None:
        raise NotFound(NO_SUCH_CHANGE)
    moves = change.moves
    people = {person for move in moves for person in (move.from_person_id, move.to_person_id) if person is not None}
    db.lock_people(people | {party.person_id for party in change.parties} | set(more_people))
    for rota_id in sorted({seat.rota_id for seat in seats_where(Seat.id.in_([move.seat_id for move in moves]))}):
        lock_rota(rota_id)
    return db.session.scalars(
        select(SeatChange)
        .where(SeatChange.id == change_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def refuse_ended(change: SeatChange, *, now: datetime) -> None:
    """Refuse a change that has ended, or whose time is over."""
    if not change.is_pending or change.expires_at <= now:
        raise NotOpenAnyMore(
            "This has ended meanwhile, so nothing was changed. My shifts shows whose shifts are whose now."
        )


def _published(seat_ids: Sequence[int], *, now: datetime) -> dict[int, SeatRow]:
    seats = {seat.id: seat for seat in seats_where(Seat.id.in_(seat_ids), Rota.version > 0)}
    if len(seats) < len(set(seat_ids)):
        raise NotFound("There is no such shift any more. The rota may have changed a moment ago.")
    if any(seat.starts_at <= now for seat in seats.values()):
        raise HasBegun("A shift has begun, so it does not change hands here. Please ring the on-call line.")
    return seats


def _move(move: NewMove, seat: SeatRow) -> SeatMove:
    return SeatMove(
        seat_id=seat.id,
        from_person_id=seat.person_id,
        to_person_id=move.to_person_id,
        expects_assignment_id=seat.assignment_id,
        overrides=list(move.overrides),
        override_words=move.override_words,
        part_starts_at=move.part.start if move.part is not None else None,
        part_ends_at=move.part.end if move.part is not None else None,
    )


def _record(what: str, change: SeatChange, *, by: int | None, now: datetime, **details: object) -> None:
    if change.asker_id not in (None, by):
        details["for"] = change.asker_id
    audit.record(f"rota.change-{what}", by=by, subject=f"seat_change:{change.id}", now=now, details=details)


def _planners(now: datetime) -> set[int | None]:
    return {*people_who_may(RotaPermission.PLAN, on=clock.on(now, settings.current().zone))}


def may_act_for(person_id: int | None, by: int, *, now: datetime) -> None:
    """Refuse somebody who acts for another person and does not plan."""
    if person_id != by:
        _may_plan(by, now=now)


def _may_plan(by: int, *, now: datetime) -> None:
    if RotaPermission.PLAN not in permissions_of(by, on=clock.on(now, settings.current().zone)):
        raise NotAllowed("Only people who plan may do this for somebody else.")
