"""E-mails of the forecast: invitations to renew, and the digest of gaps. Ids and codes here, words in templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import exists, select

from app import clock, db, settings
from app.outbox.notice import Notice
from app.people.directory import names_of
from progression.lapsing.renewal import renewal
from progression.models import Evidence
from rota.ahead.gaps import Gap, open_gaps
from rota.ahead.models import GapTold, RenewalInvitation


def _not_renewed(ids: Sequence[int]) -> list[RenewalInvitation]:
    """Those of these invitations after which nothing of the kind was recorded."""
    kind_and_key = Evidence.kind + ":" + Evidence.key
    renewed = exists().where(
        Evidence.person_id == RenewalInvitation.person_id,
        kind_and_key == RenewalInvitation.evidence,
        Evidence.recorded_at >= RenewalInvitation.invited_at,
    )
    rows = db.session.scalars(
        select(RenewalInvitation).where(RenewalInvitation.id.in_(ids), ~renewed).order_by(RenewalInvitation.lapses_at)
    )
    return list(rows)


@dataclass(frozen=True)
class RenewalWanted(Notice):
    """To somebody whose shifts would stay empty if what they can renew themselves lapses."""

    kind: ClassVar[str] = "renewal-wanted"
    invitation_ids: Sequence[int]
    by_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once they have renewed it all."""
        return bool(_not_renewed(self.invitation_ids))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        rows = _not_renewed(self.invitation_ids)
        return {
            "renewals": [renewal(row.evidence, row.lapses_at, now) for row in rows],
            "home_page": settings.current().public_url.rstrip("/"),
            "shifts": max((row.shifts for row in rows), default=0),
            "by": names_of({self.by_id}).get(self.by_id, "Somebody who plans"),
        }


@dataclass(frozen=True)
class RenewalsToRecord(Notice):
    """To people who may record evidence: what they can renew for others, so that shifts do not stay empty."""

    kind: ClassVar[str] = "renewals-to-record"
    invitation_ids: Sequence[int]
    by_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once all of it was renewed."""
        return bool(_not_renewed(self.invitation_ids))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        rows = _not_renewed(self.invitation_ids)
        names = names_of({self.by_id, *(row.person_id for row in rows)})
        return {
            "renewals": [
                (names[row.person_id], row.person_id, renewal(row.evidence, row.lapses_at, now)) for row in rows
            ],
            "by": names.get(self.by_id, "Somebody who plans"),
        }


@dataclass(frozen=True)
class GapsAhead(Notice):
    """To people who plan: the gaps that have come near, in one e-mail."""

    kind: ClassVar[str] = "gaps-ahead"
    told_ids: Sequence[int]

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once every one of them is filled, or has begun."""
        return bool(self._open(now))

    def _open(self, now: datetime) -> list[Gap]:
        told = db.session.scalars(select(GapTold).where(GapTold.id.in_(self.told_ids))).all()
        until = max((each.starts_at for each in told), default=now)
        keys = {each.gap for each in told}
        return [gap for gap in open_gaps(now, until + timedelta(minutes=1)) if gap.key in keys]

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        zone = settings.current().zone
        gaps = self._open(now)
        return {
            "gaps": gaps,
            "home": zone,
            "soonest": gaps[0],
            "is_near": _is_near(gaps, now),
            "today": clock.on(now, zone),
        }


def _is_near(gaps: Iterable[Gap], now: datetime) -> bool:
    return any(gap.starts_at - now <= timedelta(hours=4) for gap in gaps)
