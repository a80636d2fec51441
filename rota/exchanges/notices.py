"""The e-mails about seat changes: to those who are asked, those whose seats change, and those who can do something.

They name the shifts and the people concerned, and never a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db, settings
from app.outbox.notice import Notice
from rota.exchanges.models import ChangeState, SeatChange
from rota.exchanges.reading import ChangeForReader, change_for_reader


@dataclass(frozen=True)
class _AboutChange(Notice):
    """The base of these e-mails: about one change, as its reader may see it."""

    change_id: int

    def _change(self) -> SeatChange:
        return db.session.get_one(SeatChange, self.change_id)

    def _view(self, to: int) -> ChangeForReader:
        return change_for_reader(self._change(), to)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"home": settings.current().zone, "view": self._view(to)}


@dataclass(frozen=True)
class SeatChangeAsked(_AboutChange):
    """To a person whose consent a change needs."""

    kind: ClassVar[str] = "seat-change-asked"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once they answered, or it has ended."""
        view = self._view(to)
        return view.may_answer(now) and not view.is_overtaken


@dataclass(frozen=True)
class SeatChangeDone(_AboutChange):
    """To a person whose shifts have changed, as everybody concerned agreed."""

    kind: ClassVar[str] = "seat-change-done"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the shifts are over."""
        return any(line.seat.ends_at > now for line in self._view(to).own_lines)


@dataclass(frozen=True)
class SeatChangeEnded(_AboutChange):
    """To those who asked for or agreed to a change that does not come about."""

    kind: ClassVar[str] = "seat-change-ended"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once its shifts are over."""
        return any(line.seat.ends_at > now for line in self._view(to).lines)


@dataclass(frozen=True)
class SeatChangeWaits(_AboutChange):
    """To people who plan: somebody looks for cover, or a change waits for their decision."""

    kind: ClassVar[str] = "seat-change-waits"
    is_decision: bool = False

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it was decided or taken, or it was taken back."""
        wanted = ChangeState.ACCEPTED if self.is_decision else ChangeState.OPEN
        return self._change().state is wanted and not self._view(to).is_overtaken

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {**super().context(to, now), "is_decision": self.is_decision}
