"""Live sessions for those who come: the list, one session, booking it, its calendar entry, and feedback."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, markdown, settings
from app.calendar_file import calendar_of
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, signed_in
from training import catalogue
from training.forms import ReadForm
from training.learning import CourseProgress
from training.live import attendance, booking, feedback, listing, rules, standing
from training.live.forms import FeedbackForm
from training.live.models import OUTCOME_WORDS, BookingState, LiveSession
from training.models import Course
from training.pack_live import Workshop
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp, live_bp
from training.views.earlier_pages import require_valid
from training.views.transaction import course_transaction


@live_bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    person, makes = current_person(), may(TrainingPermission.HOLD_SESSIONS)
    return render_template(
        "training/live/index.html",
        coming=listing.coming(person.id, now=g.now),
        past=listing.past(person.id, now=g.now, all_of_them=makes),
        makes=makes,
    )


@live_bp.get("/<int:session_id>")
@signed_in
def show(session_id: int) -> ResponseReturnValue:
    return _page(session_id)


def _page(session_id: int, form: FeedbackForm | None = None) -> ResponseReturnValue:
    person, now = current_person(), g.now
    live = listing.session_for(session_id, person.id, now=now)
    trainers = listing.trainers_of([live.id])[live.id]
    own = booking.booking_of(live.id, person.id)
    makes = may(TrainingPermission.HOLD_SESSIONS)
    leads = makes or person.id in trainers
    has_place = own is not None and own.state is BookingState.BOOKED
    given = feedback.given_by(own) if own else None
    if form is None:
        form = FeedbackForm(formdata=None, rating=str(given.rating) if given else None, comment=given and given.comment)
    return render_form(
        "training/live/session.html",
        form=form,
        live=live,
        trainers=trainers,
        own=own,
        has_place=has_place,
        place_on_list=booking.place_on_list(own) if own and not has_place else 0,
        people=attendance.attendees(live.id) if leads else [],
        taken=booking.how_many(live.id, BookingState.BOOKED),
        waiting=booking.how_many(live.id, BookingState.WAITING),
        leads=leads,
        leads_it=person.id in trainers,
        makes=makes,
        about=markdown.html(live.about),
        home=settings.current().zone,
        zone=ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone,
        outcome_words=OUTCOME_WORDS,
        course=_course_of(live),
        is_open=listing.is_open_to(live.id, person.id, now=now),
        last_hour=live.starts_at - now <= rules.SHORT_NOTICE,
        may_rate=feedback.may_give(own, live, now=now),
        given=given,
        answers=feedback.answers_of(live.id) if leads else None,
        clashes=booking.commitments([person.id], live.starts_at, live.ends_at, live) if has_place else [],
    )


def _course_of(live: LiveSession) -> tuple[str, str] | None:
    """The code and the title of the course whose unit a session stands for."""
    if live.course_id is None:
        return None
    code = db.session.get_one(Course, live.course_id).code
    return code, catalogue.course_called(code)[1].title


@live_bp.post("/<int:session_id>/book")
@signed_in
def book(session_id: int) -> ResponseReturnValue:
    person = current_person()
    with db.writing():
        now = clock.now()
        live = listing.session_for(session_id, person.id, now=now)
        booked = booking.book(live.id, person, at_short_notice=asked.is_sent("at_short_notice", "y"), now=now)
        has_place = booked.state is BookingState.BOOKED
    if has_place:
        flash("You have a place. We will remind you a day and an hour before.")
    else:
        flash("You are on the waiting list. If a place is free for you, an e-mail tells you.")
    return redirect(url_for(".show", session_id=session_id))


@live_bp.post("/<int:session_id>/give-up")
@signed_in
def give_up(session_id: int) -> ResponseReturnValue:
    person = current_person()
    with db.writing():
        live = listing.session_for(session_id, person.id, now=clock.now())
        booking.give_up(live.id, person, now=clock.now())
    flash("Thank you for saying so. Somebody else can come.")
    return redirect(url_for(".index"))


@live_bp.get("/<int:session_id>/calendar")
@signed_in
def calendar_entry(session_id: int) -> ResponseReturnValue:
    live = listing.session_for(session_id, current_person().id, now=g.now)
    own = booking.booking_of(live.id, current_person().id)
    answer = make_response(calendar_of(live.title, [standing.entry_of(live, own)]))
    answer.content_type = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="session-{live.id}.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@live_bp.post("/<int:session_id>/feedback")
@signed_in
def rate(session_id: int) -> ResponseReturnValue:
    person, form = current_person(), FeedbackForm()
    listing.session_for(session_id, person.id, now=g.now)

    def keep() -> Done:
        feedback.give(session_id, int(form.rating.data), form.comment.data or "", by=person, now=clock.now())
        return Done("Thank you. Those who lead it read it without your name.", url_for(".show", session_id=session_id))

    return save_form(form, keep) or _page(session_id, form)


def workshop_page(progress: CourseProgress, unit: Workshop) -> ResponseReturnValue:
    """A live session as a step of a course: its dates, and whether one that was attended counts."""
    person = current_person()
    return render_template(
        "training/live/unit.html",
        progress=progress,
        unit=unit,
        dates=listing.coming_of_course(progress.course.code, person.id, unit=unit.slug, now=g.now),
        attended=attendance.sessions_attended(progress, unit.slug),
    )


@learning_bp.post("/<code>/<slug>/attended")
@signed_in
def attended(code: str, slug: str) -> ResponseReturnValue:
    form, person = ReadForm(), current_person()
    require_valid(form)
    with course_transaction():
        attendance.count(code, slug, enrolment_id=form.enrolment.data or 0, by=person, now=clock.now())
    flash("That counts.")
    return redirect(url_for("learning.unit", code=code, slug=slug))
