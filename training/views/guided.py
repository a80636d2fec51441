"""Courses a part at a time: what learners do with their own pace, and the pages of those who lead a group."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import clock, db
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.permissions import current_person, requires, signed_in
from app.refusals import Conflict
from training import catalogue
from training.guided import groups as leading
from training.guided import own, progress
from training.guided.forms import AddPeopleForm, NewGroupForm, NoteForm, PaceForm, PartsForm, PlanForm
from training.guided.groups import Plan
from training.permissions import TrainingPermission
from training.views.blueprint import learning_bp
from training.views.learning import course_page

SAID_OF_PACE = {
    "pause": "Paused. Nothing opens and no e-mail comes until you go on; what is open stays open.",
    "go-on": "Welcome back. The parts to come open on their days again.",
    "leave": "Everything is open now, and all that you have done is kept.",
    "again": "You take this course a part at a time again.",
}


@learning_bp.post("/<code>/pace")
@signed_in
def change_pace(code: str) -> ResponseReturnValue:
    form, by = PaceForm(), current_person()
    if form.validate_on_submit():
        chosen = form.to.data or ""
        with showing_refusals(form):
            with db.writing():
                now = clock.now()
                match chosen:
                    case "pause":
                        own.pause(code, form.until.data, by=by, now=now)
                    case "go-on":
                        own.go_on(code, by=by, now=now)
                    case "leave":
                        own.leave(code, by=by, now=now)
                    case _:
                        own.take_up_again(code, by=by, now=now)
            flash(SAID_OF_PACE[chosen])
            return redirect(url_for("learning.course", code=code))
    return course_page(code, form)


@learning_bp.get("/groups")
@learning_bp.post("/groups")
@requires(TrainingPermission.LEAD_GROUPS)
def groups() -> ResponseReturnValue:
    form, by = NewGroupForm(), current_person()
    leaders = leading.leaders(g.now)
    form.offer_leaders(leaders)
    form.offer_courses(catalogue.titles())
    if not form.is_submitted():
        form.leader.data = by.id if by.id in {each.id for each in leaders} else None

    def set_up() -> Done:
        group = leading.create(form.code.data, _plan(form), by=by, now=clock.now())
        return Done("The group is set up. Add people to it here.", url_for(".group", group_id=group.id))

    return save_form(form, set_up) or render_form("training/groups.html", form=form, groups=progress.groups())


def _plan(form: PlanForm) -> Plan:
    return Plan(form.leader.data or 0, form.first_day.data or g.today, form.days_between.data or 0)


@learning_bp.get("/groups/<int:group_id>")
@requires(TrainingPermission.LEAD_GROUPS)
def group(group_id: int) -> ResponseReturnValue:
    return _page(group_id)


@learning_bp.post("/groups/<int:group_id>/people")
@requires(TrainingPermission.LEAD_GROUPS)
def add_to_group(group_id: int) -> ResponseReturnValue:
    form, by = AddPeopleForm(), current_person()

    def add() -> Done:
        new = leading.add(group_id, (form.names.data or "").splitlines(), by=by, now=clock.now())
        return Done(f"{new} {'person is' if new == 1 else 'people are'} new in the group.", _to(group_id))

    return save_form(form, add) or _page(group_id, form=form, people_form=form)


@learning_bp.post("/groups/<int:group_id>/people/<int:pace_id>/remove")
@requires(TrainingPermission.LEAD_GROUPS)
def remove_from_group(group_id: int, pace_id: int) -> ResponseReturnValue:
    with db.writing():
        leading.remove(pace_id, by=current_person(), now=clock.now())
    flash("They are no longer in the group, and everything is open to them. You can add them again.")
    return redirect(_to(group_id))


@learning_bp.post("/groups/<int:group_id>/plan")
@requires(TrainingPermission.LEAD_GROUPS)
def change_group(group_id: int) -> ResponseReturnValue:
    form, by = PlanForm(), current_person()
    form.offer_leaders(leading.leaders(g.now))

    def change() -> Done:
        leading.change(group_id, _plan(form), by=by, now=clock.now())
        return Done("The group is changed.", _to(group_id))

    return save_form(form, change) or _page(group_id, form=form, plan_form=form)


@learning_bp.post("/groups/<int:group_id>/parts")
@requires(TrainingPermission.LEAD_GROUPS)
def change_parts(group_id: int) -> ResponseReturnValue:
    form, by = PartsForm(), current_person()
    if not form.validate_on_submit():
        raise Conflict("That page was too old to say what it changes. Please open the group again.")
    number = form.part.data or 0
    changes: dict[str, tuple[Callable[[], None], str]] = {
        "open": (
            lambda: leading.open_early(group_id, number, by=by, now=clock.now()),
            "The part is open. The e-mails go in ten minutes, unless you take it back.",
        ),
        "close": (lambda: leading.close_again(group_id, by=by, now=clock.now()), "It opens on its day again."),
        "hold": (
            lambda: leading.hold_back(group_id, number, by=by, now=clock.now()),
            "Held back, with all that follows, until you let the group go on.",
        ),
        "go-on": (lambda: leading.let_go_on(group_id, by=by, now=clock.now()), "The group goes on."),
        "end": (
            lambda: leading.end(group_id, by=by, now=clock.now()),
            "The group has ended, and everything is open to its people.",
        ),
        "continue": (lambda: leading.go_on(group_id, by=by, now=clock.now()), "The group goes on as it was."),
    }
    change, said = changes[form.to.data or ""]
    with db.writing():
        change()
    flash(said)
    return redirect(_to(group_id))


@learning_bp.post("/groups/<int:group_id>/notes")
@requires(TrainingPermission.LEAD_GROUPS)
def write_note(group_id: int) -> ResponseReturnValue:
    form, by = NoteForm(), current_person()

    def write() -> Done:
        leading.write_note(group_id, form.text.data or "", by=by, now=clock.now())
        return Done("Written. The e-mails go in ten minutes, unless you take it back.", _to(group_id))

    return save_form(form, write) or _page(group_id, form=form, note_form=form)


@learning_bp.post("/groups/notes/<int:note_id>/take-back")
@requires(TrainingPermission.LEAD_GROUPS)
def take_back_note(note_id: int) -> ResponseReturnValue:
    with db.writing():
        group_id = leading.take_back_note(note_id, by=current_person(), now=clock.now())
    flash("Taken back. Nobody reads it any more; an e-mail that has gone cannot come back.")
    return redirect(_to(group_id))


def _to(group_id: int) -> str:
    return url_for("learning.group", group_id=group_id)


def _page(
    group_id: int,
    *,
    form: FlaskForm | None = None,
    plan_form: PlanForm | None = None,
    people_form: AddPeopleForm | None = None,
    note_form: NoteForm | None = None,
) -> ResponseReturnValue:
    """The page of a group; `form` is the one that was refused, if any."""
    page = progress.group_page(group_id, now=g.now)
    if plan_form is None:
        plan_form = PlanForm(
            formdata=None,
            leader=page.group.leader_id,
            first_day=page.group.first_day,
            days_between=page.group.days_between,
        )
        plan_form.offer_leaders(leading.leaders(g.now))
    return render_form(
        "training/group.html",
        form=form or FlaskForm(formdata=None),
        page=page,
        plan_form=plan_form,
        people_form=people_form or AddPeopleForm(formdata=None),
        note_form=note_form or NoteForm(formdata=None),
    )
