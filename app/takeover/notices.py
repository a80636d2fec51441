"""The welcome of somebody who was taken over from an organisation's records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app.people.notices import Invited
from app.takeover import batches


@dataclass(frozen=True)
class Welcomed(Invited):
    """To a person who came in with a batch: a link with which they choose a password, and what is known of them."""

    kind: ClassVar[str] = "welcomed"
    batch_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        told = batches.told_to([to], self.batch_id, now)
        return {**super().context(to, now), "told": told.get(to, [])}
