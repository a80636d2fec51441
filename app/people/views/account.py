"""A person's own account: name, time zone, address, password, and the browsers that are signed in."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.domain import in_other_zones
from app.outbox import bounces, choices
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.people import (
    corrections,
    email_change,
    one_time_links,
    passwords,
    profile,
    rate_limits,
    request_session,
    sessions,
    sign_in,
)
from app.people import zones as time_zones
from app.people.forms import AddressForm, ChangePasswordForm, ConfirmAddressForm, ProfileForm
from app.people.models import LinkKind, Person
from app.people.private import email_of, private_details
from app.people.request_session import remote_address
from app.people.views.blueprint import bp
from app.permissions import current_person, public, signed_in


@bp.get("/account")
@bp.post("/account")
@signed_in
def account() -> ResponseReturnValue:
    person = current_person()
    mine = private_details(person.id, by=person, why="own", today=g.today, now=g.now)
    form = ProfileForm(obj=person, phone=mine.phone)

    def change() -> Done:
        profile.change_profile(
            current_person(),
            display_name=form.display_name.data or "",
            phone=(form.phone.data or "").strip() or None,
            zone_name=(form.zone_name.data or "").strip() or None,
            now=clock.now(),
            seen=form.seen.data or "",
        )
        return Done("Your account is saved.", url_for("people.account"))

    return save_form(form, change) or render_form(
        "people/account.html",
        form=form,
        private=mine,
        seen=profile.mark_of(person, mine.phone),
        **_account_context(person, form),
    )


def _account_context(person: Person, form: ProfileForm) -> dict[str, Any]:
    zone = ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone
    return {
        "moving_until": one_time_links.open_until(person.id, LinkKind.ADDRESS, now=g.now),
        "other_clocks": in_other_zones(person.id, zone),
        "zones": time_zones.by_region(),
        "is_listed": time_zones.is_listed(form.zone_name.data or ""),
        "unreachable": bounces.unreachable(g.now).get(person.id),
        "turned_off": choices.turned_off(person.id),
        "corrections": corrections.corrections_of(person.id),
        "browsers": sessions.open_sessions(person.id, now=g.now),
        "this_browser": g.session_id,
    }


@bp.get("/account/password")
@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    # Hashing is slow and stays outside the transaction, so this view does not use save_form.
    if form.validate_on_submit():
        with showing_refusals(form):
            person = current_person()
            name, email = person.display_name, email_of(person.id)
            _check_password(person.id, email, form.current.data or "")
            passwords.check_strength(form.password.data or "", about=[name, email])
            new_hash = passwords.hashed(form.password.data or "")
            device = request_session.this_device()
            with db.writing():
                token = sign_in.change_password(current_person(), new_hash, device=device, now=clock.now())
            flash("Your password is changed. Other browsers have been signed out.")
            response = make_response(redirect(url_for("people.account")))
            return request_session.set_session_cookies(response, token, current_person().id)
    form.current.data = form.password.data = None
    return render_form("people/change_password.html", form=form)


@bp.get("/account/address")
@bp.post("/account/address")
@signed_in
def change_address() -> ResponseReturnValue:
    form = AddressForm()
    address = email_of(current_person().id)
    # Hashing is slow and stays outside the transaction, so this view does not use save_form.
    if form.validate_on_submit():
        with showing_refusals(form):
            _check_password(current_person().id, address, form.current.data or "")
            with db.writing():
                email_change.request_change(current_person(), form.email.data or "", now=clock.now())
            flash("An e-mail is on its way to the new address. Until you open the link in it, nothing changes.")
            return redirect(url_for("people.account"))
    form.current.data = None
    return render_form("people/address.html", form=form, address=address)


@bp.get("/account/address/<token>")
@bp.post("/account/address/<token>")
@public
def move(token: str) -> ResponseReturnValue:
    """The link may be opened where nobody is signed in. It grants no access, and asks before it changes anything."""
    form, now = ConfirmAddressForm(), clock.now()
    if form.validate_on_submit():
        rate_limits.enforce(rate_limits.LINK_PER_IP, remote_address(), now=now)
        with db.writing():
            _, address = email_change.confirm_change(token, now=now)
        flash(f"From now on you sign in with {address}, and e-mails go there.")
        return redirect(url_for("people.account"))
    change, about = email_change.find_by_token(token, now=now)
    response = make_response(render_form("people/move.html", form=form, change=change, about=about))
    response.headers["Referrer-Policy"] = "no-referrer"  # The URL of the page holds the token.
    return response


def _check_password(person_id: int, email: str, password: str) -> None:
    """Refuse a wrong password. Hashes outside any transaction, and is limited like attempts to sign in."""
    rate_limits.enforce(rate_limits.PASSWORD_CONFIRMATION, str(person_id), now=clock.now())
    stored = sign_in.find_account(email).password_hash
    db.session.rollback()
    if not passwords.matches(password, stored):
        raise passwords.WrongPassword


@bp.post("/account/browsers/<int:session_id>/end")
@signed_in
def end_browser(session_id: int) -> ResponseReturnValue:
    with db.writing():
        sessions.end(session_id, of=current_person().id, now=clock.now())
    flash("That browser is signed out.")
    return redirect(url_for("people.account"))
