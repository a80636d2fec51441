"""The forms of training. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovFileInput,
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
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import HiddenInput

from app import day_bounds
from app.day_bounds import DayBounds
from app.pages.converters import LARGEST_ID
from app.pages.fields import AtMost, DayField
from training import elsewhere, more_time
from training.attempts import Shown
from training.badges import LONGEST_TOKEN
from training.certificates import LONGEST_NAME
from training.exercise_tries import SentExercise
from training.imported_badges import LONGEST_KEY as LONGEST_GIVEN_KEY
from training.reflections import LONGEST_TEXT as LONGEST_REFLECTION
from training.reflections import SentReflection

LONGEST_TYPED = 1000  # characters; the use case says in words that a typed answer has fewer
LONGEST_REPLY = 2000  # characters of a reply that somebody writes in an exercise
LASTS = DayBounds(years_back=20, years_ahead=30)  # the last day of a certificate from elsewhere
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
    a_part_a_week = BooleanField()


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


class LongerForm(FlaskForm):
    """More time than others have for a quiz with a limit."""

    quiz = SelectField("For which questions", widget=GovSelect(), validators=[Length(max=2 * LONGEST_KEY + 1)])
    percent = SelectField(
        "How much longer",
        widget=GovSelect(),
        choices=[
            SelectChoice("25", "A quarter longer"),
            SelectChoice("50", "Half as long again"),
            SelectChoice("100", "Twice as long"),
            SelectChoice("", "By the minutes below"),
        ],
    )
    minutes = IntegerField(
        "Or so many minutes longer",
        widget=GovTextInput(),
        validators=[Optional(), NumberRange(1, more_time.MOST_MINUTES, f"Give 1 to {more_time.MOST_MINUTES} minutes.")],
    )
    reason = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="Those who may give more time read it, nobody else. Name no illness.",
        validators=[InputRequired("Say why, in a few words."), Length(max=more_time.LONGEST_REASON)],
    )
    give = SubmitField("Give more time", widget=GovSubmitInput())


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


class TimeOverForm(FlaskForm):
    """Seeing how an attempt went whose time is over."""

    attempt = _shown()


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


class ElsewhereForm(FlaskForm):
    """A certificate earned elsewhere: what it says, and the file."""

    title = StringField(
        "What it is called",
        description="As it stands on the certificate, such as “Safeguarding adults, level 2”.",
        widget=GovTextInput(),
        validators=[InputRequired("Write what it is called."), Length(max=elsewhere.LONGEST)],
    )
    issuer = StringField(
        "Who gave it to you",
        widget=GovTextInput(),
        validators=[InputRequired("Write who gave it."), Length(max=elsewhere.LONGEST)],
    )
    awarded_on = DayField(
        "Awarded on", bounds=day_bounds.RECORDS, missing="Awarded on: give the day that stands on it."
    )
    lapses_on = DayField("Lasts until", bounds=LASTS, description="Leave it empty if it does not lapse.")
    does_not_lapse = BooleanField("It does not lapse", widget=GovCheckboxInput())
    course = SelectField(
        "Which of our courses does it stand for, do you think?",
        widget=GovSelect(),
        description="Staff decide. If you do not know, they find out.",
    )
    file = FileField(
        "The certificate",
        widget=GovFileInput(),
        description="A PDF, or a picture as PNG or JPEG, up to 5 MB. Where a photograph was taken is not kept.",
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )
    submit = SubmitField("Add it", widget=GovSubmitInput())

    def validate_lapses_on(self, field: DayField) -> None:
        """Either a last day or none, said on purpose: a day that was forgotten would count for ever."""
        if not field.errors and (field.data is None) != self.does_not_lapse.data:
            raise StopValidation("Lasts until: give the last day, or tick that it does not lapse; one of the two.")

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise StopValidation("Please choose a file.")

    def stated(self) -> elsewhere.Stated:
        """What was typed; only of a form that was validated."""
        assert self.awarded_on.data is not None
        return elsewhere.Stated(
            title=self.title.data or "",
            issuer=self.issuer.data or "",
            awarded_on=self.awarded_on.data,
            lapses_on=self.lapses_on.data,
            wanted_course=self.course.data or None,
        )


class BadgeForm(FlaskForm):
    """A signed Open Badge, as a file or as text."""

    file = FileField(
        "The badge as a file",
        widget=GovFileInput(),
        description="A .jwt or .json file, or the picture (PNG or SVG) with the badge in it.",
        render_kw={"accept": ".jwt,.json,.txt,.png,.svg"},
    )
    text = TextAreaField(
        "Or its text",
        widget=GovTextArea(),
        validators=[Length(max=LONGEST_TOKEN)],
    )
    submit = SubmitField("Read it", widget=GovSubmitInput())

    def validate_text(self, field: TextAreaField) -> None:
        if not self.file.data and not (field.data or "").strip():
            raise StopValidation("Choose the file of the badge, or paste its text.")


class DecideForm(FlaskForm):
    """Whether a certificate from elsewhere counts here, for which course, until when, and why."""

    decision = RadioField(
        "Your decision",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("accept", "It stands for a course of ours"),
            SelectChoice("decline", "It does not count here"),
        ],
        validators=[InputRequired("Choose what you have decided.")],
    )
    course = SelectField("The course that it stands for", widget=GovSelect())
    until = DayField("Counts until", bounds=LASTS, description="Empty: for as long as it may.")
    reason = TextAreaField(
        "Your reason",
        widget=GovTextArea(),
        description="They read it.",
        validators=[InputRequired("Say why, in a sentence."), Length(max=elsewhere.LONGEST_REASON)],
    )


class LookAgainForm(FlaskForm):
    """A public key of an issuer, to check an imported badge with."""

    key = TextAreaField(
        "The issuer’s public key",
        widget=GovTextArea(),
        description="As JWK or PEM, from a place that you trust, such as the issuer’s own site.",
        validators=[InputRequired("Paste the key."), Length(max=LONGEST_GIVEN_KEY)],
    )
