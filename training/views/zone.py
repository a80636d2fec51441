"""In whose time a page of training says its hours."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from app import settings
from app.permissions import current_person


def readers_zone() -> ZoneInfo:
    """The reader's own zone where they have chosen one, else the organisation's."""
    name = current_person().zone_name
    return ZoneInfo(name) if name else settings.current().zone
