"""Forms for signing in and for the pages about people. They check the shape of the input; use cases check rules."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import (
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
    StringField,
    SubmitField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, Length, Regexp

from app.pages.fields import DayField
from app.people.models import Role


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
        validators=[DataRequired("Please choose a password.")],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField("Save and sign in", widget=GovSubmitInput())


class ChangePasswordForm(FlaskForm):
    """The old password and the new one."""

    current = PasswordField(
        "Your password now",
        widget=GovPasswordInput(),
        validators=[DataRequired("Please give the password you have now.")],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        widget=GovPasswordInput(),
        description="At least 10 characters. Three or four unrelated words work well.",
        validators=[DataRequired("Please choose a new password.")],
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
    """What a person may change about themselves."""

    display_name = StringField(
        "Display name",
        widget=GovTextInput(),
        description="What the community and your team see.",
        validators=[DataRequired("Please give a display name."), Length(max=60)],
        render_kw={"autocomplete": "nickname"},
    )
    phone = TelField(
        "Telephone",
        widget=GovTextInput(),
        description="Few people can see it. While you are on call, people on shift and leads can, to ring you.",
        validators=[Length(max=30, message="Please keep the number under 30 characters.")],
        render_kw={"autocomplete": "tel"},
    )
    # The page renders it in groups; the use case checks that the zone exists.
    zone_name = SelectField("Your time zone", choices=[], validate_choice=False)
    submit = SubmitField("Save", widget=GovSubmitInput())


class AddressForm(FlaskForm):
    """A new e-mail address. The password is asked for again, because a person who reads the address can sign in."""

    email = EmailField(
        "Your new e-mail address",
        widget=GovTextInput(),
        validators=[DataRequired("Please give the new address."), Length(max=254)],
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
        validators=[Length(max=120, message="There is room for 120 characters.")],
        render_kw={"autocomplete": "off"},
    )
    born_on = DayField(
        "Date of birth",
        description="Left empty, the rules that protect people under 18 apply.",
    )
    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        description="They have not taken up the invitation yet. A fresh one goes to the address you write here.",
        validators=[DataRequired("Please give an e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    reason = TextAreaField(
        "How you know",
        widget=GovTextArea(),
        description="They will read it. Such as: you showed me your passport on Tuesday.",
        validators=[DataRequired("Say how you know. They will read it."), Length(max=1000)],
    )
    seen = HiddenField(validators=[Regexp(r"^\d{1,12}$")])
    agreed = HiddenField()
    submit = SubmitField("Correct", widget=GovSubmitInput())
    agree = SubmitField("Yes, correct it", widget=GovSubmitInput())


class AddPersonForm(FlaskForm):
    """The details of a new account."""

    display_name = StringField(
        "Display name",
        widget=GovTextInput(),
        description="What the community and the team see. It need not be a legal name.",
        validators=[DataRequired("Please give a display name."), Length(max=60)],
    )
    email = EmailField(
        "E-mail address",
        widget=GovTextInput(),
        description="The invitation goes here.",
        validators=[DataRequired("Please give an e-mail address."), Length(max=254)],
        render_kw={"spellcheck": "false"},
    )
    legal_name = StringField(
        "Legal name",
        widget=GovTextInput(),
        description="For certificates and checks. Few people can see it.",
        validators=[Length(max=120)],
    )
    born_on = DayField(
        "Date of birth",
        description="For the rules that protect people under 18. Without it, those rules apply.",
    )
    submit = SubmitField("Add and invite", widget=GovSubmitInput())


class ImportForm(FlaskForm):
    """A CSV file of people."""

    file = FileField(
        "CSV file",
        widget=GovFileInput(),
        description="The first line names the columns. display_name and email are needed.",
        validators=[FileRequired("Please choose a file.")],
    )
    invite = BooleanField("Send each new person an invitation", widget=GovCheckboxInput())
    check = SubmitField("Check the file only", widget=GovSubmitInput())
    take = SubmitField("Import", widget=GovSubmitInput())


class RoleForm(FlaskForm):
    """A role to grant."""

    role = SelectField(
        "Role",
        widget=GovSelect(),
        choices=[SelectChoice(role, role.capitalize()) for role in Role],
    )
    submit = SubmitField("Give this role", widget=GovSubmitInput())
