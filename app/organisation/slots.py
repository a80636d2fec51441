"""Slots: what an organisation fills in, for texts that name it.

A text names a slot, such as `safeguarding-lead`, instead of a person. Where the organisation has not filled it in,
readers get advice that is safe anywhere in the United Kingdom.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """One thing that an organisation fills in."""

    key: str
    title: str


SLOTS = {
    slot.key: slot
    for slot in (
        Slot("safeguarding-lead", "Safeguarding lead"),
        Slot("deputy-lead", "Deputy safeguarding lead"),
        Slot("on-call", "Out of hours"),
        Slot("report-form", "Where to write it down"),
        Slot("nation", "The rules that hold here"),
        Slot("help-for-you", "Support for you"),
        Slot("local-help", "Where young people find help"),
    )
}
"""Every slot by its key. The list is closed: a text that names another is refused."""
