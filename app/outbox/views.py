"""Pages and addresses about e-mails: turning a kind off without signing in, and what mail providers report."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.outbox import bounce_reports, bounces, choices
from app.pages.form_tokens import takes_no_token
from app.pages.incoming import takes_json
from app.permissions import current_person, public, signed_in

bp = Blueprint("outbox", __name__)


@bp.get("/e-mails/off/<token>")
@public
def turn_off(token: str) -> ResponseReturnValue:
    """Ask first: programs that check e-mails open every link in them."""
    person_id, kind = choices.of_token(token)
    response = make_response(
        render_template("people/email_off.html", kind=kind, is_off=choices.is_turned_off(person_id, kind.kind))
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # The URL of the page holds the token.
    return response


@bp.post("/e-mails/off/<token>")
@public
@takes_no_token
def do_turn_off(token: str) -> ResponseReturnValue:
    """What the page's button does, and the mail program's own (RFC 8058), which sends neither cookie nor token."""
    with db.writing():
        person_id, kind = choices.of_token(token)
        choices.turn_off(person_id, kind.kind, now=clock.now())
    response = make_response(render_template("people/email_off.html", kind=kind, is_off=True))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post("/account/e-mails/<kind>/on")
@signed_in
def turn_on(kind: str) -> ResponseReturnValue:
    with db.writing():
        choices.turn_on(current_person().id, kind, now=clock.now())
    flash("You get these e-mails again.")
    return redirect(url_for("people.account"))


@bp.post("/account/address/works")
@signed_in
def address_works() -> ResponseReturnValue:
    with db.writing():
        bounces.clear(current_person().id, by=current_person().id, now=clock.now())
    flash("We write to your address again. If e-mails come back once more, you read it on Today.")
    return redirect(url_for("people.account"))


@bp.post("/hooks/bounces")
@public
@takes_no_token
@takes_json
def take_report() -> ResponseReturnValue:
    """A mail provider says that an e-mail came back. The signature decides; what is said twice counts once."""
    body = request.get_data()
    report = bounce_reports.read(body, request.headers.get, settings.started_with().bounce_secret, now=clock.now())
    if report is not None:
        with db.writing():
            bounces.record(report.uuid, hard=report.is_hard, status=report.status, now=clock.now())
    return "", 204
