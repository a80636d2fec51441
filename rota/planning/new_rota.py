"""Making a rota: its shifts and seats, from the cover patterns in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import audit, clock, db, settings
from app.day_bounds import PLANNED_AHEAD
from app.organisation import in_force
from app.refusals import Invalid, NotFound
from app.typed_text import name_line
from rota.planning.channels import patterns_of, planned
from rota.planning.shifts_of_rota import add
from rota.store.models import Channel, Rota, Shift
from rota.store.seats import LONGEST_ROTA

A_WEEK = timedelta(days=7)
USUAL_ROTA = 4 * A_WEEK
FURTHEST_LOOK = 52 * A_WEEK  # Further ahead nobody plans; what is there was made by mistake.
LONGEST_TITLE = 80  # characters


def make_rota(
    title: str,
    starts_on: date,
    ends_on: date,
    channel_ids: Collection[int],
    *,
    by: int | None,
    now: datetime,
) -> Rota:
    """Make a rota with its shifts and seats from the patterns in force. Refuses days another rota has.

    Without a title it is called by its days.
    """
    in_force.hold_zone_still()
    title = name_line(
        title or _named_by(starts_on, ends_on), what="The title of a rota", longest=LONGEST_TITLE, field="title"
    )
    if ends_on < starts_on:
        raise Invalid("The last day must not come before the first.", field="ends_on")
    if ends_on - starts_on >= LONGEST_ROTA:
        raise Invalid("A rota may cover eight weeks at most.", field="ends_on")
    if starts_on > clock.on(now, settings.current().zone) + PLANNED_AHEAD:
        raise Invalid("That is more than a year away. Make the rotas before it first.", field="starts_on")
    if not channel_ids:
        raise Invalid("Choose at least one channel.", field="channels")
    # Held until the end, so that of two rotas made at once for the same days the second sees the first.
    channels = db.session.scalars(
        select(Channel).where(Channel.id.in_(channel_ids)).order_by(Channel.id).with_for_update(key_share=True)
    ).all()
    if len(channels) != len(set(channel_ids)):
        raise NotFound("One of these channels does not exist any more.")
    rota = Rota(title=title, starts_on=starts_on, ends_on=ends_on, made_at=now, made_by_id=by)
    db.session.add(rota)
    patterns = patterns_of([channel.id for channel in channels])
    for channel in channels:
        shifts = planned(channel, patterns[channel.id], starts_on, ends_on)
        if not shifts:
            raise Invalid(
                f"{channel.name} is closed on these days."
                if channel.closes_on is not None and channel.closes_on <= starts_on
                else f"{channel.name} has no pattern for these days.",
                field="channels",
            )
        add(rota, channel.id, shifts)
    db.session.flush()
    audit.record("rota.made", by=by, subject=f"rota:{rota.id}", now=now)
    return rota


def _named_by(starts_on: date, ends_on: date) -> str:
    """What a rota of these days is called if nobody named it: “1 to 28 March”, and so on."""
    last = f"{ends_on.day} {ends_on:%B}"
    if starts_on.year != ends_on.year:
        return f"{starts_on.day} {starts_on:%B %Y} to {last} {ends_on.year}"
    if starts_on.month != ends_on.month:
        return f"{starts_on.day} {starts_on:%B} to {last}"
    return f"{starts_on.day} to {last}" if starts_on != ends_on else last


def next_free_period(channel_ids: Collection[int], zone: ZoneInfo, *, today: date) -> tuple[date, date]:
    """The first day from the coming Monday on that begins a week without a shift of these channels, and a last day.

    Four weeks where that is free, else up to the next shift: a rota made for a far-off year by mistake moves nothing.
    """
    monday = clock.monday_of(today) + A_WEEK
    horizon = monday + FURTHEST_LOOK
    rows = db.session.scalars(
        select(Shift.starts_at).where(
            Shift.channel_id.in_(channel_ids),
            Shift.withdrawn_at.is_(None),
            Shift.starts_at >= clock.starts(monday, zone),
            Shift.starts_at < clock.starts(horizon, zone),
        )
    )
    taken = sorted({clock.on(starts_at, zone) for starts_at in rows})
    first = monday
    for day in taken:
        if day < first + A_WEEK:
            first = day + timedelta(days=1)
    following = next((day for day in taken if day >= first), horizon)
    return first, min(first + USUAL_ROTA, following) - timedelta(days=1)
