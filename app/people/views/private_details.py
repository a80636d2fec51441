"""The page of a person's private details, and correcting them."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.pages.times import clock_time, when
from app.people import corrections, directory
from app.people.corrections import (
    ChangedMeanwhile,
    ConfirmationRequired,
    Consequences,
    Correction,
    CorrectionResult,
    Details,
)
from app.people.forms import CorrectionForm
from app.people.models import Person, PersonState
from app.people.private import PrivateDetails, private_details
from app.people.views.blueprint import bp
from app.permissions import CorePermission, current_person, may, requires


@bp.post("/people/<int:person_id>/private")
@requires(CorePermission.SEE_PRIVATE)
def show_private(person_id: int) -> ResponseReturnValue:
    # A POST, because the access is recorded in the audit trail.
    details = _read(person_id, "page")
    form = CorrectionForm(formdata=None, obj=details, seen=corrections.last_correction(person_id))
    return _page(directory.find(person_id), details, form)


@bp.post("/people/<int:person_id>/private/correct")
@requires(CorePermission.CORRECT_PRIVATE)
def correct(person_id: int) -> ResponseReturnValue:
    about, form = directory.find(person_id), CorrectionForm()
    if about.state != PersonState.INVITED:
        del form.email

    # A birth date first asks for confirmation, which save_form would show as an error of the form.
    if form.validate_on_submit():
        with showing_refusals(form):
            try:
                result = _correct(person_id, form)
            except ConfirmationRequired as required:
                return _ask_to_confirm(person_id, form, required.consequences)
            flash(_message(about, result))
            return redirect(url_for("people.show", person_id=person_id))
    return _show_again(person_id, form)


def _correct(person_id: int, form: CorrectionForm) -> CorrectionResult:
    correction = Correction(
        Details(
            legal_name=form.legal_name.data,
            born_on=form.born_on.data,
            email=form.email.data if form.email else None,
        ),
        reason=form.reason.data or "",
        seen=int(form.seen.data or 0),
        agreed=form.agreed.data if form.agree.data else None,
    )
    with db.writing():
        return corrections.correct(person_id, correction, by=current_person(), today=g.today, now=clock.now())


def _message(about: Person, result: CorrectionResult) -> str:
    sentences = ["Corrected."]
    if about.state == PersonState.ACTIVE:
        sentences.append("They get an e-mail that says so.")
    if result.freed:
        shifts = "; ".join(f"{when(one.starts_at)} to {clock_time(one.ends_at)}, {one.what}" for one in result.freed)
        sentences.append(f"Free again: {shifts}. Those who plan are told.")
    return " ".join(sentences)


def _ask_to_confirm(person_id: int, form: CorrectionForm, consequences: Consequences) -> ResponseReturnValue:
    """Show what the new birth date would cause; `agreed` then carries the mark of what was shown."""
    form.agreed.data = consequences.mark
    details = _read(person_id, "correction")
    return _page(directory.find(person_id), details, form, following=consequences, is_other=bool(form.agree.data))


def _show_again(person_id: int, form: CorrectionForm) -> ResponseReturnValue:
    """Show the form with its errors, beside the details as they are now."""
    details = _read(person_id, "correction")
    if getattr(form, "refused_with", None) == ChangedMeanwhile.status:
        # The page now shows the other person's correction, so the next submission is based on it.
        form.seen.data = str(corrections.last_correction(person_id))
    return _page(directory.find(person_id), details, form)


def _read(person_id: int, why: str) -> PrivateDetails:
    with db.writing():
        return private_details(person_id, by=current_person(), why=why, today=g.today, now=clock.now())


def _page(
    about: Person,
    details: PrivateDetails,
    form: CorrectionForm,
    *,
    following: Consequences | None = None,
    is_other: bool = False,
) -> ResponseReturnValue:
    if about.state != PersonState.INVITED and form.email:
        del form.email
    return render_form(
        "people/private.html",
        form=form,
        about=about,
        private=details,
        following=following,
        is_other=is_other,
        corrections=corrections.corrections_of(about.id),
        may_correct=may(CorePermission.CORRECT_PRIVATE) and about.id != current_person().id,
    )
