"""The e-mail to a person for whom somebody who plans did something about a shift: ids and codes here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from app import settings
from app.outbox.notice import Notice
from app.people.directory import names_of
from rota.store.models import Seat
from rota.store.seats import SeatRow, seats_where


class DoneWords(NamedTuple):
    """How an e-mail says what somebody did on a person's behalf: subject, title, what was done, and what now."""

    subject: str
    title: str
    did: str
    what_now: str
    leads_to: str = "shift"
    """The page of its link: of the `shift`, My `shifts`, `more` shifts, or of the `question`."""


STAYS_YOURS = "Its page says so, and lets you take that back if it is not what you agreed."
WHO_IS_ON = "Its page says who is on with you, and how to give it back if that is not what you agreed."
TAKE_IT_BACK = "If that is not what you agreed, its page lets you take it back."
DONE_FOR_SOMEBODY = {
    "claimed": DoneWords("took a shift for you", "A shift is yours", "took this shift for you", WHO_IS_ON),
    "dropped": DoneWords(
        "gave back a shift for you",
        "A shift was given back",
        "gave this shift back for you",
        "It is not yours any more.",
        "shifts",
    ),
    "confirmed": DoneWords(
        "confirmed your shift for you", "Your shift is confirmed", "noted that you come to this shift", WHO_IS_ON
    ),
    "cover-asked": DoneWords(
        "asked for cover for your shift",
        "Cover is asked for",
        "asked for cover for this shift for you. It is yours until somebody takes it",
        STAYS_YOURS,
    ),
    "part-offered": DoneWords(
        "offered a part of your shift",
        "A part of your shift is offered",
        "offered some hours of this shift for you. They are yours until somebody takes them",
        STAYS_YOURS,
    ),
    "part-given-back": DoneWords(
        "gave back a part of a shift for you",
        "Hours of a shift were given back",
        "gave back for you the hours that you had taken of this shift",
        "They are not yours any more.",
        "shifts",
    ),
    "swap-asked": DoneWords(
        "asked for a swap of your shift",
        "A swap is asked for",
        "asked others for you whether they would swap with you. This shift is yours until everybody says yes",
        STAYS_YOURS,
    ),
    "said-yes": DoneWords(
        "said yes for you",
        "A yes was given for you",
        "said yes for you to a question about this shift. Nothing has changed yet",
        "Its page says how it stands. If that is not what you agreed, tell them at once.",
        "question",
    ),
    "said-no": DoneWords(
        "said no for you",
        "A no was given for you",
        "said no for you to a question about this shift",
        "Everybody keeps what they have. If that is not what you agreed, tell them.",
        "question",
    ),
    "waiting": DoneWords(
        "put you on a waiting list",
        "You are told if a shift opens",
        "noted that you would take this shift if it opened",
        TAKE_IT_BACK,
        "more",
    ),
    "waiting-no-longer": DoneWords(
        "took you off a waiting list",
        "You are off a waiting list",
        "noted that you no longer wait for this shift to open",
        "If that is not what you agreed, you can wait for it again.",
        "more",
    ),
    "could-stay": DoneWords(
        "noted that you could stay on",
        "You could stay on, if nobody comes",
        "noted for you that you could stay on after this shift if nobody comes. It is not a promise",
        TAKE_IT_BACK,
    ),
}
"""What somebody who plans does on a person's behalf, in words."""
ABOUT_THE_END = frozenset({"could-stay"})
"""Of these, those that matter until a shift ends."""


@dataclass(frozen=True)
class DoneForYou(Notice):
    """To a person for whom somebody who plans did something about a shift."""

    kind: ClassVar[str] = "done-for-you"
    what: str
    """A key of `DONE_FOR_SOMEBODY`."""
    seat_id: int
    by_id: int
    change_id: int | None = None

    def _seat(self) -> SeatRow | None:
        return next(iter(seats_where(Seat.id == self.seat_id)), None)

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once the shift has begun (or is over, where its end matters), or does not take place."""
        seat = self._seat()
        return seat is not None and now < (seat.ends_at if self.what in ABOUT_THE_END else seat.starts_at)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        by = names_of([self.by_id])[self.by_id]
        done = DONE_FOR_SOMEBODY[self.what]
        known = {"seat": self._seat(), "done": done, "change_id": self.change_id, "by": by}
        return {"home": settings.current().zone, **known}
