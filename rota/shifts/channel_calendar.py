"""Who is on a channel, as an iCalendar feed at a private address, for people who may read who is on any shift.

It has published shifts alone, and of people their display names. Whether its person may still read them is asked at
every fetch, because a role can end by its date.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select, update

from app import audit, clock, db, settings
from app.calendar_file import CalendarEntry, calendar_of
from app.people.models import CLOSED, Person
from app.people.rights import permissions_of
from app.refusals import NotAllowed, NotFound
from rota.permissions import RotaPermission
from rota.shifts.calendar_feed import KEEP_CANCELLED, FeedIsGone, NoSuchFeed, RenderedFeed, hash_of
from rota.store.channel_feeds import ChannelFeed
from rota.store.models import Assignment, Channel, CoverLine, Rota, RotaVersion, Seat, Shift
from rota.store.seat_part_rows import SeatPart
from rota.store.seat_parts import worked
from rota.store.seats import SeatRow, seats_where

KEEP_PAST = timedelta(days=7)  # so that somebody can look up last night; older names leave the calendar


@dataclass(frozen=True, slots=True)
class ChannelCalendar:
    """A channel as its reader's page of calendars shows it: when they made their open address, if they have one."""

    channel: Channel
    made_at: datetime | None


def calendars_for(person: Person, *, now: datetime) -> list[ChannelCalendar]:
    """The channels that are not closed, for a person who may read who is on; empty for others."""
    if not _may_read(person, now):
        return []
    mine = (ChannelFeed.channel_id == Channel.id) & (ChannelFeed.person_id == person.id)
    is_open = Channel.closes_on.is_(None) | (Channel.closes_on > clock.on(now, settings.current().zone))
    rows = db.session.execute(
        select(Channel, ChannelFeed.made_at)
        .outerjoin(ChannelFeed, mine & ChannelFeed.ended_at.is_(None))
        .where(is_open | ChannelFeed.id.is_not(None))
        .order_by(Channel.name)
    )
    return [ChannelCalendar(row.Channel, row.made_at) for row in rows]


