"""Whom somebody would want to know that they need support: on their own page, for everybody the same."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue

from app.pages.forms import Done, render_form, save_form
from app.people import support_contacts
from app.people.forms import SupportContactForm
from app.people.views.blueprint import bp
from app.permissions import current_person, signed_in


@bp.get("/account/contact")
@bp.post("/account/contact")
@signed_in
def support_contact() -> ResponseReturnValue:
    person_id, form = current_person().id, SupportContactForm()
    own = support_contacts.own_contact(person_id, today=g.today)
    form.offer(own)

    def keep() -> Done:
        contact_id = form.contact.data or None
        support_contacts.choose(person_id, contact_id, is_willing=bool(form.is_willing.data), today=g.today)
        return Done("Saved. Nobody is told.", url_for("people.support_contact"))

    return save_form(form, keep) or render_form("people/support_contact.html", form=form)
