"""The form on which certificates are chosen."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import InputRequired, Length

from app import day_bounds
from app.pages.fields import DayField
from progression.stages import Stage, stage_called
from training.bulk.choosing import STAGES, Choice


class ChooseForm(FlaskForm):
    """Whose certificates of which course."""

    code = SelectField("Course", widget=GovSelect(), validators=[InputRequired("Choose a course."), Length(max=60)])
    stage = SelectField(
        "Whose",
        widget=GovSelect(),
        choices=[
            SelectChoice("", "Everybody’s"),
            *(SelectChoice(stage, f"Those of {STAGES[stage]}") for stage in Stage),
        ],
        validators=[Length(max=20)],
    )
    first = DayField(
        "Passed on this day or later",
        bounds=day_bounds.RECORDS,
        description="Leave the days empty for every certificate.",
    )
    last = DayField("Passed on this day or before", bounds=day_bounds.RECORDS)

    def offer(self, titles: Mapping[str, str]) -> None:
        """Offer these courses: titles by code."""
        self.code.choices = [SelectChoice(code, title) for code, title in titles.items()]

    def chosen(self) -> Choice:
        """What was chosen; only of a form that was validated."""
        stage = stage_called(self.stage.data) if self.stage.data else None
        return Choice(self.code.data, stage, self.first.data, self.last.data)
