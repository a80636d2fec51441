"""What the forms of training send. They check shape; the use cases check sense."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSubmitInput, GovTextInput
from wtforms import BooleanField, HiddenField, IntegerField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, NumberRange


class StartForm(FlaskForm):
    """Beginning a course; `again` begins one that was passed anew."""

    again = BooleanField(default=False)


class HardWordsForm(FlaskForm):
    """Leaving hard quotes out, or showing them again."""

    skip = BooleanField(default=False)
    back_to = HiddenField()


class BeginForm(FlaskForm):
    """Beginning a try or a walk; `after` is how many there were when the page was opened."""

    after = IntegerField(default=0, validators=[NumberRange(min=0)])


class AnswerForm(FlaskForm):
    """An answer: the positions picked, as they were shown. Which of them make sense depends on the question."""

    picked = SelectMultipleField(validate_choice=False)


class ChoiceForm(FlaskForm):
    """A choice in a scenario, and how many were made when the page was opened."""

    step = HiddenField(validators=[InputRequired("Please open this step again.")])
    position = IntegerField(validators=[InputRequired("Please open this step again."), NumberRange(min=0)])
    choice = StringField(validators=[InputRequired("Choose one of the answers before you go on.")])


class NameForm(FlaskForm):
    """The name that should stand on a certificate, and how much of it strangers may see."""

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
