"""The rota's forms. They check the shape of what was typed; the use cases check the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app import day_bounds
from app.pages.converters import LARGEST_ID
from app.pages.fields import DayField
from app.refusals import Invalid
from progression.duties import Duty
from rota.scheduling.cover_pattern import DAY_NAMES, Need, PatternSpan, instant
from rota.store.limits import FIGURES, Figure, PersonLimits
from rota.store.models import Channel, ChannelKind, DatedKind

TIMES = [SelectChoice(f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 15, 30, 45)]
DAYS = [SelectChoice(str(number), name) for number, name in enumerate(DAY_NAMES)]


def choices_of(channels: Sequence[Channel]) -> list[Any]:
    """Channels to tick."""
    return [SelectChoice(str(each.id), each.name) for each in channels]


def _day(field: DayField) -> date:
    """The day of a field that was validated."""
    assert field.data is not None
    return field.data


def wall_time(chosen: str) -> time:
    """The time of day that was chosen from TIMES."""
    return time.fromisoformat(chosen)


class MakeRotaForm(FlaskForm):
    """A new rota: its title, its days and its channels."""

    title = StringField(
        "Title",
        widget=GovTextInput(),
        description="For example: 1 to 28 March. Left empty, it is named by its days.",
        validators=[Optional(), Length(max=80)],
    )
    starts_on = DayField("First day", bounds=day_bounds.PLANS, missing="Give the first day.")
    ends_on = DayField("Last day", bounds=day_bounds.PLANS, missing="Give the last day.")
    channels = SelectMultipleField(
        "Channels",
        coerce=int,
        widget=GovCheckboxesInput(),
        validators=[InputRequired("Choose at least one channel.")],
    )
    submit = SubmitField("Make the rota", widget=GovSubmitInput())

    def period(self) -> tuple[date, date]:
        """The first and the last day; only of a form that was validated."""
        return _day(self.starts_on), _day(self.ends_on)


class AssignForm(FlaskForm):
    """Giving a seat to a person, with a reason if a rule is set aside."""

    person_id = IntegerField("Person", validators=[InputRequired("Choose somebody."), NumberRange(1, LARGEST_ID)])
    reason = TextAreaField(
        "Why it is right all the same",
        validators=[Optional(), Length(max=1000, message="Please keep the reason under 1,000 characters.")],
    )
    seen = IntegerField("Who had it", validators=[Optional(), NumberRange(0, LARGEST_ID)])


class PutBackForm(FlaskForm):
    """Putting a published version back into the draft; the reason is asked for where a rule is set aside."""

    reason = TextAreaField(
        "Why it is right, if a rule stands in the way",
        widget=GovTextArea(),
        validators=[Optional(), Length(max=500)],
    )
    submit = SubmitField("Put it back in the draft", widget=GovSubmitInput())


class ClearForm(FlaskForm):
    """Taking a seat from its holder."""

    seen = IntegerField("Who had it", validators=[Optional(), NumberRange(0, LARGEST_ID)])


class PublishForm(FlaskForm):
    """Publishing a draft."""

    line = TextAreaField(
        "A line for everyone (optional)",
        widget=GovTextArea(),
        validators=[Length(max=500, message="Please keep the line for everyone under 500 characters.")],
        render_kw={"params": {"rows": 3}},
    )
    gaps_read = BooleanField("I have read what stays empty", widget=GovCheckboxInput())
    emergency = TextAreaField(
        "Why it cannot wait for their answer",
        description="Only in an emergency: then they are not asked, and read this with your name.",
        widget=GovTextArea(),
        validators=[Length(max=500, message="Please keep why it cannot wait under 500 characters.")],
        render_kw={"params": {"rows": 3}},
    )
    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
    submit = SubmitField("Publish", widget=GovSubmitInput())


class WeeklyForm(FlaskForm):
    """A time on some days of every week."""

    weekdays = SelectMultipleField(
        "Days",
        choices=DAYS,
        widget=GovCheckboxesInput(),
        validators=[InputRequired("Choose at least one day.")],
    )
    starts = SelectField("From", choices=TIMES, default="18:00", widget=GovSelect())
    ends = SelectField("Until", choices=TIMES, default="22:00", widget=GovSelect())
    submit = SubmitField("Add these times", widget=GovSubmitInput())


class LeaveForm(FlaskForm):
    """Whole days of leave."""

    starts = DayField("First day away", bounds=day_bounds.PLANS, missing="Give the first day.")
    ends = DayField("Last day away", bounds=day_bounds.PLANS, missing="Give the last day.")
    submit = SubmitField("Save these days away", widget=GovSubmitInput())

    def period(self) -> tuple[date, date]:
        """The first and the last day; only of a form that was validated."""
        return _day(self.starts), _day(self.ends)


class OneDayForm(FlaskForm):
    """An exception to the usual week on one day."""

    kind = RadioField(
        "On this day",
        choices=[SelectChoice(DatedKind.CAN, "I can"), SelectChoice(DatedKind.CANNOT, "I can’t")],
        default=DatedKind.CANNOT,
        widget=GovRadioInput(),
    )
    day = DayField("Which day", bounds=day_bounds.PLANS, missing="Give the day.")
    starts = SelectField("From", choices=TIMES, default="18:00", widget=GovSelect())
    ends = SelectField("Until", choices=TIMES, default="22:00", widget=GovSelect())
    submit = SubmitField("Save this day", widget=GovSubmitInput())

    def times(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The start and the end on this zone's clock, the end on the next day if it is no later than the start."""
        day = _day(self.day)
        starts, ends = wall_time(self.starts.data), wall_time(self.ends.data)
        last = day + timedelta(days=1) if ends <= starts else day
        return instant(day, starts, zone), instant(last, ends, zone)


