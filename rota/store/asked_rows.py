"""What a snapshot needs to know of people besides their times, as rows of one query: wishes, seats, pairs, past work.

The rows have the columns of `rota/store/stated_rows.py`, which reads them together with people's times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Time,
    and_,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from app import clock, db
from app.many_ids import among
from progression.duties import Duty
from rota.scheduling.roster import Pair, Seating, Stint, Wish
from rota.scheduling.rules.policy import RotaRules
from rota.scheduling.standing_slots import StandingSlot
from rota.store.models import Assignment, Channel, CoverLine, Seat, Shift
from rota.store.pairs import KeptPair
from rota.store.seat_part_rows import SeatPart
from rota.store.standing_seats import StandingSeat
from rota.store.wishes import PartnerWish, ShiftWish

LATELY = timedelta(weeks=4)
"""How long nights before a period count towards somebody's load."""

NOTHING_MORE = (
    cast(null(), String).label("channel"),
    cast(null(), String).label("detail"),
    cast(null(), Integer).label("other_id"),
    cast(null(), Date).label("since"),
    cast(null(), Date).label("until"),
)
"""The columns that rows about times leave empty; cast, because they come first and give the columns their type."""


class AskedKind(StrEnum):
    """What a row is about."""

    LIKES = "likes"
    AVOIDS = "avoids"
    BESIDE = "beside"
    STANDING = "standing"
    APART = "apart"
    TOGETHER = "together"
    WORKED = "worked"


_KINDS = frozenset(kind.value for kind in AskedKind)


@dataclass(frozen=True)
class Asked:
    """What was read, by person: wishes, standing seats, work further off than their other shifts, and all pairs."""

    wishes: Mapping[int, list[Wish]] = field(default_factory=dict)
    slots: Mapping[int, list[StandingSlot]] = field(default_factory=dict)
    worked: Mapping[int, list[Stint]] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class FarWork:
    """Which shifts count that lie further off than what the other rules look back and ahead.

    Of everybody those of the weeks before the first day, and of people with limits by the month those of its months.
    """

    first: datetime
    since: datetime
    until: datetime
    last: datetime
    by_month: frozenset[int]

    @classmethod
    def around(
        cls, days: tuple[date, date], read: tuple[datetime, datetime], zone: ZoneInfo, by_month: frozenset[int]
    ) -> FarWork:
        """What counts for a period of these days, where shifts between two instants are read anyway."""
        first_of_month, next_month = (
            days[0].replace(day=1),
            (days[1].replace(day=1) + timedelta(days=32)).replace(day=1),
        )
        first = clock.starts(days[0], zone) - LATELY
        if by_month:
            first = min(first, clock.starts(first_of_month, zone))
        return cls(first, *read, clock.starts(next_month, zone), by_month)

    def counts(self, person_id: int, stint: Stint) -> bool:
        """Whether rules count a stint: it is near, or lies in a month by which this person is limited."""
        if person_id in self.by_month:
            return stint.starts_at < max(self.last, self.until) and stint.ends_at > min(self.first, self.since)
        return stint.starts_at < self.until and stint.ends_at > self.since


def queries(ids: BindParameter[Any], days: tuple[date, date], far: FarWork) -> Iterator[Select[*tuple[Any, ...]]]:
    """The queries for all that was asked by or about these people and may matter on these days."""
    first, last = days
    liked = case((ShiftWish.is_wanted, literal(AskedKind.LIKES.value)), else_=literal(AskedKind.AVOIDS.value))
    yield (
        _row(
            ShiftWish.person_id,
            liked,
            id_=ShiftWish.id,
            starts=ShiftWish.starts,
            ends=ShiftWish.ends,
            zone_name=ShiftWish.zone_name,
            channel=Channel.name,
            detail=ShiftWish.days,
        )
        .outerjoin(Channel, Channel.id == ShiftWish.channel_id)
        .where(among(ShiftWish.person_id, ids))
    )
    yield _row(
        PartnerWish.person_id, literal(AskedKind.BESIDE.value), id_=literal(0), other_id=PartnerWish.partner_id
    ).where(among(PartnerWish.person_id, ids), among(PartnerWish.partner_id, ids))
    yield (
        _row(
            StandingSeat.person_id,
            literal(AskedKind.STANDING.value),
            id_=StandingSeat.id,
            weekday=StandingSeat.weekday,
            starts=StandingSeat.starts,
            channel=Channel.name,
            detail=StandingSeat.duty,
            since=StandingSeat.from_on,
            until=StandingSeat.until_on,
        )
        .join(Channel, Channel.id == StandingSeat.channel_id)
        .where(
            among(StandingSeat.person_id, ids),
            StandingSeat.confirmed_at.is_not(None),
            StandingSeat.from_on <= last,
            or_(StandingSeat.until_on.is_(None), StandingSeat.until_on >= first),
        )
    )
    yield _pairs().where(
        or_(among(KeptPair.first_id, ids), among(KeptPair.second_id, ids)),
        KeptPair.from_on <= last,
        or_(KeptPair.until_on.is_(None), KeptPair.until_on >= first),
    )
    yield _worked(ids, far)
    yield _parts_worked(ids, far)


def pairs_of_one(person_id: BindParameter[int]) -> Select[*tuple[Any, ...]]:
    """The query for the pairs of one person, who stands first in each of its rows."""
    other = case((KeptPair.first_id == person_id, KeptPair.second_id), else_=KeptPair.first_id)
    return _pairs(person_id, other).where(or_(KeptPair.first_id == person_id, KeptPair.second_id == person_id))


