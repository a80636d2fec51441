"""The organisation as its administrators describe it on pages, over what the environment says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class SelfDescription(db.Model):
    """Everything that pages say of the organisation, from one change to the next; the newest row holds.

    Empty where nobody has said anything yet: then the setting of the environment holds, or what ships with Nightlight.
    Rows are only added, and not append-only by trigger: names and numbers in them may have to be erased.
    """

    __tablename__ = "self_description"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    zone_name: Mapped[str | None]
    contact: Mapped[str | None]
    emergency_number: Mapped[str | None]
    help_lines: Mapped[str | None]  # a line of text for each; `help_lines` reads them
    support_people: Mapped[str | None]
    safeguarding_lead: Mapped[str | None]
    safeguarding_lead_number: Mapped[str | None]
    safeguarding_deputy: Mapped[str | None]
    safeguarding_deputy_number: Mapped[str | None]
    safeguarding_out_of_hours: Mapped[str | None]
    report_form: Mapped[str | None]
    nation: Mapped[str | None]  # one of `slots.NATIONS`
    local_help: Mapped[str | None]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
