"""The forms of suggestions, short questions and news. They check the shape of input; the use cases check the rules."""

from __future__ import annotations

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import FieldList, IntegerField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from app import day_bounds
from app.pages.fields import DayField
from progression.listening.models import (
    LONGEST_ANSWER,
    LONGEST_PART_OF_NEWS,
    LONGEST_QUESTION,
    LONGEST_SUGGESTION,
    LONGEST_TITLE,
    LONGEST_WORDS_TO_A_PULSE,
    LONGEST_YOU_SAID,
    Outcome,
)
from progression.listening.news import NewNews
from progression.listening.pulses import MOST_QUESTIONS, RATINGS, NewPulse
from progression.stages import Stage


def _shorter_than(longest: int) -> Length:
    return Length(max=longest, message=f"Please keep this under {longest:,} characters.")


class SuggestionForm(FlaskForm):
    """Something that somebody would like to be different."""

    words = TextAreaField(
        "What would you like to be different?",
        widget=GovTextArea(),
        description="Please name no member of the community.",
        validators=[DataRequired("Write what you would like to be different."), _shorter_than(LONGEST_SUGGESTION)],
        render_kw={"params": {"rows": 4}},
    )
    name = RadioField(
        "Who may read that it was you?",
        widget=GovRadioInput(),
        choices=[SelectChoice("shown", "Those who answer"), SelectChoice("left-out", "Nobody: leave my name out")],
        default="shown",
        validators=[InputRequired("Choose whether your name is shown.")],
    )
    submit = SubmitField("Send", widget=GovSubmitInput())


class SuggestionAnswerForm(FlaskForm):
    """What the organisation does about a suggestion. `seen` is the newest answer on the page."""

    seen = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Please look again."), NumberRange(0, 2**31 - 1)]
    )
    outcome = RadioField(
        "What you do about it",
        widget=GovRadioInput(),
        choices=[SelectChoice(each.value, each.words) for each in Outcome],
        validators=[InputRequired("Choose what you do about it.")],
    )
    words = TextAreaField(
        "Your answer",
        widget=GovTextArea(),
        description="What you did or will do, by when, or why not.",
        validators=[DataRequired("Write what you do about it, and why."), _shorter_than(LONGEST_ANSWER)],
        render_kw={"params": {"rows": 4}},
    )
    you_said = TextAreaField(
        "“You said”, for everybody to read",
        widget=GovTextArea(),
        description="The suggestion in your words, without a name or anything that shows who it was. Everybody who is "
        "signed in then reads it with your answer. Leave it empty, and only the person reads your answer.",
        validators=[_shorter_than(LONGEST_YOU_SAID)],
        render_kw={"params": {"rows": 2}},
    )
    submit = SubmitField("Answer", widget=GovSubmitInput())


def _question(number: int, example: str = "") -> StringField:
    return StringField(
        f"Question {number}",
        widget=GovTextInput(),
        default=example,
        validators=[_shorter_than(LONGEST_QUESTION)],
        render_kw={"maxlength": LONGEST_QUESTION},
    )


class NewPulseForm(FlaskForm):
    """Short questions, to whom, and when. The three that stand there already are ours: to change or to clear."""

    first = _question(1, "How well looked after do you feel on your shifts?")
    second = _question(2, "How well does the rota fit your life?")
    third = _question(3, "How sure are you that you will still be here in half a year?")
    fourth = _question(4)
    fifth = _question(5)
    from_stage = SelectField(
        "Ask everybody from this stage on",
        widget=GovSelect(),
        choices=[SelectChoice(each.value, each.value.capitalize()) for each in Stage],
        default=Stage.PEER.value,
    )
    first_day = DayField("First day", bounds=day_bounds.PLANS, missing="Give the first day.")
    last_day = DayField("Last day", bounds=day_bounds.PLANS, missing="Give the last day.")
    submit = SubmitField("Ask", widget=GovSubmitInput())

    def pulse(self) -> NewPulse:
        """What was entered. Call it only on a valid form."""
        assert self.first_day.data is not None
        assert self.last_day.data is not None
        questions = [each.data or "" for each in (self.first, self.second, self.third, self.fourth, self.fifth)]
        return NewPulse(questions, Stage(self.from_stage.data), self.first_day.data, self.last_day.data)


class PulseForm(FlaskForm):
    """Answers to short questions, each from 1 to 5 or left out, and a few words."""

    ratings = FieldList(
        RadioField(
            choices=[SelectChoice(value, value) for value in (*map(str, RATINGS), "left-out")],
            default="left-out",
            validators=[InputRequired()],
        ),
        min_entries=1,
        max_entries=MOST_QUESTIONS,
    )
    words = TextAreaField(
        "Anything you would like to add",
        widget=GovTextArea(),
        description="Those who ask read it as you write it. Leave out what would show who you are.",
        validators=[_shorter_than(LONGEST_WORDS_TO_A_PULSE)],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Send without my name", widget=GovSubmitInput())

    def given(self) -> list[int | None]:
        """A rating for each question. Call it only on a valid form."""
        return [None if each.data == "left-out" else int(each.data) for each in self.ratings]


class NewsForm(FlaskForm):
    """Something that changes, for whom, and who was asked."""

    title = StringField(
        "What changes?",
        widget=GovTextInput(),
        validators=[DataRequired("Write what changes."), _shorter_than(LONGEST_TITLE)],
        render_kw={"maxlength": LONGEST_TITLE},
    )
    why = TextAreaField(
        "Why?",
        widget=GovTextArea(),
        validators=[DataRequired("Write why it changes."), _shorter_than(LONGEST_PART_OF_NEWS)],
        render_kw={"params": {"rows": 3}},
    )
    for_you = TextAreaField(
        "What does it mean for the reader?",
        widget=GovTextArea(),
        description="What they do differently, and from when. If nothing, say so.",
        validators=[DataRequired("Write what it means for the reader."), _shorter_than(LONGEST_PART_OF_NEWS)],
        render_kw={"params": {"rows": 3}},
    )
    asked = TextAreaField(
        "Who was asked beforehand?",
        widget=GovTextArea(),
        description="Leave it empty if nobody was. The news then say so.",
        validators=[_shorter_than(LONGEST_PART_OF_NEWS)],
        render_kw={"params": {"rows": 2}},
    )
    from_stage = SelectField(
        "Tell everybody from this stage on",
        widget=GovSelect(),
        choices=[SelectChoice(each.value, each.value.capitalize()) for each in Stage],
        default=Stage.PEER.value,
    )
    submit = SubmitField("Announce", widget=GovSubmitInput())

    def news(self) -> NewNews:
        """What was entered. Call it only on a valid form."""
        return NewNews(
            self.title.data or "",
            self.why.data or "",
            self.for_you.data or "",
            self.asked.data or "",
            Stage(self.from_stage.data),
        )
