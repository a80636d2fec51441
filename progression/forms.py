"""The forms of sign-offs and of the journey. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

import secrets

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovRadioInput,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, IntegerField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import HiddenInput

from app import day_bounds
from app.pages.fields import DayField
from progression.applying.models import LONGEST_WORDS
from progression.checks import Level, Outcome, Workforce
from progression.evidence import LONGEST_NOTE
from progression.recording import CheckSeen

KEEP_IT_SHORT = Length(max=LONGEST_NOTE, message=f"Please keep it under {LONGEST_NOTE:,} characters.")

SHORT_WORDS = Length(max=LONGEST_WORDS, message=f"Please keep it under {LONGEST_WORDS:,} characters.")


class OnceForm(FlaskForm):
    """A form with an idempotency key of its own: sent twice, it counts once."""

    once = HiddenField(
        default=lambda: secrets.token_urlsafe(12), validators=[Length(max=32), Regexp(r"^[A-Za-z0-9_-]{8,32}\Z")]
    )

    def once_by(self, person_id: int) -> str:
        """The key, bound to the sender, so that nobody can use up another person's."""
        return f"form:{person_id}:{self.once.data}"


class DecisionForm(OnceForm):
    """Signed off, or not yet; always with a reason.

    `to` is the stage that the page showed, `seen` the newest piece of evidence on it.
    """

    to = HiddenField(validators=[DataRequired(), Length(max=20)])
    seen = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired("Please look at the evidence again."), NumberRange(0, 2**31 - 1)],
    )
    decision = RadioField(
        "Your decision",
        choices=[SelectChoice("sign-off", "Sign off"), SelectChoice("not-yet", "Not yet")],
        validators=[InputRequired("Choose what you have decided.")],
    )
    reason = TextAreaField(
        "Your reason",
        widget=GovTextArea(),
        validators=[DataRequired("Say what you saw, in a sentence or two."), KEEP_IT_SHORT],
        render_kw={"params": {"rows": 5}},
    )


