"""The form of help that was given in person."""

from __future__ import annotations

from collections.abc import Mapping

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextInput
from wtforms import RadioField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import InputRequired, Length

from app import day_bounds
from app.pages.fields import DayField
from progression.forms import OnceForm
from progression.helping.giving import NewHelp
from progression.helping.models import LONGEST_WORDS, HelpKind


class HelpForm(OnceForm):
    """What help it was, when, and who gave it."""

    kind = RadioField(
        "What was it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(each.value, each.words) for each in HelpKind],
        validators=[InputRequired("Choose what it was.")],
    )
    given_on = DayField("On which day", bounds=day_bounds.RECORDS, missing="Give the day, such as 14 6 2026.")
    by = SelectField("Who gave it", coerce=int, widget=GovSelect())
    words = StringField(
        "In a few words",
        widget=GovTextInput(),
        description="Needed only for something else. They read this, and so do those who see evidence.",
        validators=[Length(max=LONGEST_WORDS, message=f"Please keep it under {LONGEST_WORDS} characters.")],
    )
    submit = SubmitField("Record it", widget=GovSubmitInput())

    def offer(self, names: Mapping[int, str]) -> None:
        """Offer the people who can have helped."""
        self.by.choices = [SelectChoice(person_id, name) for person_id, name in names.items()]

    def entered(self) -> NewHelp:
        """The help that was entered. Call it only on a valid form."""
        assert self.given_on.data is not None
        return NewHelp(
            kind=HelpKind(self.kind.data), on=self.given_on.data, by_id=self.by.data, words=self.words.data or ""
        )
