"""The forms of the administrator's pages."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea
from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from app.pages.fields import DayField


class PolicyForm(FlaskForm):
    """A version to be: written, compared, then kept."""

    document = TextAreaField(
        "The document",
        widget=GovTextArea(),
        description="Change what should be different; every figure keeps its source.",
        validators=[DataRequired("The document is empty.")],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    holds_from = DayField(
        "Holds from",
        missing="Give the day from which it holds.",
        description="Today or later. What is past was decided by the version of its day.",
    )
    why = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="Kept beside the version for ever. Name no person in it.",
        validators=[DataRequired("Say why."), Length(max=1000, message="Please keep it under 1,000 characters.")],
    )
    seen = HiddenField(validators=[Regexp(r"^\d{1,12}$")])
    compared = HiddenField()
    compare = SubmitField("Compare", widget=GovSubmitInput())
    keep = SubmitField("Keep this version", widget=GovSubmitInput())
