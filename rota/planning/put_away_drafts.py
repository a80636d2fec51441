"""Drafts that were put away, and bringing one back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app import audit, db
from app.refusals import Conflict, NotFound
from rota.store.assignments import lock_rota
from rota.store.models import Draft, DraftState, Rota

MOST_SHOWN = 20


def put_away_since_published(rota_id: int) -> Sequence[Draft]:
    """The drafts of a rota that were put away since a draft of it was last published, the newest first."""
    last_published = (
        select(func.coalesce(func.max(Draft.number), 0))
        .where(Draft.rota_id == rota_id, Draft.state == DraftState.PUBLISHED)
        .scalar_subquery()
    )
    return db.session.scalars(
        select(Draft)
        .where(Draft.rota_id == rota_id, Draft.state == DraftState.DISCARDED, Draft.number > last_published)
        .order_by(Draft.number.desc())
        .limit(MOST_SHOWN)
    ).all()


def bring_back(rota: Rota, draft_id: int, *, by: int, now: datetime) -> Draft:
    """Open a draft again that was put away, with its changes and steps. Seats that passed to others since are shown.

    Refuses while another draft of the rota is open.
    """
    rota = lock_rota(rota.id)
    draft = next((each for each in put_away_since_published(rota.id) if each.id == draft_id), None)
    if draft is None:
        raise NotFound(
            "This draft can no longer be brought back: somebody brought it back, or a newer one is published."
        )
    is_open = select(Draft.number).where(Draft.rota_id == rota.id, Draft.state == DraftState.OPEN)
    if (number := db.session.scalar(is_open)) is not None:
        raise Conflict(f"Draft {number} of this rota is open. Publish it or put it away first.")
    draft.state = DraftState.OPEN
    audit.record("rota.draft-brought-back", by=by, subject=f"draft:{draft.id}", now=now)
    return draft
