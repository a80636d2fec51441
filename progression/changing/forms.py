"""The small forms with which a pathway is changed. They check the shape of input; `editing` checks the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from app import day_bounds
from app.admin.forms import NextVersionForm
from app.pages.fields import AtMost, DayField
from progression.changing.kinds import SAID_OF_ALL, WHAT, Asks, offered_by_value
from progression.duties import Duty
from progression.pathway import MOST_SIGNERS, Unit
from progression.stages import Stage

SENTENCE = Length(min=3, max=400, message="Please write between 3 and 400 characters.")
FROM_STAGES = [SelectChoice(stage.value, stage.value.capitalize()) for stage in Stage]
SIGNED_STAGES = [each for each in FROM_STAGES if each.value != Stage.USER.value]


def _number(label: str, description: str, *, least: int, most: int, missing: str | None = None) -> IntegerField:
    return IntegerField(
        label,
        widget=GovTextInput(),
        description=description,
        validators=[
            InputRequired(missing) if missing else Optional(),
            NumberRange(least, most, message=f"{label}: write a whole number from {least} to {most:,}."),
        ],
        render_kw={"inputmode": "numeric", "maxlength": 5, "params": {"classes": "govuk-input--width-5"}},
    )


def _words(label: str, description: str, missing: str | None = None) -> TextAreaField:
    return TextAreaField(
        label,
        widget=GovTextArea(),
        description=description,
        validators=[DataRequired(missing) if missing else Optional(strip_whitespace=True), SENTENCE],
        render_kw={"params": {"rows": 2}},
    )


def _several(label: str, description: str) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=[],
        widget=GovCheckboxesInput(),
        description=description,
        validators=[AtMost(values=60, length=100)],
    )


class CopyForm(FlaskForm):
    """A form about the working copy. `seen` is the revision that the page showed."""

    seen = HiddenField(validators=[DataRequired(), Length(max=10), Regexp(r"^[0-9]{1,10}\Z")])

    @property
    def revision_seen(self) -> int:
        return int(self.seen.data or 0)


class NeedForm(CopyForm):
    """One requirement. `form_of_need` leaves the fields of its kind alone and takes the others out."""

    # The view offers what is here; what is chosen has to be among it.
    what = SelectField("Which one", choices=[], widget=GovSelect(), validators=[Length(max=60)])
    level = RadioField("Level", choices=[], widget=GovRadioInput(), validators=[InputRequired("Choose a level.")])
    workforces = _several("Made for work with", "Any of those ticked counts. Without a tick, any workforce does.")
    assessed = BooleanField(
        "It also counts where something was shown, and somebody assessed the person as suitable",
        widget=GovCheckboxInput(),
    )
    conditions = BooleanField(
        "It also counts where it is good, with something to look at first", widget=GovCheckboxInput()
    )
    times = _number("How many", "", least=1, most=100, missing="Say how many are asked for.")
    least = _number("At least", "", least=1, most=2000, missing="Say how many at least.")
    unit = RadioField(
        "Counted in",
        choices=[SelectChoice(unit.value, unit.value) for unit in Unit],
        default=Unit.SHIFTS.value,
        widget=GovRadioInput(),
        validators=[InputRequired("Choose shifts or hours.")],
    )
    days = _number("For how many days", "", least=1, most=1100, missing="Say how many days.")
    low = _number(
        "Kept with at least",
        "Fewer are enough to keep it, so that nobody has it one week and not the next. Or empty.",
        least=1,
        most=2000,
    )
    on_duties = _several("On shifts as", "Without a tick, any duty counts.")
    begins_with = _several(
        "A whole window of time begins with",
        "Newcomers have the time to do their first shifts; so does who comes back.",
    )
    again_days = _number(
        "Observed again after so many days",
        "183 are half a year. Left empty, an observation counts for good. Days away do not count.",
        least=7,
        most=1100,
    )
    shifts_since = _number(
        "Or once so many shifts were worked since", "Only with a number of days above. Or empty.", least=1, most=500
    )
    grace_days = _number(
        "Time left from then on, in days",
        "They keep what they may do for so long. Where shifts are counted, at least 14.",
        least=0,
        most=184,
    )
    leave_counts = BooleanField("Days away count too", widget=GovCheckboxInput())
    age = _number("Age", "In years.", least=1, most=99, missing="Write the age.")
    title = StringField(
        "What people read",
        widget=GovTextInput(),
        description="A few words. Left empty, it gets a name by what you chose above.",
        validators=[Optional(strip_whitespace=True), SENTENCE],
    )
    how = _words("How to get it", "A sentence to the person.", "Say in a sentence how people get it.")
    source = _words(
        "Where it comes from", "A law, a guide, or your own choice.", "Say where it comes from; “Ours” is an answer."
    )
    grace_until = DayField(
        "Time for people who are cleared now, until",
        bounds=day_bounds.POLICIES,
        description="They go on with their duties without it until the end of that day. Others need it at once. "
        "Left empty, everybody needs it from the first day on.",
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the fields that it has."""
        return {name: field.data for name, field in self._fields.items() if name not in ("seen", "submit")}


