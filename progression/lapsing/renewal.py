"""What renewing something takes, in the words of e-mails and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from progression.labels import evidence_title, requirement_kind, resolve
from progression.standing import pathway_now


@dataclass(frozen=True)
class Renewal:
    """One thing to renew, as an e-mail and a page say it."""

    title: str
    last_day: datetime  # an instant of the last day on which it holds
    is_over: bool
    href: str | None
    minutes: int | None
    opens_at: datetime | None
    """When it can be begun, where that is still to come."""


def renewal(evidence: str, lapses_at: datetime, now: datetime) -> Renewal:
    """What renewing a requirement takes."""
    words, kind = resolve(evidence, now), requirement_kind(evidence)
    takes = kind.renewing(evidence.partition(":")[2], now) if kind is not None and kind.renewing else None
    opens = lapses_at - takes.opens_before if takes is not None and takes.opens_before is not None else now
    return Renewal(
        title=evidence_title(evidence, pathway_now(now), now),
        last_day=lapses_at - timedelta(minutes=1),
        is_over=lapses_at <= now,
        href=words.href if words is not None else None,
        minutes=takes.minutes if takes is not None else None,
        opens_at=opens if opens > now else None,
    )
