"""The forms of training. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSubmitInput, GovTextInput
from wtforms import BooleanField, HiddenField, IntegerField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, NumberRange


class StartForm(FlaskForm):
    """Beginning a course; `again` begins a passed course once more."""

    again = BooleanField(default=False)


class HardWordsForm(FlaskForm):
    """Leaving hard quotes out, or showing them again."""

    skip = BooleanField(default=False)
    back_to = HiddenField()


class BeginForm(FlaskForm):
    """Beginning an attempt; `after` is the number of attempts when the page was opened."""

    after = IntegerField(default=0, validators=[NumberRange(min=0)])


class AnswerForm(FlaskForm):
    """An answer: the positions picked, as they were shown. The use case checks them against the question."""

    picked = SelectMultipleField(validate_choice=False)


class ChoiceForm(FlaskForm):
    """A choice in a scenario, and the number of choices made when the page was opened."""

    step = HiddenField(validators=[InputRequired("Please open this step again.")])
    position = IntegerField(validators=[InputRequired("Please open this step again."), NumberRange(min=0)])
    choice = StringField(validators=[InputRequired("Choose one of the answers before you go on.")])


class NameForm(FlaskForm):
    """The name on a certificate, and how much of it strangers may see."""

    name = StringField(
        "Name on your certificate",
        description="Your display name, your full name, or any name you are known by.",
        widget=GovTextInput(),
    )
    shows_full_name = BooleanField(
        "Show this whole name to anyone who checks the certificate, not just the first name and an initial",
        widget=GovCheckboxInput(),
    )
    save = SubmitField("Save", widget=GovSubmitInput())


class CodeForm(FlaskForm):
    """A certificate's code, typed from paper."""

    code = StringField(
        "Code",
        description="26 letters and figures, printed beside the square. Spaces and hyphens do not matter.",
        widget=GovTextInput(),
    )
    check = SubmitField("Check", widget=GovSubmitInput())
