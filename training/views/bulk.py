"""The certificates of many people in one file: choosing them, the file while it is made, and fetching it."""

from __future__ import annotations

from flask import Response, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.files.views import response_to
from app.pages import asked
from app.pages.forms import render_form, showing_refusals
from app.permissions import current_person, requires
from app.refusals import NotFound
from training import catalogue
from training.bulk import bundles, choosing
from training.bulk.forms import ChooseForm
from training.permissions import TrainingPermission
from training.views.blueprint import certificates_bp


@certificates_bp.get("/in-one-file")
@requires(TrainingPermission.READ_CERTIFICATES)
def in_one_file() -> ResponseReturnValue:
    is_chosen = asked.is_there("code")
    form = ChooseForm(asked.in_address() if is_chosen else None, meta={"csrf": False})
    form.offer(catalogue.titles())
    number = None
    if is_chosen and form.validate():
        with showing_refusals(form):
            number = choosing.how_many(form.chosen(), now=g.now)
    return _chosen(form, number)


@certificates_bp.post("/in-one-file")
@requires(TrainingPermission.READ_CERTIFICATES)
def make_one_file() -> ResponseReturnValue:
    form = ChooseForm()
    form.offer(catalogue.titles())
    if form.validate_on_submit():
        with showing_refusals(form):
            with db.writing():
                task_id = bundles.ask(form.chosen(), by=current_person(), now=clock.now()).id
            return redirect(url_for(".one_file", task_id=task_id))
    return _chosen(form, None)


@certificates_bp.get("/in-one-file/<int:task_id>")
@requires(TrainingPermission.READ_CERTIFICATES)
def one_file(task_id: int) -> ResponseReturnValue:
    bundle = bundles.bundle(task_id, now=g.now)
    return render_template(
        "training/one_file.html",
        bundle=bundle,
        task=bundle.task,
        left_out=bundles.left_out_of(bundle),
        is_mine=bundle.task.requested_by_id == current_person().id,
    )


@certificates_bp.get("/in-one-file/<int:task_id>.zip")
@requires(TrainingPermission.READ_CERTIFICATES)
def fetch_one_file(task_id: int) -> Response:
    bundle = bundles.bundle(task_id, now=g.now)
    if bundle.file is None:
        raise NotFound("This file of certificates is not there, or not any more. You can make it again.")
    name = f"certificates-{bundle.choice.code}-{bundle.task.id}"
    return response_to(bundle.file, name, by=current_person().id, now=clock.now())


def _chosen(form: ChooseForm, number: int | None) -> ResponseReturnValue:
    return render_form(
        "training/in_one_file.html",
        form=form,
        number=number,
        most=choosing.MOST,
        too_many=choosing.too_many(number) if number is not None and number > choosing.MOST else None,
        bundles=bundles.recent(g.now),
        days=bundles.KEPT_FOR.days,
    )