def _pairs(first: Any = KeptPair.first_id, second: Any = KeptPair.second_id) -> Select[*tuple[Any, ...]]:
    kind = case((KeptPair.is_together, literal(AskedKind.TOGETHER.value)), else_=literal(AskedKind.APART.value))
    return _row(
        first,
        kind,
        id_=KeptPair.id,
        other_id=second,
        since=KeptPair.from_on,
        until=KeptPair.until_on,
    )


def _worked(ids: BindParameter[Any], far: FarWork) -> Select[*tuple[Any, ...]]:
    """The published shifts of people that end before what is read anyway, and for months those that begin after."""
    query = _of_work(Assignment.person_id, Assignment.id, Shift.starts_at, Shift.ends_at)
    return query.where(among(Assignment.person_id, ids), _lies(Assignment.person_id, far))


def _parts_worked(ids: BindParameter[Any], far: FarWork) -> Select[*tuple[Any, ...]]:
    """The parts of others' seats that people work, of the same shifts."""
    query = _of_work(SeatPart.person_id, SeatPart.id, SeatPart.starts_at, SeatPart.ends_at)
    query = query.join(SeatPart, SeatPart.assignment_id == Assignment.id)
    return query.where(among(SeatPart.person_id, ids), SeatPart.ended_at.is_(None), _lies(SeatPart.person_id, far))


def _lies(person_id: Any, far: FarWork) -> ColumnElement[bool]:
    lies = and_(Shift.starts_at >= far.first, Shift.ends_at <= far.since)
    if far.by_month and far.last > far.until:
        after = and_(Shift.starts_at >= far.until, Shift.starts_at < far.last)
        lies = or_(lies, and_(after, among(person_id, far.by_month)))
    return lies


def _of_work(person_id: Any, id_: Any, starts_at: Any, ends_at: Any) -> Select[*tuple[Any, ...]]:
    return (
        _row(
            person_id,
            literal(AskedKind.WORKED.value),
            id_=id_,
            starts_at=starts_at,
            ends_at=ends_at,
            channel=Channel.name,
            detail=CoverLine.duty,
        )
        .select_from(Assignment)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Channel, Channel.id == Shift.channel_id)
        .where(Assignment.ended_at.is_(None), Shift.withdrawn_at.is_(None))
    )


def _row(person_id: Any, kind: Any, *, id_: Any, **columns: Any) -> Select[*tuple[Any, ...]]:
    """A query with the columns of a time, of which those that are not named are empty."""
    types: dict[str, Any] = {
        "weekday": Integer,
        "starts": Time,
        "ends": Time,
        "zone_name": String,
        "kind": String,
        "starts_at": db.UtcDateTime,
        "ends_at": db.UtcDateTime,
        "said_at": db.UtcDateTime,
        "id": Integer,
        "channel": String,
        "detail": String,
        "other_id": Integer,
        "since": Date,
        "until": Date,
    }
    given = {**columns, "kind": kind, "id": id_}
    named: list[Any] = [type_coerce(given.get(name, null()), kept_as).label(name) for name, kept_as in types.items()]
    return select(person_id, *named)


def asked_in(rows: Iterable[Any], rules: RotaRules) -> Asked:
    """What the rows say of wishes, standing seats, pairs and past work; wishes weigh as these rules say."""
    price = rules.wishes.price
    wishes: dict[int, list[Wish]] = defaultdict(list)
    slots: dict[int, list[StandingSlot]] = defaultdict(list)
    worked: dict[int, list[Stint]] = defaultdict(list)
    pairs: list[Pair] = []
    for row in rows:
        kind = row.kind
        if kind is None or kind not in _KINDS:
            continue  # a time, as most of them are
        if kind == AskedKind.WORKED:  # as most of the others are
            worked[row.person_id].append(Stint(row.starts_at, row.ends_at, Duty(row.detail), row.channel))
            continue
        match kind:
            case AskedKind.LIKES | AskedKind.AVOIDS:
                wishes[row.person_id].append(_wish(row, price))
            case AskedKind.STANDING:
                slot = StandingSlot(row.weekday, row.starts, row.channel, Duty(row.detail), row.since, row.until)
                slots[row.person_id].append(slot)
            case AskedKind.BESIDE:
                pairs.append(Pair(row.person_id, row.other_id, together=True, is_wish=True))
            case AskedKind.APART | AskedKind.TOGETHER:
                together = row.kind == AskedKind.TOGETHER
                pairs.append(Pair(row.person_id, row.other_id, together, since=row.since, until=row.until))
    return Asked(wishes, slots, worked, tuple(sorted(pairs, key=_order)))


def _wish(row: Any, price: int) -> Wish:
    return Wish(
        row.kind == AskedKind.LIKES,
        price,
        channel=row.channel,
        weekdays=frozenset(map(int, row.detail)) if row.detail else None,
        starts=row.starts,
        ends=row.ends,
        zone=row.zone_name,
    )


def _order(pair: Pair) -> tuple[int, int, bool, bool, date]:
    return pair.first_id, pair.second_id, pair.together, pair.is_wish, pair.since or date.min


def seated_others(pairs: Iterable[Pair], names: Collection[int], shift_ids: Collection[int]) -> list[Seating]:
    """Of the people in pairs who are not among these, the seats they hold on some shifts. No query without such people.

    That somebody is kept apart from them counts also where nothing else is read of them.
    """
    others = {person_id for pair in pairs for person_id in (pair.first_id, pair.second_id)} - set(names)
    if not others:
        return []
    rows = db.session.execute(
        select(CoverLine.shift_id, CoverLine.duty, Assignment.person_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .where(Assignment.person_id.in_(others), CoverLine.shift_id.in_(shift_ids))
    )
    return [Seating(row.shift_id, Duty(row.duty), row.person_id) for row in rows]
