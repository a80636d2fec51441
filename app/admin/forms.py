"""Forms of the administrator's pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea
from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from app.pages.fields import DayField
from app.policies.documents import PolicyKind
from app.policies.drafts import PolicyDraft


class PolicyForm(FlaskForm):
    """A new version of a policy, which is compared before it is saved.

    `seen` holds the latest version's id when the page was opened, `compared` the mark of the comparison that was shown.
    """

    document = TextAreaField(
        "The document",
        widget=GovTextArea(),
        description="Change what should be different; every figure keeps its source.",
        validators=[DataRequired("The document is empty.")],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    holds_from = DayField(
        "Holds from",
        missing="Give the day from which it holds.",
        description="Today or later. What is past was decided by the version of its day.",
    )
    why = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="Kept beside the version for ever. Name no person in it.",
        validators=[DataRequired("Say why."), Length(max=1000, message="Please keep it under 1,000 characters.")],
    )
    seen = HiddenField(validators=[Regexp(r"^\d{1,12}$")])
    compared = HiddenField()
    compare = SubmitField("Compare", widget=GovSubmitInput())
    keep = SubmitField("Keep this version", widget=GovSubmitInput())

    def text(self) -> str:
        """The document with the line breaks that we store; browsers send CRLF."""
        return (self.document.data or "").replace("\r\n", "\n")

    def draft(self, kind: PolicyKind, today: date) -> PolicyDraft:
        """The draft that the submitted form holds."""
        return PolicyDraft(
            kind=kind,
            text=self.text(),
            holds_from=self.holds_from.data or today,
            why=self.why.data or "",
            based_on=int(self.seen.data or 0),
        )

    def rebase(self, draft: PolicyDraft, latest_id: int) -> None:
        """Note that this draft has now been compared with the latest version, for the next submission."""
        self.seen.data = str(latest_id)
        self.compared.data = replace(draft, based_on=latest_id).mark
