"""The channels that a page about cover can be narrowed to."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select

from app import db
from rota.store.models import Channel


class ChannelChoice(NamedTuple):
    """One channel to choose."""

    id: int
    name: str


def channels_to_choose(today: date) -> list[ChannelChoice]:
    """The channels that are not closed for good, in the order they were opened."""
    rows = db.session.execute(
        select(Channel.id, Channel.name)
        .where(or_(Channel.closes_on.is_(None), Channel.closes_on > today))
        .order_by(Channel.id)
    )
    return [ChannelChoice._make(row) for row in rows]
