"""The one place that turns refusals and failures into pages, or for API clients into RFC 9457 problems."""

from __future__ import annotations

import secrets
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import structlog
from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app import db, security_events
from app.pages import form_tokens
from app.refusals import Refusal, TooManyAttempts
from app.security_events import EventKind

log = structlog.get_logger()

MESSAGES: dict[int, tuple[str, tuple[str, ...]]] = {
    400: ("We could not read that", ("Something in the address or the form was not as expected.",)),
    403: ("That is not open to you", ("Your account does not open this page.",)),
    404: (
        "We could not find that page",
        ("The address may have a typing error in it, or the page no longer exists.",),
    ),
    405: ("That does not work from here", ("Please go back and use the buttons on the page.",)),
    413: ("That file is too large", ("Please send a smaller one.",)),
    415: ("We could not read that", ("The file or form was of a kind we do not take.",)),
}
OUR_FAULT = (
    "Something went wrong on our side",
    (
        "It is not your fault, and nothing half-done was kept.",
        "Please try again in a moment. If you need help right now, use “Support for me” at the top.",
    ),
)
BACK_IN_A_MOMENT = (
    "Back in a moment",
    (
        "Nightlight cannot reach its records right now. Nothing half-done was kept, and nothing that was kept is lost.",
        "Please wait a moment, then try again. What you typed is kept in most browsers: go back, and send it again.",
        "If you need help right now, use “Support for me” at the top. It works all the same.",
    ),
)
RETRY_AFTER_SECONDS = 10

BEING_UPGRADED = (
    "Nightlight is being upgraded",
    ("Please try again in a few minutes. Nothing that was saved is lost.",),
)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def _problem(status: int, title: str, sentences: tuple[str, ...], reference: str | None = None) -> ResponseReturnValue:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": " ".join(sentences)}
    if reference:
        problem["instance"] = f"urn:nightlight:error:{reference}"
    response = jsonify(problem)
    response.content_type = "application/problem+json"
    response.status_code = status
    return response


def _error_response(status: int, title: str, sentences: tuple[str, ...]) -> ResponseReturnValue:
    if _wants_json():
        return _problem(status, title, sentences)
    back = _referring_page()
    try:
        page = render_template("errors/error.html", status=status, title=title, sentences=sentences, back=back)
    except SQLAlchemyError as error:
        return database_failed(error)
    return make_response(page, status)


def _referring_page() -> str | None:
    """The page whose form was sent, for a link back to it; only ever a page of this application."""
    try:
        referrer = urlsplit(request.referrer or "")
    except ValueError:
        return None  # such as http://[::1
    if request.method != "POST" or referrer.netloc != request.host or not referrer.path.startswith("/"):
        return None
    return urlunsplit(("", "", "/" + referrer.path.lstrip("/"), referrer.query, ""))


def refused(refusal: Refusal) -> ResponseReturnValue:
    """Respond to a refusal that no form caught."""
    db.session.rollback()
    note_security_event(refusal)
    response = make_response(_error_response(refusal.status, refusal.title, refusal.sentences))
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def note_security_event(refusal: Refusal) -> None:
    """Keep a refusal that is a security event: who asked, or whose account it was, and from where."""
    if refusal.security_event is None:
        return
    person_id = refusal.person_id
    if person_id is None and (person := g.get("person")) is not None:
        person_id = person.id
    security_events.record(
        EventKind(refusal.security_event),
        what=request.endpoint or "unknown",
        person_id=person_id,
        address=request.remote_addr or "unknown",
        now=g.now,
    )


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Respond to an error that Flask raised: not found, wrong method, too large."""
    if error.code is not None and error.code < 400:
        return error.get_response()
    if isinstance(error, CSRFError):
        return _form_refused()
    title, sentences = MESSAGES.get(error.code or 400, MESSAGES[400])
    response = make_response(_error_response(error.code or 400, title, sentences))
    if error.code == 405 and (allowed := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _form_refused() -> ResponseReturnValue:
    """Respond to a form whose token no longer counts, with everything that was typed."""
    refused = form_tokens.refused_form()
    if _wants_json():
        return _problem(400, refused.title, refused.sentences)
    page = render_template(
        "errors/form_refused.html", refused=refused, back=_referring_page() or _page_of_same_address()
    )
    return make_response(page, 400)


def _page_of_same_address() -> str | None:
    """The address that the form was sent to, if it is also a page."""
    adapter = current_app.create_url_adapter(request)
    return request.full_path.rstrip("?") if adapter is not None and adapter.test(method="GET") else None


def failed(error: Exception) -> ResponseReturnValue:
    """Respond to an unexpected exception with a reference that is also in the log, and no details."""
    if current_app.testing:
        raise error  # A test shows what happened rather than the page.
    db.session.rollback()
    reference = secrets.token_hex(4)
    log.exception("request failed", reference=reference, endpoint=request.endpoint)
    title, sentences = OUR_FAULT
    if _wants_json():
        return _problem(500, title, sentences, reference)
    # Ordinary pages query the database for their reader; this one must not, because the database may be the fault.
    standalone = current_app.jinja_env.get_template("errors/failed.html")
    return make_response(standalone.render(title=title, sentences=sentences, reference=reference), 500)


def being_upgraded() -> ResponseReturnValue:
    """The page while the database is being upgraded, or was upgraded by another version; made without a query."""
    title, sentences = BEING_UPGRADED
    if _wants_json():
        return _problem(503, title, sentences)
    return current_app.jinja_env.get_template("errors/failed.html").render(title=title, sentences=sentences)


def database_failed(error: SQLAlchemyError) -> ResponseReturnValue:
    """Respond to a database that cannot be reached or is too busy: back in a moment. Other faults of it are ours."""
    if not db.is_unavailable(error):
        if current_app.testing:
            raise error
        return failed(error)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    cause = getattr(error, "orig", None) or error
    log.warning("database not available", endpoint=request.endpoint, error=type(cause).__name__)
    title, sentences = BACK_IN_A_MOMENT
    if _wants_json() or request.path.startswith("/health/"):
        response = make_response(_problem(503, title, sentences))
    else:
        # Again for a page that was only read; a form is sent again from the page it is on.
        again = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
        standalone = current_app.jinja_env.get_template("errors/unavailable.html")
        response = make_response(standalone.render(title=title, sentences=sentences, again=again), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def install(app: Flask) -> None:
    """Give the application its error pages."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SQLAlchemyError, database_failed)
    app.register_error_handler(Exception, failed)
