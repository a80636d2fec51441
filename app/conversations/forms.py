"""The forms with which people write to each other."""

from __future__ import annotations

import secrets

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea, GovTextInput
from wtforms import HiddenField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from app.people.messages import LONGEST_SUBJECT, LONGEST_TEXT

TOO_LONG = f"Please keep it under {LONGEST_TEXT:,} characters."


class AnswerForm(FlaskForm):
    """What somebody says."""

    text = TextAreaField(
        "What you want to say",
        widget=GovTextArea(),
        description="An empty line begins a new paragraph. Leave out names of members.",
        validators=[DataRequired("Write what you want to say."), Length(max=LONGEST_TEXT, message=TOO_LONG)],
        render_kw={"params": {"rows": 6}},
    )
    once = HiddenField(
        default=lambda: secrets.token_urlsafe(12), validators=[Length(max=32), Regexp(r"^[A-Za-z0-9_-]{8,32}\Z")]
    )
    submit = SubmitField("Send", widget=GovSubmitInput())


class WriteForm(AnswerForm):
    """A first message, with what it is about."""

    subject = StringField(
        "What it is about",
        widget=GovTextInput(),
        validators=[DataRequired("Say in a few words what it is about."), Length(max=LONGEST_SUBJECT)],
    )
