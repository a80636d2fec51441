"""A person's own account: name, time zone, password, and the browsers that are signed in."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.people import account as own
from app.people import passwords, sessions, sign_in
from app.people.forms import ChangePasswordForm, ProfileForm
from app.people.private import address_of, private_details
from app.people.views.blueprint import bp
from app.permissions import current_person, signed_in
from app.refusals import Invalid


@bp.get("/account")
@bp.post("/account")
@signed_in
def account() -> ResponseReturnValue:
    person = current_person()
    mine = private_details(person.id, by=person, why="own", today=g.today, now=g.now)
    form = ProfileForm(obj=person, phone=mine.phone)
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                own.change_profile(
                    current_person(),
                    display_name=form.display_name.data or "",
                    phone=(form.phone.data or "").strip() or None,
                    zone_name=(form.zone_name.data or "").strip() or None,
                    now=clock.now(),
                )
            flash("Your account is saved.")
            return redirect(url_for("people.account"))
    return render_form(
        "people/account.html",
        form=form,
        private=mine,
        browsers=sessions.open_of(person.id, now=g.now),
        this_browser=g.session_id,
    )


@bp.get("/account/password")
@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            person = current_person()
            name, email = person.display_name, address_of(person.id)
            found = sign_in.find_account(email)
            db.session.rollback()
            if not passwords.matches(form.current.data or "", found.stored):
                raise Invalid("That is not the password you have now.", field="current")
            passwords.check_strength(form.password.data or "", about=[name, email])
            new_hash = passwords.hashed(form.password.data or "")
            with db.writing():
                sign_in.change_password(current_person(), new_hash, this_session=g.session_id, now=clock.now())
            flash("Your password is changed. Other browsers have been signed out.")
            return redirect(url_for("people.account"))
    form.current.data = form.password.data = None
    return render_form("people/change_password.html", form=form)


@bp.post("/account/browsers/<int:session_id>/end")
@signed_in
def end_browser(session_id: int) -> ResponseReturnValue:
    with db.writing():
        sessions.end(session_id, of=current_person().id, now=clock.now())
    flash("That browser is signed out.")
    return redirect(url_for("people.account"))