class ConfirmForm(OnceForm):
    """That a sign-off stands without what was withdrawn. `sign_off` is its number on the page."""

    sign_off = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, 2**31 - 1)])
    reason = TextAreaField(
        "Why it stands",
        widget=GovTextArea(),
        validators=[DataRequired("Say why it stands."), KEEP_IT_SHORT],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Confirm the sign-off", widget=GovSubmitInput())


class ApplicationForm(FlaskForm):
    """An application for the next step. `to` is the stage that the page showed."""

    to = HiddenField(validators=[DataRequired(), Length(max=20)])
    statement = TextAreaField(
        "Why you would like this step",
        widget=GovTextArea(),
        description="A few sentences are enough. Those who decide read it. Name no member of the community.",
        validators=[DataRequired("Say in a sentence or two why you would like this step."), SHORT_WORDS],
        render_kw={"params": {"rows": 6}},
    )
    submit = SubmitField("Send my application", widget=GovSubmitInput())


class AnswerForm(FlaskForm):
    """What an applicant adds to their application."""

    answer = TextAreaField(
        "Your answer, or anything you would like to add",
        widget=GovTextArea(),
        validators=[DataRequired("Write your answer."), SHORT_WORDS],
        render_kw={"params": {"rows": 4}},
    )
    submit = SubmitField("Send", widget=GovSubmitInput())


class QuestionForm(FlaskForm):
    """What somebody who decides asks an applicant first."""

    question = TextAreaField(
        "Ask for more before deciding",
        widget=GovTextArea(),
        description="They are told, answer here, and their application stays open.",
        validators=[DataRequired("Write what you would like to know."), SHORT_WORDS],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Ask", widget=GovSubmitInput(), render_kw={"params": {"classes": "govuk-button--secondary"}})


class CheckForm(OnceForm):
    """A background check as it was seen."""

    level = RadioField(
        "Level of the check",
        widget=GovRadioInput(),
        choices=[SelectChoice(level, level.words) for level in Level],
        validators=[InputRequired("Choose the level that is printed on the certificate.")],
    )
    workforce = RadioField(
        "Workforce",
        widget=GovRadioInput(),
        choices=[SelectChoice(workforce, workforce.words) for workforce in Workforce],
        validators=[InputRequired("Choose the workforce that is printed on the certificate.")],
    )
    issued_on = DayField(
        "Issued on",
        bounds=day_bounds.RECORDS,
        missing="Give the date printed on the certificate, such as 12 6 2026.",
    )
    seen_on = DayField(
        "You saw it on",
        bounds=day_bounds.RECORDS,
        missing="Give the day you saw the certificate, such as 14 6 2026.",
    )
    last_four = StringField(
        "Last four characters of the certificate number",
        widget=GovTextInput(),
        description="Only these four are kept. Never write the whole number, or what the certificate says.",
        validators=[
            DataRequired("Give the last four characters of the number."),
            Length(max=10, message="Give the last four characters of the certificate number, and no more."),
        ],
        render_kw={"maxlength": 4, "autocomplete": "off", "spellcheck": "false"},
    )
    outcome = RadioField(
        "Outcome",
        widget=GovRadioInput(),
        choices=[SelectChoice(outcome, outcome.words) for outcome in Outcome],
        validators=[InputRequired("Choose what was decided after seeing it.")],
    )
    next_due_on = DayField(
        "Next check due on",
        bounds=day_bounds.CHECKS_DUE,
        missing="Give the day by which a new check is due, such as 12 6 2029.",
    )
    submit = SubmitField("Record this check", widget=GovSubmitInput())

    def check(self) -> CheckSeen:
        """The check that was entered. Call it only on a valid form."""
        assert self.issued_on.data is not None
        assert self.seen_on.data is not None
        assert self.next_due_on.data is not None
        return CheckSeen(
            level=Level(self.level.data),
            workforce=Workforce(self.workforce.data),
            outcome=Outcome(self.outcome.data),
            issued_on=self.issued_on.data,
            seen_on=self.seen_on.data,
            next_due_on=self.next_due_on.data,
            last_four=self.last_four.data or "",
        )


class ReplyForm(FlaskForm):
    """What a person answers to a record about them."""

    words = TextAreaField(
        "Your answer",
        widget=GovTextArea(),
        description="It stays beside the record, for everybody who reads that. You can change it or take it back.",
        validators=[DataRequired("Write your answer."), SHORT_WORDS],
        render_kw={"params": {"rows": 4}},
    )
    submit = SubmitField("Send my answer", widget=GovSubmitInput())


class OnShiftForm(OnceForm):
    """What somebody saw of a person, in words."""

    note = TextAreaField(
        "In your words",
        widget=GovTextArea(),
        description="They can read this. Write what they did, and nothing about a member of the community.",
        validators=[DataRequired("Write down what you saw."), KEEP_IT_SHORT],
        render_kw={"params": {"rows": 5}},
    )
    submit = SubmitField("Record this observation", widget=GovSubmitInput())


class ObservationForm(OnShiftForm):
    """An observation of a person at work, or in a talk."""

    happened_on = DayField(
        "On which day",
        bounds=day_bounds.RECORDS,
        description="For a night shift, the day it began.",
        missing="Give the day, such as 14 6 2026.",
    )

    what = RadioField(
        "What you saw",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose what it was you saw.")],
    )


class WithdrawForm(FlaskForm):
    """Why a fact is withdrawn."""

    why = TextAreaField(
        "Why is it wrong?",
        widget=GovTextArea(),
        description="They will read this.",
        validators=[DataRequired("Say why it is withdrawn."), KEEP_IT_SHORT],
        render_kw={"params": {"rows": 4}},
    )


class StepBackForm(OnceForm):
    """A step back; one's own needs no reason.

    `to` is the stage that the page showed, `agreed` the mark of the consequences that were confirmed.
    """

    to = HiddenField(validators=[DataRequired(), Length(max=20)])
    agreed = HiddenField(validators=[Length(max=64)])
    reason = TextAreaField(
        "Your reason", widget=GovTextArea(), validators=[KEEP_IT_SHORT], render_kw={"params": {"rows": 4}}
    )


class AgreeForm(OnceForm):
    """Agreement to the edition of a document that was shown."""

    edition = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, 2**31 - 1)])
    submit = SubmitField("I have read this and agree", widget=GovSubmitInput())