def figure_field(figure: Figure) -> IntegerField:
    """The field for a figure that somebody may give about how much they want, empty for none."""
    return IntegerField(
        figure.label,
        widget=GovTextInput(),
        validators=[Optional(), NumberRange(figure.least, figure.most, figure.out_of_bounds)],
        render_kw={"inputmode": "numeric", "params": {"classes": "govuk-input--width-2"}},
    )


class LimitsForm(FlaskForm):
    """How much somebody wants: a field for each of FIGURES, empty for no limit."""

    submit = SubmitField("Save", widget=GovSubmitInput())

    @classmethod
    def showing(cls, limits: PersonLimits | None) -> LimitsForm:
        """The form with what is kept, whatever the request brought."""
        return cls(formdata=None, data=limits.figures if limits else {})

    def figures(self) -> dict[str, int | None]:
        """The figures that were given, by name; only of a form that was validated."""
        return {name: self._fields[name].data for name in FIGURES}


for _each in FIGURES.values():
    setattr(LimitsForm, _each.name, figure_field(_each))


class ChannelForm(FlaskForm):
    """A new channel."""

    name = StringField(
        "Name", widget=GovTextInput(), validators=[DataRequired("Give the channel a name."), Length(max=60)]
    )
    kind = RadioField(
        "What sort of space is it?",
        choices=[
            SelectChoice(ChannelKind.BOARD, "A discussion board"),
            SelectChoice(ChannelKind.CHAT, "A live chat"),
            SelectChoice(ChannelKind.ON_CALL, "An on-call line, taken from home"),
        ],
        default=ChannelKind.BOARD,
        widget=GovRadioInput(),
    )
    submit = SubmitField("Open the channel", widget=GovSubmitInput())


class RenameChannelForm(FlaskForm):
    """Another name for a channel."""

    name = StringField(
        "Name", widget=GovTextInput(), validators=[DataRequired("Give the channel a name."), Length(max=60)]
    )
    submit = SubmitField("Save the name", widget=GovSubmitInput())


class CloseChannelForm(FlaskForm):
    """From which day on nobody is needed on a channel."""

    on = DayField("First day without it", bounds=day_bounds.PLANS, missing="Give the day.")
    submit = SubmitField("Close the channel", widget=GovSubmitInput())

    def day(self) -> date:
        """The day; only of a form that was validated."""
        return _day(self.on)


def _count(label: str, default: int = 0) -> IntegerField:
    return IntegerField(
        label,
        default=default,
        widget=GovTextInput(),
        validators=[
            InputRequired("Give a number, 0 for none."),
            NumberRange(0, 50, "Give a number up to 50."),
        ],
        render_kw={"inputmode": "numeric", "params": {"classes": "govuk-input--width-2"}},
    )


