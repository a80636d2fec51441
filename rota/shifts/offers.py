"""Ask the people whom a seat fits that is empty, or for which its holder asks for cover, the best five first.

It goes on until somebody has the seat. Looking for them takes a moment, so it is no part of giving a shift back: a tick
reads which seats became open and asks in waves. What was asked is kept, so that a worker that was down catches up, and
one that runs twice or stops half-way asks nobody twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.outbox import queue
from app.people.directory import names_of
from app.people.rights import people_who_may
from progression.intervals import FOR_EVER
from rota.asking_notices import NobodyToAsk, SeatFilled, SeatOffered
from rota.exchanges.reading import seats_looking_for_cover
from rota.permissions import RotaPermission
from rota.scheduling.candidates import Fit, candidates_for
from rota.store.asking_hours import may_be_asked_from
from rota.store.left_shifts import who_left
from rota.store.models import AssignmentChange, ChangeReason, Rota, Seat, Shift
from rota.store.nearest_people import nearest_to
from rota.store.seat_asks import SeatAnswer, SeatAsk, SeatAsking, asks_of, open_askings, who_said_no
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import snapshots_of
from rota.store.waiting import waiting_for

MOST_ASKED = 5
"""How many people are asked at once about one seat: enough that one probably can, so few that each knows it matters."""

WAITS = (
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(hours=6), timedelta(minutes=20)),
    (timedelta(hours=24), timedelta(hours=1)),
    (timedelta(hours=72), timedelta(hours=4)),
)
"""How long a wave has to answer, by how far ahead the shift begins: at least six waves fit before it."""
LONGEST_WAIT = timedelta(hours=24)

LOOK_BACK = timedelta(hours=24)
"""How long after a seat became open asking about it still begins by itself."""

MOST_LOOKS = 4
"""How many times the next nearest people are judged for one wave: with 150 each, most teams are read to the end."""

BECAME_OPEN = (ChangeReason.DROPPED, ChangeReason.NOT_CLEARED, ChangeReason.ACCOUNT_CLOSED)


@dataclass(frozen=True)
class Fitting:
    """Those whom a seat fits and who were not asked: now those who may be asked, the best first; later the others."""

    now: Sequence[int] = ()
    before_it_begins: bool = False
    """Whether the night of somebody else whom it fits ends before the shift begins."""
    asleep: bool = False
    """Whether it fits somebody else at all, who may not be asked before it begins."""


@dataclass
class _Tick:
    """What one tick found to be done."""

    waves: dict[int, tuple[SeatAsking, SeatRow, Sequence[int]]] = field(default_factory=dict)
    nobody: dict[int, tuple[SeatRow, bool]] = field(default_factory=dict)
    filled: list[tuple[SeatAsking, SeatRow]] = field(default_factory=list)
    over: list[int] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.waves or self.nobody or self.filled or self.over)


def ask_people(now: datetime) -> None:
    """Ask the next people about each seat that is due, tell those who plan where nobody is left, and thank the others.

    Reads first and writes last, so that no writing transaction waits for it. Safe to run at any time, and again.
    """
    _begin_new_ones(now)
    tick = _to_do(now)
    seen = {asking.id: asking.wave for asking, _, _ in tick.waves.values()}
    filled = [(asking.id, seat) for asking, seat in tick.filled]
    waves = {asking_id: (seat, people) for asking_id, (_, seat, people) in tick.waves.items()}
    db.session.rollback()
    if tick.is_empty:
        return
    with db.writing():
        still = locked_askings({*waves, *tick.nobody, *tick.over, *(asking_id for asking_id, _ in filled)})
        # Another worker may have asked meanwhile: then this wave was asked.
        due = {number: wave for number, wave in waves.items() if number in still and still[number].wave == seen[number]}
        ask_wave({number: (still[number], *wave) for number, wave in due.items()}, now=now)
        _tell_planners({number: found for number, found in tick.nobody.items() if number in still}, still, now=now)
        thank([(still[number], seat) for number, seat in filled if number in still], now=now)
        for number in tick.over:
            if number in still:
                still[number].closed_at = now


def wait_of(asked_at: datetime, starts_at: datetime) -> timedelta:
    """How long a wave asked at an instant has to answer before the next people are asked."""
    ahead = starts_at - asked_at
    return next((wait for within, wait in WAITS if ahead <= within), LONGEST_WAIT)


def begin_asking(seat: SeatRow, *, by: int | None, now: datetime) -> SeatAsking:
    """Return the open asking about a seat, begun now if there is none; the next tick asks the first people.

    Lock the seat's rota first, so that of two at once one begins it.
    """
    open_one = select(SeatAsking).where(SeatAsking.seat_id == seat.id, SeatAsking.closed_at.is_(None))
    open_one = open_one.where(SeatAsking.offer_id.is_(None))
    query = open_one.with_for_update(key_share=True).execution_options(populate_existing=True)
    asking = db.session.scalars(query).first()
    if asking is None:
        newest = select(AssignmentChange).where(AssignmentChange.seat_id == seat.id)
        change = db.session.scalars(newest.order_by(AssignmentChange.id.desc()).limit(1)).first()
        change_id = change.id if change is not None and change.why in BECAME_OPEN else None
        asking = SeatAsking(seat_id=seat.id, change_id=change_id, begun_at=now, begun_by_id=by, wave=0)
        db.session.add(asking)
        db.session.flush()
    return asking


def _begin_new_ones(now: datetime) -> None:
    opened = [*_opened(now), *_looked_for(now)]
    db.session.rollback()
    if opened:
        with db.writing():
            db.session.execute(
                select(Rota.id).where(Rota.id.in_({seat.rota_id for seat in opened})).with_for_update(key_share=True)
            )
            for seat in [*_opened(now), *_looked_for(now)]:
                begin_asking(seat, by=None, now=now)


def _opened(now: datetime) -> Sequence[SeatRow]:
    """The coming seats that became open of late, are so still, and about which no asking began."""
    rows = db.session.execute(
        select(AssignmentChange.id, AssignmentChange.seat_id, SeatAsking.id.label("asking_id"))
        .outerjoin(
            SeatAsking,
            (SeatAsking.change_id == AssignmentChange.id)
            | (
                (SeatAsking.seat_id == AssignmentChange.seat_id)
                & SeatAsking.closed_at.is_(None)
                & SeatAsking.offer_id.is_(None)
            ),
        )
        .where(
            AssignmentChange.changed_at > now - LOOK_BACK,
            AssignmentChange.why.in_(BECAME_OPEN),
            AssignmentChange.to_person_id.is_(None),
        )
        .order_by(AssignmentChange.id)
    ).all()
    newest = {row.seat_id: row for row in rows}
    to_begin = [seat_id for seat_id, row in newest.items() if row.asking_id is None]
    if not to_begin:
        return []
    seats = seats_where(Seat.id.in_(to_begin), Rota.version > 0, Shift.starts_at > now)
    return [seat for seat in seats if seat.is_open]


def _looked_for(now: datetime) -> Sequence[SeatRow]:
    """The coming seats for which their holders ask for cover and about which nobody is being asked yet."""
    looking = seats_looking_for_cover(now, FOR_EVER)
    if not looking:
        return []
    begun = {asking.seat_id for asking in open_askings()}
    return seats_where(Seat.id.in_(looking.keys() - begun), Shift.starts_at > now)


def _to_do(now: datetime) -> _Tick:
    askings = open_askings()
    if not askings:
        return _Tick()
    seats = {seat.id: seat for seat in seats_where(Seat.id.in_({asking.seat_id for asking in askings}))}
    asked = asks_of([asking.id for asking in askings])
    looking = seats_looking_for_cover(now, FOR_EVER)
    tick = _Tick()
    for asking in askings:
        seat = seats.get(asking.seat_id)
        if seat is None or seat.starts_at <= now or not (seat.is_open or seat.is_taken):
            tick.over.append(asking.id)
        elif seat.is_taken and seat.id not in looking:
            tick.filled.append((asking, seat))
        elif is_due(asking, seat, asked[asking.id], now):
            found = fitting(seat, {ask.person_id for ask in asked[asking.id]}, now=now)
            if found.now:
                tick.waves[asking.id] = (asking, seat, found.now)
            elif not found.before_it_begins and asking.told_at is None:
                tick.nobody[asking.id] = (seat, found.asleep)
    return tick


def is_due(asking: SeatAsking, seat: SeatRow, asks: Sequence[SeatAsk], now: datetime) -> bool:
    """Whether the next people are asked: the last wave had its time, or everybody in it has answered."""
    if asking.asked_at is None or now >= asking.asked_at + wait_of(asking.asked_at, seat.starts_at):
        return True
    return all(ask.answer is not None for ask in asks)


def fitting(
    seat: SeatRow, asked: Collection[int], *, now: datetime, of_shift: Sequence[SeatRow] | None = None
) -> Fitting:
    """The next people to ask about a seat, the least busy first: at most MOST_ASKED who may be asked at this hour.

    `of_shift` are the seats of the shift, where they are not to be read: for hours of it, as if it lasted these alone.

    Those who wait for the shift are asked before anybody else, in the order in which they asked. Left out are those who
    were asked, who left the shift, and who said no to another seat of it.
    """
    not_again = {*asked, *who_said_no(seat.shift_id)}
    of_shift = seats_where(Shift.id == seat.shift_id) if of_shift is None else of_shift
    waiting = [person_id for person_id in waiting_for(seat) if person_id not in not_again]
    able, later = _free(seat, of_shift, waiting, now=now)
    if able:
        return Fitting(sorted(able, key=waiting.index)[:MOST_ASKED])
    judged = {*not_again, *who_left(seat.shift_id), *waiting}
    for _ in range(MOST_LOOKS):
        nearest, more = nearest_to(seat, now=now, opened_only=True, but_not=judged)
        judged |= set(nearest)
        now_able, not_yet = _free(seat, of_shift, nearest, now=now)
        able += now_able
        later += not_yet
        if len(able) >= MOST_ASKED or not more:
            break
    return Fitting(able[:MOST_ASKED], any(at < seat.starts_at for at in later), bool(later))


def _free(
    seat: SeatRow, of_shift: Sequence[SeatRow], people: Sequence[int], *, now: datetime
) -> tuple[list[int], list[datetime]]:
    """Those of these people whom a seat fits and who may be asked now, the best first; and from when the others may."""
    if not people:
        return [], []
    snapshot = snapshots_of(names_of(people), of_shift, now=now)[seat.shift_id]
    found = candidates_for(snapshot.roster, snapshot.plan, seat.shift_id, seat.duty, among=people)
    free = [each.person_id for each in found if each.fit is Fit.FREE]
    may_from = may_be_asked_from(free, now=now) if free else {}
    able = [person_id for person_id in free if may_from[person_id] <= now]
    return able, [may_from[person_id] for person_id in free if may_from[person_id] > now]


def locked_askings(ids: Collection[int]) -> dict[int, SeatAsking]:
    """Those of these askings that are still open, locked and read again."""
    rows = db.session.scalars(
        select(SeatAsking)
        .where(SeatAsking.id.in_(ids), SeatAsking.closed_at.is_(None))
        .order_by(SeatAsking.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {asking.id: asking for asking in rows}


def ask_wave(waves: Mapping[int, tuple[SeatAsking, SeatRow, Sequence[int]]], *, now: datetime) -> None:
    """Keep who is asked, and queue one e-mail to each about all their seats."""
    asks: dict[int, list[tuple[SeatAsk, SeatRow]]] = defaultdict(list)
    for asking, seat, people in waves.values():
        asking.wave, asking.asked_at = asking.wave + 1, now
        for person_id in people:
            ask = SeatAsk(asking_id=asking.id, person_id=person_id, wave=asking.wave, asked_at=now)
            asks[person_id].append((ask, seat))
    db.session.add_all(ask for of_person in asks.values() for ask, _ in of_person)
    db.session.flush()
    for person_id, of_person in sorted(asks.items()):
        queue_question(person_id, of_person, now=now)


def queue_question(person_id: int, asks: Sequence[tuple[SeatAsk, SeatRow]], *, now: datetime) -> None:
    """Queue one e-mail that asks a person about these seats."""
    queue.enqueue(
        SeatOffered(seat_ids=[seat.id for _, seat in asks], ask_ids=[ask.id for ask, _ in asks]),
        to=person_id,
        once=SeatOffered.key(asks[0][0].id),
        now=now,
        deadline=max(seat.starts_at for _, seat in asks),
    )


def _tell_planners(
    nobody: Mapping[int, tuple[SeatRow, bool]], askings: Mapping[int, SeatAsking], *, now: datetime
) -> None:
    """Tell those who plan, once for each asking, that nobody is left who may be asked."""
    if not nobody:
        return
    for number in nobody:
        askings[number].told_at = now
    asleep = [seat.id for seat, is_asleep in nobody.values() if is_asleep]
    notice = NobodyToAsk(seat_ids=[seat.id for seat, _ in nobody.values()], asleep_seat_ids=asleep)
    for person_id in sorted(people_who_may(RotaPermission.PLAN, on=clock.on(now, settings.current().zone))):
        queue.enqueue(
            notice,
            to=person_id,
            once=f"nobody-to-ask:{min(nobody)}:{person_id}",
            now=now,
            deadline=max(seat.ends_at for seat, _ in nobody.values()),
        )


def thank(filled: Sequence[tuple[SeatAsking, SeatRow]], *, now: datetime) -> None:
    """Close the askings about seats, or hours of them, that somebody has; thank those who have not answered.

    Only them: who said no is done with it. One e-mail to each, not before their morning.
    """
    waiting: dict[int, list[tuple[SeatAsk, SeatRow]]] = defaultdict(list)
    asked = asks_of([asking.id for asking, _ in filled])
    for asking, seat in filled:
        asking.closed_at = now
        for ask in asked[asking.id]:
            if ask.person_id == seat.person_id:
                ask.answer, ask.answered_at = SeatAnswer.YES, ask.answered_at or now
            elif ask.answer is None:
                waiting[ask.person_id].append((ask, seat))
    mornings = may_be_asked_from(waiting, now=now) if waiting else {}
    for person_id, asks in sorted(waiting.items()):
        queue.enqueue(
            SeatFilled(ask_ids=[ask.id for ask, _ in asks]),
            to=person_id,
            once=f"seat-filled:{asks[0][0].id}",
            now=now,
            not_before=mornings[person_id],
            deadline=max(seat.starts_at for _, seat in asks),
        )
