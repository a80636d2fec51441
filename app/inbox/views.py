"""Messages: what Nightlight told somebody, and where something can be done about it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.domain import domains
from app.inbox import reading
from app.pages import asked
from app.pages.safe_redirect import safe_return
from app.permissions import current_person, signed_in

bp = Blueprint("inbox", __name__)

ICONS = {"rota": "moon", "training": "book", "progression": "road", "core": "mail"}


@bp.get("/inbox")
@signed_in
def show() -> ResponseReturnValue:
    person = current_person()
    zone = ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone
    found = reading.page_of_messages(person.id, asked.whole_number("page") or 1, zone=zone)
    icons = {kind.kind: ICONS[domain.name] for domain in domains for kind in domain.notices}
    return render_template(
        "inbox/messages.html",
        found=found,
        unread=reading.how_many_unread(person.id),
        icons=icons,
        zone=zone,
        today=clock.on(g.now, zone),
    )


@bp.post("/inbox/<int:line_id>")
@signed_in
def open_one(line_id: int) -> ResponseReturnValue:
    """Mark a message as read, and go to where it leads."""
    with db.writing():
        line = reading.read(line_id, person_id=current_person().id, now=clock.now())
        path = line.path
    return redirect(safe_return(path) if path else url_for("inbox.show"))


@bp.post("/inbox/all-read")
@signed_in
def read_all() -> ResponseReturnValue:
    with db.writing():
        reading.read_all(current_person().id, up_to=asked.whole_number_sent("newest") or 0, now=clock.now())
    flash("All messages are marked as read.")
    return redirect(url_for("inbox.show"))
