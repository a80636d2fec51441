"""The e-mails about seat changes: to those who are asked, those whose seats change, and those who can do something.

They name the shifts and the people concerned, and never a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db, settings
from app.outbox.notice import Notice
from app.people.directory import names_of
from rota.exchanges.models import ChangeState, SeatChange
from rota.exchanges.reading import ChangeForReader, change_for_reader


def _name_of_another(person_id: int | None, to: int) -> str | None:
    """The name of who acted on the reader's behalf; None: they did it themselves."""
    return None if person_id in (None, to) else names_of([person_id])[person_id]


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

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        change = self._change()
        by = next((party.answered_by_id for party in change.parties if party.person_id == to), None)
        if change.asker_id == to:
            by = change.made_by_id
        return {**super().context(to, now), "on_behalf": _name_of_another(by, to)}


@dataclass(frozen=True)
class SeatChangeEnded(_AboutChange):
    """To those who asked for or agreed to a change that does not come about."""

    kind: ClassVar[str] = "seat-change-ended"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once its shifts are over."""
        return any(line.seat.ends_at > now for line in self._view(to).lines)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        change = self._change()
        is_for_them = change.state is ChangeState.WITHDRAWN and change.asker_id == to
        by = change.ended_by_id if is_for_them else None
        return {**super().context(to, now), "on_behalf": _name_of_another(by, to)}


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
