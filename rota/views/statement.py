"""The statement of what one person gave, as page and PDF: one's own, and another's for who may read it."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.people import directory
from app.people.models import Person
from app.people.printed_names import check_name, names_to_print
from app.permissions import current_person, requires, signed_in
from app.trail.reads import record_reading
from rota.permissions import RotaPermission
from rota.reports import statement_pdf
from rota.reports.service_statement import statement_of
from rota.views.blueprint import bp


@bp.get("/shifts/statement")
@signed_in
def my_statement() -> ResponseReturnValue:
    return _page(current_person(), names_to_print(current_person(), now=g.now))


@bp.get("/shifts/statement.pdf")
@signed_in
def my_statement_pdf() -> ResponseReturnValue:
    names = names_to_print(current_person(), now=g.now)
    return _pdf(current_person(), names[-1] if asked.is_there("legal") else names[0])


@bp.get("/people/<int:person_id>/statement")
@requires(RotaPermission.READ_STATEMENTS)
def statement_of_person(person_id: int) -> ResponseReturnValue:
    about = _read(person_id)
    return _page(about, [about.display_name])


@bp.get("/people/<int:person_id>/statement.pdf")
@requires(RotaPermission.READ_STATEMENTS)
def statement_of_person_pdf(person_id: int) -> ResponseReturnValue:
    about = _read(person_id)
    # Only its own person may have it in the legal name: who plans may not know that.
    return _pdf(about, about.display_name)


def _read(person_id: int) -> Person:
    about = directory.find(person_id)
    record_reading("rota.statement-read", of=about.id, by=current_person().id, now=clock.now())
    return about


def _page(about: Person, names: list[str]) -> ResponseReturnValue:
    return render_template(
        "rota/statement.html",
        statement=statement_of(about, now=g.now),
        names=names,
        is_of_another=about.id != current_person().id,
    )


def _pdf(about: Person, name: str) -> ResponseReturnValue:
    check_name(name)
    statement = statement_of(about, now=g.now)
    file_name = f"nightlight-statement-{statement.today.isoformat()}.pdf"
    db.session.rollback()  # Drawing takes a while; no transaction stays open meanwhile.
    headers = {"Content-Disposition": f'inline; filename="{file_name}"'}
    return Response(statement_pdf.render(statement, name), mimetype="application/pdf", headers=headers)
