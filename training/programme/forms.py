"""The forms with which staff ask people to take a course."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput
from wtforms import BooleanField, RadioField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import InputRequired, Length

from app import day_bounds
from app.pages.fields import DayField
from progression.stages import Stage


class AskPersonForm(FlaskForm):
    """Which course somebody is asked to take, and by when."""

    code = SelectField("Course", widget=GovSelect(), validators=[InputRequired("Choose a course."), Length(max=60)])
    due_on = DayField("By when", bounds=day_bounds.PLANS, missing="Give the day by which it should be done.")
    submit = SubmitField("Ask", widget=GovSubmitInput())

    def offer(self, titles: Mapping[str, str]) -> None:
        """Offer these courses: titles by code."""
        self.code.choices = [SelectChoice(code, title) for code, title in titles.items()]


class AskStageForm(AskPersonForm):
    """The same for everybody at a stage."""

    stage = RadioField(
        "Whom",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(Stage.USER, "Every member who has not stepped up"),
            SelectChoice(Stage.PEER, "Every peer"),
            SelectChoice(Stage.VOLUNTEER, "Every volunteer"),
            SelectChoice(Stage.STAFF, "All staff"),
        ],
        validators=[InputRequired("Choose whom you ask.")],
    )


class TakeBackForm(FlaskForm):
    """Whether everybody who was asked together is asked no longer, or one person."""

    all_of_them = BooleanField(default=False)
