"""Live sessions for those who lead them: making, changing, copying and cancelling one, and marking who came."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.pages import asked
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.refusals import NotFound
from training.live import attendance, listing, rules, sessions, walk_ins
from training.live.attendance import SentMark
from training.live.forms import AttendanceForm, CancelForm, SessionForm, WalkInForm
from training.live.models import OUTCOME_WORDS, LiveSession, Outcome
from training.models import Course
from training.permissions import TrainingPermission
from training.views.blueprint import live_bp
from training.views.transaction import course_transaction

MARK, SEEN = "mark-", "seen-"  # what the fields of one person are called, before the id of their booking


@live_bp.get("/new")
@live_bp.post("/new")
@requires(TrainingPermission.HOLD_SESSIONS)
def make() -> ResponseReturnValue:
    by, zone = current_person(), settings.current().zone
    form = SessionForm()
    copied = asked.whole_number("copy")
    if not form.is_submitted():
        form = _showing(listing.session_for(copied, by.id, now=g.now)) if copied else SessionForm(trainers=[by.id])
        form.day.data = form.last_day.data = None
    _offer(form)

    def save() -> Done:
        live = sessions.make(form.details(zone), by=by, now=clock.now())
        return Done("The session is there, and people can book it.", url_for(".show", session_id=live.id))

    return save_form(form, save) or render_form("training/live/edit.html", form=form, live=None, zone=zone, seen=None)


@live_bp.get("/<int:session_id>/change")
@live_bp.post("/<int:session_id>/change")
@requires(TrainingPermission.HOLD_SESSIONS)
def change(session_id: int) -> ResponseReturnValue:
    by, zone = current_person(), settings.current().zone
    live = listing.session_for(session_id, by.id, now=g.now)
    form = SessionForm()
    if not form.is_submitted():
        form = _showing(live)
    _offer(form, leads=listing.trainers_of([session_id])[session_id])

    def save() -> Done:
        seen = form.seen.data or 0
        sessions.change(session_id, form.details(zone), seen=seen, by=by, now=clock.now())
        return Done("Saved. Everybody who is affected is told.", url_for(".show", session_id=session_id))

    if done := save_form(form, save):
        return done
    is_overtaken = getattr(form, "refused_with", None) is not None
    seen = live.revision if is_overtaken or not form.is_submitted() else form.seen.data
    return render_form("training/live/edit.html", form=form, live=live, zone=zone, seen=seen)


def _showing(live: LiveSession) -> SessionForm:
    code = db.session.get_one(Course, live.course_id).code if live.course_id else ""
    return SessionForm.showing(
        live,
        course=code,
        trainers=listing.trainers_of([live.id])[live.id],
        stages=listing.stages_who_may_book(live.id),
        zone=settings.current().zone,
    )


def _offer(form: SessionForm, *, leads: Mapping[int, str] | None = None) -> None:
    """Offer who may lead a session; those who lead this one stay on offer, so that it can be saved as it is."""
    volunteers = {**sessions.volunteers_by_id(now=g.now), **(leads or {})}
    form.offer(sessions.units_to_stand_for(), sessions.people_who_may_lead(now=g.now), volunteers)


@live_bp.get("/<int:session_id>/cancel")
@live_bp.post("/<int:session_id>/cancel")
@requires(TrainingPermission.HOLD_SESSIONS)
def cancel(session_id: int) -> ResponseReturnValue:
    by, form = current_person(), CancelForm()
    live = listing.session_for(session_id, by.id, now=g.now)

    def save() -> Done:
        sessions.cancel(session_id, form.reason.data or "", by=by, now=clock.now())
        return Done("The session is cancelled. Everybody who booked is told.", url_for(".index"))

    return save_form(form, save) or render_form("training/live/cancel.html", form=form, live=live)


@live_bp.get("/<int:session_id>/attendance")
@live_bp.post("/<int:session_id>/attendance")
@signed_in
def mark(session_id: int) -> ResponseReturnValue:
    by, form = current_person(), AttendanceForm()
    live = _led_session(session_id, by)
    if form.validate_on_submit():
        with showing_refusals(form):
            sent = _sent()
            with course_transaction():
                kept = attendance.mark(session_id, sent, reason=form.reason.data or "", by=by, now=clock.now())
            flash("Saved.")
            if kept:
                names = ", ".join(each.name for each in kept)
                flash(
                    f"Passed the course before this correction, and still holds it: {names}. An assessor can withdraw "
                    "that as evidence.",
                    "warning",
                )
            return redirect(url_for(".show", session_id=session_id))
    return _attendance_page(live, form, WalkInForm(formdata=None))


@live_bp.post("/<int:session_id>/attendance/add")
@signed_in
def add_walk_in(session_id: int) -> ResponseReturnValue:
    by, form = current_person(), WalkInForm()
    live = _led_session(session_id, by)

    def save() -> Done:
        walk_ins.add(session_id, form.name.data or "", by=by, now=clock.now())
        return Done("Added. Mark them with the others.", url_for(".mark", session_id=session_id))

    return save_form(form, save) or _attendance_page(live, AttendanceForm(formdata=None), form)


@live_bp.post("/<int:session_id>/attendance/<int:booking_id>/remove")
@signed_in
def remove_walk_in(session_id: int, booking_id: int) -> ResponseReturnValue:
    by = current_person()
    _led_session(session_id, by)
    with db.writing():
        walk_ins.remove(session_id, booking_id, by=by, now=clock.now())
    flash("Taken off. They have no place in this session.")
    return redirect(url_for(".mark", session_id=session_id))


def _led_session(session_id: int, by: Person) -> LiveSession:
    if not listing.may_lead(session_id, by.id, now=g.now):
        raise NotFound(listing.NO_SUCH_SESSION)
    return listing.session_for(session_id, by.id, now=g.now)


def _attendance_page(live: LiveSession, form: AttendanceForm, walk_in: WalkInForm) -> ResponseReturnValue:
    """Who came: the marks, and the form for somebody who had no place. `form` is the one whose faults are listed."""
    return render_form(
        "training/live/attendance.html",
        form=walk_in if walk_in.errors else form,
        marks=form,
        walk_in=walk_in,
        live=live,
        people=attendance.attendees(live.id),
        outcomes=OUTCOME_WORDS.items(),
        is_late=g.now > live.ends_at + rules.MARKED_LATE,
        has_begun=g.now >= live.starts_at,
        typed=asked.words_sent_under(MARK),
    )


def _sent() -> dict[int, SentMark]:
    """The marks that the form sends, by id of the booking; people without one are left as they are."""
    seen = asked.words_sent_under(SEEN)
    sent = {}
    for name, value in asked.words_sent_under(MARK).items():
        if not name.isdecimal() or not seen.get(name, "0").isdecimal() or value not in set(Outcome):
            abort(400)
        sent[int(name)] = SentMark(Outcome(value), int(seen.get(name, "0")))
    return sent
