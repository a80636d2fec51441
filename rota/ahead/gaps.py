"""The gaps of published shifts and of time without a shift, each under a key that stays the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false

from app import settings
from rota.store.cover_needs import cover_between
from rota.store.models import ChannelKind
from rota.store.shortages import as_published, shortages


@dataclass(frozen=True, slots=True)
class Gap:
    """A shift that is short of people, or time of a channel for which no shift is published; still to begin."""

    key: str
    channel: str
    starts_at: datetime
    ends_at: datetime
    words: str
    rota_id: int | None = None
    seat_id: int | None = None


def open_gaps(now: datetime, until: datetime) -> list[Gap]:
    """The gaps that begin after now and before `until`, the soonest first. One query."""
    zone = settings.current().zone
    cover = cover_between(now, until, zone=zone, named=false())
    gaps = [
        Gap(
            f"shift:{short.place.shift_id}",
            short.place.channel,
            short.place.starts_at,
            short.place.ends_at,
            short.words,
            short.place.rota_id,
            (short.empty[0] if short.empty else short.place).id,
        )
        for short in shortages(cover.seats, as_published, zone=zone, now=now)
    ]
    for need in cover.unplanned.needed:
        if need.people:
            words = "Nobody is on call" if need.channel_kind is ChannelKind.ON_CALL else "Nothing is planned"
            key = f"channel:{need.channel_id}:{need.starts_at.isoformat()}"
            gaps.append(Gap(key, need.channel, need.starts_at, need.ends_at, words))
    return sorted((gap for gap in gaps if now < gap.starts_at < until), key=lambda gap: (gap.starts_at, gap.key))
