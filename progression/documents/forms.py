"""The forms with which staff write and publish documents."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import HiddenField, RadioField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import InputRequired, Length

from app import day_bounds
from app.pages.fields import DayField
from progression.documents.drafts import LONGEST_SENTENCE, LONGEST_TEXT, Words
from progression.documents.publishing import Days

AGAIN, NO_NEED = "again", "no-need"


def _sentence(label: str, description: str) -> TextAreaField:
    return TextAreaField(
        label,
        widget=GovTextArea(),
        description=description,
        filters=[lambda text: text or ""],
        validators=[Length(max=LONGEST_SENTENCE, message=f"Please keep it under {LONGEST_SENTENCE} characters.")],
        render_kw={"dir": "auto"},
    )


class WriteForm(FlaskForm):
    """The draft of an edition. `seen` is the mark of the revision that the page showed."""

    text = TextAreaField(
        "The text",
        widget=GovTextArea(),
        description="Write ## before a heading, - before a point, > before a quotation, ** around strong words, and "
        "links as [words](https://…).",
        filters=[lambda text: (text or "").replace("\r\n", "\n")],
        validators=[Length(max=LONGEST_TEXT, message=f"There is room for {LONGEST_TEXT:,} characters.")],
        render_kw={"dir": "auto"},
    )
    what_changed = _sentence("What changed", "In a sentence, for people who know the edition before.")
    why = _sentence("Why", "In a sentence. Name no person.")
    what_it_means = _sentence("What it means for you", "In a sentence, to the reader: what they do differently now.")
    seen = HiddenField(validators=[Length(max=32)])
    save = SubmitField("Save the draft", widget=GovSubmitInput())
    preview = SubmitField("Save, then see it as people will", widget=GovSubmitInput())

    def words(self) -> Words:
        """What was typed."""
        return Words(
            text=self.text.data or "",
            what_changed=self.what_changed.data or "",
            why=self.why.data or "",
            what_it_means=self.what_it_means.data or "",
        )


class PublishForm(FlaskForm):
    """From when an edition holds, and whether people have to agree again.

    `seen` is the mark of the draft that the page showed, `agreed` that of the consequences that were confirmed.
    """

    holds_from = DayField("Holds from", bounds=day_bounds.PLANS, missing="Give the day from which it holds.")
    asks = RadioField(
        "Do people have to agree again?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(NO_NEED, "No. What they agreed to before goes on counting."),
            SelectChoice(AGAIN, "Yes, by a day. After it, what they agreed to before no longer counts."),
        ],
        validators=[InputRequired("Say whether people have to agree again.")],
    )
    agree_by = DayField(
        "Agree again by",
        bounds=day_bounds.PLANS,
        description="Only if they have to. At least a week after the first day.",
    )
    seen = HiddenField(validators=[Length(max=32)])
    agreed = HiddenField(validators=[Length(max=32)])
    look = SubmitField("See whom it asks", widget=GovSubmitInput())

    def validate_agree_by(self, field: DayField) -> None:
        """A day is needed exactly where people have to agree again."""
        if self.asks.data == AGAIN and field.data is None and not field.errors:
            field.errors = [*field.errors, "Give the day by which people agree again."]

    def days(self) -> Days | None:
        """The days, or None while one that is needed is missing."""
        if self.holds_from.data is None or (self.asks.data == AGAIN and self.agree_by.data is None):
            return None
        return Days(holds_from=self.holds_from.data, agree_by=self.agree_by.data if self.asks.data == AGAIN else None)


class SeenForm(FlaskForm):
    """A button about exactly the draft that its page showed."""

    seen = HiddenField(validators=[Length(max=32)])
