"""The form of an observation on a shift, made from the form of its duty. It checks the shape of input alone."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from progression.forms import OnShiftForm
from progression.observing.observation_forms import Mark, ObservationForm


class MarkedForm(OnShiftForm):
    """An observation with a mark for each question; `on_shift_form` adds the fields."""

    def marks(self, form: ObservationForm) -> dict[str, Mark]:
        """The mark of each question; only of a form that was validated."""
        return {question.key: Mark(self[question.key].data) for question in form.questions}


def on_shift_form(form: ObservationForm) -> MarkedForm:
    """The form for one duty, as it was sent. What was not seen needs no tap."""
    fields = {
        question.key: RadioField(
            question.text,
            choices=[SelectChoice(mark.value, mark.words) for mark in Mark],
            default=Mark.NOT_SEEN.value,
            render_kw={"params": {"classes": "govuk-radios--inline govuk-radios--small"}},
        )
        for question in form.questions
    }
    made: MarkedForm = type("MarkedForm", (MarkedForm,), fields)()
    return made
