"""A holder's certificates: the page, the name on it, and the files to keep."""

from __future__ import annotations

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.people.printed_names import names_to_print
from app.permissions import current_person, signed_in
from app.trail.reads import record_reading
from training import badges, certificate_page, certificate_pdf, certificates
from training.forms import NameForm
from training.views.blueprint import certificates_bp


@certificates_bp.get("/<int:certificate_id>")
@certificates_bp.post("/<int:certificate_id>")
@signed_in
def show(certificate_id: int) -> ResponseReturnValue:
    person = current_person()
    certificate = certificates.of_holder(certificate_id, person)
    form = NameForm(obj=certificate, data={"name": certificate.printed_name})
    names = dict.fromkeys([certificate.printed_name, *names_to_print(person, now=g.now)])
    form.name.choices = [SelectChoice(name, name) for name in names]

    def save() -> Done:
        named = certificates.rename(certificate_id, form.name.data or "", by=person, now=clock.now())
        certificates.show_full_name(named.id, form.shows_full_name.data, by=person, now=clock.now())
        return Done("Your certificate is up to date.", url_for(".show", certificate_id=named.id))

    if saved := save_form(form, save):
        return saved
    page = certificate_page.page_of(certificate, now=g.now)
    return render_form("training/certificate.html", form=form, certificate=certificate, page=page)


@certificates_bp.get("/<int:certificate_id>.pdf")
@signed_in
def pdf(certificate_id: int) -> ResponseReturnValue:
    certificate = certificates.readable_by(certificate_id, current_person(), now=g.now)
    record_reading("training.certificate-read", of=certificate.person_id, by=current_person().id, now=clock.now())
    facts, name = certificate_page.print_of(certificate), certificate_page.file_name(certificate)
    db.session.rollback()  # Drawing takes a while; no transaction stays open meanwhile.
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(certificate_pdf.render(facts), mimetype="application/pdf", headers=headers)


@certificates_bp.get("/<int:certificate_id>.json")
@signed_in
def credential(certificate_id: int) -> ResponseReturnValue:
    certificate = certificates.of_holder(certificate_id, current_person())
    headers = {"Content-Disposition": f'attachment; filename="{certificate_page.file_name(certificate)}.json"'}
    return Response(badges.enveloped(certificate.token), mimetype="application/json", headers=headers)
