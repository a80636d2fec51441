"""Forms of the administrator's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import g
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import DateField, HiddenField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, Length, Optional, Regexp, StopValidation, ValidationError

from app import day_bounds
from app.organisation.changing import Identity, SupportTexts
from app.organisation.slots import NATIONS
from app.pages.fields import DayField
from app.pages.form_words import in_our_words
from app.policies.documents import PolicyKind
from app.policies.drafts import MAX_TEXT_LENGTH, PolicyDraft
from app.policies.yaml_lines import CANNOT_BE_KEPT
from app.trail.search import Wanted, person_called


class NextVersionForm(FlaskForm):
    """When and why the next version of a policy holds; it is compared before it is saved.

    `seen` holds the latest version's id when the page was opened, `compared` the mark of the comparison that was shown.
    """

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

    def draft_of(self, text: str, kind: PolicyKind, today: date) -> PolicyDraft:
        """The draft that the submitted form and the text of its document hold."""
        return PolicyDraft(
            kind=kind,
            text=text,
            holds_from=self.holds_from.data or today,
            why=self.why.data or "",
            based_on=int(self.seen.data or 0),
        )

    def rebase(self, draft: PolicyDraft, latest_id: int) -> None:
        """Note that this draft has now been compared with the latest version, for the next submission."""
        self.seen.data = str(latest_id)
        self.compared.data = replace(draft, based_on=latest_id).mark


class PolicyForm(NextVersionForm):
    """The next version of a policy as the text of a file: pasted, or read from one that is chosen."""

    file = FileField(
        "Or from a file",
        widget=GovFileInput(),
        description="A file that was downloaded here, or written by hand. It takes the place of the text above.",
        render_kw={"accept": ".yaml,.yml"},
    )
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

    def take_file(self) -> None:
        """Put the text of a chosen file in the place of the text, before the form is checked."""
        if not self.file.data:
            return
        content: bytes = self.file.data.read(4 * MAX_TEXT_LENGTH + 1)  # a character has four bytes at most
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            text = None
        if text is None or CANNOT_BE_KEPT.search(text):
            self.unreadable = "This file is no text that we can read. Save it as plain text in UTF-8."
        else:
            self.document.data = text
            self.document.raw_data = [text]

    unreadable: str | None = None

    def validate_file(self, _field: FileField) -> None:
        if self.unreadable:
            raise StopValidation(self.unreadable)

    def draft(self, kind: PolicyKind, today: date) -> PolicyDraft:
        """The draft that the submitted form holds."""
        return self.draft_of(self.document.data or "", kind, today)


class PolicyWordsForm(NextVersionForm):
    """The next version of a policy in words. Its fields are the parts that the page draws, with their own faults."""

    faults: Mapping[str, Sequence[str]] = {}
    """What is to be mended in the parts, by the id of each."""

    @property
    def errors(self) -> dict[str | None, Any]:
        """The faults of the form and of the parts, for the summary above the page."""
        return {**dict(super().errors), **self.faults}


def _name_field(label: str, description: str = "") -> StringField:
    return StringField(
        label,
        widget=GovTextInput(),
        description=description,
        validators=[Length(max=400)],
        filters=[lambda text: text or ""],
    )


def _text_area(label: str, description: str) -> TextAreaField:
    return TextAreaField(
        label,
        widget=GovTextArea(),
        description=description,
        validators=[Length(max=4000, message="Please keep it under 1,000 characters.")],
        filters=[lambda text: text or ""],
    )


class _WithVersion(FlaskForm):
    """A form about the organisation; `seen` is the version that the page showed."""

    seen = HiddenField(validators=[DataRequired(), Length(max=10), Regexp(r"^[0-9]{1,10}\Z")])

    @property
    def version_seen(self) -> int:
        return int(self.seen.data or 0)


class IdentityForm(_WithVersion):
    """Who the organisation is."""

    name = _name_field("Name", "As people know you. It stands on every page, in e-mails and on certificates.")
    # The page renders it in groups; the use case checks that the zone exists, and whether it may change.
    zone_name = SelectField("Time zone", choices=[], validate_choice=False, validators=[Length(max=60)])
    contact = _name_field(
        "Contact for questions",
        "For people who cannot find anybody: an e-mail address, a telephone number, or a page that begins https://. "
        "Visitors can read it too.",
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    def identity(self) -> Identity:
        """What was typed."""
        return Identity(self.name.data or "", self.zone_name.data or "", self.contact.data or "")


class SupportTextsForm(_WithVersion):
    """Whom people turn to in need."""

    safeguarding_lead = _name_field("Safeguarding lead", "Who decides when a child or an adult may be at risk.")
    safeguarding_lead_number = _name_field("Number of the safeguarding lead")
    safeguarding_deputy = _name_field("Deputy", "Who decides when the lead cannot be reached.")
    safeguarding_deputy_number = _name_field("Number of the deputy")
    safeguarding_out_of_hours = _text_area(
        "Out of hours",
        "What to do at night and at weekends, and when neither answers: the number of your local authority.",
    )
    report_form = _text_area(
        "Where a worry is written down",
        "The address of your form, or where it lies and who gets it. Courses tell people.",
    )
    # The use case checks it.
    nation = SelectField(
        "Where you work",
        choices=[SelectChoice("", "Not said yet"), *(SelectChoice(each, each) for each in NATIONS)],
        widget=GovSelect(),
        description="Courses name the services of that nation.",
        validate_choice=False,
        validators=[Length(max=40)],
        filters=[lambda text: text or ""],
    )
    local_help = _text_area(
        "Help for young people near you",
        "Where you send a young person who needs more than the community: services, opening hours, numbers.",
    )
    support_people = _text_area(
        "Your own people",
        "For a volunteer who needs somebody: who, when, and how to reach them. Everybody with an account can read it.",
    )
    emergency_number = _name_field("Emergency number", "The number that people in danger ring where you are.")
    help_lines = _text_area(
        "Help lines outside", "One a line, with semicolons: the name; whom it is for; the number, or SHOUT to 85258."
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    def texts(self) -> SupportTexts:
        """What was typed."""
        return SupportTexts(**{name: self[name].data or "" for name in SupportTexts.__dataclass_fields__})


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
        in_our_words(self)
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