LABELS: Mapping[tuple[Asks, str], str] = {
    (Asks.COURSE, WHAT): "Which course",
    (Asks.AGREEMENT, WHAT): "Which text",
    (Asks.PRACTICAL, WHAT): "Which practical",
    (Asks.AT_STAGE, WHAT): "At which stage",
    (Asks.BRANCH, WHAT): "Which branch",
    (Asks.OBSERVED, WHAT): "What is observed",
    (Asks.LATELY, "days"): "In the last so many days",
    (Asks.LATELY, "grace_days"): "Kept with less than that for so many days",
}
HINTS: Mapping[tuple[Asks, str], str] = {
    (Asks.LATELY, "grace_days"): "Time to do more before anything ends. Or empty.",
}


def form_of_need(
    asks: Asks | None, choices: Mapping[str, Sequence[tuple[str, str]]], data: Mapping[str, Any], *, is_new: bool
) -> NeedForm:
    """The form of a kind of requirement; of no kind, the words alone. `choices` are those of its fields by name."""
    form = NeedForm(data=data)
    wanted = {*SAID_OF_ALL, *(asks.about.fields if asks else ()), "seen", "submit", "csrf_token"}
    for name in [each for each in form._fields if each not in wanted]:
        delattr(form, name)
    by_value = {
        **offered_by_value(),
        "on_duties": tuple((duty.value, duty.words) for duty in Duty),
        "unit": tuple((unit.value, unit.value) for unit in Unit),
        **choices,
    }
    for name, field in form._fields.items():
        if isinstance(field, SelectField | RadioField | SelectMultipleField):
            field.choices = [SelectChoice(value, words) for value, words in by_value.get(name, ())]
        if asks and (asks, name) in LABELS:
            field.label.text = LABELS[asks, name]
        if asks and (asks, name) in HINTS:
            field.description = HINTS[asks, name]
    if is_new:
        form.submit.label.text = "Ask for it"
    return form


def fields_shown(form: NeedForm, asks: Asks | None) -> list[Field]:
    """The fields of a form in the order of the page: those of its kind, then its words, then its time."""
    names = [*(asks.about.fields if asks else ()), *SAID_OF_ALL]
    return [form[name] for name in names]


class KnownForm(CopyForm):
    """Asking at one place for something that is asked for elsewhere already."""

    known = SelectField("Asked for elsewhere already", choices=[], widget=GovSelect(), validators=[Length(max=40)])
    submit = SubmitField("Ask for it here too", widget=GovSubmitInput())


class StepForm(CopyForm):
    """How a step is decided."""

    signers = _number(
        "Different people who sign",
        f"From 1 to {MOST_SIGNERS}. Nobody signs twice, nor who wrote most of the observations.",
        least=1,
        most=MOST_SIGNERS,
        missing="Say how many people sign.",
    )
    submit = SubmitField("Save", widget=GovSubmitInput())


class DutyForm(CopyForm):
    """From which stage a duty is open."""

    from_stage = RadioField(
        "From the stage of",
        choices=SIGNED_STAGES,
        widget=GovRadioInput(),
        validators=[InputRequired("Choose a stage."), Length(max=20)],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())


class BranchForm(CopyForm):
    """A branch: what it is, from when it is open, and who signs."""

    title = StringField(
        "What it is called",
        widget=GovTextInput(),
        description="Such as: Leading shifts; A placement; An apprenticeship.",
        validators=[DataRequired("Give it a name."), SENTENCE],
    )
    what = _words("What people do in it", "A sentence or two.", "Say what people do in it.")
    from_stage = RadioField(
        "From the stage of",
        choices=FROM_STAGES,
        widget=GovRadioInput(),
        validators=[InputRequired("Choose a stage."), Length(max=20)],
    )
    signers = _number(
        "Different people who sign",
        f"From 1 to {MOST_SIGNERS}.",
        least=1,
        most=MOST_SIGNERS,
        missing="Say how many people sign.",
    )
    source = _words("Where it comes from", "A law, a guide, or your own choice.", "Say where it comes from.")
    submit = SubmitField("Save", widget=GovSubmitInput())


class GeneralForm(CopyForm):
    """What holds for the whole pathway."""

    name = StringField(
        "Name of the pathway", widget=GovTextInput(), validators=[DataRequired("Give it a name."), SENTENCE]
    )
    lapses_soon_days = _number(
        "Shown as about to lapse within, in days", "", least=1, most=365, missing="Say how many days."
    )
    check_again_after_months = _number(
        "Background checks are made again after, in months", "", least=1, most=120, missing="Say how many months."
    )
    check_again_source = _words("Where that comes from", "", "Say where it comes from.")
    submit = SubmitField("Save", widget=GovSubmitInput())


class KeepForm(NextVersionForm):
    """From when the working copy holds, and why. `revision` is that of the copy which the page showed."""

    revision = HiddenField(validators=[DataRequired(), Length(max=10), Regexp(r"^[0-9]{1,10}\Z")])
    compare = SubmitField("See who gains or loses what", widget=GovSubmitInput())
