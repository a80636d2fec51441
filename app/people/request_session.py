"""Each request's visitor: who they are, by the cookie their browser sends."""

from __future__ import annotations

from flask import Flask, Response, g, request

from app import clock, db, settings
from app.people import sessions
from app.people.rights import permissions_of
from app.people.sign_in import device_mark


def cookie_name() -> str:
    """The session cookie's name; the prefix binds it to this host and to HTTPS."""
    return "__Host-nightlight" if settings.current().is_https else "nightlight"


def device_cookie_name() -> str:
    """The name of the cookie that says "this browser was used before"."""
    return "__Host-nightlight-device" if settings.current().is_https else "nightlight-device"


def keep_session(response: Response, token: str, person_id: int) -> Response:
    """Give the browser its session token, and the mark that it was here."""
    secure = settings.current().is_https
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(sessions.LONGEST.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    response.set_cookie(
        device_cookie_name(),
        device_mark(person_id),
        max_age=365 * 86_400,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget_session(response: Response) -> Response:
    """Take the token back from the browser."""
    response.delete_cookie(cookie_name(), secure=settings.current().is_https, httponly=True, samesite="Lax", path="/")
    return response


def meet() -> None:
    """Find out who is asking, before the view runs."""
    if request.method in ("GET", "HEAD"):
        db.start_read_cache()
    now = clock.now()
    g.now = now
    g.today = clock.on(now, settings.current().zone)
    g.person = None
    token = request.cookies.get(cookie_name())
    if not token or request.endpoint == "static":
        return
    found = sessions.of_token(token, today=g.today, now=now)
    if found is None:
        return
    session, person = found
    g.permissions = permissions_of(person.id, on=g.today)
    if g.permissions and sessions.is_too_old_for_roles(session, now):
        return
    g.person, g.session_id = person, session.id
    g.was_seen_long_ago = now - session.last_seen_at > sessions.SEEN_EVERY


def note_visit(response: Response) -> Response:
    """Note now and then that a session is in use: once the page is made, so that it need not read anything again."""
    if g.pop("was_seen_long_ago", False):
        with db.writing():
            sessions.seen(g.session_id, now=g.now)
    return response


def device_words(agent: str) -> str:
    """A browser and system in a few words, such as "Firefox on Android": all we keep of a user agent."""
    browser = next(
        (
            words
            for mark, words in (
                ("Edg/", "Edge"),
                ("Firefox/", "Firefox"),
                ("Chrome/", "Chrome"),
                ("Safari/", "Safari"),
            )
            if mark in agent
        ),
        "A browser",
    )
    system = next(
        (
            words
            for mark, words in (
                ("Android", "Android"),
                ("iPhone", "iPhone"),
                ("iPad", "iPad"),
                ("Windows", "Windows"),
                ("Mac OS X", "Mac"),
                ("Linux", "Linux"),
            )
            if mark in agent
        ),
        "a device",
    )
    return f"{browser} on {system}"


def install(app: Flask) -> None:
    """Meet every visitor of this application."""
    app.before_request(meet)
    app.after_request(note_visit)
    app.teardown_request(lambda _error: db.clear_read_cache())
