"""A pause: taking one, coming back, and entering one for somebody else.

Whether somebody asked for support leaves no trace that others could read: one address, one answer and one sentence
serve every pause (docs/decisions/0026).
"""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.people import directory, support_contacts
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.refusals import PageOutOfDate
from rota.permissions import RotaPermission
from rota.shifts import absences, pausing
from rota.shifts.my_shifts import zone_of
from rota.views.blueprint import bp
from rota.views.pausing_forms import AnswerForm, PauseForForm, PauseForm


@bp.get("/journey/pause")
@bp.post("/journey/pause")
@signed_in
def pause() -> ResponseReturnValue:
    person, form = current_person(), PauseForm()
    person_id = person.id
    contact = support_contacts.own_contact(person_id, today=g.today)
    form.offer(contact)

    def begin() -> Done:
        tell = form.contact.data if form.support.data else None
        about = db.session.get_one(Person, person_id)
        pausing.pause(about, form.last.data, seen=form.seen.data or "", now=clock.now(), tell=tell)
        words = (
            "You are down as away, and others can take your shifts. If you asked us to tell somebody, they hear now."
        )
        return Done(words, url_for("rota.pause"))

    try:
        saved = save_form(form, begin)
    except PageOutOfDate as refusal:
        db.session.rollback()
        form.form_errors = [*refusal.sentences]
        form.refused_with, saved = refusal.status, None
    if saved:
        return saved
    person = current_person()
    lasting = pausing.pause_of(person_id, now=g.now, reader_id=person_id)
    asked = pausing.pause_asked(person, now=g.now)
    form.seen.data = asked.mark
    return render_form(
        "rota/pause.html",
        form=form,
        asked=asked,
        lasting=lasting,
        contact=contact,
        told=pausing.told(lasting.absence, contact) if lasting else None,
        answer_form=AnswerForm(formdata=None),
        zone=zone_of(person),
    )


@bp.post("/journey/pause/<int:absence_id>/back")
@signed_in
def back_from_pause(absence_id: int) -> ResponseReturnValue:
    person_id = current_person().id
    with db.writing():
        done = absences.come_back(absence_id, person_id=person_id, by=person_id, now=clock.now())
    flash(f"Welcome back. You are asked for shifts again. {done.words(is_own=True)}".strip())
    return redirect(url_for("journey.show"))


@bp.post("/journey/pause/<int:absence_id>/answer")
@signed_in
def answer_pause(absence_id: int) -> ResponseReturnValue:
    person_id, form = current_person().id, AnswerForm()

    def keep() -> Done:
        pausing.answer(absence_id, form.text.data or "", person_id=person_id, now=clock.now())
        return Done("Your answer is on its way to them, and to nobody else.", url_for("rota.pause"))

    if saved := save_form(form, keep):
        return saved
    flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "warning")
    return redirect(url_for("rota.pause"))


@bp.get("/people/<int:person_id>/pause")
@bp.post("/people/<int:person_id>/pause")
@requires(RotaPermission.PLAN)
def pause_of_person(person_id: int) -> ResponseReturnValue:
    form, by = PauseForForm(), current_person().id
    about = directory.find(person_id)
    name = about.display_name

    def begin() -> Done:
        pausing.pause_for(
            db.session.get_one(Person, person_id),
            form.last.data,
            reason=form.reason.data or "",
            seen=form.seen.data or "",
            by=by,
            now=clock.now(),
        )
        words = f"{name} is down as away from today, and reads your reason. Their shifts of that time are open."
        return Done(words, url_for("rota.pause_of_person", person_id=person_id))

    try:
        saved = save_form(form, begin)
    except PageOutOfDate as refusal:
        db.session.rollback()
        form.form_errors = [*refusal.sentences]
        form.refused_with, saved = refusal.status, None
    if saved:
        return saved
    about = directory.find(person_id)
    asked = pausing.pause_asked(about, now=g.now)
    form.seen.data = asked.mark
    lasting = pausing.pause_of(person_id, now=g.now, reader_id=by)
    return render_form("rota/pause_for.html", form=form, about=about, asked=asked, lasting=lasting, zone=zone_of(about))
