"""The visitor of each request, identified by the session cookie of their browser."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from app import clock, db, settings
from app.people import sessions
from app.people.rights import permissions_of
from app.people.sign_in import device_token

WAIT_TO_RECORD_USE = timedelta(milliseconds=200)
# These pages need no account, and must open when the database does not: people may need them at that very moment.
OPEN_WITHOUT_DATABASE = ("pages.support", "health.live", "health.ready")

log = structlog.get_logger()

# (a part of the user agent, the name shown), the most specific first: Edge also claims to be Chrome, Chrome Safari.
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def cookie_name() -> str:
    """The session cookie's name; over HTTPS its prefix binds it to this host."""
    return "__Host-nightlight" if settings.current().is_https else "nightlight"


def device_cookie_name() -> str:
    """The name of the cookie that marks a browser in which its person has signed in before."""
    return "__Host-nightlight-device" if settings.current().is_https else "nightlight-device"


def set_session_cookies(response: Response, token: str, person_id: int) -> Response:
    """Set the session cookie, and the cookie that marks a known device."""
    secure = settings.current().is_https
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(sessions.MAX_AGE.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    response.set_cookie(
        device_cookie_name(),
        device_token(person_id),
        max_age=365 * 86_400,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def end_session_of_browser(now: datetime) -> None:
    """End the session whose cookie this browser holds, before another begins; call it inside `db.writing()`.

    Otherwise a session that nobody can see any more would stay open until it expires.
    """
    if token := request.cookies.get(cookie_name()):
        sessions.end_by_token(token, now=now)


def this_device() -> str:
    """The browser of the request, in words."""
    return describe_device(request.user_agent.string)


def delete_session_cookie(response: Response) -> Response:
    """Delete the session cookie."""
    response.delete_cookie(cookie_name(), secure=settings.current().is_https, httponly=True, samesite="Lax", path="/")
    return response


def remote_address() -> str:
    """The client's IP address. Behind a proxy, the application factory trusts one forwarded header."""
    return request.remote_addr or "unknown"


def identify_visitor() -> None:
    """Set `g.now`, `g.today`, and for a signed-in visitor `g.person` and `g.permissions`, before the view runs."""
    if request.method in ("GET", "HEAD"):
        db.start_read_cache()
    now = clock.now()
    g.now = now
    g.today = clock.on(now, settings.current().zone)
    g.person, g.permissions, g.session_id, g.session_token = None, frozenset(), None, None
    token = request.cookies.get(cookie_name())
    if not token or request.endpoint == "static":
        return
    try:
        found = sessions.find_by_token(token, today=g.today, now=now)
    except SQLAlchemyError as error:
        if request.endpoint not in OPEN_WITHOUT_DATABASE or not db.is_unavailable(error):
            raise
        found = None
    if found is None:
        return
    session, person = found
    permissions = permissions_of(person.id, on=g.today)
    if permissions and sessions.is_too_old_for_roles(session, now):
        return
    g.person, g.permissions, g.session_id, g.session_token = person, permissions, session.id, token
    g.must_record_use = now - session.last_seen_at > sessions.RECORD_USE_EVERY


def record_use(response: Response) -> Response:
    """Record that a session is in use, at most once in five minutes.

    After the page is rendered, because a write clears the request's read cache. A page that only reads does not fail,
    nor wait, because this cannot be written: the next one tries again.
    """
    if g.pop("must_record_use", False):
        try:
            with db.writing(wait=WAIT_TO_RECORD_USE):
                sessions.record_use(g.session_id, now=g.now)
        except SQLAlchemyError as error:
            log.warning("use of session not recorded", error=type(error).__name__)
    return response


def describe_device(agent: str) -> str:
    """Name the browser and system of a user agent, such as "Firefox on Android": all that is stored of it."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "a device")
    return f"{browser} on {system}"


def install(app: Flask) -> None:
    """Identify the visitor of every request of this application."""
    app.before_request(identify_visitor)
    app.after_request(record_use)
    app.teardown_request(lambda _error: db.clear_read_cache())
