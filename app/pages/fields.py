"""Fields that several forms share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import g
from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import DateField, Field
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.day_bounds import DayBounds
from app.refusals import Invalid

CENTURIES = (1900, 2000, 2100)
IN_ONE_BOX = re.compile(r"\s*([0-9]{1,2})[\s./-]+([0-9]{1,2})[\s./-]+([0-9]{2,4})\s*")  # 1/3/2027 or 1.3.27
LONGEST_PART = 20  # characters that the page gives back of what was typed in one box


class AtMost:
    """A validator of a field that takes several values: how many, and how long each."""

    def __init__(self, *, values: int, length: int) -> None:
        self.values = values
        self.length = length

    def __call__(self, _form: BaseForm, field: Field) -> None:
        given = field.data or ()
        if len(given) > self.values or any(len(str(each)) > self.length for each in given):
            raise StopValidation("Please choose from what the page offers.")


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
    """A date in three boxes, within bounds. The page always gets three parts back.

    With `missing`, a date is required and this is the error when none is given; without it, the boxes may stay empty.
    A whole date in the first box is taken as one, and a year of two figures where only one year within the bounds can
    be meant. Every other fault is one sentence that begins with the field's name, because a form may have several days.
    """

    widget = GovDateInput()

    def __init__(self, label: str, *, bounds: DayBounds, missing: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, format="%d %m %Y", **kwargs)
        self.bounds = bounds
        self.missing = missing

    def process_formdata(self, valuelist: list[str]) -> None:
        # The three boxes share one name; a forged request may send any number of values, of any length.
        parts = [*(part.strip()[:LONGEST_PART] for part in valuelist[:3]), "", "", ""][:3]
        if not any(parts[1:]) and (whole := IN_ONE_BOX.fullmatch(parts[0])):
            parts = list(whole.groups())
        self.raw_data = parts
        self.data = None
        if any(parts):
            self.data = self._day(*parts)

    def _day(self, *parts: str) -> date:
        if not all(parts):
            raise ValueError(self._fault("give the day, the month and the year."))
        if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
            raise ValueError(self._fault("write the day in figures, such as 14 6 2026."))
        day, month, year = int(parts[0]), int(parts[1]), self._year(parts[2])
        try:
            typed = date(year, month, day)
        except ValueError:
            raise ValueError(self._fault("there is no such day in the calendar.")) from None
        if refusal := self.bounds.refusal(typed, today=g.today):
            raise ValueError(self._fault(refusal))
        return typed

    def _year(self, typed: str) -> int:
        if len(typed) == 4:
            return int(typed)
        possible = self.bounds.years(g.today)
        meant = [century + int(typed) for century in CENTURIES if century + int(typed) in possible]
        if len(typed) != 2 or len(meant) != 1:
            raise ValueError(self._fault("write the year with four figures, such as 2026."))
        return meant[0]

    def _fault(self, sentence: str) -> str:
        return f"{self.label.text}: {sentence}"

    def pre_validate(self, form: BaseForm) -> None:
        if self.missing and self.data is None and not self.errors:
            raise StopValidation(self.missing)
