"""The duties: the parts people play on a shift. Clearance is given for one of them at a time."""

from __future__ import annotations

from enum import StrEnum


class Duty(StrEnum):
    """The part a person plays on a shift."""

    LEAD = "lead"
    MODERATOR = "moderator"
    HOST = "host"
    ON_CALL = "on_call"
    SHADOW = "shadow"

    @property
    def words(self) -> str:
        """The duty's name inside a sentence."""
        return self.value.replace("_", "-")

    @property
    def counts_as_cover(self) -> bool:
        """Whether the seat makes the channel safer. Somebody who shadows is there to learn."""
        return self is not Duty.SHADOW

    @property
    def may_supervise(self) -> bool:
        """Whether peers may work beside this duty."""
        return self in (Duty.LEAD, Duty.MODERATOR)
