"""The forms of special days, of bank holidays, and of shifts that are added by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, Length, Optional

from app import day_bounds
from app.pages.fields import AtMost, DayField
from app.refusals import Invalid
from rota.forms import TIMES, PatternSpanForm, wall_time
from rota.planning.bank_holidays import KINDS, MOST_NATIONS, NATIONS, Rules, is_known, other_countries, regions_of
from rota.planning.special_days import LONGEST_REASON
from rota.scheduling.cover_pattern import PlannedShift, instant
from rota.scheduling.special_days import SpecialKind
from rota.store.models import Channel

EVERY_CHANNEL = 0
CLOSED_HOURS = "closed-hours"
_NONE = SelectChoice("", "None")


class SpecialDayForm(FlaskForm):
    """A closure or an event on one day."""

    channel = SelectField("Channel", coerce=int, widget=GovSelect())
    day = DayField("Day", bounds=day_bounds.PLANS, missing="Give the day.")
    reason = StringField(
        "What the day is",
        widget=GovTextInput(),
        description="Everybody may read it. For example: Christmas Day, Exam results, Repair of the server",
        validators=[DataRequired("Say what the day is."), Length(max=LONGEST_REASON)],
    )
    kind = RadioField(
        "On this day",
        choices=[
            SelectChoice(SpecialKind.CLOSED, "Closed the whole day: no shift begins on it"),
            SelectChoice(CLOSED_HOURS, "Closed for some hours"),
            SelectChoice(SpecialKind.EVENT, "Open with other shifts: more people, or other hours"),
        ],
        default=SpecialKind.CLOSED,
        widget=GovRadioInput(),
    )
    starts = SelectField("Closed from", choices=TIMES, default="18:00", widget=GovSelect())
    ends = SelectField("Closed until", choices=TIMES, default="22:00", widget=GovSelect())
    submit = SubmitField("Enter this day", widget=GovSubmitInput())

    @classmethod
    def of(cls, channels: Sequence[Channel]) -> SpecialDayForm:
        """The form for these channels."""
        form = cls()
        form.channel.choices = [
            SelectChoice(EVERY_CHANNEL, "Every channel"),
            *(SelectChoice(each.id, each.name) for each in channels),
        ]
        return form

    def on(self) -> date:
        """The day; only of a form that was validated."""
        assert self.day.data is not None
        day: date = self.day.data
        return day

    def hours(self) -> tuple[time, time] | None:
        """The hours that are closed, or None for the whole day."""
        return (wall_time(self.starts.data), wall_time(self.ends.data)) if self.kind.data == CLOSED_HOURS else None

    def one(self, chosen: Sequence[Channel]) -> Channel:
        """The one channel that was chosen; refuses every channel, as an event has shifts of one."""
        if self.channel.data == EVERY_CHANNEL or not chosen:
            raise Invalid("Choose the channel whose shifts are other ones on that day.", field="channel")
        return chosen[0]


class BankHolidayForm(FlaskForm):
    """Whose bank holidays are kept, and what they do."""

    follows = BooleanField("As for every other channel", widget=GovCheckboxInput())
    nations = SelectMultipleField(
        "Bank holidays of",
        choices=[SelectChoice(code, name) for code, name in NATIONS.items()],
        widget=GovCheckboxesInput(),
        validators=[AtMost(values=MOST_NATIONS, length=6)],
    )
    country = SelectField("Another country", widget=GovSelect(), validators=[Optional()])
    region = SelectField("Its region", widget=GovSelect(), validators=[Optional()])
    kind = RadioField(
        "On a bank holiday",
        choices=[
            SelectChoice(SpecialKind.AS_USUAL, "As usual: the name of the day is shown, the shifts stay"),
            SelectChoice(SpecialKind.AS_SUNDAY, "The shifts of a Sunday"),
            SelectChoice(SpecialKind.CLOSED, "Closed: no shift begins on it"),
        ],
        default=SpecialKind.AS_USUAL,
        widget=GovRadioInput(),
    )
    submit = SubmitField("Save the bank holidays", widget=GovSubmitInput())

    @classmethod
    def showing(cls, rules: Rules, *, follows: bool = False) -> BankHolidayForm:
        """The form filled with what is kept."""
        abroad = next((code for code in rules.nations if code not in NATIONS), "")
        country, _, region = abroad.partition("-")
        form = cls(
            follows=follows,
            nations=[code for code in rules.nations if code in NATIONS],
            country=country,
            region=region,
            kind=rules.kind.value if rules.kind in KINDS else SpecialKind.AS_USUAL.value,
        )
        form.country.choices = [_NONE, *(SelectChoice(code, name) for code, name in other_countries().items())]
        regions = regions_of(form.country.data or "")
        form.region.choices = [SelectChoice("", "All of it"), *(SelectChoice(*each) for each in regions.items())]
        if form.region.data not in regions:
            form.region.data = ""  # of another country, which was chosen a moment before
        return form

    @property
    def has_regions(self) -> bool:
        """Whether the country that is chosen has regions to choose from."""
        return len(self.region.choices or ()) > 1

    def nations_chosen(self) -> list[str]:
        """The codes that were sent, known ones only."""
        abroad = "-".join(part for part in (self.country.data, self.region.data) if part)
        return [code for code in (*(self.nations.data or ()), abroad) if code and is_known(code)]

    def rules(self) -> Rules:
        """What was chosen."""
        return Rules(tuple(self.nations_chosen()), SpecialKind(self.kind.data))


class OneOffShiftForm(PatternSpanForm):
    """A shift on one day that no weekly pattern has."""

    channel = SelectField("Channel", coerce=int, widget=GovSelect())
    day = DayField("Day", bounds=day_bounds.PLANS, missing="Give the day.")

    @classmethod
    def of(cls, channels: Sequence[Channel], *, day: date) -> OneOffShiftForm:
        """The form for these channels, with a day to begin with."""
        form = cls(day=day)
        del form.days
        form.channel.choices = [SelectChoice(each.id, each.name) for each in channels]
        return form

    def shift(self, zone: ZoneInfo) -> PlannedShift:
        """What was typed, on this zone's clock; an end no later than the start is on the next day."""
        span = self.span()
        assert self.day.data is not None
        day: date = self.day.data
        last = day + timedelta(days=1) if span.crosses_midnight else day
        if not span.needs:
            raise Invalid("Say who is needed.", field="moderator")
        return PlannedShift(
            day, instant(day, span.starts, zone), instant(last, span.ends, zone), span.label, span.needs
        )


class CopyRotaForm(FlaskForm):
    """The title and the first day of a copy."""

    title = StringField(
        "Title (optional)",
        widget=GovTextInput(),
        description="Without one it is named by its days",
        validators=[Optional(), Length(max=80)],
    )
    starts_on = DayField("First day", bounds=day_bounds.PLANS, missing="Give the first day.")
    with_people = BooleanField(
        "With the same people, where they still may",
        widget=GovCheckboxInput(),
        description="Each who offers the time, is cleared and keeps every rule has the same seat. Nobody is told yet.",
    )
    submit = SubmitField("Copy the rota", widget=GovSubmitInput())

    def day(self) -> date:
        """The first day; only of a form that was validated."""
        assert self.starts_on.data is not None
        day: date = self.starts_on.data
        return day
