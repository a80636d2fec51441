"""What few may see of somebody, and correcting it."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import render_form, showing_refusals
from app.pages.times import clock_time, when
from app.people import corrections, directory
from app.people.corrections import AgreeFirst, ChangedMeanwhile, Corrected, Details, Following
from app.people.forms import CorrectionForm
from app.people.models import Person, PersonState
from app.people.private import PrivateDetails, private_details
from app.people.views.blueprint import bp
from app.permissions import CorePermission, current_person, may, requires


@bp.post("/people/<int:person_id>/private")
@requires(CorePermission.SEE_PRIVATE)
def show_private(person_id: int) -> ResponseReturnValue:
    # A POST, because reading this leaves a line in the audit trail.
    details = _read(person_id, "page")
    form = CorrectionForm(formdata=None, obj=details, seen=corrections.last_correction(person_id))
    return _page(directory.find(person_id), details, form)


@bp.post("/people/<int:person_id>/private/correct")
@requires(CorePermission.CORRECT_PRIVATE)
def correct(person_id: int) -> ResponseReturnValue:
    about, form = directory.find(person_id), CorrectionForm()
    if about.state != PersonState.INVITED:
        del form.email
    following, is_other = None, False
    if form.validate_on_submit():
        with showing_refusals(form):
            try:
                done = _correct(person_id, form)
            except AgreeFirst as first:
                following, is_other = first.following, bool(form.agree.data)
                form.agreed.data = following.mark
            else:
                flash(_told(about, done))
                return redirect(url_for("people.show", person_id=person_id))
    details = _read(person_id, "correction")
    if getattr(form, "refused_with", None) == ChangedMeanwhile.status:
        # They now see what the other wrote, so the next sending is about that.
        form.seen.data = str(corrections.last_correction(person_id))
    return _page(directory.find(person_id), details, form, following=following, is_other=is_other)


def _correct(person_id: int, form: CorrectionForm) -> Corrected:
    with db.writing():
        return corrections.correct(
            person_id,
            Details(
                legal_name=" ".join((form.legal_name.data or "").split()) or None,
                born_on=form.born_on.data,
                email=form.email.data if form.email else None,
            ),
            seen=int(form.seen.data or 0),
            reason=form.reason.data or "",
            by=current_person(),
            today=g.today,
            now=clock.now(),
            agreed=form.agreed.data if form.agree.data else None,
        )


def _told(about: Person, done: Corrected) -> str:
    words = ["Corrected."]
    if about.state == PersonState.ACTIVE:
        words.append("They get a letter that says so.")
    if done.freed:
        shifts = "; ".join(f"{when(one.starts_at)} to {clock_time(one.ends_at)}, {one.what}" for one in done.freed)
        words.append(f"Free again: {shifts}. Those who plan are told.")
    return " ".join(words)


def _read(person_id: int, why: str) -> PrivateDetails:
    with db.writing():
        return private_details(person_id, by=current_person(), why=why, today=g.today, now=clock.now())


def _page(
    about: Person,
    details: PrivateDetails,
    form: CorrectionForm,
    *,
    following: Following | None = None,
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
