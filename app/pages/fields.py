"""Fields that several forms share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import DateField, Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.refusals import Invalid

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def kept_by(rule: Callable[[str], str | None]) -> Callable[[BaseForm, Field], None]:
    """A validator that keeps what a use case's own rule makes of the input, and shows what the rule refuses.

    What was typed stays in the field when it is refused.
    """

    def keep(_form: BaseForm, field: Field) -> None:
        try:
            field.data = rule(field.data or "")
        except Invalid as refusal:
            raise StopValidation(" ".join(refusal.sentences)) from None

    return keep


class DayField(DateField):
    """A date in three boxes. The page always gets three parts back, and every fault is a clear sentence.

    With `missing`, a date is required and this is the error when none is given; without it, the boxes may stay empty.
    """

    widget = GovDateInput()

    def __init__(self, label: str, *, missing: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, format="%d %m %Y", **kwargs)
        self.missing = missing

    def process_formdata(self, valuelist: list[str]) -> None:
        # The three boxes share one name; a forged request may send any number of values.
        values = [part.strip() for part in valuelist[:3]]
        self.raw_data = parts = [*values, "", "", ""][:3]
        self.data = None
        if not any(parts):
            return
        if not all(parts):
            raise ValueError("Give the day, the month and the year.")
        if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
            raise ValueError("Write the day in figures, such as 14 6 2026.")
        day, month, year = (int(part) for part in parts)
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise ValueError("Write the year with four figures, such as 2026.")
        try:
            self.data = date(year, month, day)
        except ValueError:
            raise ValueError("There is no such day in the calendar.") from None

    def pre_validate(self, form: BaseForm) -> None:
        if self.missing and self.data is None and not self.errors:
            raise StopValidation(self.missing)
