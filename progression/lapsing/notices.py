"""The e-mails before something lapses: to the person, and to those who can renew it. Codes and days here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from app import clock, settings
from app.domain import RequirementWords
from app.outbox.notice import Notice
from progression.lapses import Lapse
from progression.lapsing.reading import PersonLapses, is_renewed_by_themselves, people_who_lapse
from progression.lapsing.renewal import Renewal, renewal
from progression.way_back import pages_for

Named = Sequence[Sequence[str]]
"""Requirements by code, each with the last day on which it holds, as 2027-03-01."""


@dataclass(frozen=True)
class Line:
    """One thing that lapses, as an e-mail says it."""

    lapse: Lapse
    renewal: Renewal
    by_themselves: bool
    pages: tuple[RequirementWords, ...]
    """Where the person can renew it alone."""


def line_of(lapse: Lapse, now: datetime) -> Line:
    """What pages and e-mails say of something that lapses."""
    ends = clock.ends(lapse.last_day, settings.current().zone)
    return Line(
        lapse, renewal(lapse.need.evidence, ends, now), is_renewed_by_themselves(lapse.need), pages_for(lapse.need, now)
    )


def _still(named: Named, ids: Collection[int], now: datetime) -> list[PersonLapses]:
    """Those of these people whose things are still to lapse on the days that were said, with those alone."""
    wanted = {(code, date.fromisoformat(day)) for code, day in named}
    found = people_who_lapse(now, max(day for _, day in wanted), ids=ids)
    kept = [
        PersonLapses(each.person, [one for one in each.lapses if (one.code, one.last_day) in wanted]) for each in found
    ]
    return [each for each in kept if each.lapses]


@dataclass(frozen=True)
class LapsesAhead(Notice):
    """To somebody some of whose duties rest on what lapses soon."""

    kind: ClassVar[str] = "lapses-ahead"
    named: Named

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once all of it was renewed, or no longer matters to what they may do."""
        return bool(_still(self.named, [to], now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        (mine,) = _still(self.named, [to], now)
        return {
            "lines": [line_of(lapse, now) for lapse in mine.lapses],
            "home_page": settings.current().public_url.rstrip("/"),
        }


@dataclass(frozen=True)
class LapsesToRecord(Notice):
    """To people who may record evidence: whose checks and observations lapse soon, all in one e-mail."""

    kind: ClassVar[str] = "lapses-to-record"
    named: Named
    people: Sequence[int]
    """Of each of `named`, in the same order, whose it is."""

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once all of it was renewed."""
        return bool(self._lines(now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"lines": self._lines(now)}

    def _lines(self, now: datetime) -> list[tuple[str, int, Line]]:
        wanted = {(who, code, day) for who, (code, day) in zip(self.people, self.named, strict=True)}
        return [
            (each.person.display_name, each.person.id, line_of(lapse, now))
            for each in _still(self.named, self.people, now)
            for lapse in each.lapses
            if (each.person.id, lapse.code, lapse.last_day.isoformat()) in wanted
        ]
