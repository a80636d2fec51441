"""The forms of guided courses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import HiddenField, IntegerField, SelectField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from app import day_bounds
from app.pages.fields import DayField
from app.people.models import Person
from training.guided.groups import LONGEST_NOTE, MOST_PEOPLE
from training.guided.pace import DAYS_BETWEEN, LONGEST_BETWEEN, SHORTEST_BETWEEN

LONGEST_NAMES = MOST_PEOPLE * 80  # characters of a list of names, one a line
BETWEEN = f"Give {SHORTEST_BETWEEN} to {LONGEST_BETWEEN} days."


class PaceForm(FlaskForm):
    """What somebody does with their own pace."""

    to = HiddenField(validators=[AnyOf(("pause", "go-on", "leave", "again"))])
    until = DayField("Go on again on", bounds=day_bounds.PLANS, description="Empty: until you say so.")


class PlanForm(FlaskForm):
    """Who leads a group, and on which days its parts open."""

    leader = SelectField("Who leads it", widget=GovSelect(), coerce=int)
    first_day = DayField("First day", bounds=day_bounds.PLANS, missing="Give the day on which the first part opens.")
    days_between = IntegerField(
        "Days between two parts",
        widget=GovTextInput(),
        default=DAYS_BETWEEN,
        validators=[InputRequired(BETWEEN), NumberRange(SHORTEST_BETWEEN, LONGEST_BETWEEN, BETWEEN)],
    )
    save = SubmitField("Save", widget=GovSubmitInput())

    def offer_leaders(self, people: Iterable[Person]) -> None:
        """Offer these people as leaders."""
        self.leader.choices = [SelectChoice(each.id, each.display_name) for each in people]


class NewGroupForm(PlanForm):
    """The same for a group that is new, and of which course."""

    code = SelectField("Course", widget=GovSelect(), validators=[InputRequired("Choose a course."), Length(max=60)])
    save = SubmitField("Set up the group", widget=GovSubmitInput())

    def offer_courses(self, titles: Mapping[str, str]) -> None:
        """Offer these courses: titles by code."""
        self.code.choices = [SelectChoice(code, title) for code, title in titles.items()]


class AddPeopleForm(FlaskForm):
    """Who is put into a group."""

    names = TextAreaField(
        "Add people",
        widget=GovTextArea(),
        description="One display name a line.",
        validators=[InputRequired("Write at least one name."), Length(max=LONGEST_NAMES)],
    )
    add = SubmitField("Add them", widget=GovSubmitInput())


class NoteForm(FlaskForm):
    """A note to everybody in a group."""

    text = TextAreaField(
        "Write to everybody in the group",
        widget=GovTextArea(),
        description="They read it on the course’s page and in an e-mail, which goes after ten minutes.",
        validators=[
            InputRequired("Write the note first."),
            Length(max=LONGEST_NOTE, message=f"A note has at most {LONGEST_NOTE:,} characters."),
        ],
    )
    send = SubmitField("Send the note", widget=GovSubmitInput())


class PartsForm(FlaskForm):
    """Opening a part early, holding one back, and taking either back; or ending the group."""

    to = HiddenField(validators=[AnyOf(("open", "close", "hold", "go-on", "end", "continue"))])
    part = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(0, 40)])
