"""One change of a draft, as publishing and undoing speak of it."""

from __future__ import annotations

from dataclasses import dataclass

from rota.store.models import ChangeReason
from rota.store.seats import SeatRow


@dataclass(frozen=True)
class Move:
    """One change of the draft: who has the seat now, and who is to have it."""

    seat: SeatRow
    from_person_id: int | None
    to_person_id: int | None
    why: ChangeReason
    reason: str | None
