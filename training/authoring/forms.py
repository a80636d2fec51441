"""The forms with which drafts are begun and published; those of their parts are in `part_forms`."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from training.authoring.beginning import LONGEST_TITLE


class BeginForm(FlaskForm):
    """The title of a course that is new."""

    title = StringField(
        "What is it called?",
        widget=GovTextInput(),
        validators=[
            DataRequired("Give the course a title."),
            Length(max=LONGEST_TITLE, message=f"Please keep it under {LONGEST_TITLE} characters."),
        ],
    )


class SeenForm(FlaskForm):
    """A button about exactly the draft that its page showed."""

    seen = HiddenField(validators=[Length(max=32)])
