"""Training from elsewhere: adding a certificate, seeing what became of it, and deciding about those of others."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock, db
from app.files import inspection, store
from app.files.kinds import LARGEST_FILE, FileKind
from app.files.views import response_to
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.pages.incoming import LARGEST_BODY, takes_at_most
from app.people import directory, rate_limits
from app.people.models import Person
from app.permissions import current_person, requires, signed_in
from app.refusals import Invalid
from training import catalogue, elsewhere, imported_badges
from training.elsewhere import Stated
from training.forms import BadgeForm, DecideForm, ElsewhereForm, LookAgainForm
from training.models import ElsewhereState
from training.permissions import TrainingPermission
from training.views.blueprint import elsewhere_bp

LARGEST = LARGEST_FILE + LARGEST_BODY


@elsewhere_bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    person = current_person()
    may_decide = elsewhere.may_decide(person, g.now)
    return render_template(
        "training/elsewhere.html", found=elsewhere.of_person(person.id), may_decide=may_decide, states=ElsewhereState
    )


@elsewhere_bp.get("/add")
@elsewhere_bp.post("/add")
@takes_at_most(LARGEST, file="file")
@signed_in
def add() -> ResponseReturnValue:
    return _add(current_person())


@elsewhere_bp.get("/add-for/<int:person_id>")
@elsewhere_bp.post("/add-for/<int:person_id>")
@takes_at_most(LARGEST, file="file")
@requires(TrainingPermission.ACCEPT_ELSEWHERE)
def add_for(person_id: int) -> ResponseReturnValue:
    return _add(directory.find(person_id))


def _add(of: Person) -> ResponseReturnValue:
    form, by = ElsewhereForm(), current_person()
    _offer_courses(form, none="I do not know")
    if form.validate_on_submit():
        with showing_refusals(form):
            rate_limits.enforce(rate_limits.UPLOADS, str(by.id), now=clock.now())
            found = inspection.inspect(form.file.data.read(LARGEST_FILE + 1))
            with store.written(found.content, found.kind) as new, db.writing():
                row = elsewhere.add(form.stated(), new, of=of, by=by, now=clock.now())
            return redirect(url_for(".show", row_id=row.id))
    return render_form("training/elsewhere_add.html", form=form, about=None if of.id == by.id else of)


@elsewhere_bp.get("/badge")
@elsewhere_bp.post("/badge")
@takes_at_most(imported_badges.LARGEST_BADGE + LARGEST_BODY, file="file")
@signed_in
def badge() -> ResponseReturnValue:
    form, person = BadgeForm(), current_person()
    if form.validate_on_submit():
        with showing_refusals(form):
            rate_limits.enforce(rate_limits.UPLOADS, str(person.id), now=clock.now())
            raw = form.file.data.read(imported_badges.LARGEST_BADGE + 1) if form.file.data else form.text.data or ""
            read = imported_badges.read(raw, now=clock.now())
            stated = Stated(
                title=read.title,
                issuer=read.issuer,
                awarded_on=read.awarded_on,
                lapses_on=read.lapses_on,
                signature=read.signature,
                key_from=read.key_from,
                made_out_to=read.made_out_to,
            )
            with store.written(read.token.encode(), FileKind.JWT) as new, db.writing():
                row = elsewhere.add(stated, new, of=person, by=person, now=clock.now())
            return redirect(url_for(".show", row_id=row.id))
    return render_form("training/elsewhere_badge.html", form=form)


@elsewhere_bp.get("/waiting")
@requires(TrainingPermission.ACCEPT_ELSEWHERE)
def waiting() -> ResponseReturnValue:
    return render_template("training/elsewhere_waiting.html", found=elsewhere.waiting_for(current_person()))


@elsewhere_bp.get("/<int:row_id>")
@signed_in
def show(row_id: int) -> ResponseReturnValue:
    shown = elsewhere.readable_by(row_id, current_person(), now=g.now)
    return _page(row_id, DecideForm(formdata=None), wanted=shown.row.wanted_course or "")


@elsewhere_bp.get("/<int:row_id>/file")
@signed_in
def file(row_id: int) -> Response:
    shown = elsewhere.readable_by(row_id, current_person(), now=g.now)
    return response_to(shown.file, f"certificate-{row_id}", by=current_person().id, now=clock.now())


@elsewhere_bp.post("/<int:row_id>")
@requires(TrainingPermission.ACCEPT_ELSEWHERE)
def decide(row_id: int) -> ResponseReturnValue:
    form, by = DecideForm(), current_person()
    _offer_courses(form)

    def decide_now() -> Done:
        now, reason = clock.now(), form.reason.data or ""
        if form.decision.data == "accept":
            if not form.course.data:
                raise Invalid("Choose the course that it stands for.", field="course")
            elsewhere.accept(row_id, form.course.data, form.until.data, reason, by=by, now=now)
            return Done("Accepted. They are told, with your reason.", url_for(".waiting"))
        elsewhere.decline(row_id, reason, by=by, now=now)
        return Done("Declined. They are told, with your reason.", url_for(".waiting"))

    return save_form(form, decide_now) or _page(row_id, form)


@elsewhere_bp.post("/<int:row_id>/key")
@requires(TrainingPermission.ACCEPT_ELSEWHERE)
def check_with_key(row_id: int) -> ResponseReturnValue:
    """Check an imported badge with a key that staff have from its issuer."""
    form, by = LookAgainForm(), current_person()
    shown = elsewhere.readable_by(row_id, by, now=g.now)

    if form.validate_on_submit():
        with showing_refusals(form):
            read = elsewhere.read_with_key(shown, form.key.data or "", now=clock.now())
            with db.writing():
                elsewhere.keep_check(row_id, read, by=by, now=clock.now())
            flash("The signature fits this key.")
            return redirect(url_for(".show", row_id=row_id))
    return _page(row_id, DecideForm(formdata=None), key_form=form)


@elsewhere_bp.post("/<int:row_id>/take-back")
@signed_in
def take_back(row_id: int) -> ResponseReturnValue:
    with db.writing():
        elsewhere.take_back(row_id, by=current_person(), now=clock.now())
    return redirect(url_for(".index"))


@elsewhere_bp.post("/<int:row_id>/again")
@requires(TrainingPermission.ACCEPT_ELSEWHERE)
def look_again(row_id: int) -> ResponseReturnValue:
    with db.writing():
        elsewhere.look_again(row_id, by=current_person(), now=clock.now())
    return redirect(url_for(".show", row_id=row_id))


def _page(
    row_id: int, form: DecideForm, *, wanted: str | None = None, key_form: LookAgainForm | None = None
) -> ResponseReturnValue:
    reader = current_person()
    shown = elsewhere.readable_by(row_id, reader, now=g.now)
    _offer_courses(form)
    if wanted is not None:
        form.course.data = wanted
    return render_form(
        "training/elsewhere_one.html",
        form=form,
        key_form=key_form or LookAgainForm(formdata=None),
        shown=shown,
        one=shown.row,
        is_mine=shown.row.person_id == reader.id,
        latest=elsewhere.latest_ends(shown.row),
        titles=catalogue.titles(),
    )


def _offer_courses(form: DecideForm | ElsewhereForm, *, none: str = "Choose a course") -> None:
    form.course.choices = [SelectChoice("", none), *(SelectChoice(*each) for each in catalogue.titles().items())]
