"""Help given in person, on somebody's file: for those who record evidence."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.people.directory import find
from app.permissions import current_person, requires
from progression.helping import giving
from progression.helping.forms import HelpForm
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import sign_offs_bp


@sign_offs_bp.get("/<int:person_id>/help")
@sign_offs_bp.post("/<int:person_id>/help")
@requires(May.RECORD)
def record_help(person_id: int) -> ResponseReturnValue:
    about, by = find(person_id), current_person()
    form = HelpForm(by=by.id)
    form.offer(giving.who_may_have_helped(g.now, but_not=person_id))

    def save() -> Done:
        giving.record(about, form.entered(), by=by, now=clock.now(), once=form.once_by(by.id))
        return Done(f"Recorded for {about.display_name}.", url_for(".person", person_id=person_id))

    return save_form(form, save) or render_form("progression/help.html", form=form, about=about)


@sign_offs_bp.post("/<int:person_id>/help/<int:help_id>/given-back")
@requires(May.RECORD)
def device_given_back(person_id: int, help_id: int) -> ResponseReturnValue:
    with db.writing():
        giving.give_back(person_id, help_id, by=current_person(), now=clock.now())
    flash("Recorded: it is back.")
    return redirect(url_for(".person", person_id=person_id))


@sign_offs_bp.post("/<int:person_id>/help/<int:help_id>/take-back")
@requires(May.RECORD)
def take_back_help(person_id: int, help_id: int) -> ResponseReturnValue:
    with db.writing():
        giving.take_back(person_id, help_id, by=current_person(), now=clock.now())
    flash("Taken back. It is not recorded any more.")
    return redirect(url_for(".person", person_id=person_id))
