"""The forms of suggestions. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import IntegerField, RadioField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from progression.listening.models import LONGEST_ANSWER, LONGEST_SUGGESTION, LONGEST_YOU_SAID, Outcome


def _shorter_than(longest: int) -> Length:
    return Length(max=longest, message=f"Please keep this under {longest:,} characters.")


class SuggestionForm(FlaskForm):
    """Something that somebody would like to be different."""

    words = TextAreaField(
        "What would you like to be different?",
        widget=GovTextArea(),
        description="Please name no member of the community.",
        validators=[DataRequired("Write what you would like to be different."), _shorter_than(LONGEST_SUGGESTION)],
        render_kw={"params": {"rows": 4}},
    )
    name = RadioField(
        "Who may read that it was you?",
        widget=GovRadioInput(),
        choices=[SelectChoice("shown", "Those who answer"), SelectChoice("left-out", "Nobody: leave my name out")],
        default="shown",
        validators=[InputRequired("Choose whether your name is shown.")],
    )
    submit = SubmitField("Send", widget=GovSubmitInput())


class SuggestionAnswerForm(FlaskForm):
    """What the organisation does about a suggestion. `seen` is the newest answer on the page."""

    seen = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Please look again."), NumberRange(0, 2**31 - 1)]
    )
    outcome = RadioField(
        "What you do about it",
        widget=GovRadioInput(),
        choices=[SelectChoice(each.value, each.words) for each in Outcome],
        validators=[InputRequired("Choose what you do about it.")],
    )
    words = TextAreaField(
        "Your answer",
        widget=GovTextArea(),
        description="What you did or will do, by when, or why not.",
        validators=[DataRequired("Write what you do about it, and why."), _shorter_than(LONGEST_ANSWER)],
        render_kw={"params": {"rows": 4}},
    )
    you_said = TextAreaField(
        "“You said”, for everybody to read",
        widget=GovTextArea(),
        description="The suggestion in your words, without a name or anything that shows who it was. Everybody who is "
        "signed in then reads it with your answer. Leave it empty, and only the person reads your answer.",
        validators=[_shorter_than(LONGEST_YOU_SAID)],
        render_kw={"params": {"rows": 2}},
    )
    submit = SubmitField("Answer", widget=GovSubmitInput())
