"""The forms of training. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovSubmitInput, GovTextInput
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from app import day_bounds
from app.pages.converters import LARGEST_ID
from app.pages.fields import AtMost, DayField
from training.attempts import Shown
from training.certificates import LONGEST_NAME
from training.exercise_tries import SentExercise
from training.reflections import LONGEST_TEXT as LONGEST_REFLECTION
from training.reflections import SentReflection

LONGEST_TYPED = 1000  # characters; the use case says in words that a typed answer has fewer
LONGEST_REPLY = 2000  # characters of a reply that somebody writes in an exercise
LONGEST_KEY = 60  # characters of the name of a unit, a step or a choice, as courses give them
FROM_AN_OLD_PAGE = "That page was too old to say what it answers. Please open this step again."


def _shown(most: int = LARGEST_ID) -> IntegerField:
    """What the page showed when it was opened: an id, or a number of attempts."""
    return IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(FROM_AN_OLD_PAGE), NumberRange(0, most, FROM_AN_OLD_PAGE)],
    )


class StartForm(FlaskForm):
    """Beginning a course, or beginning it again; `after` is the latest enrolment when the page was opened, or 0."""

    after = _shown()


class MoreTimeForm(FlaskForm):
    """A later day by which people catch up on a version."""

    until = DayField("Until which day", bounds=day_bounds.PLANS, missing="Give the day.")


class ReadForm(FlaskForm):
    """Having read a lesson of this enrolment."""

    enrolment = _shown()


class HardWordsForm(FlaskForm):
    """Leaving hard quotes out, or showing them again."""

    skip = BooleanField(default=False)
    back_to = HiddenField(validators=[Length(max=LONGEST_KEY)])


class BeginForm(FlaskForm):
    """Beginning an attempt in this enrolment; `after` is the number of attempts when the page was opened."""

    enrolment = _shown()
    after = _shown()

    def shown(self) -> Shown:
        """What the page showed; only of a form that was validated."""
        return Shown(enrolment_id=self.enrolment.data or 0, attempts=self.after.data or 0)


class PracticeAnswerForm(FlaskForm):
    """An answer in spaced practice, and the number of earlier ones to the same question when the page was opened."""

    number = _shown(most=10_000)
    picked = SelectMultipleField(validate_choice=False, validators=[AtMost(values=50, length=LONGEST_TYPED)])


class PracticeSettingForm(FlaskForm):
    """Putting spaced practice off, turning it off for good, or on again."""

    to = HiddenField(validators=[AnyOf(("later", "off", "on"))])


class GiveTryForm(FlaskForm):
    """Giving another try; `used` is the number of tries when the page was opened."""

    used = _shown(most=10_000)


class ExerciseForm(FlaskForm):
    """An exercise that was done; `after` is how many tries there were when the page was opened."""

    enrolment = _shown()
    after = _shown(most=1_000_000)
    picked = SelectMultipleField(validate_choice=False, validators=[AtMost(values=12, length=10)])
    text = TextAreaField(
        validators=[Length(max=LONGEST_REPLY, message=f"Keep it under {LONGEST_REPLY:,} characters, please.")]
    )
    forget = BooleanField()

    def sent(self) -> SentExercise:
        """What was sent; only of a form that was validated."""
        picked = tuple(self.picked.data or ())
        text = (self.text.data or "").replace("\r\n", "\n").strip()
        return SentExercise(self.enrolment.data or 0, self.after.data or 0, picked, text)


class AnswerForm(FlaskForm):
    """An answer in this attempt: the positions picked, as they were shown, or one text. The use case checks them."""

    attempt = _shown()
    picked = SelectMultipleField(validate_choice=False, validators=[AtMost(values=50, length=LONGEST_TYPED)])


class ChoiceForm(FlaskForm):
    """A choice in this attempt at a scenario, and the number of choices made when the page was opened."""

    attempt = _shown()
    step = HiddenField(validators=[InputRequired(FROM_AN_OLD_PAGE), Length(max=LONGEST_KEY)])
    position = _shown(most=10_000)
    choice = StringField(
        validators=[InputRequired("Choose one of the answers before you go on."), Length(max=LONGEST_KEY)]
    )


class SharePathForm(FlaskForm):
    """Sharing a finished attempt at a scenario with staff, or taking that back."""

    attempt = _shown()
    share = HiddenField(validators=[AnyOf(("yes", "no"))])


class NameForm(FlaskForm):
    """The name on a certificate, and how much of it strangers may see."""

    name = RadioField(
        "Name on your certificate",
        description="Your display name, or your legal name as we have it.",
        widget=GovRadioInput(),
        validators=[Length(max=LONGEST_NAME)],
        validate_choice=False,  # the use case knows what is recorded
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
        validators=[Length(max=100, message="That is longer than a code. It has 26 letters and figures.")],
    )
    check = SubmitField("Check", widget=GovSubmitInput())


def _answer() -> TextAreaField:
    message = f"Please keep each answer under {LONGEST_REFLECTION:,} characters."
    return TextAreaField(
        filters=[lambda text: text or ""], validators=[Length(max=LONGEST_REFLECTION, message=message)]
    )


class ReflectionForm(FlaskForm):
    """What somebody writes for themselves; each button saves it."""

    enrolment = _shown()
    revision = _shown()
    first = _answer()
    second = _answer()
    save = SubmitField("Save and go on later", widget=GovSubmitInput())
    finish = SubmitField("I am done", widget=GovSubmitInput())
    rather_not = SubmitField("I thought about it and would rather not write", widget=GovSubmitInput())

    def sent(self) -> SentReflection:
        """What the form holds."""
        texts = (self.first.data or "", self.second.data or "")
        return SentReflection(self.enrolment.data or 0, self.revision.data or 0, texts)


class ShareForm(FlaskForm):
    """Sharing what is written with staff, ending that, or deleting it."""

    enrolment = _shown()
    share = SubmitField()
    delete = SubmitField()


class AgreeForm(FlaskForm):
    """Agreeing to the edition of a document that the unit's page showed."""

    enrolment = _shown()
    edition = _shown()