def _bound(label: str) -> IntegerField:
    return IntegerField(
        label,
        widget=GovTextInput(),
        validators=[Optional(), NumberRange(0, 50, "Give a number up to 50.")],
        render_kw={"inputmode": "numeric", "params": {"classes": "govuk-input--width-2"}},
    )


class PatternSpanForm(FlaskForm):
    """One span of a weekly pattern: days, times, and how many people of each duty."""

    label = StringField(
        "Name of this shift",
        widget=GovTextInput(),
        description="For example: Evening",
        validators=[DataRequired("Give the shift a name."), Length(max=40)],
    )
    days = SelectMultipleField(
        "Days",
        choices=DAYS,
        widget=GovCheckboxesInput(),
        validators=[InputRequired("Choose at least one day.")],
    )
    starts = SelectField("From", choices=TIMES, default="16:00", widget=GovSelect())
    ends = SelectField("Until", choices=TIMES, default="22:00", widget=GovSelect())
    lead = _count("Leads")
    moderator = _count("Moderators")
    host = _count("Hosts (peers)")
    on_call = _count("On-call staff")
    shadow = _count("Shadows (never count as cover)")
    lead_least, lead_most = _bound("Leads: safe with"), _bound("Leads: room for")
    moderator_least, moderator_most = _bound("Moderators: safe with"), _bound("Moderators: room for")
    host_least, host_most = _bound("Hosts: safe with"), _bound("Hosts: room for")
    on_call_least, on_call_most = _bound("On-call staff: safe with"), _bound("On-call staff: room for")
    submit = SubmitField("Add this shift", widget=GovSubmitInput())

    @classmethod
    def showing(cls, span: PatternSpan) -> PatternSpanForm:
        """The form filled with a span that is to be changed."""
        form = cls(
            label=span.label,
            days=[str(day) for day in sorted(span.days)],
            starts=f"{span.starts:%H:%M}",
            ends=f"{span.ends:%H:%M}",
            **{need.duty.value: need.wanted for need in span.needs},
            **{f"{need.duty.value}_least": need.minimum for need in span.needs if need.minimum < need.wanted},
            **{f"{need.duty.value}_most": need.most for need in span.needs if need.most > need.wanted},
        )
        form.submit.label.text = "Save this shift"
        return form

    @classmethod
    def of_one_day(cls, span: PatternSpan | None = None) -> PatternSpanForm:
        """The form of a shift on one day, which is not asked; filled with one that is to be changed."""
        form = cls() if span is None else cls.showing(span)
        del form.days
        return form

    @property
    def bounds(self) -> list[IntegerField]:
        """With how few of a duty the shift is safe, and for how many it has room: two fields for each duty."""
        return [field for name, field in self._fields.items() if name.endswith(("_least", "_most"))]

    def span(self) -> PatternSpan:
        """What was typed, as the pattern keeps it; duties of which nobody is needed are left out.

        Refuses fewer people than make it safe, or more than there is room for.
        """
        numbers = {duty: int(self._fields[duty.value].data or 0) for duty in Duty}
        return PatternSpan(
            frozenset(int(day) for day in self.days.data or ()) if self.days is not None else frozenset(),
            wall_time(self.starts.data),
            wall_time(self.ends.data),
            self.label.data or "",
            tuple(self._need(duty, number) for duty, number in numbers.items() if number),
        )

    def _need(self, duty: Duty, wanted: int) -> Need:
        least, most = (self._bound_of(duty, name, wanted) for name in ("least", "most"))
        words = self._fields[duty.value].label.text
        if least > wanted:
            raise Invalid(
                f"{words}: {least} make it safe, and the shift asks for {wanted}.", field=f"{duty.value}_least"
            )
        if most < wanted:
            raise Invalid(
                f"{words}: there is room for {most}, and the shift asks for {wanted}.", field=f"{duty.value}_most"
            )
        return Need(duty, least, wanted, most)

    def _bound_of(self, duty: Duty, name: str, wanted: int) -> int:
        field = self._fields.get(f"{duty.value}_{name}")
        return wanted if field is None or field.data is None else int(field.data)
