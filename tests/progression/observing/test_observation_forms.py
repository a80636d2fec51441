"""The policy of observation forms: what ships, and when marks count."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.policies import documents
from progression.duties import Duty
from progression.observing.observation_forms import (
    SHIPPED,
    Mark,
    ObservationForm,
    ObservationForms,
    Question,
    RecordedAs,
)

QUESTIONS = tuple(Question(key=key, text="Listens before advising.") for key in ("one", "two", "three"))
FORM = ObservationForm(
    recorded_as=RecordedAs.SHIFT, questions=QUESTIONS, least_good=2, most_needing_work=1, source="Ours, for this test."
)


def test_what_ships_has_a_form_for_each_duty_on_a_channel_and_names_its_source() -> None:
    shipped = documents.shipped(ObservationForms, SHIPPED)
    assert set(shipped.forms) == {Duty.SHADOW, Duty.HOST, Duty.MODERATOR, Duty.LEAD}
    assert all(form.source for form in shipped.forms.values())
    assert shipped.forms[Duty.LEAD].assessors_only


@pytest.mark.parametrize(
    ("marks", "counts"),
    [
        (("good", "strong", "not-seen"), True),
        (("good", "strong", "needs-work"), True),
        (("good", "not-seen", "not-seen"), False),
        (("good", "needs-work", "needs-work"), False),
        (("strong", "strong", "strong"), True),
    ],
)
def test_marks_count_at_the_figures_of_the_form(marks: tuple[str, ...], counts: bool) -> None:
    given = {question.key: Mark(mark) for question, mark in zip(QUESTIONS, marks, strict=True)}
    assert FORM.passes(given) is counts


@pytest.mark.parametrize("wrong", [{"least_good": 4}, {"questions": [*QUESTIONS, QUESTIONS[0]]}, {"least_good": 0}])
def test_a_form_that_nobody_could_pass_or_with_one_question_twice_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ObservationForm.model_validate({**FORM.model_dump(), **wrong})
