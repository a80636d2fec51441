"""The forms of words of thanks, and of how much somebody would like to give."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length

from app.wording import plural
from progression.road.commitment import Asked, AskedAtStage, Level
from progression.road.thanks import LONGEST_THANKS


class ThanksForm(FlaskForm):
    """Whom to thank, and for what."""

    to = SelectField("Whom", coerce=int, widget=GovSelect())
    text = TextAreaField(
        "What for",
        widget=GovTextArea(),
        description="Please name no member of the community.",
        validators=[
            DataRequired("Write a few words."),
            Length(max=LONGEST_THANKS, message=f"Please keep it under {LONGEST_THANKS} characters."),
        ],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Say thank you", widget=GovSubmitInput())

    def offer(self, names: Mapping[int, str]) -> None:
        """Offer the people whom the reader may thank."""
        self.to.choices = [SelectChoice(person_id, name) for person_id, name in names.items()]


def _asks(level: Level, asked: Asked) -> str:
    return f"{level.words.capitalize()}: about {plural(asked.shifts, 'shift')} in a month. {asked.words}"


class CommitmentForm(FlaskForm):
    """How much somebody would like to give."""

    level = RadioField(
        "How much is right for you now?",
        widget=GovRadioInput(),
        choices=[SelectChoice(each.value, each.words.capitalize()) for each in Level],
        validators=[InputRequired("Choose one of the two.")],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    def offer(self, asked: AskedAtStage) -> None:
        """Say beside each level what it asks."""
        self.level.choices = [SelectChoice(each.value, _asks(each, asked.of(each))) for each in Level]
