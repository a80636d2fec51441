"""Recording a reference, the right to work or an interview: one page, with the fields of its kind."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length

from app import clock, day_bounds
from app.pages.fields import DayField
from app.pages.forms import Done, render_form, save_form
from app.people.directory import find
from app.permissions import current_person, requires
from app.refusals import NotFound
from progression.fact_kinds import FactKind
from progression.forms import OnceForm
from progression.permissions import ProgressionPermission as May
from progression.record_details import Proof, RecordOutcome, Relation
from progression.records import recording
from progression.records.models import LONGEST_NAME, LONGEST_WORDS
from progression.records.recording import RECORDED_AS, NewRecord
from progression.standing import pathway_now
from progression.views.blueprint import sign_offs_bp


class RecordForm(OnceForm):
    """One record; a kind without some of the fields deletes them from its form."""

    what = RadioField("What it is for", widget=GovRadioInput(), validators=[InputRequired("Choose what it is for.")])
    referee = StringField(
        "Who gave it",
        widget=GovTextInput(),
        validators=[
            DataRequired("Give the name of who gave it."),
            Length(max=LONGEST_NAME, message=f"Please keep it under {LONGEST_NAME} characters."),
        ],
    )
    relation = RadioField(
        "How they know them",
        widget=GovRadioInput(),
        choices=[SelectChoice(each, each.words) for each in Relation],
        validators=[InputRequired("Choose how they know them.")],
    )
    proof = RadioField(
        "What you saw",
        widget=GovRadioInput(),
        choices=[SelectChoice(each, each.words) for each in Proof],
        validators=[InputRequired("Choose what you saw.")],
    )
    happened_on = DayField("On which day", bounds=day_bounds.RECORDS, missing="Give the day, such as 14 6 2026.")
    outcome = RadioField(
        "Outcome",
        widget=GovRadioInput(),
        choices=[SelectChoice(each, each.words) for each in RecordOutcome],
        validators=[InputRequired("Choose what it came to.")],
    )
    words = TextAreaField(
        "What was said",
        widget=GovTextArea(),
        validators=[
            DataRequired("Write down what was said."),
            Length(max=LONGEST_WORDS, message=f"Please keep it under {LONGEST_WORDS:,} characters."),
        ],
        render_kw={"params": {"rows": 6}},
    )
    holds_until = DayField(
        "To be looked at again by",
        bounds=day_bounds.CHECKS_DUE,
        description="Leave it empty where it has no end.",
    )
    submit = SubmitField("Record it", widget=GovSubmitInput())

    def for_kind(self, kind: FactKind) -> None:
        """Take away the fields that a kind does not have."""
        without = {
            FactKind.REFERENCE: ("proof",),
            FactKind.RIGHT_TO_WORK: ("referee", "relation", "outcome", "words"),
            FactKind.INTERVIEW: ("referee", "relation", "proof"),
        }
        for name in without[kind]:
            delattr(self, name)

    def entered(self, kind: FactKind) -> NewRecord:
        """The record that was entered. Call it only on a valid form."""
        assert self.happened_on.data is not None

        def said(name: str) -> str:
            return getattr(self, name).data or "" if name in self else ""

        return NewRecord(
            kind=kind,
            key=self.what.data,
            on=self.happened_on.data,
            holds_until=self.holds_until.data,
            outcome=RecordOutcome(said("outcome")) if said("outcome") else None,
            relation=Relation(said("relation")) if said("relation") else None,
            proof=Proof(said("proof")) if said("proof") else None,
            referee=said("referee"),
            words=said("words"),
        )


@sign_offs_bp.get("/<int:person_id>/record/<kind>")
@sign_offs_bp.post("/<int:person_id>/record/<kind>")
@requires(May.RECORD)
def record(person_id: int, kind: str) -> ResponseReturnValue:
    about, by, form = find(person_id), current_person(), RecordForm()
    fact_kind = FactKind.named(kind)
    if fact_kind not in RECORDED_AS:
        raise NotFound("Nothing of that kind is recorded here.")
    asked = recording.asked_for(pathway_now(g.now), fact_kind)
    form.for_kind(fact_kind)
    form.what.choices = [SelectChoice(need.key, need.title) for need in asked]
    if len(asked) == 1 and not form.is_submitted():
        form.what.data = asked[0].key

    def save() -> Done:
        recording.record_it(about, form.entered(fact_kind), by=by, now=clock.now(), once=form.once_by(by.id))
        return Done(f"Recorded for {about.display_name}.", url_for(".person", person_id=person_id))

    return save_form(form, save) or render_form(
        "progression/record.html", form=form, about=about, what=RECORDED_AS[fact_kind], kind=fact_kind, asked=asked
    )
