"""Forms of taking over a team. What belongs to single columns and rows is read beside them: see `views`."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput
from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, SubmitField
from wtforms.validators import Length, NumberRange, StopValidation
from wtforms.widgets import HiddenInput

from app.pages.converters import LARGEST_ID
from app.pages.fields import AtMost


class FileForm(FlaskForm):
    """A file of people: CSV, or a workbook of Excel or LibreOffice."""

    file = FileField(
        "Your list",
        widget=GovFileInput(),
        description="As you have it: Excel (.xlsx), LibreOffice (.ods) or CSV.",
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods"},
    )
    submit = SubmitField("Look at it", widget=GovSubmitInput())

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise StopValidation("Please choose a file.")


class ListForm(FlaskForm):
    """An open list as its page showed it, and what to do: look again, or take everybody in."""

    revision = IntegerField(widget=HiddenInput(), validators=[NumberRange(min=1, max=LARGEST_ID)])
    mark = HiddenField(validators=[Length(max=64)])  # of the preview that was shown
    look = SubmitField("Look again with these", widget=GovSubmitInput())
    take = SubmitField("Take in", widget=GovSubmitInput())


class InviteForm(FlaskForm):
    """Whom to send the welcome; `seen` is the mark of the invitations that the page showed."""

    seen = HiddenField(validators=[Length(max=32)])
    wave = RadioField("Who gets the welcome e-mail", choices=[], validate_choice=False, validators=[Length(max=60)])
    people = SelectMultipleField(
        coerce=int, choices=[], validate_choice=False, validators=[AtMost(values=200, length=10)]
    )
    submit = SubmitField("Send the welcome e-mails", widget=GovSubmitInput())