def open_feed(person: Person, channel_id: int, *, now: datetime) -> tuple[str, str]:
    """Make a private address for a channel and return its token, shown only now, with the channel's name.

    The address that the person had before is closed.
    """
    db.lock_people([person.id])
    if not _may_read(person, now):
        raise NotAllowed("Who is on a channel is open to coordinators and leads only.")
    channel = db.session.get(Channel, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    _close(person.id, channel_id, now=now)
    token = secrets.token_urlsafe(32)
    db.session.add(
        ChannelFeed(person_id=person.id, channel_id=channel_id, token_hash=hash_of(token), made_at=now, ended_at=None)
    )
    audit.record("rota.channel-calendar-opened", by=person.id, subject=f"channel:{channel_id}", now=now)
    return token, channel.name


def close_feed(person: Person, channel_id: int, *, now: datetime) -> None:
    """Close a person's address for a channel at once; does nothing where they have none."""
    if _close(person.id, channel_id, now=now):
        audit.record("rota.channel-calendar-closed", by=person.id, subject=f"channel:{channel_id}", now=now)


def end_feeds_without_right(person_id: int, *, now: datetime) -> None:
    """Close all addresses of a person whose account is closed, or who may no longer read who is on."""
    person = db.session.get_one(Person, person_id)
    if person.state in CLOSED or not _may_read(person, now):
        _close(person_id, None, now=now)


def feed_of_token(token: str, *, now: datetime) -> tuple[ChannelFeed, Channel]:
    """Return the feed with this token and its channel. Refuses closed and unknown addresses, and a lost right."""
    row = db.session.execute(
        select(ChannelFeed, Channel, Person)
        .join(Channel, Channel.id == ChannelFeed.channel_id)
        .join(Person, Person.id == ChannelFeed.person_id)
        .where(ChannelFeed.token_hash == hash_of(token))
    ).one_or_none()
    if row is None:
        raise NoSuchFeed("There is no calendar at this address.")
    if row.ChannelFeed.ended_at is not None or row.Person.state in CLOSED or not _may_read(row.Person, now):
        raise FeedIsGone("This calendar address was closed. Who may read it can make a new one under My shifts.")
    return row.ChannelFeed, row.Channel


def render(channel: Channel, *, now: datetime) -> RenderedFeed:
    """Render who is on the channel's published shifts, those of the past week too; shifts taken off are cancelled."""
    seats = seats_where(Shift.channel_id == channel.id, Shift.ends_at > now - KEEP_PAST, Rota.version > 0)
    changed, parts = _changed({seat.rota_id for seat in seats}), _changed_parts({seat.shift_id for seat in seats})
    entries = [*_on(worked(seats), changed, parts), *_taken_off(channel, now)]
    changed_at = max((each.changed_at for each in entries), default=now.replace(hour=0, minute=0, second=0))
    body = calendar_of(f"{settings.current().organisation}: {channel.name}", entries, is_feed=True)
    return RenderedFeed(body, hashlib.sha256(body).hexdigest(), changed_at)


def _on(
    at_work: Sequence[SeatRow], changed: dict[int, datetime], parts: dict[int, list[datetime]]
) -> Iterator[CalendarEntry]:
    """A shift and everybody who works it, each once, with all or a part of a seat."""
    for shift_id, of_shift in groupby(sorted(at_work, key=_by_shift), key=lambda seat: seat.shift_id):
        on = list(of_shift)
        names = dict.fromkeys(f"{seat.holder} ({seat.duty.words})" for seat in on if seat.holder)
        moments = parts.get(shift_id, [])
        yield CalendarEntry(
            key=f"shift-{shift_id}",
            sequence=on[0].rota_version + len(moments),
            changed_at=max(changed[on[0].rota_id], *moments) if moments else changed[on[0].rota_id],
            starts_at=on[0].starts_at,
            ends_at=max(seat.ends_at for seat in on),
            is_cancelled=False,
            summary=f"{on[0].channel}: {', '.join(names) or 'nobody yet'}",
            path=f"/shifts/{shift_id}",
        )


def _by_shift(seat: SeatRow) -> tuple[int, datetime]:
    return seat.shift_id, seat.starts_at


def _changed_parts(shift_ids: set[int]) -> dict[int, list[datetime]]:
    """When parts of the seats of these shifts were taken and ended, by shift."""
    rows = db.session.execute(
        select(CoverLine.shift_id, SeatPart.taken_at, SeatPart.ended_at)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .join(SeatPart, SeatPart.assignment_id == Assignment.id)
        .where(CoverLine.shift_id.in_(shift_ids))
    )
    moments: dict[int, list[datetime]] = defaultdict(list)
    for row in rows:
        moments[row.shift_id] += [moment for moment in (row.taken_at, row.ended_at) if moment is not None]
    return moments


def _changed(rota_ids: set[int]) -> dict[int, datetime]:
    """When each rota last got a version."""
    rows = db.session.execute(
        select(RotaVersion.rota_id, func.max(RotaVersion.made_at).label("at"))
        .where(RotaVersion.rota_id.in_(rota_ids))
        .group_by(RotaVersion.rota_id)
    )
    return {row.rota_id: row.at for row in rows}


def _taken_off(channel: Channel, now: datetime) -> Iterator[CalendarEntry]:
    rows = db.session.execute(
        select(Shift.id, Shift.starts_at, Shift.ends_at, Shift.withdrawn_at, Rota.version)
        .join(Rota, Rota.id == Shift.rota_id)
        .where(
            Shift.channel_id == channel.id,
            Shift.withdrawn_at > now - KEEP_CANCELLED,
            Shift.ends_at > now - KEEP_PAST,
            Rota.version > 0,
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    for row in rows:
        yield CalendarEntry(
            key=f"shift-{row.id}",
            sequence=row.version + 1,
            changed_at=row.withdrawn_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_cancelled=True,
            summary=f"{channel.name}: taken off",
            path="/shifts",
        )


def _may_read(person: Person, now: datetime) -> bool:
    return RotaPermission.SEE_WHO in permissions_of(person.id, on=clock.on(now, settings.current().zone))


def _close(person_id: int, channel_id: int | None, *, now: datetime) -> bool:
    """Close the person's open addresses, of one channel or of all; whether there was any."""
    theirs = (ChannelFeed.person_id == person_id) & ChannelFeed.ended_at.is_(None)
    of_channel = theirs if channel_id is None else theirs & (ChannelFeed.channel_id == channel_id)
    ended = db.session.execute(update(ChannelFeed).where(of_channel).values(ended_at=now).returning(ChannelFeed.id))
    return ended.first() is not None
