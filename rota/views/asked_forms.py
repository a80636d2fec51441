"""The forms on which people say what they would like or answer, and staff keep people apart or together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

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
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length

from app import day_bounds
from app.pages.fields import DayField
from rota.forms import DAYS, TIMES, wall_time
from rota.store.did_not_come_rows import LONGEST_ANSWER
from rota.store.pairs import LONGEST_REASON
from rota.store.wishes import PARTS_OF_THE_DAY

ANY, SPAN = "", "span"


class WishForm(FlaskForm):
    """A kind of shift that somebody would like, or would rather not have."""

    liking = RadioField(
        "I would",
        choices=[SelectChoice("like", "like this"), SelectChoice("avoid", "rather not have this")],
        default="like",
        widget=GovRadioInput(),
    )
    channel = SelectField("Channel", widget=GovSelect(), default=ANY)
    days = SelectMultipleField(
        "Days", choices=DAYS, widget=GovCheckboxesInput(), description="Tick none if the day does not matter."
    )
    part = SelectField(
        "Time of day",
        choices=[
            SelectChoice(ANY, "Any time"),
            *(
                SelectChoice(code, f"{code.capitalize()}: it starts from {starts:%H:%M} and before {ends:%H:%M}")
                for code, (_words, starts, ends) in PARTS_OF_THE_DAY.items()
            ),
            SelectChoice(SPAN, "Between the times below"),
        ],
        default=ANY,
        widget=GovSelect(),
    )
    starts = SelectField("It starts from", choices=TIMES, default="18:00", widget=GovSelect())
    ends = SelectField("And before", choices=TIMES, default="22:00", widget=GovSelect())
    submit = SubmitField("Add this wish", widget=GovSubmitInput())

    @classmethod
    def among(cls, channels: Mapping[int, str], **options: Any) -> WishForm:
        """The form with these channels to choose from."""
        form = cls(**options)
        named = (SelectChoice(str(number), name) for number, name in channels.items())
        form.channel.choices = [SelectChoice(ANY, "Any channel"), *named]
        return form

    def values(self) -> dict[str, Any]:
        """What was said, as `rota.store.wishes.add_wish` takes it; only of a form that was validated."""
        times: tuple[time, time] | None = None
        if self.part.data == SPAN:
            times = wall_time(self.starts.data), wall_time(self.ends.data)
        elif self.part.data:
            _words, *bounds = PARTS_OF_THE_DAY[self.part.data]
            times = bounds[0], bounds[1]
        return {
            "is_wanted": self.liking.data == "like",
            "channel_id": int(self.channel.data) if self.channel.data else None,
            "days": {int(day) for day in self.days.data or ()},
            "times": times,
        }


class PartnerForm(FlaskForm):
    """Somebody to have beside oneself."""

    partner = SelectField(
        "Somebody I like to be on with", coerce=int, widget=GovSelect(), validators=[InputRequired("Choose somebody.")]
    )
    submit = SubmitField("Add this person", widget=GovSubmitInput())

    @classmethod
    def among(cls, people: Mapping[int, str], **options: Any) -> PartnerForm:
        """The form with these people to choose from."""
        form = cls(**options)
        form.partner.choices = [SelectChoice(number, name) for number, name in people.items()]
        return form


class _DatedForm(FlaskForm):
    from_on = DayField("From", bounds=day_bounds.PLANS, missing="Give the first day.")
    until_on = DayField("Until (optional)", bounds=day_bounds.PLANS)

    def days(self) -> tuple[date, date | None]:
        """The first and the last day; only of a form that was validated."""
        assert self.from_on.data is not None
        return self.from_on.data, self.until_on.data


class StandingSeatForm(_DatedForm):
    """The same seat every week."""

    place = SelectField("Which seat", widget=GovSelect(), validators=[InputRequired("Choose a seat.")])
    submit = SubmitField("Ask for this seat", widget=GovSubmitInput())

    @classmethod
    def among(cls, places: Mapping[str, str], **options: Any) -> StandingSeatForm:
        """The form with these seats to choose from, by code."""
        form = cls(**options)
        form.place.choices = [SelectChoice(code, words) for code, words in places.items()]
        return form


class PairForm(_DatedForm):
    """Two people who are kept apart or together."""

    how = RadioField(
        "They are",
        choices=[
            SelectChoice("apart", "kept apart: never on one shift"),
            SelectChoice("together", "kept together: on the same shifts where it can be done"),
        ],
        default="apart",
        widget=GovRadioInput(),
    )
    first = StringField(
        "One person",
        widget=GovTextInput(),
        description="Their display name.",
        validators=[DataRequired("Give a display name."), Length(max=80)],
    )
    second = StringField(
        "The other person",
        widget=GovTextInput(),
        description="Their display name.",
        validators=[DataRequired("Give a display name."), Length(max=80)],
    )
    reason = TextAreaField(
        "Why (optional)",
        widget=GovTextArea(),
        description="Only people who may open this page read it, and it can be erased on its own.",
        validators=[Length(max=LONGEST_REASON, message=f"Please keep it under {LONGEST_REASON} characters.")],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Save", widget=GovSubmitInput())


class AskingHoursForm(FlaskForm):
    """Whether somebody may be asked at night."""

    at_night = BooleanField("You may ask me at night too", widget=GovCheckboxInput())
    submit = SubmitField("Save", widget=GovSubmitInput())


class AnswerForm(FlaskForm):
    """What somebody writes back who is said not to have come."""

    answer = TextAreaField(
        "Your answer",
        widget=GovTextArea(),
        description="The coordinators read this. You need not give a reason.",
        validators=[
            DataRequired("Write a few words, so that we know how it was."),
            Length(max=LONGEST_ANSWER, message=f"Please keep it under {LONGEST_ANSWER:,} characters."),
        ],
        render_kw={"params": {"rows": 4}},
    )
    submit = SubmitField("Send", widget=GovSubmitInput())
