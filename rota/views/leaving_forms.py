"""The forms of leaving: one's own last day, and that of somebody else."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea
from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from app import day_bounds
from app.pages.fields import DayField
from app.people.models import LONGEST_REASON_TO_LEAVE


class LeaveForm(FlaskForm):
    """Somebody's own last day. Nobody asks why."""

    seen = HiddenField(validators=[Length(max=64)])
    last = DayField(
        "Your last day",
        bounds=day_bounds.PLANS,
        missing="Your last day: give the day, the month and the year.",
        description="You are one of us until its end. It may be today.",
    )
    submit = SubmitField("This is my last day", widget=GovSubmitInput())


class LeaveForForm(FlaskForm):
    """The last day that staff say for somebody."""

    seen = HiddenField(validators=[Length(max=64)])
    last = DayField(
        "Their last day",
        bounds=day_bounds.PLANS,
        missing="Their last day: give the day, the month and the year.",
        description="Their account closes when it is over.",
    )
    reason = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="They read it, and nobody else does but those who may open this page.",
        validators=[
            DataRequired("Say why. They will read it."),
            Length(
                max=LONGEST_REASON_TO_LEAVE,
                message=f"Please keep it under {LONGEST_REASON_TO_LEAVE:,} characters.",
            ),
        ],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Say their last day", widget=GovSubmitInput())
