"""The forms of practicals. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, IntegerField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from app import clock, day_bounds
from app.pages.converters import LARGEST_ID
from app.pages.fields import DayField
from training.pack_practical import MOST_CHARACTERS
from training.practicals.answers import LONGEST_ANSWER
from training.practicals.handing_in import SentWork
from training.practicals.marking import LONGEST_COMMENT, LONGEST_PLACE, LONGEST_WHOLE, Meeting, SentMark
from training.practicals.rubrics import Criterion, Rubric
from training.practicals.withdrawing import LONGEST_REASON

FROM_AN_OLD_PAGE = "That page was too old to say what it answers. Please open it again."


def _shown(most: int = LARGEST_ID) -> IntegerField:
    return IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(FROM_AN_OLD_PAGE), NumberRange(0, most, FROM_AN_OLD_PAGE)],
    )


class WorkForm(FlaskForm):
    """What a learner writes; `hand_in` sends it to be marked, `save` keeps it as a draft."""

    enrolment = _shown()
    handed_in = _shown(most=10_000)
    revision = _shown()
    text = TextAreaField(
        filters=[lambda text: text or ""],
        # Some more than any task takes, so that the use case can say by how much a text is too long.
        validators=[Length(max=2 * MOST_CHARACTERS, message="That is far too long. Please shorten it.")],
    )
    save = SubmitField()
    hand_in = SubmitField()

    def sent(self) -> SentWork:
        """What the form holds; only of a form that was validated."""
        return SentWork(
            self.enrolment.data or 0, self.handed_in.data or 0, self.revision.data or 0, self.text.data or ""
        )


class TakeBackForm(FlaskForm):
    """Taking back what was handed in."""

    enrolment = _shown()


class MeetingForm(FlaskForm):
    """When and where a mock conversation is."""

    day = DayField("Day", bounds=day_bounds.PLANS, missing="Day: say on which day you meet.")
    time = StringField(
        "Time",
        widget=GovTextInput(),
        description="Such as 19:30.",
        validators=[
            InputRequired("Say at what time you meet."),
            Length(max=5, message="Write the time like 19:30."),
            Regexp(r"^([01]?[0-9]|2[0-3])[:.][0-5][0-9]$", message="Write the time like 19:30."),
        ],
    )
    where = StringField(
        "Where, or the address of the call",
        widget=GovTextInput(),
        validators=[InputRequired("Say where you meet."), Length(max=LONGEST_PLACE)],
    )

    def meeting(self, zone: ZoneInfo) -> Meeting:
        """What was typed, on the clock of this zone; only of a form that was validated."""
        assert self.day.data is not None
        hour, _, minute = (self.time.data or "").replace(".", ":").partition(":")
        day = self.day.data
        at: datetime = clock.local(zone, day.year, day.month, day.day, int(hour), int(minute))
        return Meeting(at, self.where.data or "")


class AnswerForm(FlaskForm):
    """An answer to feedback, or to an answer; `shown` is how many there were when the page was opened."""

    shown = _shown(most=10_000)
    answer = TextAreaField(
        "Your answer",
        widget=GovTextArea(),
        validators=[InputRequired("Write your answer."), Length(max=LONGEST_ANSWER)],
    )


class WithdrawForm(FlaskForm):
    """Withdrawing a mark."""

    round = _shown(most=10_000)
    reason = TextAreaField(
        "Why it is withdrawn",
        widget=GovTextArea(),
        description="They read it.",
        validators=[InputRequired("Say why, in a sentence."), Length(max=LONGEST_REASON)],
    )


class MarkForm(FlaskForm):
    """A mark. `mark_form` adds a level and a comment for each criterion of a rubric."""

    round = _shown(most=10_000)
    whole = TextAreaField(
        "About the whole",
        widget=GovTextArea(),
        description="What went well, and one thing to try. They read it, and may answer.",
        validators=[InputRequired("Write a few words about the whole."), Length(max=LONGEST_WHOLE)],
    )

    def sent(self, rubric: Rubric) -> SentMark:
        """What the form holds; only of a form that was validated."""
        levels = {each.key: int(self[level_of(each)].data) for each in rubric.criteria}
        comments = {each.key: self[comment_on(each)].data or "" for each in rubric.criteria}
        return SentMark(self.round.data or 0, levels, comments, self.whole.data or "")

    def texts(self) -> Iterator[Field]:
        """The fields with words in them, so that nothing typed is lost where the mark no longer has a place."""
        return (field for field in self if isinstance(field, TextAreaField) and field.data)


def level_of(criterion: Criterion) -> str:
    """The name of the field with the level of a criterion."""
    return f"level-{criterion.key}"


def comment_on(criterion: Criterion) -> str:
    """The name of the field with the comment on a criterion."""
    return f"comment-{criterion.key}"


def _levels_of(criterion: Criterion) -> Iterator[SelectChoice]:
    for number, words in enumerate(criterion.levels, 1):
        passes_from = " Passes from here." if number == criterion.passes_from else ""
        yield SelectChoice(str(number), f"{words}{passes_from}")


def mark_form(rubric: Rubric, *, formdata: object = ..., **data: object) -> MarkForm:
    """The form of a mark by this rubric, as it was sent; with `formdata=None`, an empty one."""
    fields: dict[str, object] = {}
    for each in rubric.criteria:
        fields[level_of(each)] = RadioField(
            f"{each.title} (must be passed)" if each.must_pass else each.title,
            widget=GovRadioInput(),
            choices=list(_levels_of(each)),
            validators=[InputRequired(f"{each.title}: choose a level.")],
        )
        fields[comment_on(each)] = TextAreaField(
            "What you saw",
            widget=GovTextArea(),
            validators=[Optional(), Length(max=LONGEST_COMMENT)],
        )
    form: MarkForm = type("MarkFormOfRubric", (MarkForm,), fields)(
        **data, **({} if formdata is ... else {"formdata": formdata})
    )
    return form
