"""The documents that people agree to: the list of them, reading one, and agreeing to it."""

from __future__ import annotations

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, markdown
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, signed_in
from progression.documents import agreeing, editions
from progression.documents.shipped import CODE_OF_CONDUCT, DOCUMENTS, Document, document_called
from progression.forms import AgreeForm
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import documents_bp, journey_bp


@documents_bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    readings = [agreeing.reading_of(current_person().id, document, g.now) for document in DOCUMENTS]
    return render_template("progression/documents/index.html", readings=readings, today=g.today)


@documents_bp.get("/<key>")
@documents_bp.post("/<key>")
@signed_in
def show(key: str) -> ResponseReturnValue:
    return _page_of(document_called(key))


# The address that e-mails and bookmarks of earlier versions hold.
@journey_bp.get("/code-of-conduct")
@journey_bp.post("/code-of-conduct")
@signed_in
def code_of_conduct() -> ResponseReturnValue:
    return _page_of(CODE_OF_CONDUCT)


def _page_of(document: Document) -> ResponseReturnValue:
    person = current_person()
    reading = agreeing.reading_of(person.id, document, g.now)
    form = AgreeForm(edition=reading.edition.number)

    def agree() -> Done:
        number, once = form.edition.data or 0, form.once_by(person.id)
        agreeing.agree(person, document, edition=number, now=clock.now(), once=once)
        return Done("Thank you. Your agreement is recorded.", url_for("journey.show"))

    saved = save_form(form, agree)
    if saved is not None:
        return saved
    form.edition.data = reading.edition.number
    return render_form(
        "progression/documents/show.html",
        form=form,
        document=document,
        edition=reading.edition,
        reading=reading,
        text=markdown.html(reading.edition.text),
        news=[each for each in editions.editions_of(document) if reading.is_new_to_them(each)],
        earlier=[each for each in editions.editions_of(document) if each.number < reading.edition.number],
        coming=editions.coming_editions(document, g.today),
        today=g.today,
        may_write=may(May.WRITE_DOCUMENTS),
        may_publish=may(May.PUBLISH_DOCUMENTS),
        may_see_agreements=may(May.SEE_AGREEMENTS),
    )


@documents_bp.get("/<key>/<int:number>")
@signed_in
def edition(key: str, number: int) -> ResponseReturnValue:
    document = document_called(key)
    shown = editions.edition_numbered(document, number)
    present = editions.present_edition(document, g.today)
    return render_template(
        "progression/documents/edition.html",
        document=document,
        edition=shown,
        present=present,
        text=markdown.html(shown.text),
        today=g.today,
    )
