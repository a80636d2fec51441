"""Pages for getting in and out: sign-in, invitation, a forgotten password."""

from __future__ import annotations

from datetime import datetime

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.pages.safe_redirect import safe_return
from app.people import one_time_links, passwords, request_session, sessions, sign_in, throttle
from app.people.forms import ForgotForm, NewPasswordForm, SignInForm
from app.people.models import LinkKind
from app.people.private import address_of
from app.people.views.blueprint import bp
from app.permissions import public, signed_in, visitor


def _place() -> str:
    """Where a try comes from. Behind a proxy, the front door is told how many to trust."""
    return request.remote_addr or "unknown"


@bp.get("/sign-in")
@bp.post("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    if request.method == "GET" and visitor() is not None:
        return redirect(safe_return(request.args.get("next")))
    form = SignInForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            token, person_id = _prove(form.email.data or "", form.password.data or "", clock.now())
            return request_session.keep_session(
                make_response(redirect(safe_return(request.args.get("next")))), token, person_id
            )
    form.password.data = None
    return render_form("sign_in/sign_in.html", form=form)


def _prove(email: str, password: str, now: datetime) -> tuple[str, int]:
    """Count the try, hash outside any transaction, then open a session."""
    with db.writing():
        sign_in.count_try(email, _place(), now=now)
    found = sign_in.find_account(email)
    known = sign_in.is_known_device(request.cookies.get(request_session.device_cookie_name(), ""), found.person_id)
    sign_in.check_tries(email, _place(), known_device=known, now=now)
    db.session.rollback()
    proved = passwords.matches(password, found.stored)
    fresh = passwords.hashed(password) if proved and passwords.is_outdated(found.stored or "") else None
    with db.writing():
        token = sign_in.sign_in(
            found,
            proved=proved,
            email=email,
            place=_place(),
            device=request_session.device_words(request.user_agent.string),
            now=now,
        )
        if fresh is not None and found.person_id is not None:
            passwords.keep(found.person_id, fresh, now)
    assert found.person_id is not None  # sign_in() refused otherwise
    return token, found.person_id


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    with db.writing():
        sessions.end(g.session_id, of=g.person.id, now=clock.now())
    answer = request_session.forget_session(make_response(redirect(url_for("people.sign_in_page"))))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


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
        with db.writing():
            throttle.count(throttle.LINK_PLACE, _place(), now=now)
        throttle.check(throttle.LINK_PLACE, _place(), now=now)
    _, invited = one_time_links.opened_by(token, kind, now=now)
    name, email = invited.display_name, address_of(invited.id)
    if form.validate_on_submit():
        with showing_refusals(form):
            chosen = form.password.data or ""
            passwords.check_strength(chosen, about=[name, email])
            db.session.rollback()
            new_hash = passwords.hashed(chosen)
            with db.writing():
                newcomer, session = sign_in.take_up(
                    token, kind, new_hash, device=request_session.device_words(request.user_agent.string), now=now
                )
                person_id = newcomer.id
            flash(f"Welcome, {name}." if kind is LinkKind.INVITATION else "Your new password is saved.")
            return request_session.keep_session(make_response(redirect(url_for("pages.today"))), session, person_id)
    form.password.data = None
    answer = make_response(render_form(template, form=form, name=name, email=email))
    answer.headers["Referrer-Policy"] = "no-referrer"  # The address holds the token.
    return answer


@bp.get("/forgot")
@bp.post("/forgot")
@public
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                sign_in.request_reset(form.email.data or "", _place(), now=clock.now())
            return redirect(url_for("people.forgot_sent"))
    return render_form("sign_in/forgot.html", form=form)


@bp.get("/forgot/sent")
@public
def forgot_sent() -> ResponseReturnValue:
    return render_template("sign_in/forgot_sent.html")
