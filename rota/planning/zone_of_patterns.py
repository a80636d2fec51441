"""What the rota keeps in the time of the organisation's clock, for when the organisation changes its time zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from app import db
from rota.store.models import CoverPattern, Rota, Shift


def zone_stays() -> str | None:
    """Shifts would move to other hours for the people on them, so the zone stays once there are any."""
    title = db.session.scalar(
        select(Rota.title).join(Shift, Shift.rota_id == Rota.id).where(Shift.withdrawn_at.is_(None)).limit(1)
    )
    if title is None:
        return None
    return (
        f"There are shifts already, in the rota “{title}” for one, and with another time zone they would be at other "
        "hours. Remove the rotas that were made, while none is published; then the zone can be changed."
    )


def move_zone(zone: ZoneInfo) -> None:
    """Read the weekly patterns of all channels on the new clock: 09:00 stays 09:00."""
    db.session.execute(update(CoverPattern).values(zone_name=zone.key))
