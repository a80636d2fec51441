"""Forms for signing in and for the pages about people. They check the shape of the input; use cases check rules."""

from __future__ import annotations

import base64
import hashlib
import secrets
import zlib
from collections.abc import Sequence

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovFileInput,
    GovPasswordInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, Length, Regexp, StopValidation

from app import day_bounds
from app.pages.fields import AtMost, DayField, kept_by
from app.people.email_addresses import email_address
from app.people.messages import LONGEST_SUBJECT, LONGEST_TEXT
from app.people.models import Role
from app.people.names import display_name, legal_name
from app.people.sheet import MAX_BYTES
from app.people.support_contacts import OwnContact
from app.people.telephone import telephone

LONGEST_KEPT_FILE = 60_000  # characters; about 1,500 people


class SignInForm(FlaskForm):
    """An address and a password."""

    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        validators=[DataRequired("Please give your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[DataRequired("Please give your password."), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField("Sign in", widget=GovSubmitInput())


class NewPasswordForm(FlaskForm):
    """A new password, typed once: it can be shown while typing, so it need not be repeated."""

    password = PasswordField(
        "New password",
        widget=GovPasswordInput(),
        description="At least 10 characters. Three or four unrelated words work well.",
        validators=[DataRequired("Please choose a password."), Length(max=1000)],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField("Save and sign in", widget=GovSubmitInput())


class ChangePasswordForm(FlaskForm):
    """The old password and the new one."""

    current = PasswordField(
        "Your password now",
        widget=GovPasswordInput(),
        validators=[DataRequired("Please give the password you have now."), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        widget=GovPasswordInput(),
        description="At least 10 characters. Three or four unrelated words work well.",
        validators=[DataRequired("Please choose a new password."), Length(max=1000)],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField("Change password", widget=GovSubmitInput())


class ForgotForm(FlaskForm):
    """The address to send a link to."""

    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        validators=[DataRequired("Please give your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class ProfileForm(FlaskForm):
    """What a person may change about themselves; `seen` is the mark of what the page showed."""

    seen = HiddenField(validators=[Length(max=64)])
    display_name = StringField(
        "Display name",
        widget=GovTextInput(),
        description="What the community and your team see.",
        validators=[DataRequired("Please give a display name."), kept_by(display_name)],
        render_kw={"autocomplete": "nickname"},
    )
    phone = TelField(
        "Telephone",
        widget=GovTextInput(),
        description="Few people can see it. While you are on call, people on shift and leads can, to ring you.",
        validators=[kept_by(telephone)],
        render_kw={"autocomplete": "tel"},
    )
    # The page renders it in groups; the use case checks that the zone exists.
    zone_name = SelectField("Your time zone", choices=[], validate_choice=False, validators=[Length(max=60)])
    submit = SubmitField("Save", widget=GovSubmitInput())


class SupportContactForm(FlaskForm):
    """Whom somebody would want to be told that they need support, and whether they are glad to be told of others."""

    contact = SelectField("If I ever need support, tell", coerce=int, widget=GovSelect())
    is_willing = BooleanField("I am glad to be told when somebody else needs support", widget=GovCheckboxInput())
    submit = SubmitField("Save", widget=GovSubmitInput())

    def offer(self, own: OwnContact) -> None:
        """Offer whom somebody may choose; a first visit shows what is kept."""
        self.contact.choices = [
            SelectChoice(0, "Nobody yet"),
            *(SelectChoice(person_id, name) for person_id, name in own.choices),
        ]
        if not self.is_submitted():
            self.contact.data = own.chosen[0] if own.chosen else 0
            self.is_willing.data = own.is_willing


class AddressForm(FlaskForm):
    """A new e-mail address. The password is asked for again, because a person who reads the address can sign in."""

    email = EmailField(
        "Your new e-mail address",
        widget=GovTextInput(),
        validators=[DataRequired("Please give the new address."), kept_by(email_address)],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    current = PasswordField(
        "Your password",
        widget=GovPasswordInput(),
        description="So that nobody can move your account while you are away from the screen.",
        validators=[DataRequired("Please give your password."), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField("Send a link to the new address", widget=GovSubmitInput())


class ConfirmAddressForm(FlaskForm):
    """One button that puts a new e-mail address in force."""

    submit = SubmitField("Use this address", widget=GovSubmitInput())


class CorrectionForm(FlaskForm):
    """What staff correct about a person, and how they know."""

    legal_name = StringField(
        "Legal name",
        widget=GovTextInput(),
        validators=[kept_by(legal_name)],
        render_kw={"autocomplete": "off"},
    )
    born_on = DayField(
        "Date of birth",
        bounds=day_bounds.BIRTHS,
        description="Left empty, the rules that protect people under 18 apply.",
    )
    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        description="They have not taken up the invitation yet. A fresh one goes to the address you write here.",
        validators=[DataRequired("Please give an e-mail address."), kept_by(email_address)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    reason = TextAreaField(
        "How you know",
        widget=GovTextArea(),
        description="They will read it. Such as: you showed me your passport on Tuesday.",
        validators=[DataRequired("Say how you know. They will read it."), Length(max=1000)],
    )
    seen = HiddenField(validators=[Length(max=10), Regexp(r"^[0-9]{1,10}\Z")])
    agreed = HiddenField(validators=[Length(max=64)])
    submit = SubmitField("Correct", widget=GovSubmitInput())
    agree = SubmitField("Yes, correct it", widget=GovSubmitInput())


class AddPersonForm(FlaskForm):
    """The details of a new account."""

    display_name = StringField(
        "Display name",
        widget=GovTextInput(),
        description="What the community and the team see. It need not be a legal name.",
        validators=[DataRequired("Please give a display name."), kept_by(display_name)],
    )
    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        description="The invitation goes here.",
        validators=[DataRequired("Please give an e-mail address."), kept_by(email_address)],
        render_kw={"spellcheck": "false"},
    )
    legal_name = StringField(
        "Legal name",
        widget=GovTextInput(),
        description="For certificates and checks. Few people can see it.",
        validators=[kept_by(legal_name)],
    )
    born_on = DayField(
        "Date of birth",
        bounds=day_bounds.BIRTHS,
        description="For the rules that protect people under 18. Without it, those rules apply.",
    )
    submit = SubmitField("Add and invite", widget=GovSubmitInput())


class ImportForm(FlaskForm):
    """A CSV file of people: it is checked and shown first, then imported.

    A checked file travels in the page, so that it need not be chosen twice; a large one does not, and has to be.
    """

    file = FileField(
        "CSV file",
        widget=GovFileInput(),
        description="The first line names the columns. A display name and an e-mail address are needed.",
    )
    kept = HiddenField(validators=[Length(max=LONGEST_KEPT_FILE)])  # the checked file, compressed
    seen = HiddenField(validators=[Length(max=64)])  # a hash of the checked file
    leave_out = SelectMultipleField(
        "There is no place for these columns. Tick those that may be left out",
        validate_choice=False,
        validators=[AtMost(values=200, length=1000)],
        widget=GovCheckboxesInput(),
    )
    invite = BooleanField("Send each new person an invitation", widget=GovCheckboxInput())
    check = SubmitField("Check the file", widget=GovSubmitInput())
    take = SubmitField("Import", widget=GovSubmitInput())

    def content(self) -> bytes:
        """The file that was chosen, else the one that was checked before; empty where that cannot be read."""
        if self.file.data:
            return bytes(self.file.data.read(MAX_BYTES + 1))
        try:
            return zlib.decompressobj().decompress(base64.b64decode(self.kept.data or ""), MAX_BYTES + 1)
        except (ValueError, zlib.error):
            return b""

    def validate_file(self, field: FileField) -> None:
        if not field.data and not self.kept.data:
            raise StopValidation("Please choose a file.")

    def was_seen(self, raw: bytes) -> bool:
        """Whether the page showed what importing this file would do."""
        return bool(self.seen.data == hashlib.sha256(raw).hexdigest())

    def show_again(self, raw: bytes, not_taken: Sequence[str]) -> None:
        """Prepare the page that shows what was found in the file."""
        packed = base64.b64encode(zlib.compress(raw)).decode()
        self.kept.data = packed if len(packed) <= LONGEST_KEPT_FILE else ""
        self.seen.data = hashlib.sha256(raw).hexdigest()
        self.leave_out.choices = [SelectChoice(heading, heading) for heading in not_taken]


class SuspendForm(FlaskForm):
    """Why an account is suspended, and that its consequences were seen."""

    reason = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="Administrators can read it. Write what happened, and nothing about a member of the community.",
        validators=[DataRequired("Say why. Another administrator has to understand it later."), Length(max=1000)],
    )
    agreed = HiddenField(validators=[Length(max=64)])
    submit = SubmitField("See what would follow", widget=GovSubmitInput())
    agree = SubmitField("Yes, suspend the account", widget=GovSubmitInput())


class RoleForm(FlaskForm):
    """A role to grant."""

    role = SelectField(
        "Role",
        widget=GovSelect(),
        choices=[SelectChoice(role, role.capitalize()) for role in Role],
    )
    submit = SubmitField("Give this role", widget=GovSubmitInput())


class MessageForm(FlaskForm):
    """An e-mail to people."""

    subject = StringField(
        "Subject",
        widget=GovTextInput(),
        validators=[DataRequired("Say in a few words what it is about."), Length(max=LONGEST_SUBJECT)],
    )
    text = TextAreaField(
        "What you want to say",
        widget=GovTextArea(),
        description="An empty line begins a new paragraph.",
        validators=[
            DataRequired("Write what you want to say."),
            Length(max=LONGEST_TEXT, message=f"Please keep the e-mail under {LONGEST_TEXT:,} characters."),
        ],
        render_kw={"params": {"rows": 8}},
    )
    once = HiddenField(
        default=lambda: secrets.token_urlsafe(12), validators=[Length(max=32), Regexp(r"^[A-Za-z0-9_-]{8,32}\Z")]
    )
    submit = SubmitField("Send the e-mail", widget=GovSubmitInput())
