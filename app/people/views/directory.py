"""Pages about people: the list, one person, adding, importing, roles and suspension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from app import audit, clock, day_bounds, db
from app.domain import domains, stages_of
from app.pages import asked
from app.pages.forms import Done, render_form, save_form, showing_refusals
from app.pages.incoming import LARGEST_BODY, takes_at_most
from app.people import csv_import, directory, listing, people_table, rights, suspending
from app.people.csv_import import ImportFault, PeopleFile
from app.people.directory import NewPerson
from app.people.forms import AddPersonForm, ImportForm, RoleForm, SuspendForm
from app.people.models import PersonState, Role
from app.people.views.blueprint import bp
from app.permissions import CorePermission, current_person, may, requires
from app.refusals import NotAllowed
from app.today import highlight_first
from app.wording import plural

MOST_ROWS_SHOWN = 100  # of each table of an import, so that the page stays light


@bp.get("/people")
@requires(CorePermission.SEE_PEOPLE)
def index() -> ResponseReturnValue:
    search = _search()
    found = listing.page_of_people(search.words, asked.whole_number("page") or 1, search.conditions)
    ids = tuple(each.id for each in found.people)
    return render_template(
        "people/index.html",
        found=found,
        words=search.words,
        day=search.day,
        filters=search.filters,
        chosen=search.chosen,
        columns=[(each, each.values(ids, g.now)) for each in _columns()],
        notes=_notes(ids),
        links=[link for domain in domains for link in domain.people_links if may(link.audience)],
        roles=rights.roles_by_person(ids, on=g.today),
        may_invite=may(CorePermission.INVITE),
        may_take_over=may(CorePermission.TAKE_OVER),
        may_write=may(CorePermission.WRITE),
    )


@bp.get("/people.csv")
@requires(CorePermission.SEE_PEOPLE)
def as_table() -> ResponseReturnValue:
    """The people of the same search as a table, with what its reader may see of them on the list."""
    search, by = _search(), current_person().id
    people = listing.all_people(search.words, search.conditions)
    ids = tuple(each.id for each in people)
    columns = [(each, each.values(ids, g.now)) for each in _columns()]
    table = people_table.written(people, columns, _notes(ids), rights.roles_by_person(ids, on=g.today))
    db.session.rollback()
    with db.writing():
        audit.record("people.list-exported", by=by, subject="people_list:0", now=g.now, details={"people": len(ids)})
    headers = {"Content-Disposition": f'attachment; filename="people-{g.today.isoformat()}.csv"'}
    return Response(table, mimetype="text/csv", headers=headers)


@dataclass(frozen=True)
class _Search:
    """What the address asks for, as far as its reader may ask for it."""

    words: str
    day: date | None
    filters: Sequence[tuple[listing.PeopleFilter, Sequence[tuple[str, str]]]]
    chosen: Mapping[str, str]

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        day = self.day or g.today
        return [each.where(self.chosen[each.name], day, g.now) for each, _ in self.filters if each.name in self.chosen]


def _search() -> _Search:
    filters = [
        (each, each.choices(g.now)) for domain in domains for each in domain.people_filters if may(each.audience)
    ]
    chosen = {
        each.name: choice
        for each, choices in filters
        if (choice := asked.words(each.name)) in {value for value, _ in choices}
    }
    return _Search(asked.words("name"), asked.day("on", day_bounds.PLANS), filters, chosen)


def _columns() -> list[listing.PeopleColumn]:
    return [each for domain in domains for each in domain.people_columns if may(each.audience)]


def _notes(ids: tuple[int, ...]) -> dict[int, list[listing.PeopleNote]]:
    notes = [each.notes(ids, g.now) for domain in domains for each in domain.people_notes if may(each.audience)]
    return {person_id: [note for each in notes for note in each.get(person_id, ())] for person_id in ids}


@bp.get("/people/<int:person_id>")
@requires(CorePermission.SEE_PEOPLE)
def show(person_id: int) -> ResponseReturnValue:
    about, by = directory.find(person_id), current_person()
    panels = [
        panel for domain in domains for build in domain.person_panels if (panel := build(about, by, g.now)) is not None
    ]
    return render_template(
        "people/show.html",
        about=about,
        stage=stages_of([about.id], g.now).get(about.id),
        roles=sorted(rights.roles_of(about.id, on=g.today)),
        suspend_form=SuspendForm(formdata=None),
        suspensions=suspending.suspensions_of(about.id) if may(CorePermission.SUSPEND) else [],
        role_form=RoleForm() if may(CorePermission.GRANT) else None,
        may_invite=may(CorePermission.INVITE) and about.state == PersonState.INVITED,
        may_suspend=may(CorePermission.SUSPEND) and about.id != by.id,
        may_write=may(CorePermission.WRITE) and about.id != by.id,
        may_ring=may(CorePermission.SEE_TELEPHONE) and about.id != by.id,
        may_see_private=may(CorePermission.SEE_PRIVATE),
        panels=highlight_first(panels),
    )


@bp.get("/people/add")
@bp.post("/people/add")
@requires(CorePermission.INVITE)
def add() -> ResponseReturnValue:
    form = AddPersonForm()

    def add_and_invite() -> Done:
        new = NewPerson(
            display_name=form.display_name.data or "",
            email=form.email.data or "",
            legal_name=form.legal_name.data,
            born_on=form.born_on.data,
        )
        by, now = current_person(), clock.now()
        person = directory.add(new, by=by, today=g.today, now=now)
        directory.invite(person, by=by, now=now)
        message = f"{person.display_name} has an account. An invitation is on its way."
        return Done(message, url_for("people.show", person_id=person.id))

    return save_form(form, add_and_invite) or render_form("people/add.html", form=form)


@bp.post("/people/<int:person_id>/invite")
@requires(CorePermission.INVITE)
def invite(person_id: int) -> ResponseReturnValue:
    with db.writing():
        directory.invite(directory.find(person_id), by=current_person(), now=clock.now())
    flash("A fresh invitation is on its way. Earlier links no longer work.")
    return redirect(url_for("people.show", person_id=person_id))


@bp.get("/people/import")
@bp.post("/people/import")
@takes_at_most(csv_import.MAX_BYTES + LARGEST_BODY, file="file")
@requires(CorePermission.INVITE)
def import_csv() -> ResponseReturnValue:
    form, file = ImportForm(), None
    # The file is checked on the way, also where nothing is to be saved, so this view does not use save_form.
    if form.validate_on_submit():
        raw, left_out = form.content(), form.leave_out.data or ()
        with showing_refusals(form):
            if form.take.data and form.was_seen(raw):
                with db.writing():
                    file = _checked(csv_import.read(raw, today=g.today, leave_out=left_out))
                    count = _import(file, invite=bool(form.invite.data)) if file.may_be_imported else None
                if count is not None:
                    flash(f"{plural(count, 'person', 'people')} imported.")
                    return redirect(url_for("people.index"))
            else:
                file = _checked(csv_import.read(raw, today=g.today, leave_out=left_out))
            form.show_again(raw, file.not_taken)
    return render_form(
        "people/import.html",
        form=form,
        reading=file,
        most_shown=MOST_ROWS_SHOWN,
        may_take_over=may(CorePermission.TAKE_OVER),
    )


def _checked(file: PeopleFile) -> PeopleFile:
    """The file, with a fault where it gives roles that this person may not give."""
    try:
        given = {role for new in file.new for role in new.roles}
        rights.check_may_grant(given, by=current_person(), today=g.today)
    except NotAllowed as refusal:
        return replace(file, faults=(*file.faults, ImportFault(1, "roles", " ".join(refusal.sentences))))
    return file


def _import(file: PeopleFile, *, invite: bool) -> int:
    return len(csv_import.add_people(file, invite=invite, by=current_person(), today=g.today, now=clock.now()))


@bp.post("/people/<int:person_id>/roles")
@requires(CorePermission.GRANT)
def grant_role(person_id: int) -> ResponseReturnValue:
    form, page = RoleForm(), url_for("people.show", person_id=person_id)

    def grant() -> Done:
        role = Role(form.role.data)
        rights.grant_role(directory.find(person_id), role, by=current_person(), today=g.today, now=clock.now())
        return Done(f"The role {role} is given.", page)

    return save_form(form, grant) or redirect(page)


@bp.post("/people/<int:person_id>/roles/<role>/end")
@requires(CorePermission.GRANT)
def end_role(person_id: int, role: str) -> ResponseReturnValue:
    person, named = directory.find(person_id), directory.role_named(role)
    with db.writing():
        rights.end_role(person, named, by=current_person(), today=g.today, now=clock.now())
    flash("The role has ended, and their browsers are signed out.")
    return redirect(url_for("people.show", person_id=person_id))


@bp.post("/people/<int:person_id>/suspend")
@requires(CorePermission.SUSPEND)
def suspend(person_id: int) -> ResponseReturnValue:
    """Ask for a reason and show what it would take away, then suspend: the second time, or once both are confirmed."""
    about, form, following = directory.find(person_id), SuspendForm(), None
    if form.validate_on_submit():
        with showing_refusals(form):
            agreed = form.agreed.data if form.agree.data else None
            try:
                with db.writing():
                    suspending.suspend(
                        directory.find(person_id),
                        form.reason.data or "",
                        agreed=agreed,
                        by=current_person(),
                        now=clock.now(),
                    )
            except suspending.ConfirmationRequired as required:
                following, form.agreed.data = required.consequences, required.consequences.mark
            else:
                flash("The account is suspended. Their sessions have ended and their coming seats are free.")
                return redirect(url_for("people.show", person_id=person_id))
    return render_form("people/suspend.html", form=form, about=about, following=following)


@bp.post("/people/<int:person_id>/reinstate")
@requires(CorePermission.SUSPEND)
def reinstate(person_id: int) -> ResponseReturnValue:
    with db.writing():
        rights.reinstate(directory.find(person_id), by=current_person(), now=clock.now())
    flash("The account is open again.")
    return redirect(url_for("people.show", person_id=person_id))
