"""The duties on a shift. Clearance is for one of them at a time."""

from __future__ import annotations

from enum import StrEnum


class Duty(StrEnum):
    """What a person does on a shift."""

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
        """Whether the seat counts towards cover. A person who shadows is there to learn."""
        return self is not Duty.SHADOW

    @property
    def may_supervise(self) -> bool:
        """Whether peers may work beside this duty."""
        return self in (Duty.LEAD, Duty.MODERATOR)
