"""Reaching people, for those who plan: an e-mail in their own name, and a telephone number that is written down."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people import directory, messages, rate_limits
from app.people.forms import MessageForm
from app.people.private import phone_for_planning
from app.people.rate_limits import WRITTEN_MESSAGES
from app.people.views.blueprint import bp
from app.permissions import CorePermission, current_person, requires
from app.wording import plural


@bp.get("/people/write")
@bp.post("/people/write")
@requires(CorePermission.WRITE)
def write() -> ResponseReturnValue:
    """Write to the people whom the address names, each in an e-mail of their own."""
    to = messages.recipients(asked.whole_numbers("to", most=messages.MOST_AT_ONCE))
    ids, by, form = [each.id for each in to], current_person(), MessageForm()
    if form.validate_on_submit():
        with db.writing():
            rate_limits.count(WRITTEN_MESSAGES, str(by.id), now=clock.now(), tries=len(ids))
        rate_limits.check(WRITTEN_MESSAGES, str(by.id), now=clock.now())

    def send() -> Done:
        once = f"form:{by.id}:{form.once.data}"
        sent = messages.write(ids, form.subject.data or "", form.text.data or "", by=by, once=once, now=clock.now())
        page = url_for("people.show", person_id=ids[0]) if len(ids) == 1 else url_for("people.index")
        return Done(f"Your e-mail is on its way to {plural(sent or len(ids), 'person', 'people')}.", page)

    return save_form(form, send) or render_form("people/write.html", form=form, to=to)


@bp.post("/people/<int:person_id>/telephone")
@requires(CorePermission.SEE_TELEPHONE)
def show_telephone(person_id: int) -> ResponseReturnValue:
    # A POST, because the access is recorded in the audit trail.
    with db.writing():
        number = phone_for_planning(person_id, by=current_person(), today=g.today, now=clock.now())
    return render_template("people/telephone.html", about=directory.find(person_id), number=number)
