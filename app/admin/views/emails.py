"""The page of e-mails that did not arrive, or not yet, and the button that sends one again."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.admin.views.overview import bp
from app.health import watching
from app.jobs import heartbeats
from app.outbox import undelivered
from app.outbox.wording import words_of
from app.pages import asked
from app.permissions import CorePermission, current_person, requires


@bp.get("/admin/e-mails")
@requires(CorePermission.ADMINISTER)
def emails() -> ResponseReturnValue:
    found = undelivered.page_of_undelivered(asked.whole_number("page") or 1, now=g.now)
    return render_template(
        "home/emails.html",
        found=found,
        fault=words_of(found.mail.last_error),
        workers=heartbeats.latest(watching.SHOWN_WORKERS),
        bounces_at=bool(settings.started_with().bounces_at or settings.started_with().bounce_secret),
    )


@bp.post("/admin/e-mails/<int:row_id>/again")
@requires(CorePermission.ADMINISTER)
def send_email_again(row_id: int) -> ResponseReturnValue:
    with db.writing():
        undelivered.send_again(row_id, by=current_person().id, now=clock.now())
    flash("It is on its way again. If it is still here in a minute, look at why.")
    return redirect(url_for("admin.emails"))


@bp.post("/admin/e-mails/to/<int:person_id>/again")
@requires(CorePermission.ADMINISTER)
def write_to_address_again(person_id: int) -> ResponseReturnValue:
    with db.writing():
        undelivered.write_again(person_id, by=current_person().id, now=clock.now())
    flash("E-mails go there again. If one comes back, it stands here again.")
    return redirect(url_for("admin.emails"))
