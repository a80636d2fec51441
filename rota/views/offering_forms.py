"""The forms of a month and of a day of somebody's times."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import Length, NumberRange, Optional

from app import day_bounds
from app.pages.converters import LARGEST_ID
from app.pages.fields import AtMost, DayField
from progression.stages import Stage
from rota.forms import figure_field
from rota.offering.asks import MOST_CHOSEN, Whom
from rota.offering.month import Day, Light, Month
from rota.offering.painting import Painted
from rota.offering.saving import Asked
from rota.offering.windows import LONGEST_CODE, window_of
from rota.store.limits import FIGURES

MOST_WINDOWS = 700  # on a page: a hundred bands of the week
LIMITS = ("most_shifts_a_week", "most_nights_a_month", "most_hours_a_week")
"""The figures that the page of a month has; the page of limits has them all."""


class _PaintedForm(FlaskForm):
    """Windows that are lit, and those that were when the page was shown."""

    lit = SelectMultipleField(
        choices=[], validate_choice=False, validators=[AtMost(values=MOST_WINDOWS, length=LONGEST_CODE)]
    )
    shown = HiddenField(validators=[Length(max=MOST_WINDOWS * (LONGEST_CODE + 1))])

    def lit_codes(self) -> frozenset[str]:
        """The codes of the windows that are lit in it."""
        return frozenset(self.lit.data or ())

    def shown_codes(self) -> frozenset[str]:
        """The codes of those that were lit when it was shown."""
        return frozenset((self.shown.data or "").split())


class MonthForm(_PaintedForm):
    """The month of a person, saved whole. `day`, `copy` and `take_back` come with the button that was pressed."""

    away_from = DayField("First day away", bounds=day_bounds.PLANS)
    away_until = DayField("Last day away", bounds=day_bounds.PLANS)
    day = StringField(validators=[Length(max=10)])
    copy = StringField(validators=[Length(max=3)])
    save = StringField(validators=[Length(max=3)])
    take_back = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])

    @classmethod
    def showing(cls, month: Month) -> MonthForm:
        """The form with what is kept, whatever the request brought."""
        codes = [pane.code for pane in month.lit]
        figures = month.limits.figures if month.limits else {}
        return cls(formdata=None, data={"lit": codes, "shown": " ".join(codes), **figures})

    def asked(self, zones: Collection[ZoneInfo]) -> Asked:
        """What it asks for; only of a form that was validated. Windows on other clocks than these are left out."""
        lit, shown = (
            frozenset(window for code in codes for window in [window_of(code, zones)] if window)
            for codes in (self.lit_codes(), self.shown_codes())
        )
        return Asked(
            Painted(lit, shown),
            {name: self._fields[name].data for name in LIMITS},
            (self.away_from.data, self.away_until.data),
            copies=bool(self.copy.data),
            takes_back=self.take_back.data,
            answers=bool(self.save.data),
        )


for _name in LIMITS:
    setattr(MonthForm, _name, figure_field(FIGURES[_name]))


class PaintedDayForm(_PaintedForm):
    """The windows of one day."""

    @classmethod
    def showing(cls, day: Day) -> PaintedDayForm:
        """The form with what is kept, whatever the request brought."""
        codes = [pane.code for _, pane in day.windows if pane.light is Light.LIT]
        return cls(formdata=None, data={"lit": codes, "shown": " ".join(codes)})


class AskForm(FlaskForm):
    """Asking people by a day when they can come."""

    first = DayField("First day", bounds=day_bounds.PLANS, missing="Give the first day.")
    last = DayField("Last day", bounds=day_bounds.PLANS, missing="Give the last day.")
    answer_by = DayField("Answers by the end of", bounds=day_bounds.PLANS, missing="Give the day.")
    whom = RadioField(
        "Who is asked",
        choices=[
            SelectChoice("rota", "Everybody who may take a shift then"),
            *(SelectChoice(stage.value, f"Everybody at the stage {stage.value}") for stage in Stage),
            SelectChoice("chosen", "The people named below"),
        ],
        default="rota",
        widget=GovRadioInput(),
    )
    names = TextAreaField(
        "Display names, one on a line",
        widget=GovTextArea(),
        description="Only if you ask the people named here.",
        validators=[Length(max=MOST_CHOSEN * 81)],
        render_kw={"params": {"rows": 4}},
    )
    submit = SubmitField("Ask them", widget=GovSubmitInput())

    def days(self) -> tuple[date, date, date]:
        """The first and the last day, and the deadline; only of a form that was validated."""
        assert self.first.data is not None
        assert self.last.data is not None
        assert self.answer_by.data is not None
        return self.first.data, self.last.data, self.answer_by.data

    def chosen(self) -> Whom:
        """Who is asked; only of a form that was validated."""
        if self.whom.data == "chosen":
            return Whom(names=(self.names.data or "").splitlines())
        return Whom() if self.whom.data == "rota" else Whom(stage=Stage(self.whom.data))
