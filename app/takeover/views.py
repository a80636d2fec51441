"""Pages of taking over a team: choosing a file, its preview, and who came in with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock, db
from app.jobs.models import TaskState
from app.pages import asked
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.pages.incoming import LARGEST_BODY, takes_at_most
from app.people import directory
from app.people.sheet import UnreadableSheet
from app.people.views.blueprint import bp
from app.permissions import CorePermission, current_person, requires
from app.refusals import Invalid, PageOutOfDate
from app.takeover import batches, invitations, tasks, template_file, workbook
from app.takeover.batches import Change
from app.takeover.forms import FileForm, InviteForm, ListForm
from app.takeover.list_page import ListPage, list_page
from app.takeover.models import BatchState, TakeoverBatch
from app.takeover.parts import Reading
from app.takeover.preview import preview
from app.takeover.taking import Seen
from app.takeover.workbook import MAX_BYTES
from app.wording import plural

LONGEST_FILE_NAME = 120
PEOPLE_ON_A_PAGE = 50


@bp.get("/people/take-over")
@bp.post("/people/take-over")
@takes_at_most(MAX_BYTES + LARGEST_BODY, file="file")
@requires(CorePermission.TAKE_OVER)
def take_over() -> ResponseReturnValue:
    form = FileForm()
    # Reading a file is slow, so it stays outside the transaction, and this view does not use save_form.
    if form.validate_on_submit():
        with showing_refusals(form):
            name = (form.file.data.filename or "list")[-LONGEST_FILE_NAME:]
            try:
                book = workbook.read(form.file.data.read(MAX_BYTES + 1), name)
            except UnreadableSheet as unreadable:
                raise Invalid(str(unreadable), field="file") from None
            with db.writing():
                batch_id = batches.open_batch(name, book, by=current_person().id, now=clock.now()).id
            return redirect(url_for("people.taken_over", batch_id=batch_id))
    latest = batches.latest()
    return render_form(
        "takeover/index.html",
        form=form,
        batches=latest,
        names=directory.names_of(batch.made_by_id for batch in latest),
        waiting=invitations.waiting_by_batch([batch.id for batch in latest]),
    )


@bp.get("/people/take-over/template.csv")
@requires(CorePermission.TAKE_OVER)
def take_over_template() -> ResponseReturnValue:
    response = make_response(template_file.template(batches.columns(g.now)))
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=people-to-bring.csv"
    return response


@bp.get("/people/take-over/<int:batch_id>")
@requires(CorePermission.TAKE_OVER)
def taken_over(batch_id: int) -> ResponseReturnValue:
    batch = batches.find(batch_id)
    if batches.is_being_written(batch):
        return render_template("takeover/working.html", batch=batch, task=batches.last_task(batch))
    if batch.state == BatchState.OPEN:
        return _open_list(batch, ListForm(formdata=None))
    if batch.state == BatchState.TAKEN:
        return _arrived(batch, InviteForm(formdata=None))
    names = directory.names_of(filter(None, (batch.made_by_id, batch.taken_by_id, batch.undone_by_id)))
    return render_template("takeover/over.html", batch=batch, names=names)


@bp.post("/people/take-over/<int:batch_id>")
@requires(CorePermission.TAKE_OVER)
def change_list(batch_id: int) -> ResponseReturnValue:
    """Keep what was chosen and typed, and show the list again; take everybody in where nothing changed by that."""
    form, changes = ListForm(), _changes()
    if form.validate_on_submit():
        page = url_for("people.taken_over", batch_id=batch_id, **_shown())
        try:
            with showing_refusals(form):
                with db.writing():
                    revision = form.revision.data or 0
                    changed = batches.change(batch_id, changes, revision=revision, now=clock.now())
                if form.take.data and not changed:
                    return _take_in(batch_id, form)
                if form.take.data:
                    flash(
                        "We read the list again with what you changed. Nobody is taken in yet: please look once more."
                    )
                return redirect(page)
        except PageOutOfDate as refusal:
            flash(" ".join(refusal.sentences))
            return redirect(page)
    return _open_list(batches.find(batch_id), form, typed=changes)


def _take_in(batch_id: int, form: ListForm) -> ResponseReturnValue:
    seen = Seen(form.revision.data or 0, form.mark.data or "")
    with db.writing():
        tasks.start_taking_in(batch_id, seen, by=current_person().id, now=clock.now())
    return redirect(url_for("people.taken_over", batch_id=batch_id))


def _shown() -> dict[str, Any]:
    """The part of the list that is shown, for the address."""
    asked_for = {
        "show": asked.words("show"),
        "page": asked.whole_number("page"),
        "columns": asked.whole_number("columns"),
    }
    return {name: value for name, value in asked_for.items() if value}


def _changes() -> Change:
    """What the page of a list sent about columns, cells and rows, each with a bound."""
    cells: dict[int, dict[str, str]] = {}
    for name, cell in asked.words_sent_under("cell-").items():
        line, _, key = name.partition("-")
        if line.isdecimal():
            cells.setdefault(int(line), {})[key] = cell
    keys = asked.words_sent_under("column-").items()
    line, _, into = asked.words_sent("join").partition("-")
    return Change(
        sheet=asked.words_sent("sheet"),
        keys={int(place): key for place, key in keys if place.isdecimal()},
        cells=cells,
        shown=asked.whole_numbers_sent("row"),
        left_out=asked.whole_numbers_sent("out"),
        for_all=asked.words_sent_under("all-"),
        joined={int(line): int(into)} if line.isdecimal() and into.isdecimal() else {},
    )


def _open_list(batch: TakeoverBatch, form: ListForm, typed: Change | None = None) -> ResponseReturnValue:
    if batch.state != BatchState.OPEN or batches.is_being_written(batch):
        return redirect(url_for("people.taken_over", batch_id=batch.id))
    file = batches.read(batch, g.now)
    found = preview(file, batches.parts(), Reading(g.now, g.today, current_person()))
    page: ListPage = list_page(
        file,
        found,
        batches.columns(g.now),
        show=asked.words("show"),
        number=asked.whole_number("page") or 1,
        columns_page=asked.whole_number("columns") or 1,
    )
    return render_form(
        "takeover/list.html",
        form=form,
        batch=batch,
        file=file,
        found=found,
        page=page,
        typed=typed,
        failure=_failure(batch),
    )


def _failure(batch: TakeoverBatch) -> str | None:
    """Why the last try to take the batch in or back did not work, until something else is done with it."""
    task = batches.last_task(batch)
    return task.error if task is not None and task.state == TaskState.FAILED else None


def _arrived(batch: TakeoverBatch, form: InviteForm) -> ResponseReturnValue:
    people = invitations.arrived(batch, g.now)
    pages = max(1, -(-len(people) // PEOPLE_ON_A_PAGE))
    number = min(asked.whole_number("page") or 1, pages)
    first = (number - 1) * PEOPLE_ON_A_PAGE
    form.wave.choices = _waves(people)
    return render_form(
        "takeover/arrived.html",
        form=form,
        batch=batch,
        people=people,
        shown=people[first : first + PEOPLE_ON_A_PAGE],
        number=number,
        pages=pages,
        mark=invitations.mark_of(people),
        waiting=[each for each in people if each.is_waiting],
        may_be_undone=batches.may_be_undone(batch, g.now),
        undone_until=batches.undone_until(batch),
        rest=batches.rest_of(batch),
        failure=_failure(batch),
        names=directory.names_of(filter(None, (batch.made_by_id, batch.taken_by_id))),
    )


def _waves(people: Sequence[invitations.Arrived]) -> list[SelectChoice]:
    """Everybody who waits, those of one stage, or single people."""
    waiting = [each for each in people if each.is_waiting]
    stages = sorted({each.stage for each in waiting if each.stage})
    waves = [("all", f"Everybody who waits ({len(waiting)})")] if waiting else []
    if len(stages) > 1 or any(each.stage is None for each in waiting):
        counts = {stage: sum(each.stage == stage for each in waiting) for stage in stages}
        waves += [(f"stage:{stage}", f"Each {stage} who waits ({counts[stage]})") for stage in stages]
    return [SelectChoice(value, words) for value, words in (*waves, ("single", "Those I tick below"))]


@bp.post("/people/take-over/<int:batch_id>/invite")
@requires(CorePermission.TAKE_OVER)
def invite_taken_over(batch_id: int) -> ResponseReturnValue:
    batch, form = batches.find(batch_id), InviteForm()
    page = url_for("people.taken_over", batch_id=batch_id)

    def send() -> Done:
        now = clock.now()
        chosen = invitations.of_wave(
            invitations.arrived(batch, now), form.wave.data or "", single=form.people.data or ()
        )
        sent = invitations.invite(batch_id, chosen, seen=form.seen.data or "", by=current_person(), now=now)
        return Done(f"{plural(sent, 'welcome e-mail')} on the way.", page)

    try:
        return save_form(form, send) or _arrived(batch, form)
    except PageOutOfDate as refusal:
        flash(" ".join(refusal.sentences))
        return redirect(page)


@bp.post("/people/take-over/<int:batch_id>/undo")
@requires(CorePermission.TAKE_OVER)
def undo_taking_over(batch_id: int) -> ResponseReturnValue:
    with db.writing():
        tasks.start_taking_back(batch_id, by=current_person().id, now=clock.now())
    return redirect(url_for("people.taken_over", batch_id=batch_id))


@bp.post("/people/take-over/<int:batch_id>/discard")
@requires(CorePermission.TAKE_OVER)
def discard_list(batch_id: int) -> ResponseReturnValue:
    with db.writing():
        batches.discard(batch_id, by=current_person().id, now=clock.now())
    flash("The list is put away, with all that was in it.")
    return redirect(url_for("people.take_over"))
