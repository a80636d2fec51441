"""A person's own account: name, time zone, address, password, and the browsers that are signed in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.domain import on_other_clocks
from app.pages.forms import render_form, showing_refusals
from app.people import account as own
from app.people import corrections, email_change, one_time_links, passwords, sessions, sign_in, throttle, zones
from app.people.forms import AddressForm, ChangePasswordForm, MoveForm, ProfileForm
from app.people.models import LinkKind
from app.people.private import address_of, private_details
from app.people.views.blueprint import bp
from app.permissions import current_person, public, signed_in
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
    zone = ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone
    return render_form(
        "people/account.html",
        form=form,
        private=mine,
        moving_until=one_time_links.open_until(person.id, LinkKind.ADDRESS, now=g.now),
        other_clocks=on_other_clocks(person.id, zone),
        zones=zones.by_region(),
        is_listed=zones.is_listed(form.zone_name.data or ""),
        corrections=corrections.corrections_of(person.id),
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
            _prove(person.id, email, form.current.data or "")
            passwords.check_strength(form.password.data or "", about=[name, email])
            new_hash = passwords.hashed(form.password.data or "")
            with db.writing():
                sign_in.change_password(current_person(), new_hash, this_session=g.session_id, now=clock.now())
            flash("Your password is changed. Other browsers have been signed out.")
            return redirect(url_for("people.account"))
    form.current.data = form.password.data = None
    return render_form("people/change_password.html", form=form)


@bp.get("/account/address")
@bp.post("/account/address")
@signed_in
def change_address() -> ResponseReturnValue:
    form = AddressForm()
    now = address_of(current_person().id)
    if form.validate_on_submit():
        with showing_refusals(form):
            _prove(current_person().id, now, form.current.data or "")
            with db.writing():
                email_change.ask_to_move(current_person(), form.email.data or "", now=clock.now())
            flash("A letter is on its way to the new address. Until you open the link in it, nothing changes.")
            return redirect(url_for("people.account"))
    form.current.data = None
    return render_form("people/address.html", form=form, address=now)


@bp.get("/account/address/<token>")
@bp.post("/account/address/<token>")
@public
def move(token: str) -> ResponseReturnValue:
    """The link may be opened where nobody is signed in. It opens no account, and asks before it does anything."""
    form, now = MoveForm(), clock.now()
    if form.validate_on_submit():
        with db.writing():
            throttle.count(throttle.LINK_PLACE, request.remote_addr or "unknown", now=now)
        throttle.check(throttle.LINK_PLACE, request.remote_addr or "unknown", now=now)
        with db.writing():
            _, moved_to = email_change.move(token, now=now)
        flash(f"From now on you sign in with {moved_to}, and letters go there.")
        return redirect(url_for("people.account"))
    change, about = email_change.wanted_by(token, now=now)
    answer = make_response(render_form("people/move.html", form=form, change=change, about=about))
    answer.headers["Referrer-Policy"] = "no-referrer"  # The address of the page holds the token.
    return answer


def _prove(person_id: int, email: str, password: str) -> None:
    """Ask for the password again, outside any transaction; guessing is slowed down here as it is at the door."""
    now = clock.now()
    with db.writing():
        throttle.count(throttle.PASSWORD_AGAIN, str(person_id), now=now)
    throttle.check(throttle.PASSWORD_AGAIN, str(person_id), now=now)
    found = sign_in.find_account(email)
    db.session.rollback()
    if not passwords.matches(password, found.stored):
        raise Invalid("That is not the password you have now.", field="current")


@bp.post("/account/browsers/<int:session_id>/end")
@signed_in
def end_browser(session_id: int) -> ResponseReturnValue:
    with db.writing():
        sessions.end(session_id, of=current_person().id, now=clock.now())
    flash("That browser is signed out.")
    return redirect(url_for("people.account"))
