"""Forms of the administrator's pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import g
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea
from wtforms import DateField, HiddenField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from app import day_bounds
from app.pages.fields import DayField
from app.policies.documents import PolicyKind
from app.policies.drafts import MAX_TEXT_LENGTH, PolicyDraft
from app.trail.search import Wanted, person_called


class PolicyForm(FlaskForm):
    """A new version of a policy, which is compared before it is saved.

    `seen` holds the latest version's id when the page was opened, `compared` the mark of the comparison that was shown.
    """

    document = TextAreaField(
        "The document",
        widget=GovTextArea(),
        description="Change what should be different; every figure keeps its source.",
        # Browsers send line breaks as CRLF, which are not ours.
        filters=[lambda text: text.replace("\r\n", "\n") if text else text],
        validators=[
            DataRequired("The document is empty."),
            Length(max=MAX_TEXT_LENGTH, message=f"There is room for {MAX_TEXT_LENGTH:,} characters."),
        ],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    holds_from = DayField(
        "Holds from",
        bounds=day_bounds.POLICIES,
        missing="Give the day from which it holds.",
        description="Today or later. What is past was decided by the version of its day.",
    )
    why = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="Kept beside the version for ever. Name no person in it.",
        validators=[DataRequired("Say why."), Length(max=1000, message="Please keep it under 1,000 characters.")],
    )
    seen = HiddenField(validators=[Length(max=10), Regexp(r"^[0-9]{1,10}\Z")])
    compared = HiddenField(validators=[Length(max=64)])
    compare = SubmitField("Compare", widget=GovSubmitInput())
    keep = SubmitField("Keep this version", widget=GovSubmitInput())

    def draft(self, kind: PolicyKind, today: date) -> PolicyDraft:
        """The draft that the submitted form holds."""
        return PolicyDraft(
            kind=kind,
            text=self.document.data or "",
            holds_from=self.holds_from.data or today,
            why=self.why.data or "",
            based_on=int(self.seen.data or 0),
        )

    def rebase(self, draft: PolicyDraft, latest_id: int) -> None:
        """Note that this draft has now been compared with the latest version, for the next submission."""
        self.seen.data = str(latest_id)
        self.compared.data = replace(draft, based_on=latest_id).mark


def _within_the_calendar(_form: FlaskForm, field: DateField) -> None:
    refusal = field.data and day_bounds.RECORDS.refusal(field.data, today=g.today)
    if refusal:
        raise ValidationError(f"{field.label.text}: {refusal}")


class TrailSearchForm(FlaskForm):
    """What to look for in the audit trail or among the security events; it arrives in the address."""

    class Meta:
        csrf = False  # it changes nothing

    person = StringField("Person", validators=[Length(max=200, message="Write a display name.")])
    kind = SelectField("What happened", default="")  # the choice of a page that was opened without a search
    first = DateField("From", validators=[Optional(), _within_the_calendar])
    last = DateField("To", validators=[Optional(), _within_the_calendar])

    def wanted(self) -> Wanted:
        """What it asks for; a name that is nobody's becomes an error of the field, as does a wrong date."""
        self.validate()
        name = (self.person.data or "").strip()
        person = person_called(name) if name and not self.person.errors else None
        if name and person is None and not self.person.errors:
            self.person.errors = [f"No account, or more than one, is called “{name}”. Write the whole display name."]
        return Wanted(
            person_id=person.id if person else None,
            kind=self.kind.data or None,
            first_day=self.first.data,
            last_day=self.last.data,
        )
