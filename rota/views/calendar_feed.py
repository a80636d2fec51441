"""Calendar feeds, of one's own shifts and of channels.

People open and close their addresses on one page, and calendar apps read them.
"""

from __future__ import annotations

from email.utils import format_datetime

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.outbox.render import link
from app.people import rate_limits
from app.permissions import current_person, public, requires, signed_in
from app.refusals import Refusal, TooManyAttempts
from rota.permissions import RotaPermission
from rota.shifts import calendar_feed, channel_calendar
from rota.views.blueprint import bp

REFUSED = (calendar_feed.FeedIsGone, calendar_feed.NoSuchFeed, TooManyAttempts)
COUNTED_TOGETHER = 10  # reads of one calendar by one process, counted in one write


@bp.get("/shifts/calendar")
@signed_in
def calendar_page() -> ResponseReturnValue:
    return page_with(None)


def page_with(address: str | None, *, of_channel: str = "") -> ResponseReturnValue:
    """The page of addresses, with the one that was made just now: of one's own shifts, or of a channel."""
    return render_template(
        "rota/calendar.html",
        feed=calendar_feed.feed_of(current_person()),
        channels=channel_calendar.calendars_for(current_person(), now=g.now),
        address=address,
        of_channel=of_channel,
    )


@bp.post("/shifts/calendar/open")
@signed_in
def open_calendar() -> ResponseReturnValue:
    with db.writing():
        token = calendar_feed.open_feed(current_person(), now=clock.now())
    # The address is shown once and stored nowhere, so the page is rendered here and not after a redirect.
    return page_with(link("rota.follow_calendar", token=token))


@bp.post("/shifts/calendar/close")
@signed_in
def close_calendar() -> ResponseReturnValue:
    with db.writing():
        calendar_feed.close_feed(current_person(), now=clock.now())
    flash("The calendar address is closed. Phones that follow it learn no more.")
    return redirect(url_for("rota.calendar_page"))


@bp.get("/calendar/<token>.ics")
@public
def follow_calendar(token: str) -> ResponseReturnValue:
    try:
        feed, person = calendar_feed.feed_of_token(token)
        _slow_down(feed.token_hash)
    except REFUSED as refusal:
        return _refused(refusal)
    if calendar_feed.should_record_fetch(feed, now=g.now):
        feed_id = feed.id
        with db.writing():
            calendar_feed.record_fetch(feed_id, now=clock.now())
    return _calendar(calendar_feed.render(person, now=g.now))


@bp.post("/shifts/calendar/channels/<int:channel_id>/open")
@requires(RotaPermission.SEE_WHO)
def open_channel_calendar(channel_id: int) -> ResponseReturnValue:
    with db.writing():
        token, name = channel_calendar.open_feed(current_person(), channel_id, now=clock.now())
    return page_with(link("rota.follow_channel", token=token), of_channel=name)


@bp.post("/shifts/calendar/channels/<int:channel_id>/close")
@requires(RotaPermission.SEE_WHO)
def close_channel_calendar(channel_id: int) -> ResponseReturnValue:
    with db.writing():
        channel_calendar.close_feed(current_person(), channel_id, now=clock.now())
    flash("The calendar address is closed. Phones that follow it learn no more.")
    return redirect(url_for("rota.calendar_page"))


@bp.get("/calendar/channels/<token>.ics")
@public
def follow_channel(token: str) -> ResponseReturnValue:
    try:
        feed, channel = channel_calendar.feed_of_token(token, now=g.now)
        _slow_down(feed.token_hash)
    except REFUSED as refusal:
        return _refused(refusal)
    return _calendar(channel_calendar.render(channel, now=g.now))


def _refused(refusal: Refusal) -> Response:
    """A line of text and never the sign-in page, because calendar apps show any answer they get."""
    answer = Response(" ".join(refusal.sentences) + "\n", refusal.status, mimetype="text/plain")
    if isinstance(refusal, TooManyAttempts):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _calendar(calendar: calendar_feed.RenderedFeed) -> ResponseReturnValue:
    answer = make_response(calendar.body)
    answer.content_type = "text/calendar; charset=utf-8"
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Last-Modified"] = format_datetime(calendar.changed_at, usegmt=True)
    answer.set_etag(calendar.etag)
    return answer.make_conditional(request)


def _slow_down(token_hash: str) -> None:
    """Refuse a calendar app that asks far too often. One that does not costs one read here, and no write."""
    now = g.now
    if tries := rate_limits.count_locally(rate_limits.FEED, token_hash, now=now, step=COUNTED_TOGETHER):
        with db.writing():
            rate_limits.count(rate_limits.FEED, token_hash, now=now, tries=tries)
    rate_limits.check(rate_limits.FEED, token_hash, now=now)
