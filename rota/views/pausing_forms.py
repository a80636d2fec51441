"""The forms of a pause: one's own, somebody else's, and the answer to it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextArea
from wtforms import HiddenField, SelectField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, Length, ValidationError

from app import day_bounds
from app.pages.fields import DayField
from app.people.support_contacts import OwnContact
from rota.shifts.pausing import LONGEST_WORDS

TOO_LONG = f"Please keep it under {LONGEST_WORDS:,} characters."


class PauseForm(FlaskForm):
    """A pause until a day, or until they come back; and whom to tell, where they need support."""

    seen = HiddenField(validators=[Length(max=64)])
    last = DayField(
        "Last day of the pause",
        bounds=day_bounds.PLANS,
        description="Leave it empty if you do not know yet. Then it lasts until you say that you are back.",
    )
    contact = SelectField("Whom we tell", coerce=int, widget=GovSelect(), validate_choice=False)
    pause = SubmitField("Pause from today", widget=GovSubmitInput())
    support = SubmitField("I need support: pause, and tell them", widget=GovSubmitInput())

    def offer(self, contact: OwnContact) -> None:
        """Offer the people whom somebody may choose; nobody is chosen but the one whom they chose beforehand."""
        self.contact.choices = [
            SelectChoice(0, "Choose somebody"),
            *(SelectChoice(person_id, name) for person_id, name in contact.choices),
        ]
        if self.contact.data is None:
            self.contact.data = contact.chosen[0] if contact.chosen else 0

    def validate_contact(self, field: SelectField) -> None:
        """Refuse a call for support that names nobody: no other person is told by mistake."""
        if self.support.data and not field.data:
            raise ValidationError("Choose whom we tell. Nothing has happened yet.")


class PauseForForm(FlaskForm):
    """A pause that somebody who plans enters for a person."""

    seen = HiddenField(validators=[Length(max=64)])
    last = DayField(
        "Last day of the pause",
        bounds=day_bounds.PLANS,
        description="Leave it empty if nobody knows yet. Then it lasts until they say that they are back.",
    )
    reason = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="They read it, can answer you, and nobody else sees it.",
        validators=[
            DataRequired("Say why. They will read it, and nobody else."),
            Length(max=LONGEST_WORDS, message=TOO_LONG),
        ],
    )
    pause = SubmitField("Pause for them from today", widget=GovSubmitInput())


class AnswerForm(FlaskForm):
    """What a person answers to who put them down as away."""

    text = TextAreaField(
        "Your answer",
        widget=GovTextArea(),
        validators=[DataRequired("Write your answer."), Length(max=LONGEST_WORDS, message=TOO_LONG)],
    )
    submit = SubmitField("Send your answer", widget=GovSubmitInput())
