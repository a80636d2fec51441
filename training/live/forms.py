"""The forms of live sessions. They check the shape of what was typed; the use cases check the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app import clock, day_bounds
from app.pages.converters import LARGEST_ID
from app.pages.fields import AtMost, DayField
from app.refusals import Invalid
from progression.stages import Stage
from training.live import rules
from training.live.models import MOST_PLACES, LiveSession
from training.live.sessions import Details

TIMES = [SelectChoice(f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 15, 30, 45)]
ON_ITS_OWN = SelectChoice("", "No course, it stands on its own")
BETWEEN = "/"  # a code and a slug hold none
STAGES = [
    SelectChoice(Stage.USER, "Members who have not stepped up"),
    SelectChoice(Stage.PEER, "Peers"),
    SelectChoice(Stage.VOLUNTEER, "Volunteers"),
    SelectChoice(Stage.STAFF, "Staff"),
]


class SessionForm(FlaskForm):
    """Everything a trainer says of a session."""

    title = StringField(
        "Title", widget=GovTextInput(), validators=[DataRequired("Give the session a title."), Length(max=120)]
    )
    about = TextAreaField(
        "What it is about",
        widget=GovTextArea(),
        description="What you do together, and what to bring. Plain sentences; a blank line begins a new paragraph.",
        validators=[Optional(), Length(max=2000, message="Please keep this under 2,000 characters.")],
        render_kw={"params": {"rows": 5}},
    )
    stands_for = SelectField("Step of a course that it stands for", widget=GovSelect(), validators=[Length(max=130)])
    day = DayField("Day", bounds=day_bounds.PLANS, missing="Give the day.")
    starts = SelectField("From", choices=TIMES, default="18:00", widget=GovSelect())
    ends = SelectField("Until", choices=TIMES, default="19:30", widget=GovSelect())
    link = StringField(
        "Address of the online meeting",
        widget=GovTextInput(),
        description="Only those who have a place and those who lead it see it. Leave it empty if you meet at a place.",
        validators=[Optional(), Length(max=500)],
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    place = StringField(
        "Or the place",
        widget=GovTextInput(),
        validators=[Optional(), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    places = IntegerField(
        "Places",
        default=12,
        widget=GovTextInput(),
        validators=[
            InputRequired("Give the number of places."),
            NumberRange(1, MOST_PLACES, f"Give a number from 1 to {MOST_PLACES}."),
        ],
        render_kw={"inputmode": "numeric", "params": {"classes": "govuk-input--width-3"}},
    )
    trainers = SelectMultipleField(
        "Who leads it",
        coerce=int,
        widget=GovCheckboxesInput(),
        validators=[AtMost(values=20, length=10)],
    )
    peer = SelectField(
        "Or a volunteer who leads it",
        widget=GovSelect(),
        description="For a step of a course they need its training on that day.",
        validators=[Optional(), Length(max=10)],
    )
    stages = SelectMultipleField(
        "Who may book",
        choices=STAGES,
        widget=GovCheckboxesInput(),
        description="Tick none to open it to everybody.",
        validators=[AtMost(values=4, length=20)],
    )
    last_day = DayField(
        "Last day to book", bounds=day_bounds.PLANS, description="Leave it empty to let people book until it begins."
    )
    seen = IntegerField(validators=[Optional(), NumberRange(0, LARGEST_ID)])
    submit = SubmitField("Save the session", widget=GovSubmitInput())

    def offer(
        self, units: Mapping[tuple[str, str], str], leaders: Mapping[int, str], volunteers: Mapping[int, str]
    ) -> None:
        """Offer these steps of courses, and these people."""
        steps = [SelectChoice(f"{code}{BETWEEN}{slug}", title) for (code, slug), title in units.items()]
        self.stands_for.choices = [ON_ITS_OWN, *steps]
        self.trainers.choices = [SelectChoice(person_id, name) for person_id, name in leaders.items()]
        peers = [SelectChoice(str(each), name) for each, name in volunteers.items() if each not in leaders]
        self.peer.choices = [SelectChoice("", "Nobody"), *peers]
        # Of a session that is shown: the leader who is no trainer.
        if not self.is_submitted():
            self.peer.data = next((str(each) for each in self.trainers.data or () if each not in leaders), "")

    def details(self, zone: ZoneInfo) -> Details:
        """What was typed, of a form that was validated. Refuses times and addresses that cannot be."""
        assert self.day.data is not None
        link, place = (self.link.data or "").strip(), (self.place.data or "").strip()
        if bool(link) == bool(place):
            raise Invalid("Give either the address of the online meeting or the place, not both.", field="link")
        starts_at, ends_at = rules.times(
            self.day.data, time.fromisoformat(self.starts.data), time.fromisoformat(self.ends.data), zone
        )
        code, _, slug = (self.stands_for.data or "").partition(BETWEEN)
        return Details(
            title=(self.title.data or "").strip(),
            about=(self.about.data or "").strip(),
            starts_at=starts_at,
            ends_at=ends_at,
            book_until=rules.book_until(self.last_day.data, starts_at, zone),
            link=rules.checked_link(link) if link else None,
            place=place or None,
            places=self.places.data or 1,
            trainers=frozenset([*(self.trainers.data or ()), *([int(self.peer.data)] if self.peer.data else [])]),
            stages=frozenset(Stage(each) for each in self.stages.data or ()),
            course=code,
            unit=slug,
        )

    @classmethod
    def showing(
        cls, session: LiveSession, *, course: str, trainers: Collection[int], stages: Collection[Stage], zone: ZoneInfo
    ) -> SessionForm:
        """The form with what is kept of a session."""
        starts, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
        is_limited = session.book_until < session.starts_at
        return cls(
            formdata=None,
            title=session.title,
            about=session.about,
            stands_for=f"{course}{BETWEEN}{session.unit}" if session.unit else "",
            day=starts.date(),
            starts=f"{starts:%H:%M}",
            ends=f"{ends:%H:%M}",
            link=session.link,
            place=session.place,
            places=session.places,
            trainers=list(trainers),
            stages=list(stages),
            last_day=clock.on(session.book_until - timedelta(seconds=1), zone) if is_limited else None,
            seen=session.revision,
        )


class CancelForm(FlaskForm):
    """Cancelling a session, with the reason that everybody who booked reads."""

    reason = TextAreaField(
        "Why",
        widget=GovTextArea(),
        description="Everybody who booked reads this.",
        validators=[DataRequired("Say why."), Length(max=500, message="Please keep the reason under 500 characters.")],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Cancel the session and tell everybody", widget=GovSubmitInput())


class AttendanceForm(FlaskForm):
    """The reason beside the marks, which have names of their own."""

    reason = TextAreaField(
        "Why you mark this only now",
        widget=GovTextArea(),
        validators=[Optional(), Length(max=500, message="Please keep the reason under 500 characters.")],
        render_kw={"params": {"rows": 2}},
    )
    submit = SubmitField("Save who came", widget=GovSubmitInput())


class WalkInForm(FlaskForm):
    """Somebody who came without a place."""

    name = StringField(
        "Somebody came without a place?",
        widget=GovTextInput(),
        description="Add them by their display name, then mark them with the others.",
        validators=[DataRequired("Write the display name of who came."), Length(max=80)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    submit = SubmitField(
        "Add them", widget=GovSubmitInput(), render_kw={"params": {"classes": "govuk-button--secondary"}}
    )


class FeedbackForm(FlaskForm):
    """What somebody thought of a session."""

    rating = RadioField(
        "How useful was it for you?",
        choices=[
            SelectChoice("5", "Very useful"),
            SelectChoice("4", "Useful"),
            SelectChoice("3", "In between"),
            SelectChoice("2", "Not very useful"),
            SelectChoice("1", "Not useful"),
        ],
        widget=GovRadioInput(),
        validators=[InputRequired("Choose one of the five.")],
    )
    comment = TextAreaField(
        "What would you keep, and what would you change? (optional)",
        widget=GovTextArea(),
        validators=[Optional(), Length(max=1000, message="Please keep this under 1,000 characters.")],
        render_kw={"params": {"rows": 3}},
    )
    submit = SubmitField("Send", widget=GovSubmitInput())
