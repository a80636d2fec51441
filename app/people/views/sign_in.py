"""Pages for signing in and out, accepting an invitation, and resetting a password.

Password hashing is slow and stays outside transactions, so these views open their own instead of using `save_form`.
"""

from __future__ import annotations

from datetime import datetime

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.forms import render_form, showing_refusals
from app.pages.safe_redirect import safe_return
from app.people import one_time_links, passwords, rate_limits, request_session, sessions, sign_in
from app.people.forms import ForgotForm, NewPasswordForm, SignInForm
from app.people.models import LinkKind
from app.people.private import email_of
from app.people.request_session import remote_address
from app.people.views.blueprint import bp
from app.permissions import public, signed_in, visitor


@bp.get("/sign-in")
@bp.post("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    if request.method == "GET" and visitor() is not None:
        return redirect(safe_return(asked.way_back("next")))
    form = SignInForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            token, person_id = _start_session(form.email.data or "", form.password.data or "", clock.now())
            response = make_response(redirect(safe_return(asked.way_back("next"))))
            return request_session.set_session_cookies(response, token, person_id)
    form.password.data = None
    return render_form("sign_in/sign_in.html", form=form)


def _start_session(email: str, password: str, now: datetime) -> tuple[str, int]:
    """Count the attempt, check the password outside any transaction, then open a session; return token and person."""
    with db.writing():
        sign_in.count_attempt(email, remote_address(), now=now)
    account = sign_in.find_account(email)
    device_cookie = request.cookies.get(request_session.device_cookie_name(), "")
    known = sign_in.is_known_device(device_cookie, account.person_id)
    sign_in.check_attempts(email, remote_address(), is_known_device=known, now=now)
    db.session.rollback()
    matches = passwords.matches(password, account.password_hash)
    rehash = matches and passwords.is_outdated(account.password_hash or "")
    new_hash = passwords.hashed(password) if rehash else None
    with db.writing():
        request_session.end_session_of_browser(now)
        token = sign_in.sign_in(
            account,
            password_matches=matches,
            email=email,
            ip=remote_address(),
            device=request_session.this_device(),
            now=now,
        )
        assert account.person_id is not None  # sign_in() refused otherwise
        if new_hash is not None:
            passwords.store(account.person_id, new_hash, now)
    return token, account.person_id


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    with db.writing():
        sessions.end(g.session_id, of=g.person.id, now=clock.now())
    response = request_session.delete_session_cookie(make_response(redirect(url_for("people.sign_in_page"))))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/welcome/<token>")
@bp.post("/welcome/<token>")
@public
def welcome(token: str) -> ResponseReturnValue:
    return _choose_password(token, LinkKind.INVITATION, "sign_in/welcome.html")


@bp.get("/reset/<token>")
@bp.post("/reset/<token>")
@public
def reset(token: str) -> ResponseReturnValue:
    return _choose_password(token, LinkKind.RESET, "sign_in/reset.html")


def _choose_password(token: str, kind: LinkKind, template: str) -> ResponseReturnValue:
    now = clock.now()
    form = NewPasswordForm()
    if request.method == "POST":
        rate_limits.enforce(rate_limits.LINK_PER_IP, remote_address(), now=now)
    _, person = one_time_links.find_by_token(token, kind, now=now)
    name, email = person.display_name, email_of(person.id)
    if form.validate_on_submit():
        with showing_refusals(form):
            password = form.password.data or ""
            passwords.check_strength(password, about=[name, email])
            db.session.rollback()
            new_hash = passwords.hashed(password)
            device = request_session.this_device()
            with db.writing():
                request_session.end_session_of_browser(now)
                person, session = sign_in.set_password_by_link(token, kind, new_hash, device=device, now=now)
                person_id = person.id
            flash(f"Welcome, {name}." if kind is LinkKind.INVITATION else "Your new password is saved.")
            response = make_response(redirect(url_for("pages.today")))
            return request_session.set_session_cookies(response, session, person_id)
    form.password.data = None
    response = make_response(render_form(template, form=form, name=name, email=email))
    response.headers["Referrer-Policy"] = "no-referrer"  # The URL holds the token.
    return response


@bp.get("/forgot")
@bp.post("/forgot")
@public
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                sign_in.request_reset(form.email.data or "", remote_address(), now=clock.now())
            return redirect(url_for("people.forgot_sent"))
    return render_form("sign_in/forgot.html", form=form)


@bp.get("/forgot/sent")
@public
def forgot_sent() -> ResponseReturnValue:
    return render_template("sign_in/forgot_sent.html")
